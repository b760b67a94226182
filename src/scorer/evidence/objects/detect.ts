import { BadModel } from '../../thread/onnx-model.js';
import type { Region, RgbImage } from '../pixels.js';
import type { EvidenceSession } from '../session.js';
import { coloursOf } from './colour.js';
import { anchors, type Detection, decodeOutput, inputSize, letterbox, suppress, views } from './yolox.js';

/** Boxes from this score on have their colours looked at. */
const colouredScore = 0.3;
/** A category whose best score is below this is looked for once more. */
const hardlySeen = 0.1;

/**
 * What a YOLOX session sees in a picture: as a whole, in parts for what is small, and once more as in a mirror for what was
 * hardly seen: absence is not proven by one look.
 */
export async function detect(session: EvidenceSession, image: RgbImage): Promise<Detection[]> {
  const found: Detection[] = [];
  const look = async (seen: RgbImage, region: Region, close: boolean) => {
    const { input, scale } = letterbox(seen, region);
    const { data, dims } = await session.run(input, [1, 3, inputSize, inputSize]);
    if (dims[1] !== anchors || dims[2] !== 85)
      throw new BadModel(`the detector gave [${dims.join(', ')}], where [1, ${anchors}, 85] is expected`);
    return decodeOutput(data, region, scale, seen, close);
  };
  const parts = views(image);
  for (const [index, region] of parts.entries()) found.push(...(await look(image, region, index > 0)));
  const seen = new Set(found.filter(({ score }) => score >= hardlySeen).map(({ category }) => category));
  const again = await look(mirrored(image), parts[0]!, false);
  found.push(
    ...again
      .filter(({ category }) => !seen.has(category))
      .map((item): Detection => {
        const [left, top, right, bottom] = item.box;
        return { ...item, box: [1 - right, top, 1 - left, bottom] };
      }),
  );
  return suppress(found).map((item) =>
    item.score >= colouredScore ? { ...item, colours: coloursOf(image, item.box) } : item,
  );
}

function mirrored({ data, width, height }: RgbImage): RgbImage {
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++)
        turned[(y * width + x) * 3 + channel] = data[(y * width + width - 1 - x) * 3 + channel]!;
  return { data: turned, width, height };
}
