import { isPlural, pluralize, singularize } from './agreement.js';
import type { AppliedEdit } from './applied-edit.js';
import { likeCase } from './capital.js';
import { governedNoun } from './noun-phrase.js';

/** A count that changed from one to many or back. */
export interface CountChange {
  /** Where the changed words are, in the old text. */
  start: number;
  end: number;
  sentence: readonly [number, number];
  /** Whether the old and the new count are of more than one. */
  wasMany: boolean;
  isMany: boolean;
  /** The noun was replaced along with the count: only verbs follow. */
  nounInside: boolean;
}

const verbPairs: readonly (readonly [one: string, many: string])[] = [
  ['is', 'are'],
  ['was', 'were'],
  ['has', 'have'],
  ['does', 'do'],
  ["isn't", "aren't"],
  ["wasn't", "weren't"],
  ['isn’t', 'aren’t'],
  ['flies', 'fly'],
  ['lies', 'lie'],
  ...'sit stand appear float run sleep hang face look rest stay fill seem play eat hold wear swim walk jump'
    .split(' ')
    .map((verb) => [`${verb}s`, verb] as const),
];
const otherNumber = new Map(verbPairs.flatMap(([one, many]) => [[one, many] as const, [many, one] as const]));
const many = new Set(verbPairs.map(([, form]) => form));

const quantifier = '(?:(?:only|also|just|exactly|about|around|at least|at most|now|still)\\s+)?';
const existential = new RegExp(
  `\\bthere(?:\\s+(?<verb>is|are|was|were|isn['’]t|aren['’]t)|(?<short>['’]s))\\s+${quantifier}$`,
  'i',
);
const question = new RegExp(`\\b(?<verb>is|are|was|were)\\s+there\\s+${quantifier}$`, 'i');
const inverted =
  /^(?:here|(?:on|in|at|to|above|below|under|behind|beside|near|next to)\b[^,;]*)\s(?<verb>is|are|was|were)\s+$/i;
const place =
  '(?:here|(?:in|on|at|to|near|towards?) (?:the|this) (?:(?:very|far|upper|lower|top|bottom|left|right)[ -])*(?:image|picture|photo|photograph|scene|drawing|illustration|left|right|top|bottom|middle|cent(?:er|re)|corner|side|background|foreground|half|ground|hand side)(?: of (?:the|this) (?:image|picture|photo|scene))?)';
/** What may stand before the count where its noun is the subject of the verb that follows. */
const subject = new RegExp(
  `^(?:${place}\\s+|(?:[^,;]*[,;]\\s+)?(?:(?:while|whereas|but|where|that|and|so|then)\\s+)?|.*\\b(?:while|whereas|but|where|that)\\s+)(?:(?:the|these|this|those|all|all the|exactly|only|just|about)\\s+)?$`,
  'i',
);

/** The noun and the verb that follow a count to its new number, as edits of the old text. */
export function countAgreement(text: string, change: CountChange): AppliedEdit[] {
  const { start, end, sentence, wasMany, isMany, nounInside } = change;
  const patches: AppliedEdit[] = [];
  const unit = nounInside ? null : /^\s+of\b(?=\s)/.exec(text.slice(end, end + 24));
  if (unit && /\b(pair|couple|group|bunch)$/i.test(text.slice(start, end)))
    patches.push({ start: end, end: end + unit[0].length, from: unit[0], to: '' });
  const noun = nounInside ? { start: end, end } : governedNoun(text, end + (unit?.[0].length ?? 0), wasMany);
  if (!noun) return patches;
  if (!nounInside) {
    const word = text.slice(noun.start, noun.end);
    const wanted = isMany ? (isPlural(word) ? word : pluralize(word)) : singularize(word);
    if (wanted !== word) patches.push({ ...noun, from: word, to: wanted });
  }
  if (wasMany === isMany) return patches;
  const from = Math.max(sentence[0], start - 160);
  const lead = text.slice(from, start);
  const before = existential.exec(lead) ?? question.exec(lead) ?? (from === sentence[0] ? inverted.exec(lead) : null);
  if (before?.groups?.short !== undefined) {
    const at = from + before.index + 'there'.length;
    if (isMany) patches.push({ start: at, end: at + 2, from: text.slice(at, at + 2), to: ' are' });
  } else if (before?.groups?.verb !== undefined) {
    const verb = before.groups.verb;
    const at = from + before.index + before[0].toLowerCase().lastIndexOf(verb.toLowerCase());
    patches.push(...flip(text, at, verb, isMany));
  } else if (from === sentence[0] && subject.test(lead) && !/\band\s+$/i.test(lead.replace(/^and\s+$/i, ''))) {
    const verb = /^([^\S\r\n]+)([\p{L}]+(?:['’]t)?)/u.exec(text.slice(noun.end, noun.end + 24));
    if (verb) patches.push(...flip(text, noun.end + verb[1]!.length, verb[2]!, isMany));
  }
  return patches.sort((a, b) => a.start - b.start);
}

function flip(text: string, at: number, verb: string, toMany: boolean): AppliedEdit[] {
  const from = text.slice(at, at + verb.length);
  const to = agreeingVerb(from, toMany);
  return to === from ? [] : [{ start: at, end: at + verb.length, from, to }];
}

/** A verb in the number asked for: `sits` of many is `sit`. Words that are no known verb come back as they are. */
export function agreeingVerb(verb: string, toMany: boolean): string {
  const lower = verb.toLowerCase();
  const other = otherNumber.get(lower);
  return other === undefined || many.has(lower) === toMany ? verb : likeCase(other, verb);
}
