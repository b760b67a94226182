import { drawScene } from '../scenes/draw.js';
import { sampleScene } from '../scenes/sample.js';
import type { Caption, Scene, Style } from '../scenes/scene.js';
import { captionWithMistakes } from './captioner.js';
import type { CorrectionItem, GeneratedAnswer, ItemSet } from './item.js';
import { judgeCaption } from './judge-caption.js';

export interface SceneItemsOptions {
  count: number;
  /** The first scene's seed. The embedded model was trained on seeds below 5,000,000 only. */
  seed: number;
  styles: readonly Style[];
  /** Share of the captions with a mistake: 0..1. */
  errorRate: number;
}

/** Fresh scenes with captions of a captioner that errs at a set rate, and exact ground truth. */
export function sceneItems({ count, seed, styles, errorRate }: SceneItemsOptions): ItemSet {
  return {
    config: { items: 'scenes', seed, styles, errorRate, generator: 'embedded captioner' },
    size: count,
    async *items(from) {
      for (let n = from; n < count; n++) {
        const scene = await sampleScene(seed + n, { styles });
        const caption = captionWithMistakes(scene, { errorRate });
        yield caption
          ? captionItem(scene, caption, await drawnPicture(scene), errorRate)
          : { id: scene.id, error: 'the scene has nothing to say' };
      }
    },
    picture: async (name) => drawnPicture(await sampleScene(Number(name), { styles }), pictureSide),
  };
}

/** The longer side of pictures in a report. */
const pictureSide = 320;

export function captionItem(scene: Scene, caption: Caption, image: Uint8Array, errorRate: number): CorrectionItem {
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
    async regenerate(take): Promise<GeneratedAnswer | null> {
      const other = captionWithMistakes(scene, { errorRate, take });
      return other && { response: other.text, claims: other.claims };
    },
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
