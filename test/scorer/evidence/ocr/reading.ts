import type { Column, TextLine } from '../../../../src/scorer/evidence/ocr/text-line.js';

/** A line as a reader gives it: each character sure, with a gap after it, or with `unsure` alternatives at a place. */
export function lineOf(text: string, unsure: Record<number, Column> = {}, top = 0.1): TextLine {
  const gap: Column = [['', 0.9999]];
  const columns = [...text].flatMap((character, index): Column[] => [unsure[index] ?? [[character, 0.999]], gap]);
  const corners = [
    [0.1, top],
    [0.1 + text.length * 0.02, top],
    [0.1 + text.length * 0.02, top + 0.05],
    [0.1, top + 0.05],
  ] as const;
  return { text, confidence: 0.99, columns, corners };
}
