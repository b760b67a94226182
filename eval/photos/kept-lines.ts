import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { TextLine } from '../../src/scorer/evidence/ocr/text-line.js';

/** What was read in renders, by seed, kept in a file of JSON lines, so that a run can go on where it stopped. */
export function keptLines(file: string | undefined) {
  const known = new Map<number, TextLine[]>();
  if (file && existsSync(file)) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      try {
        const { seed, lines } = JSON.parse(line) as { seed: number; lines: TextLine[] };
        known.set(seed, lines);
      } catch {
        // a line that was cut off is read again
      }
    }
  }
  return {
    get: (seed: number) => known.get(seed),
    set(seed: number, lines: TextLine[]) {
      known.set(seed, lines);
      if (file) appendFileSync(file, `${JSON.stringify({ seed, lines })}\n`);
    },
  };
}
