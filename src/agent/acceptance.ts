import type { AppliedEdit } from '../text/applied-edit.js';
import { isContentWord } from '../text/content-words.js';
import type { FlaggedSpan, SpanEdit } from '../text/flagged-span.js';
import { parseCount } from '../text/lexicon/numbers.js';
import { isAdjectives } from '../text/noun-phrase.js';
import type { Range } from '../text/range.js';
import type { SplicedText } from '../text/splice.js';
import type { TokenReward } from '../text/token-reward.js';
import { splitWords } from '../text/words.js';

/*
 * Whether an edit is accepted is decided here and nowhere else: `whyNotInSentence` for the edits of one sentence,
 * `isBetter` for a whole text, `clears` for two words that hid one another.
 */

/** How good a text is: fewer flagged tokens first, then a higher lowest reward. */
export interface Quality {
  flagged: number;
  /** 1 where nothing was judged. */
  lowest: number;
}

/** The quality of the tokens inside a range, or of all. */
export function qualityOf(tokens: readonly TokenReward[], threshold: number, range?: Range): Quality {
  let flagged = 0;
  let lowest = 1;
  for (const { start, end, reward } of tokens) {
    if (reward === null || (range && (end <= range.start || start >= range.end))) continue;
    if (reward <= threshold) flagged++;
    lowest = Math.min(lowest, reward);
  }
  return { flagged, lowest };
}

export function isBetter(a: Quality, b: Quality): boolean {
  return a.flagged < b.flagged || (a.flagged === b.flagged && a.lowest > b.lowest + 1e-9);
}

/** Sum of the log rewards inside a range: how likely all of it is. */
export function logLikelihood(tokens: readonly TokenReward[], range: Range): number {
  let sum = 0;
  for (const { start, end, reward } of tokens) {
    if (reward !== null && end > range.start && start < range.end) sum += Math.log(Math.max(reward, 1e-4));
  }
  return sum;
}

/** Whether fewer tokens are flagged: what a change of more than the flagged words must reach. */
export const clears = (is: Quality, was: Quality): boolean => is.flagged < was.flagged;

/** A sentence after a splice, as its scorer sees it. */
export interface Candidate {
  edits: readonly SpanEdit[];
  spliced: SplicedText;
  tokens: readonly TokenReward[];
  quality: Quality;
  /** Whether words are deleted and none stand in for them. */
  deletes: boolean;
  /** The sentence in the new text. */
  range: Range;
}

/** What a candidate is measured against. */
export interface Standing {
  text: string;
  /** The rewards of `text`. */
  tokens: readonly TokenReward[];
  /** The quality of the best candidate so far, or of the sentence as it was. */
  quality: Quality;
  threshold: number;
  /** How many replacements were tried of each span, by its id. */
  tried: ReadonlyMap<number, number>;
  /** The flagged spans, in `text`. */
  spans: readonly FlaggedSpan[];
}

/** The reason of an edit that puts its own words right and shows that another word of the sentence is wrong. */
export const spoils = 'words outside the edit are flagged now';

/**
 * The best of several guesses is partly lucky: its rewards must be surer, the more were tried. In logits, for each doubling
 * of the number tried. `scripts/calibrate-margin.ts` prints how many replacements are true at other margins.
 */
const marginPerDoubling = 0.5;

/** The lowest reward that new words may have, where they are the best of so many. One alone need only pass. */
export function rewardNeeded(threshold: number, tried: number): number {
  if (tried <= 1) return threshold;
  const logit = Math.log(Math.max(threshold, 1e-6) / Math.max(1 - threshold, 1e-6));
  return 1 / (1 + Math.exp(-(logit + marginPerDoubling * Math.log2(tried))));
}

/** Why edits of one sentence may not stay (invariant 3), or null where they may. */
export function whyNotInSentence(candidate: Candidate, standing: Standing): string | null {
  const { edits, spliced, tokens, quality, deletes, range } = candidate;
  const { text, threshold, tried } = standing;
  if (spliced.text === text) return 'it changes nothing';
  const rest = spliced.text.slice(range.start, range.end).trim();
  if (spliced.edits.some((edit) => cutsNumber(text, edit))) return 'it changes a part of a range or a number';
  if (turnsPolarityAlone(text, spliced.edits)) return 'a yes or no was changed without what it answers';
  if (deletes && !edits.some((edit) => edit.sentence) && isBroken(rest)) return 'what is left is no sentence';
  if (deletes && takesTruthAlong(spliced.edits, standing)) return 'words that the picture supports would go with it';
  if (!deletes && unjudgedInside(tokens, spliced.edits)) return 'the scorer cannot judge the new words';
  const guesses = Math.max(1, ...edits.map((edit) => tried.get(edit.span) ?? 1));
  if (!deletes && guesses > 1 && flaggedInside(tokens, spliced.edits, rewardNeeded(threshold, guesses)))
    return guesses > 2
      ? `the replacement is not sure enough for one of ${guesses}`
      : 'the replacement is not sure enough';
  if (!isBetter(quality, standing.quality))
    return `the sentence scores no better (${quality.flagged} flagged, lowest reward ${quality.lowest.toFixed(2)})`;
  return newlyFlagged(tokens, standing.tokens, spliced, threshold) ? spoils : null;
}

/** Whether an edit begins or ends inside a range or a compound of numbers: at one of the ends of `2–3`. */
function cutsNumber(text: string, { start, end, from }: AppliedEdit): boolean {
  return (
    (/\p{N}\s?[-‑–—/]$/u.test(text.slice(Math.max(0, start - 3), start)) && /^\p{N}/u.test(from)) ||
    (/^[-‑–—/]\s?\p{N}/u.test(text.slice(end, end + 3)) && /\p{N}$/u.test(from))
  );
}

/** Whether a yes or no at the head of a longer answer is all that changes. */
function turnsPolarityAlone(text: string, edits: readonly AppliedEdit[]): boolean {
  const [only] = edits;
  if (edits.length !== 1 || !only || !/^(?:yes|no)$/i.test(only.from.trim())) return false;
  return /^\s*[,.:;!—–-]\s*\p{L}/u.test(text.slice(only.end, only.end + 12));
}

/** Words that only say that something is in the picture. */
const frameWords = new Set(
  (
    'image picture photo photograph scene drawing illustration see sees seen shows show showing shown visible depicts ' +
    'depicted contains features featuring includes appears appear seems present located placed positioned sits sit sitting ' +
    'stands stand standing lies lying background foreground additionally moreover furthermore overall finally nearby side ' +
    'no not one over under all more most other another'
  ).split(' '),
);

/** Whether a deletion takes words along that say something, are not flagged, and describe nothing that is. */
function takesTruthAlong(edits: readonly AppliedEdit[], { text, tokens, threshold, spans }: Standing): boolean {
  return edits.some((edit) => {
    if (edit.to.trim() !== '') return false;
    return splitWords(edit.from).some(({ start, end }) => {
      const word = { start: edit.start + start, end: edit.start + end };
      const said = text.slice(word.start, word.end);
      if (!isContentWord(said) || frameWords.has(said.toLowerCase()) || isAdjectives(said) || parseCount(said) !== null)
        return false;
      if (meets(word, spans)) return false;
      return tokens.some(({ reward, ...token }) => reward !== null && reward > threshold && meets(token, [word]));
    });
  });
}

const danglingEnd =
  /(^|\s)(is|are|was|were|an?|the|of|to|and|or|with|in|on|at|by|than|see|sees|shows?|has|have|there|next|left|right|contains?|says?|reads?|saying|reading|not|no|along|plus|also)[.!?…]*$/i;

const danglingStart =
  /^(?:as well as|plus|along|together with|is|are|was|were|has|have|of|and|or|but|with|sits?|stands?|lies|lie|which|that|who)\s/i;

/** A preposition that has lost its object (`the number of is one`), an article that has lost its noun. */
const danglingMiddle =
  /\b(?:of|in|on|at|with|by|near|above|below|under|than)\s+(?:is|are|was|were|has|have|and|or)\b|\ban?\s+(?:an?|the|each|every)\b/i;

/** A verb that has lost its object, a colon that has lost what it tells, or a place of which nothing is said. */
const lostObject =
  /\b(?:spot|see|notice|shows?|contains?|depicts?|features?|includes?|there(?:['’]s| is| are))\s+(?:in|on|at|here|to|toward|towards|and|as well as|plus|near|next|above|below)\b|:\s*(?:as well as|plus|and|or|along|together)\b|^(?:in|on|at|with|near)\s+(?:[\p{L}-]+\s*){1,5}[.!?]*$/iu;

function isBroken(sentence: string): boolean {
  return (
    lostObject.test(sentence) ||
    danglingStart.test(sentence) ||
    danglingMiddle.test(sentence) ||
    !/\p{L}/u.test(sentence) ||
    danglingEnd.test(sentence) ||
    /^there(['’]s| is| are)?[.!?]*$/i.test(sentence)
  );
}

/** Where the edits stand in the new text. */
function changedRanges(edits: readonly AppliedEdit[]): Range[] {
  let shift = 0;
  return edits.map((edit) => {
    const start = edit.start + shift;
    shift += edit.to.length - (edit.end - edit.start);
    return { start, end: start + edit.to.length };
  });
}

const meets = (token: Range, ranges: readonly Range[]) =>
  ranges.some((range) => token.start < range.end && token.end > range.start);
const isFlagged = ({ reward }: TokenReward, threshold: number) => reward !== null && reward <= threshold;

/** Whether a token of the new words is flagged. */
function flaggedInside(tokens: readonly TokenReward[], edits: readonly AppliedEdit[], threshold: number) {
  const changed = changedRanges(edits);
  return tokens.some((token) => isFlagged(token, threshold) && meets(token, changed));
}

/** Whether there are new words and the scorer judged none of them: that counts for nothing. */
function unjudgedInside(tokens: readonly TokenReward[], edits: readonly AppliedEdit[]): boolean {
  const changed = changedRanges(edits).filter((range) => range.end > range.start);
  return changed.length > 0 && !tokens.some((token) => token.reward !== null && meets(token, changed));
}

/** Whether a token outside the edits is flagged that was not flagged before. */
function newlyFlagged(
  tokens: readonly TokenReward[],
  before: readonly TokenReward[],
  { edits, toOriginal }: SplicedText,
  threshold: number,
): boolean {
  const changed = changedRanges(edits);
  const old = before.filter((token) => isFlagged(token, threshold));
  return tokens.some((token) => {
    if (!isFlagged(token, threshold) || meets(token, changed)) return false;
    const at = toOriginal(token.start);
    return !old.some(({ start, end }) => at < end && at + (token.end - token.start) > start);
  });
}

/** Where a range of the old text is in the new one, with the edits that touch it. */
export function rangeAfter({ start, end }: Range, edits: readonly AppliedEdit[]): Range {
  let before = 0;
  let inside = 0;
  for (const edit of edits) {
    const change = edit.to.length - (edit.end - edit.start);
    if (edit.end <= start && edit.start < start) before += change;
    else if (edit.start < end || (edit.start === end && edit.end === end)) inside += change;
  }
  return { start: start + before, end: Math.max(start + before, end + before + inside) };
}

/** The rewards of the tokens that the edits leave alone, where they are now. */
export function untouchedTokens(tokens: readonly TokenReward[], edits: readonly AppliedEdit[]): TokenReward[] {
  let next = 0;
  let shift = 0;
  return tokens.flatMap((token) => {
    while (next < edits.length && edits[next]!.end <= token.start) {
      const edit = edits[next++]!;
      shift += edit.to.length - (edit.end - edit.start);
    }
    const cut = next < edits.length && edits[next]!.start < token.end;
    return cut ? [] : [{ ...token, start: token.start + shift, end: token.end + shift }];
  });
}
