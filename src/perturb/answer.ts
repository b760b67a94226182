import { isPlural } from '../text/agreement.js';
import { likeCase } from '../text/capital.js';
import { numberWords } from '../text/lexicon/numbers.js';
import { choose } from './choose.js';
import { labelChanges } from './label-changes.js';
import { attributeKind, otherAttributes, smallWords } from './lexicon/attributes.js';
import { nounOf, sisterNouns } from './lexicon/nouns.js';
import { perturb } from './perturb.js';
import type { PerturbationType, Perturbed } from './perturbation.js';
import { otherPrint } from './rules/ocr.js';

/** Longer answers are captions of their own. */
const fewWords = 6;

/** Whether an answer is so short that only its question says what it is about: "red" to "What color is the car?". */
export function isShortAnswer(answer: string): boolean {
  return answer.trim().split(/\s+/).length <= fewWords;
}

/**
 * A wrong answer to a question, of the same form as the right one and of a type that fits it (the negatives of TLDR's VQA
 * half, arXiv 2410.04734, section 4): yes becomes no (counterfactual), "red" "green" (attribute), "two" "three" (counting),
 * "a dog" "a cat" (object), "on the table" "under the table" (spatial), the words of a sign others (OCR).
 *
 * @returns null where the type does not apply.
 */
export function perturbAnswer(
  question: string,
  answer: string,
  type: PerturbationType,
  random: () => number,
): Perturbed | null {
  if (!isShortAnswer(answer)) return perturb(answer, type, random);
  const start = answer.search(/\p{L}|\p{N}/u);
  if (start < 0) return null;
  const end = answer.length - (/[^\p{L}\p{N}]*$/u.exec(answer)?.[0].length ?? 0);
  const core = answer.slice(start, end);
  const other = otherAnswer(question, core, type, random);
  if (other === undefined) return perturb(answer, type, random);
  return labelChanges(answer, type, [{ start, end, text: likeCase(other, core), role: 'bad' }]);
}

function otherAnswer(question: string, core: string, type: PerturbationType, random: () => number): string | undefined {
  const asked = question.toLowerCase();
  const lower = core.toLowerCase();
  // what the question names is no answer to it
  const unasked = (names: readonly string[]) => names.filter((name) => !asked.includes(name));
  switch (type) {
    case 'counterfactual':
      return lower === 'yes' ? 'no' : lower === 'no' ? 'yes' : undefined;
    case 'counting': {
      const value = /^\d{1,2}$/.test(lower) ? Number(lower) : numberWords.indexOf(lower);
      if (!/\bhow many\b/.test(asked) || value < 0 || value > 20) return undefined;
      const near = [value - 2, value - 1, value + 1, value + 2].filter((number) => number >= 0 && number <= 20);
      const number = choose(random, near)!;
      return /^\d/.test(lower) ? String(number) : numberWords[number];
    }
    case 'attribute':
      return attributeKind(lower) === null || smallWords.has(lower)
        ? undefined
        : choose(random, unasked(otherAttributes(lower)));
    case 'small-object':
      return smallWords.has(lower) ? choose(random, unasked(['large', 'huge', 'big'])) : undefined;
    case 'object':
      return nounOf(lower) ? choose(random, unasked(sisterNouns(lower, asked))) : undefined;
    case 'ocr':
      return /\b(?:say|says|read|reads|written|word|text|number|letters?|name|time)\b/.test(asked) && !/\s/.test(core)
        ? otherPrint(core, [lower], random)
        : undefined;
    case 'spatial':
      return /^where\b|\bwhich side\b/.test(asked) ? choose(random, placeFor(lower)) : undefined;
    default:
      return undefined;
  }
}

/** Places that exclude the one that the answer names. */
function placeFor(answer: string): string[] {
  const pairs = [
    ['left', 'right'],
    ['inside', 'outside'],
    ['above', 'below'],
    ['indoors', 'outdoors'],
    ['background', 'foreground'],
    ['front', 'back'],
    ['top', 'bottom'],
    ['on', 'under'],
  ] as const;
  for (const [one, other] of pairs)
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const found = new RegExp(`\\b${from}\\b`);
      if (found.test(answer) && !isPlural(from)) return [answer.replace(found, to)];
    }
  return [];
}
