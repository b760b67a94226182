import { type CorrectionRecord, outcomeOf } from './record.js';

/** An answer that a strategy served badly, worst first by how far right and wrong claims fell apart. */
export interface WorstCase {
  record: CorrectionRecord;
  harmed: number;
  left: number;
}

/** Keeps the worst cases of a strategy out of any number of records: those it harmed most, then those it left most wrong. */
export function worstCases(
  strategy: string,
  most: number,
): { add(record: CorrectionRecord): void; cases: WorstCase[] } {
  const cases: WorstCase[] = [];
  return {
    cases,
    add(record) {
      const done = record.strategies?.[strategy];
      const now = done && outcomeOf(done);
      if (!now) return;
      const harmed = now.harmed + now.lost;
      if (harmed === 0 && now.wrong === 0) return;
      cases.push({ record, harmed, left: now.wrong });
      // equal cases keep the order of the run, so that the same run shows the same ones
      cases.sort((a, b) => b.harmed - a.harmed || b.left - a.left);
      if (cases.length > most) cases.pop();
    },
  };
}
