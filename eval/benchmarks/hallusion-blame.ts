import type { HallusionItem } from './hallusion-questions.js';

/** How a judge found an answer: `0` incorrect, `1` correct, `2` unclear. */
export type Correctness = '0' | '1' | '2';

/** Which part of a wrong answer's cause lies in language (making things up) and which in vision (seeing badly). */
export interface Blame {
  language: boolean;
  vision: boolean;
}

const none: Blame = { language: false, vision: false };
const language: Blame = { language: true, vision: false };
const vision: Blame = { language: false, vision: true };
const both: Blame = { language: true, vision: true };

/**
 * HallusionBench's diagnosis of an answer (utils.py, get_eval_pair_all).
 *
 * @param found How the answer was judged.
 * @param original How the answer to the same question with figure 0 was judged: the original picture for VD, no picture
 * for VS.
 * @param same Whether the answer agrees with that one.
 */
export function blameFor(item: HallusionItem, found: Correctness, original: Correctness, same: boolean): Blame {
  if (found === '1') return none;
  const { category, figure, visualInput } = item;
  if (figure === '0') {
    if (category === 'VD') return vision;
    return found === '0' ? language : none;
  }
  if (category === 'VD') return original === '1' && found === '0' && same ? both : vision;
  if (original === '0') return found === '0' && same ? language : both;
  if (original === '1' && found === '0' && visualInput === '2' && same) return language;
  return vision;
}
