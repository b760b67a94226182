import { cocoCategories } from '../../../text/lexicon/coco-objects.js';
import { BadModel } from '../../thread/onnx-model.js';
import type { Region, RgbImage } from '../pixels.js';
import type { EvidenceSession } from '../session.js';
import { coloursOf } from './colour.js';
import { isDfine, lookWithDfine } from './dfine.js';
import { isOwl, lookWithOwl, openOwlTexts, owlSide } from './owlv2.js';
import { anchorsOf, type Detection, decodeOutput, inputSize, letterbox, suppress, views } from './yolox.js';

/** The largest square that a detector may look at, in pixels. */
const mostSide = 1280;
/** Boxes from this score on have their colours looked at. */
const colouredScore = 0.3;
/** A category whose best score is below this is looked for once more. */
const hardlySeen = 0.1;

/** What looks at pictures with the detector of a file, of the family that its tensors tell: YOLOX, D-FINE or OWLv2. */
export async function openDetector(
  session: EvidenceSession,
  file: string,
): Promise<(image: RgbImage, names?: readonly string[]) => Promise<Detection[]>> {
  if (!isOwl(session))
    return async (image, names = []) => {
      if (names.length > 0) throw new BadModel(`${file} takes no words: \`nouns\` is for an OWLv2`);
      return detect(session, image);
    };
  const [textsFor, side] = await Promise.all([openOwlTexts(file), owlSide(file)]);
  return async (image, names = []) =>
    coloured(await lookWithOwl(session, image, textsFor([...cocoCategories, ...names]), side), image);
}

/** What a YOLOX or D-FINE sees in a picture. */
export async function detect(session: EvidenceSession, image: RgbImage): Promise<Detection[]> {
  return coloured(isDfine(session) ? await lookWithDfine(session, image) : await lookWithYolox(session, image), image);
}

const coloured = (found: readonly Detection[], image: RgbImage): Detection[] =>
  suppress(found).map((item) =>
    item.score >= colouredScore ? { ...item, colours: coloursOf(image, item.box) } : item,
  );

/**
 * What a YOLOX session sees in a picture: as a whole, in parts for what is small, and once more as in a mirror for what was
 * hardly seen: absence is not proven by one look.
 */
async function lookWithYolox(session: EvidenceSession, image: RgbImage): Promise<Detection[]> {
  const found: Detection[] = [];
  const side = session.inputShape?.[3] ?? inputSize;
  if (side % 32 !== 0 || side > mostSide)
    throw new BadModel(
      `the detector looks at squares of ${side} pixels, where a multiple of 32 up to ${mostSide} is expected`,
    );
  const look = async (seen: RgbImage, region: Region, close: boolean) => {
    const { input, scale } = letterbox(seen, region, side);
    const { data, dims } = await session.run(input, [1, 3, side, side]);
    if (dims[1] !== anchorsOf(side) || dims[2] !== 85)
      throw new BadModel(`the detector gave [${dims.join(', ')}], where [1, ${anchorsOf(side)}, 85] is expected`);
    return decodeOutput(data, { region, scale, image: seen, close }, side);
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
  return found;
}

function mirrored({ data, width, height }: RgbImage): RgbImage {
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++)
        turned[(y * width + x) * 3 + channel] = data[(y * width + width - 1 - x) * 3 + channel]!;
  return { data: turned, width, height };
}
