import { captionScene, drawScene, type SampleOptions, sampleScene, seededRandom } from '../../scenes/index.js';
import type { Range } from '../../src/text/range.js';

export interface SceneParagraph {
  id: string;
  image: Uint8Array;
  response: string;
  claims: (Range & { good: boolean })[];
}

export interface ParagraphOptions extends SampleOptions {
  count: number;
  seed: number;
  /** Captions in a paragraph. */
  captions: number;
  /** The chance of each caption to be its perturbed twin. */
  errorRate: number;
}

/** Answers of several captions about one fresh scene, as long answers of models are; claims are gold. */
export async function* sceneParagraphs({
  count,
  seed,
  captions,
  errorRate,
  ...options
}: ParagraphOptions): AsyncGenerator<SceneParagraph> {
  for (let n = 0; n < count; n++) {
    const scene = await sampleScene(seed + n, options);
    const random = seededRandom((seed + n) ^ 0x5eed);
    const written = captionScene(scene, random, { count: 4 * captions });
    let response = '';
    const claims: SceneParagraph['claims'] = [];
    for (let pair = 0, used = 0; pair + 1 < written.length && used < captions; pair += 2) {
      const caption = written[random() < errorRate ? pair + 1 : pair]!;
      // an answer to a question stands for itself
      if (caption.prompt !== undefined) continue;
      if (response !== '') response += ' ';
      const from = response.length;
      response += caption.text;
      for (const { start, end, good } of caption.claims) claims.push({ start: start + from, end: end + from, good });
      used++;
    }
    if (response === '') continue;
    const { data, width, height } = await drawScene(scene);
    const { default: sharp } = await import('sharp');
    const image = await sharp(data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    yield { id: scene.id, image, response, claims };
  }
}
