import { resizeAsPillow } from '../../../image/pillow.js';
import { cocoCategories } from '../../../text/lexicon/coco-objects.js';
import { BadModel } from '../../thread/onnx-model.js';
import type { RgbImage } from '../pixels.js';
import type { EvidenceSession } from '../session.js';
import { type Detection, leastScore } from './yolox.js';

/** Side of the square that D-FINE looks at, where its file does not say. */
const usualSide = 640;
/** Of all pairs of box and name so many are kept, as the reference does (`num_top_queries`). */
const mostPairs = 300;

/** Whether a model gives what D-FINE (arXiv 2410.13842) and its kin, RT-DETR and DEIM, give. */
export const isDfine = ({ outputs = [] }: EvidenceSession): boolean =>
  outputs.includes('logits') && outputs.includes('pred_boxes');

/**
 * What a D-FINE session sees: the picture is stretched to a square (as Pillow's bilinear does), RGB 0..1; each of its boxes (middle and sides as shares
 * of the picture) has a logit for each of the 80 names, each read by itself (sigmoid, no background). One look, no tiles.
 *
 * @throws BadModel where the outputs are of other shapes.
 */
export async function lookWithDfine(session: EvidenceSession, image: RgbImage): Promise<Detection[]> {
  const side = session.inputShape?.[3] ?? usualSide;
  const input = await dfineInput(image, side);
  const outputs = await session.runAll!(input, [1, 3, side, side]);
  const [logits, boxes] = [outputs.get('logits')!, outputs.get('pred_boxes')!];
  const names = cocoCategories.length;
  const queries = boxes.dims[1] ?? 0;
  if (logits.dims[2] !== names || logits.dims[1] !== queries || boxes.dims[2] !== 4)
    throw new BadModel(
      `the detector gave logits [${logits.dims.join(', ')}] and boxes [${boxes.dims.join(', ')}], where [1, N, ${names}] and [1, N, 4] are expected: a D-FINE for the 80 things of COCO`,
    );
  const found: Detection[] = [];
  for (let query = 0; query < queries; query++) {
    const [x, y, width, height] = boxes.data.subarray(query * 4, query * 4 + 4) as unknown as Edges;
    const box: Edges = [clamp(x - width / 2), clamp(y - height / 2), clamp(x + width / 2), clamp(y + height / 2)];
    for (let name = 0; name < names; name++) {
      const score = 1 / (1 + Math.exp(-logits.data[query * names + name]!));
      if (score >= leastScore) found.push({ category: cocoCategories[name]!, score, box, close: false });
    }
  }
  return found.sort((a, b) => b.score - a.score).slice(0, mostPairs);
}

type Edges = [number, number, number, number];
const clamp = (value: number) => Math.min(1, Math.max(0, value));

/** The model's input, float32 [1, 3, side, side], as the reference makes it (`RTDetrImageProcessor`): resized as Pillow does, bilinear, rounded to 8 bits, 0..1. */
export async function dfineInput({ data, width, height }: RgbImage, side: number): Promise<Float32Array> {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  const resized = await resizeAsPillow(
    { data: bytes, width, height },
    { width: side, height: side },
    'pillow-bilinear',
  );
  const plane = side * side;
  const input = new Float32Array(3 * plane);
  for (let at = 0; at < plane; at++)
    for (let channel = 0; channel < 3; channel++) input[channel * plane + at] = resized.data[at * 3 + channel]! / 255;
  return input;
}
