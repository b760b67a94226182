import { isPlural, pluralize, singularize } from '../../text/agreement.js';
import { diffWords } from '../../text/edits.js';
import { splitWords } from '../../text/words.js';
import { readCaption } from '../caption.js';
import { type Change, labelChanges } from '../label-changes.js';
import type { PerturbationType, Perturbed } from '../perturbation.js';

/** At most this many words may change, those that only agree not counted, and no more than a third of them (but always two). */
const mostChanged = 8;

/**
 * Labels a whole caption that a model wrote, from the words that differ. Null where it is no minimal lie: nothing but
 * case, blanks or marks changed; too much did; words were only left out; or printed text changed in a type that must not
 * touch it.
 */
export function labelRewrite(caption: string, rewritten: string, type: PerturbationType): Perturbed | null {
  const edits = diffWords(caption, rewritten);
  const changes = edits.map(({ start, end, from, to }): Change => ({ start, end, text: to, role: roleOf(from, to) }));
  const changed = edits.reduce(
    (sum, { from, to }, at) =>
      sum + (changes[at]!.role === 'bad' ? Math.max(splitWords(from).length, splitWords(to).length) : 0),
    0,
  );
  const limit = Math.min(mostChanged, Math.max(2, Math.ceil(splitWords(caption).length / 3)));
  if (changed === 0 || changed > limit + 2 * Number(type === 'binding')) return null;
  if (caption.toLowerCase() === rewritten.toLowerCase()) return null;
  if (type !== 'ocr' && printedText(caption) !== printedText(rewritten)) return null;
  const onlyOmits = edits.every(({ from, to }) => splitWords(to).length === 0 && !negation.test(from));
  if (onlyOmits) return null;
  return labelChanges(caption, type, changes);
}

const negation = /\b(?:not|no|never|without|\p{L}+n['’]t)\b/iu;
const verbs = [
  ['is', 'are'],
  ['was', 'were'],
  ['has', 'have'],
  ['does', 'do'],
];

/** Whether a changed word only agrees with another: an article, the number of a noun or of a verb. */
function roleOf(from: string, to: string): Change['role'] {
  const [one, other] = [from.trim().toLowerCase(), to.trim().toLowerCase()];
  if (/^an?$/.test(one) && /^an?$/.test(other)) return 'repair';
  if (verbs.some((pair) => pair.includes(one) && pair.includes(other))) return 'repair';
  if (!/^[\p{L}-]+$/u.test(one) || !/^[\p{L}-]+$/u.test(other)) return 'bad';
  const sameNoun = isPlural(one) ? singularize(one) === other : pluralize(one) === other;
  return sameNoun ? 'repair' : 'bad';
}

function printedText(text: string): string {
  return readCaption(text)
    .quotes.map(({ start, end }) => text.slice(start, end))
    .join('\n');
}
