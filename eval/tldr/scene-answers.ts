import { hasHeldOutShape } from '../../scenes/captions/held-out-shapes.js';
import { captionScene } from '../../scenes/captions/index.js';
import type { NounSet } from '../../scenes/common-nouns.js';
import { drawScene } from '../../scenes/draw.js';
import { seededRandom } from '../../scenes/random.js';
import { longSides, type SampleOptions, sampleScene } from '../../scenes/sample.js';
import type { Scene, Style } from '../../scenes/scene.js';
import type { LabelledAnswer } from './judge.js';

export interface SceneSet {
  /** Scenes. Each gives a true answer and its perturbed twin. */
  count: number;
  /** The first scene's seed. The embedded model was trained on seeds below 5,000,000 only. */
  seed: number;
  styles: readonly Style[];
  /** Scenes and captions of this set's nouns only. */
  nouns?: NounSet | undefined;
  /** Pictures up to three times as wide as high, or as high as wide, in place of the usual ones. */
  long?: boolean;
  /** Give each answer the next scene's picture in place of its own. */
  wrongPictures?: boolean;
  /** Only answers with a sentence of a shape that training never saw. */
  heldOutShapes?: boolean;
}

/** Pairs of captions that are written to find one of a held-out shape. */
const pairsToSearch = 24;

const batchScenes = 16;

/** Draws fresh scenes with labelled answers, a batch at a time. The same set gives the same answers and pictures. */
export async function* sceneAnswers(set: SceneSet): AsyncGenerator<LabelledAnswer[]> {
  const { count, seed, styles, nouns, long = false, wrongPictures = false, heldOutShapes = false } = set;
  const optionsOf = (at: number): SampleOptions => ({
    styles,
    nouns,
    ...(long ? longSides(seededRandom(at ^ 0x1a5)) : {}),
  });
  for (let from = 0; from < count; from += batchScenes) {
    const batch: LabelledAnswer[] = [];
    for (let n = from; n < Math.min(count, from + batchScenes); n++) {
      const scene = await sampleScene(seed + n, optionsOf(seed + n));
      const written = captionScene(scene, seededRandom(scene.seed ^ 0xca9), {
        count: heldOutShapes ? pairsToSearch : 1,
      });
      const first = heldOutShapes ? written.findIndex((caption, at) => at % 2 === 0 && hasHeldOutShape(caption)) : 0;
      const captions = first < 0 ? [] : written.slice(first, first + 2);
      if (captions.length === 0) continue;
      const shown = wrongPictures ? seed + ((n + 1) % count) : seed + n;
      const image = await pictureOf(await sampleScene(shown, optionsOf(shown)));
      for (const [index, { text, prompt, claims, perturbation, original }] of captions.entries()) {
        batch.push({
          id: `${scene.id}-${index}`,
          image,
          picture: scene.id,
          response: text,
          claims,
          ...(prompt === undefined ? {} : { prompt }),
          ...(perturbation === undefined ? {} : { perturbation }),
          ...(original === undefined ? {} : { original }),
        });
      }
    }
    yield batch;
  }
}

/** A scene as a PNG. */
export async function pictureOf(scene: Scene): Promise<Uint8Array> {
  const { data, width, height } = await drawScene(scene);
  const { default: sharp } = await import('sharp');
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
