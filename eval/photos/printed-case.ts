import { pick, seededRandom } from '../../scenes/random.js';
import { heldOutFonts, tuningFonts } from './fonts.js';
import type { Printed, PrintedFact } from './printed/facts.js';
import { samplePrinted } from './printed/sample.js';
import { renderPrinted } from './render-printed.js';

/** A render of print with a right answer about it and the same answer with one planted error. */
export interface PrintedCase {
  seed: number;
  kind: Printed['kind'];
  /** Draws it: a JPEG. */
  render: () => Promise<Buffer>;
  right: string;
  wrong: string;
  /** Where the planted words are in `wrong`, and what belongs there. */
  planted: { start: number; end: number; fact: PrintedFact };
}

/** Seeds below are for tuning. Those from here on are only reported, in fonts that were not tuned on as well. */
export const firstReportedSeed = 1_000_000;

const kinds = ['sign', 'receipt', 'screen'] as const;

/** The case of a seed: signs, receipts and screens in turn. */
export function printedCase(seed: number): PrintedCase {
  const random = seededRandom(seed);
  const kind = kinds[seed % kinds.length]!;
  const printed = samplePrinted(random, kind);
  const named = [...printed.answer.matchAll(/\{(\d)\}/g)].map((match) => Number(match[1]));
  const chosen = pick(random, named);
  const fill = (wrongAt: number | null) => {
    let at = { start: 0, end: 0 };
    let text = '';
    let last = 0;
    for (const match of printed.answer.matchAll(/\{(\d)\}/g)) {
      const index = Number(match[1]);
      const fact = printed.facts[index]!;
      text += printed.answer.slice(last, match.index);
      const value = index === wrongAt ? fact.wrong : fact.value;
      if (index === wrongAt) at = { start: text.length, end: text.length + value.length };
      text += value;
      last = match.index + match[0].length;
    }
    return { text: text + printed.answer.slice(last), at };
  };
  const wrong = fill(chosen);
  const fonts = seed >= firstReportedSeed ? [...tuningFonts, ...heldOutFonts] : tuningFonts;
  return {
    seed,
    kind,
    render: () => renderPrinted(printed, fonts, random),
    right: fill(null).text,
    wrong: wrong.text,
    planted: { ...wrong.at, fact: printed.facts[chosen]! },
  };
}
