import * as z from 'zod';
import { badModel, type ModelFolder, wrongFields } from '../model-folder.js';
import { chatSchema, chatSequence } from './chat.js';
import type { Family } from './family.js';

const fieldsSchema = z.object({ chat: chatSchema, tiles: z.int().min(1).max(64) });

/**
 * A Llama 3.2 Vision backbone with a reward head, as `python -m tldr_vlm.export_onnx` writes it. A picture lies in the upper left
 * corner of up to `tiles` squares of tldr.json's size, side by side, black around it. It is one token of the sequence: its
 * features are looked at from aside, and row 0 of them says how many those of its own squares are.
 */
export function openMllama({ folder, manifest }: ModelFolder): Family {
  const parsed = fieldsSchema.safeParse(manifest);
  if (!parsed.success)
    throw badModel(folder, 'tldr.json', `lacks what mllama needs, export it again: ${wrongFields(parsed.error)}`);
  const { chat, tiles } = parsed.data;
  const side = manifest.image.size[0];
  return {
    evidence: () => [],
    abstention: () => null,
    imageSize: (picture) => ({ ...fittedTiles(picture, side, tiles), fit: 'fill', kernel: 'pillow-bilinear' }),
    sequence: (_rows, prompt, answer) => chatSequence(chat, 2, prompt, answer),
    defaultPrompt: chat.defaultPrompt,
  };
}

/**
 * The squares that a picture lies in, `width` x `height` pixels together, and its own sides there. As Mllama's image processor has
 * it: the squares that enlarge it least, or where none hold it whole those that shrink it least; of equal ones the fewest. Its
 * shape is kept, and it is not enlarged beyond one square.
 *
 * @param most Squares at most, of `side` pixels.
 */
export function fittedTiles(
  { width, height }: { width: number; height: number },
  side: number,
  most: number,
): { width: number; height: number; corner: { width: number; height: number } } {
  const shapes = Array.from({ length: most }, (_, row) => row + 1).flatMap((rows) =>
    Array.from({ length: Math.floor(most / rows) }, (_, column) => {
      const columns = column + 1;
      return { rows, columns, scale: Math.min((rows * side) / height, (columns * side) / width) };
    }),
  );
  const whole = shapes.filter(({ scale }) => scale >= 1);
  const best = whole.length > 0 ? least(whole, ({ scale }) => scale) : least(shapes, ({ scale }) => -scale);
  const { rows, columns } = least(
    shapes.filter(({ scale }) => scale === best.scale),
    (shape) => shape.rows * shape.columns,
  );
  const canvas = { width: columns * side, height: rows * side };
  const right = Math.min(Math.max(width, side), canvas.width);
  const below = Math.min(Math.max(height, side), canvas.height);
  const across = right / width;
  const down = below / height;
  const corner =
    across < down
      ? { width: right, height: Math.min(Math.floor(height * across) || 1, below) }
      : { width: Math.min(Math.floor(width * down) || 1, right), height: below };
  return { ...canvas, corner };
}

const least = <T>(all: readonly T[], by: (one: T) => number): T =>
  all.reduce((first, other) => (by(other) < by(first) ? other : first));
