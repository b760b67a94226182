import { readFileSync } from 'node:fs';
import { BadModel } from '../../thread/onnx-model.js';
import { type RgbImage, resizeInto } from '../pixels.js';
import type { EvidenceSession } from '../session.js';
import { readColumns } from './columns.js';
import { cornersOf, findTextBoxes, type TextBox } from './text-boxes.js';
import type { TextLine } from './text-line.js';

/** The detector's long side: smaller pictures are enlarged to the least, larger ones reduced to the most. */
const leastSide = 640;
const mostSide = 1280;
/** The detector takes sides that are whole multiples of this. */
const step = 32;
/** ImageNet's mean and deviation, which PP-OCR applies to the channels in the order blue, green, red. */
const mean = [0.485, 0.456, 0.406];
const deviation = [0.229, 0.224, 0.225];
const lineHeight = 48;
const mostLineWidth = 2400;
const linesTogether = 8;
/** Lines are read together with others that are at most this much narrower: what is padded costs time. */
const alike = 1.2;
/** Lines read with less than this are noise. */
const leastConfidence = 0.5;

/**
 * A reader of printed text: PP-OCRv4's detector and recogniser. Text may be turned by some degrees, or run from the top
 * down; what stands on its head is not read.
 *
 * @param dictionary A file with one character a line, in the order of the recogniser's classes.
 */
export function openReader(
  detection: EvidenceSession,
  recognition: EvidenceSession,
  dictionary: string,
): (image: RgbImage) => Promise<TextLine[]> {
  const characters = [
    '',
    ...readFileSync(dictionary, 'utf8')
      .replace(/\r?\n$/, '')
      .split(/\r?\n/),
    ' ',
  ];

  async function findBoxes(image: RgbImage): Promise<TextBox[]> {
    const long = Math.max(image.width, image.height);
    const scale = Math.min(mostSide, Math.max(leastSide, long)) / long;
    const width = Math.max(step, Math.round((image.width * scale) / step) * step);
    const height = Math.max(step, Math.round((image.height * scale) / step) * step);
    const plane = width * height;
    const input = new Float32Array(3 * plane);
    const whole = { left: 0, top: 0, width: image.width, height: image.height };
    resizeInto(
      input,
      { stride: plane, rowLength: width, width, height },
      { image, region: whole },
      [2, 1, 0],
      (channel, level) => (level / 255 - mean[channel]!) / deviation[channel]!,
    );
    const { data, dims } = await detection.run(input, [1, 3, height, width]);
    if (dims.at(-1) !== width || dims.at(-2) !== height)
      throw new BadModel(`the text detector gave [${dims.join(', ')}] for ${height} x ${width} pixels`);
    const [scaleX, scaleY] = [image.width / width, image.height / height];
    return findTextBoxes(data, width, height).map((box) => ({
      ...box,
      x: box.x * scaleX,
      y: box.y * scaleY,
      length: box.length * (Math.abs(box.along[0]) > 0.7 ? scaleX : scaleY),
      height: box.height * (Math.abs(box.along[0]) > 0.7 ? scaleY : scaleX),
    }));
  }

  async function readLines(image: RgbImage, boxes: readonly TextBox[]): Promise<TextLine[]> {
    const widths = boxes.map(widthOf);
    const widest = Math.max(...widths);
    const plane = lineHeight * widest;
    const input = new Float32Array(boxes.length * 3 * plane);
    boxes.forEach((box, index) => {
      cutLine(image, box, widths[index]!, input.subarray(index * 3 * plane, (index + 1) * 3 * plane), widest);
    });
    const { data, dims } = await recognition.run(input, [boxes.length, 3, lineHeight, widest]);
    const [count, columns, classes] = dims as [number, number, number];
    if (count !== boxes.length || classes !== characters.length)
      throw new BadModel(`the recogniser gave [${dims.join(', ')}], where ${characters.length} classes are expected`);
    return boxes.map((box, index) => {
      const used = Math.min(columns, Math.ceil((widths[index]! / widest) * columns) + 1);
      const from = index * columns * classes;
      const read = readColumns(data.subarray(from, from + used * classes), classes, characters);
      const corners = cornersOf(box).map(([x, y]) => [share(x, image.width), share(y, image.height)] as const);
      return { ...read, corners };
    });
  }

  return async (image) => {
    const boxes = (await findBoxes(image)).sort((a, b) => widthOf(a) - widthOf(b));
    const lines: TextLine[] = [];
    for (let at = 0; at < boxes.length; ) {
      const most = widthOf(boxes[at]!) * alike;
      const together = boxes.slice(at, at + linesTogether).filter((box) => widthOf(box) <= most);
      lines.push(...(await readLines(image, together)));
      at += together.length;
    }
    return lines
      .filter(({ text, confidence }) => text.trim() !== '' && confidence >= leastConfidence)
      .sort((a, b) => top(a) - top(b) || a.corners[0]![0] - b.corners[0]![0]);
  };
}

const top = ({ corners }: TextLine) => corners[0]![1] + corners[3]![1];
const share = (value: number, of: number) => Math.min(1, Math.max(0, value / of));

function widthOf({ length, height }: TextBox): number {
  const width = Math.round((lineHeight * length) / Math.max(1, height));
  return Math.min(mostLineWidth, Math.max(16, Math.ceil(width / 8) * 8));
}

/** The pixels of a box, turned upright and scaled to a height of 48: BGR, -1..1, three planes. */
function cutLine(image: RgbImage, box: TextBox, width: number, target: Float32Array, rowLength: number): void {
  const plane = lineHeight * rowLength;
  const { along, x: centreX, y: centreY, length, height } = box;
  const [stepX, stepY] = [length / width, height / lineHeight];
  // thin strokes of large text would be skipped: several samples a pixel where the text is made smaller
  const taps = Math.min(4, Math.max(1, Math.round(stepY)));
  for (let row = 0; row < lineHeight; row++) {
    for (let column = 0; column < width; column++) {
      let blue = 0;
      let green = 0;
      let red = 0;
      for (let tapY = 0; tapY < taps; tapY++) {
        for (let tapX = 0; tapX < taps; tapX++) {
          const u = (column + (tapX + 0.5) / taps) * stepX - length / 2;
          const v = (row + (tapY + 0.5) / taps) * stepY - height / 2;
          const x = centreX + u * along[0] - v * along[1] - 0.5;
          const y = centreY + u * along[1] + v * along[0] - 0.5;
          const left = Math.floor(x);
          const above = Math.floor(y);
          for (let dy = 0; dy <= 1; dy++) {
            const weightY = dy ? y - above : 1 - (y - above);
            const line = clamp(above + dy, image.height) * image.width;
            for (let dx = 0; dx <= 1; dx++) {
              const weight = weightY * (dx ? x - left : 1 - (x - left));
              const at = (line + clamp(left + dx, image.width)) * 3;
              red += weight * image.data[at]!;
              green += weight * image.data[at + 1]!;
              blue += weight * image.data[at + 2]!;
            }
          }
        }
      }
      const at = row * rowLength + column;
      const count = taps * taps * 127.5;
      target[at] = blue / count - 1;
      target[plane + at] = green / count - 1;
      target[2 * plane + at] = red / count - 1;
    }
  }
}

const clamp = (value: number, limit: number) => Math.min(limit - 1, Math.max(0, value));
