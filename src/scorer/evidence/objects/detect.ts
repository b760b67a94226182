import { BadModel } from '../../thread/onnx-model.js';
import type { RgbImage } from '../pixels.js';
import type { EvidenceSession } from '../session.js';
import { anchors, type Detection, decodeOutput, inputSize, letterbox, suppress, views } from './yolox.js';

/** What a YOLOX session sees in a picture: as a whole, and in parts for what is small. */
export async function detect(session: EvidenceSession, image: RgbImage): Promise<Detection[]> {
  const found: Detection[] = [];
  for (const [index, region] of views(image).entries()) {
    const { input, scale } = letterbox(image, region);
    const { data, dims } = await session.run(input, [1, 3, inputSize, inputSize]);
    if (dims[1] !== anchors || dims[2] !== 85)
      throw new BadModel(`the detector gave [${dims.join(', ')}], where [1, ${anchors}, 85] is expected`);
    found.push(...decodeOutput(data, region, scale, image, index > 0));
  }
  return suppress(found);
}
