import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AppliedEdit } from '../../src/agent/correction.js';
import { type Piece, rewriteRange } from '../../src/agent/stream-report.js';
import { applyEdits } from '../../src/text/edits.js';
import { runs } from '../fixtures/runs.js';

/** A part of a piece: kept, replaced, or (with an empty text) put in. */
const part = fc.record({
  text: fc.string({ maxLength: 4 }),
  to: fc.option(fc.string({ maxLength: 4 }), { nil: undefined }),
});

it('the words for the ranges of a text add up to the corrected text, wherever it is cut and whatever was put in', () => {
  const pieces = fc.array(fc.array(part, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
  fc.assert(
    fc.property(pieces, fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }), (drawn, sizes) => {
      let text = '';
      const made: Piece[] = [];
      for (const parts of drawn) {
        const start = text.length;
        const edits: AppliedEdit[] = [];
        for (const { text: from, to } of parts) {
          const last = edits.at(-1);
          // Edits that touch are one edit, as the diff gives them.
          if (to !== undefined && last?.end !== text.length)
            edits.push({ start: text.length, end: text.length + from.length, from, to });
          text += from;
        }
        // A part of a text that is settled is never empty.
        if (text.length === start) continue;
        made.push({
          start,
          end: text.length,
          outputStart: 0,
          text: '',
          edits,
          result: null,
          arrivedMs: 0,
          settledMs: 0,
        });
      }
      let out = '';
      for (let at = 0, turn = 0; at < text.length; turn++) {
        const end = Math.min(text.length, at + sizes[turn % sizes.length]!);
        out += rewriteRange(text, made, at, end);
        at = end;
      }
      const edits = made.flatMap((piece) => piece.edits);
      expect(out).toBe(applyEdits(text, edits));
      expect(rewriteRange(text, made, 0, text.length)).toBe(out);
    }),
    { numRuns: runs(2000) },
  );
});
