import { findCocoMentions, saysItIsThere } from '../../../text/coco-mentions.js';
import type { Range } from '../../../text/range.js';
import { sentenceAt, splitSentences } from '../../../text/sentences.js';
import { findTerms } from '../../../text/terms.js';
import type { Judgement } from '../rewards.js';
import { priorPresent } from './calibration.js';
import type { Detection } from './yolox.js';

/** A concrete noun beyond COCO's of which a text says that one is there. */
export interface NounMention extends Range {
  /** In the singular, as it is looked for. */
  name: string;
}

/** `a`, `two`, `some`, with up to two words before the noun: what is only `the tower` may be spoken of and not be in the picture. */
const introduced =
  /(?:^|[^\p{L}-])(?:an?|one|two|three|four|five|six|some|several|another|\d{1,2})\s+(?:(?!of\b|and\b|or\b|in\b|on\b|with\b|the\b)[\p{L}-]+\s+){0,2}$/iu;
const longestLead = 60;

/** The nouns of `lexicon/nouns.ts` that a text introduces and that are no things of COCO. */
export function nounMentions(text: string): NounMention[] {
  const sentences = splitSentences(text);
  const coco = findCocoMentions(text);
  return findTerms(text).flatMap((term): NounMention[] => {
    if (term.kind !== 'noun') return [];
    const sentence = sentenceAt(sentences, term.start) ?? { start: 0, end: text.length };
    const lead = text.slice(Math.max(sentence.start, term.start - longestLead), term.start);
    const isCoco = coco.some(({ start, end }) => start < term.end && end > term.start);
    const name = term.noun.singular.replaceAll('-', ' ');
    // what COCO knows under this name is its own to judge, mentioned or not
    if (isCoco || findCocoMentions(`a ${name}`).length > 0 || !introduced.test(lead)) return [];
    return saysItIsThere(text, term, sentence) ? [{ start: term.start, end: term.end, name }] : [];
  });
}

/**
 * Scores of an OWLv2 are low: 0.1 is what its authors' code calls found, and a right box may have less. Not calibrated, as real weights
 * were not met here: only what has next to no box (0.012) is called absent.
 */
const [evenScore, nothing] = [0.05, 0.005];
const logit = (p: number) => Math.log(p / (1 - p));

/** P(one is there) from the best box of a noun; each mention's own. */
export function judgeNouns(text: string, seen: readonly Detection[]): Judgement[] {
  return nounMentions(text).map(({ start, end, name }) => {
    const best = Math.max(nothing, ...seen.filter(({ category }) => category === name).map(({ score }) => score));
    const odds = logit(Math.min(0.99, best)) - logit(evenScore) + logit(priorPresent);
    const reason = best > nothing ? `${name}: the surest box has ${best.toFixed(2)}` : `no ${name} was detected`;
    return { start, end, reward: 1 / (1 + Math.exp(-odds)), type: 'object', reason };
  });
}
