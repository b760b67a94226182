import * as z from 'zod';
import { DetectiveError } from '../../../base/errors.js';
import { badModel, type ModelFolder, wrongFields } from '../model-folder.js';
import { chatSchema, chatSequence } from './chat.js';
import type { Family } from './family.js';

const pixels = z.int().positive();
const fieldsSchema = z.object({
  chat: chatSchema,
  pixels: z
    .object({ cell: pixels.max(512), smallest: pixels, largest: pixels.max(4096 * 4096) })
    .refine(({ cell, smallest, largest }) => smallest <= largest && cell * cell <= largest, {
      error: 'smallest must not be above largest, nor a cell larger than it',
    }),
});

/**
 * A Qwen2.5-VL or Qwen3-VL backbone with a reward head, as `python -m tldr_vlm.export_onnx` writes it. A picture keeps its
 * shape: both sides become multiples of a cell (28 or 32 pixels), and each cell is one row of the features. Row 0 is the grid: rows,
 * columns. The answer stands in the backbone's chat format, behind as many image tokens as there are cells.
 */
export function openQwenVl({ folder, manifest }: ModelFolder): Family {
  const parsed = fieldsSchema.safeParse(manifest);
  if (!parsed.success)
    throw badModel(folder, 'tldr.json', `lacks what qwen-vl needs, export it again: ${wrongFields(parsed.error)}`);
  const { chat, pixels } = parsed.data;
  return {
    evidence: () => [],
    abstention: () => null,
    imageSize: (picture) => ({ ...fittedSize(picture, pixels), fit: 'fill', kernel: 'pillow-bicubic' }),
    sequence: (rows, prompt, answer) => chatSequence(chat, rows, prompt, answer),
    defaultPrompt: chat.defaultPrompt,
  };
}

/**
 * Sides near the picture's own: multiples of `cell` pixels, their product between `smallest` and `largest`. Qwen2-VL's
 * `smart_resize`: round, to nothing too, and where that is out of bounds scale by the root of the areas' ratio.
 *
 * @throws DetectiveError `bad-image` where one side is more than 200 times the other.
 */
export function fittedSize(
  { width, height }: { width: number; height: number },
  { cell, smallest, largest }: { cell: number; smallest: number; largest: number },
): { width: number; height: number } {
  if (Math.max(width, height) > 200 * Math.min(width, height))
    throw new DetectiveError('bad-image', `the image has ${width} x ${height} pixels: at most 200 to 1 can be judged`);
  const sides = (cells: (side: number) => number) => ({ width: cells(width) * cell, height: cells(height) * cell });
  const rounded = sides((side) => roundHalfEven(side / cell));
  const area = rounded.width * rounded.height;
  if (area > largest) {
    const by = Math.sqrt((width * height) / largest);
    return sides((side) => Math.max(1, Math.floor(side / by / cell)));
  }
  if (area < smallest) {
    const by = Math.sqrt(smallest / (width * height));
    return sides((side) => Math.ceil((side * by) / cell));
  }
  return rounded;
}

/** As Python rounds. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
