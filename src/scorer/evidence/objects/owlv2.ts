import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorMessage } from '../../../base/errors.js';
import { cocoCategories } from '../../../text/lexicon/coco-objects.js';
import { BadModel } from '../../thread/onnx-model.js';
import type { RgbImage } from '../pixels.js';
import type { EvidenceSession } from '../session.js';
import { type Detection, leastScore } from './yolox.js';

/** Side of the square that OWLv2-Base looks at, where its folder does not say. */
const usualSide = 960;
const mostSide = 1280;
/** Tokens of a text, the first of them at the start and the last at the end; shorter texts are filled up with 0. */
const textLength = 16;
const [startToken, endToken] = ['<|startoftext|>', '<|endoftext|>'];
const [mean, deviation] = [
  [0.48145466, 0.4578275, 0.40821073],
  [0.26862954, 0.26130258, 0.27577711],
] as const;
/** Of all pairs of box and name so many are kept. */
const mostPairs = 300;

/** What an OWLv2 (arXiv 2306.09683) is asked for, as tensors [names, 16]. */
export interface OwlTexts {
  names: readonly string[];
  ids: BigInt64Array;
  mask: BigInt64Array;
}

/** Whether a model takes texts, as OWLv2's usual export does. */
export const isOwl = ({ inputs = [] }: EvidenceSession): boolean =>
  inputs.includes('input_ids') && inputs.includes('pixel_values');

/** What stands beside a model's file: in its folder, or in the one above (`onnx/model.onnx`). */
async function beside(file: string, name: string): Promise<string | null> {
  for (const folder of [dirname(file), dirname(dirname(file))]) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => null);
    if (text !== null) return text;
  }
  return null;
}

/** The side of the square that the model of a file looks at, by its preprocessor_config.json. */
export async function owlSide(file: string): Promise<number> {
  const text = await beside(file, 'preprocessor_config.json');
  if (text === null) return usualSide;
  const side = (() => {
    try {
      return (JSON.parse(text) as { size?: { height?: unknown } }).size?.height;
    } catch {
      return undefined;
    }
  })();
  if (typeof side === 'number' && Number.isInteger(side) && side > 0 && side <= mostSide) return side;
  throw new BadModel(`the preprocessor_config.json of ${file} names no size.height from 1 to ${mostSide} pixels`);
}

/**
 * `a photo of a dog` and so on, one text for each name, in the tokens of the tokenizer.json (CLIP's) of a model's file.
 *
 * @throws BadModel where there is none, or it is of another kind.
 */
export async function openOwlTexts(file: string): Promise<(names: readonly string[]) => OwlTexts> {
  const text = await beside(file, 'tokenizer.json');
  if (text === null)
    throw new BadModel(`${file} takes texts: put the tokenizer.json that was published with it into its folder`);
  const { Tokenizer } = await import('@huggingface/tokenizers');
  try {
    const tokenizer = new Tokenizer(JSON.parse(text), {});
    const [start, end] = [startToken, endToken].map((token) => tokenizer.token_to_id(token));
    if (start === undefined || end === undefined) throw new Error(`it has no ${startToken} and ${endToken}`);
    const textsFor = (names: readonly string[]) => {
      const ids = new BigInt64Array(names.length * textLength);
      const mask = new BigInt64Array(names.length * textLength);
      for (const [row, name] of names.entries()) {
        const words = tokenizer.encode(`a photo of a ${name}`, { add_special_tokens: false }).ids;
        [start, ...words.slice(0, textLength - 2), end].forEach((id, column) => {
          ids[row * textLength + column] = BigInt(id);
          mask[row * textLength + column] = 1n;
        });
      }
      return { names, ids, mask };
    };
    textsFor(cocoCategories.slice(0, 1));
    return textsFor;
  } catch (cause) {
    throw new BadModel(`the tokenizer.json of ${file} cannot be used: ${errorMessage(cause)}`);
  }
}

/**
 * What an OWLv2 session sees of the names that it is asked for: one run a picture, however many answers. Each box has a logit
 * for each text, read by itself (sigmoid); its sides are shares of the padded square.
 *
 * @throws BadModel where the outputs are of other shapes.
 */
export async function lookWithOwl(
  session: EvidenceSession,
  image: RgbImage,
  { names, ids, mask }: OwlTexts,
  side: number,
): Promise<Detection[]> {
  const outputs = await session.runAll!(owlInput(image, side), [1, 3, side, side], {
    input_ids: { data: ids, dims: [names.length, textLength] },
    attention_mask: { data: mask, dims: [names.length, textLength] },
  });
  const [logits, boxes] = [outputs.get('logits'), outputs.get('pred_boxes')];
  const count = boxes?.dims[1] ?? 0;
  if (!logits || !boxes || logits.dims[1] !== count || logits.dims[2] !== names.length || boxes.dims[2] !== 4)
    throw new BadModel(
      `the detector gave logits [${logits?.dims.join(', ')}] and boxes [${boxes?.dims.join(', ')}], where [1, N, ${names.length}] and [1, N, 4] are expected`,
    );
  const long = Math.max(image.width, image.height);
  const found: Detection[] = [];
  for (let row = 0; row < count; row++) {
    const [x, y, width, height] = boxes.data.subarray(row * 4, row * 4 + 4) as unknown as Edges;
    const across = (value: number) => clamp((value * long) / image.width);
    const down = (value: number) => clamp((value * long) / image.height);
    const box: Edges = [across(x - width / 2), down(y - height / 2), across(x + width / 2), down(y + height / 2)];
    for (let name = 0; name < names.length; name++) {
      const score = 1 / (1 + Math.exp(-logits.data[row * names.length + name]!));
      if (score >= leastScore) found.push({ category: names[name]!, score, box, close: false });
    }
  }
  // many boxes of one name must not hide the best of another
  const met = new Set<string>();
  const isFirst = (name: string) => !met.has(name) && met.add(name);
  return found.sort((a, b) => b.score - a.score).filter(({ category }, rank) => isFirst(category) || rank < mostPairs);
}

type Edges = [number, number, number, number];
const clamp = (value: number) => Math.min(1, Math.max(0, value));

/**
 * The model's input, float32 [1, 3, side, side], as the reference makes it: 0..1, filled up with 0 to a square at the right and
 * below, smoothed where it is made smaller (Gaussian), resized (bilinear), and normalised as CLIP's.
 */
export function owlInput({ data, width, height }: RgbImage, side: number): Float32Array {
  const long = Math.max(width, height);
  const factor = long / side;
  const kernel = gaussian(Math.max(0, (factor - 1) / 2));
  const input = new Float32Array(3 * side * side);
  const taps = axisTaps(long, side, factor, kernel);
  const rows = new Float64Array(height * side);
  for (let channel = 0; channel < 3; channel++) {
    // what lies beyond the picture is 0, so that only its own pixels count
    for (let y = 0; y < height; y++)
      for (let x = 0; x < side; x++) {
        let sum = 0;
        for (const [at, weight] of taps[x]!) if (at < width) sum += weight * data[(y * width + at) * 3 + channel]!;
        rows[y * side + x] = sum / 255;
      }
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        let sum = 0;
        for (const [at, weight] of taps[y]!) if (at < height) sum += weight * rows[at * side + x]!;
        input[(channel * side + y) * side + x] = (sum - mean[channel]!) / deviation[channel]!;
      }
  }
  return input;
}

/** A Gaussian cut off at four deviations, as scipy.ndimage has it. */
function gaussian(deviation: number): number[] {
  const reach = Math.floor(4 * deviation + 0.5);
  if (reach === 0) return [1];
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-0.5 * ((at - reach) / deviation) ** 2));
  const sum = weights.reduce((all, one) => all + one, 0);
  return weights.map((weight) => weight / sum);
}

/** Of each output pixel of a line, the input pixels that it is made of: two neighbours, each smoothed; mirrored at the ends. */
function axisTaps(long: number, side: number, factor: number, kernel: readonly number[]): [number, number][][] {
  const reach = (kernel.length - 1) / 2;
  return Array.from({ length: side }, (_, out) => {
    const at = (out + 0.5) * factor - 0.5;
    const first = Math.floor(at);
    const weights = new Map<number, number>();
    for (const [pixel, share] of [
      [first, 1 - (at - first)],
      [first + 1, at - first],
    ] as const)
      for (const [offset, weight] of kernel.entries()) {
        const index = mirrored(mirrored(pixel, long) + offset - reach, long);
        weights.set(index, (weights.get(index) ?? 0) + share * weight);
      }
    return [...weights];
  });
}

/** `… 2 1 | 0 1 2 … n-1 | n-2 …` */
function mirrored(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const at = ((index % period) + period) % period;
  return at < length ? at : period - at;
}
