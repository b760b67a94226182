import { drawScene } from '../../scenes/draw.js';
import { sampleScene } from '../../scenes/sample.js';
import type { Caption, Scene, Style } from '../../scenes/scene.js';
import { DetectiveError } from '../../src/base/errors.js';
import { captionWithMistakes } from './captioner.js';
import type { Generator } from './generator.js';
import type { CorrectionItem, ItemSet } from './item.js';
import { judgeCaption } from './judge-caption.js';
import { judgeObjects, lexiconNames, type ObjectTruth, objectClaims } from './object-judge.js';

export interface SceneItemsOptions {
  count: number;
  /** The first scene's seed. The embedded model was trained on seeds below 5,000,000 only. */
  seed: number;
  styles: readonly Style[];
  /** Share of the embedded captioner's captions with a mistake: 0..1. */
  errorRate: number;
  /** A model that describes the pictures in place of the embedded captioner. */
  generator?: Generator;
}

/**
 * Fresh scenes with captions to correct. The embedded captioner errs at a set rate and every claim of its captions is
 * judged exactly; of what another generator says only the objects are judged, by the scene's own.
 */
export function sceneItems({ count, seed, styles, errorRate, generator }: SceneItemsOptions): ItemSet {
  return {
    config: {
      items: 'scenes',
      seed,
      styles,
      ...(generator
        ? { generator: generator.name, truth: 'objects' }
        : { generator: 'embedded captioner', errorRate, truth: 'every claim' }),
    },
    size: count,
    async *items(from) {
      for (let n = from; n < count; n++) {
        yield {
          id: `scene-${seed + n}`,
          open: async (signal) => {
            const scene = await sampleScene(seed + n, { styles });
            if (generator) return describedItem(scene, await drawnPicture(scene), generator, signal);
            const caption = captionWithMistakes(scene, { errorRate });
            if (!caption) throw new DetectiveError('bad-input', 'the scene has nothing to say');
            return captionItem(scene, caption, await drawnPicture(scene), errorRate);
          },
        };
      }
    },
    picture: async (name) => drawnPicture(await sampleScene(Number(name), { styles }), pictureSide),
  };
}

/** The longer side of pictures in a report. */
const pictureSide = 320;

function captionItem(scene: Scene, caption: Caption, image: Uint8Array, errorRate: number): CorrectionItem {
  const { text, claims, prompt, perturbation, original } = caption;
  return {
    id: scene.id,
    image,
    picture: String(scene.seed),
    response: text,
    claims,
    truth: original ?? text,
    ...(prompt === undefined ? {} : { prompt }),
    ...(perturbation === undefined ? {} : { type: perturbation }),
    judge: (_edited, edits) => judgeCaption(scene, text, claims, edits),
    async regenerate(take) {
      const other = captionWithMistakes(scene, { errorRate, take });
      return other && { response: other.text, claims: other.claims };
    },
  };
}

const request = 'Describe the image in detail.';

async function describedItem(
  scene: Scene,
  image: Uint8Array,
  generator: Generator,
  signal: AbortSignal,
): Promise<CorrectionItem> {
  const truth: ObjectTruth = { namesIn: lexiconNames, present: new Set(scene.groups.map(({ noun }) => noun)) };
  const answer = async (take: number, signal: AbortSignal) => {
    const { text, usage } = await generator.answer({ image, prompt: request, seed: scene.seed + take, signal });
    return { response: text, claims: objectClaims(text, truth), usage };
  };
  const first = await answer(0, signal);
  return {
    ...first,
    id: scene.id,
    image,
    prompt: request,
    picture: String(scene.seed),
    judge: (edited) => judgeObjects(first.response, edited, truth),
    regenerate: answer,
  };
}

async function drawnPicture(scene: Scene, longest?: number): Promise<Uint8Array> {
  const { data, width, height } = await drawScene(scene);
  const { default: sharp } = await import('sharp');
  const picture = sharp(data, { raw: { width, height, channels: 3 } });
  return longest === undefined
    ? picture.png({ compressionLevel: 1 }).toBuffer()
    : picture.resize(longest, longest, { fit: 'inside', withoutEnlargement: true }).webp({ quality: 80 }).toBuffer();
}
