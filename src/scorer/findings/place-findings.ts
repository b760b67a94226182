import { claimed } from '../../text/claims/claims.js';
import { flagTypeOf } from '../../text/flag-type.js';
import type { Range } from '../../text/range.js';
import { type Judgement, judgedWords } from '../evidence/rewards.js';
import type { Evidence, ScoredResponse } from '../scorer.js';
import { phraseFinder } from './find-phrase.js';
import type { Finding } from './read-findings.js';

export interface Placing {
  /** The question that the answer was given to. */
  prompt?: string | undefined;
  /** The reward of a claiming word that is in no finding: the model looked, and may have overlooked. */
  unlisted: number;
  /** The confidence of a finding that has none. */
  assumed: number;
  /** Findings with less confidence than this are left out. */
  minConfidence: number;
}

const mostFindings = 200;
const longestPhrase = 2000;
const longestReason = 200;

/**
 * Findings as rewards of words, with type and reason: 1 - confidence for the words of a finding, `unlisted` for all other
 * words that claim something, null for words that claim nothing, as nobody was asked about them. A phrase is looked for
 * in the answer without the model's help; what is not there is counted in `dropped`.
 */
export function placeFindings(
  response: string,
  findings: readonly Finding[],
  { prompt, unlisted, assumed, minConfidence }: Placing,
): Omit<ScoredResponse, 'scorer'> {
  const finder = phraseFinder(response);
  const judgements: Judgement[] = claimed(response, prompt, { names: true }).map((range) => ({
    ...range,
    reward: unlisted,
  }));
  const evidence: Evidence[] = [];
  let dropped = Math.max(0, findings.length - mostFindings);
  for (const { phrase, context, type, reason, confidence = assumed, start } of findings.slice(0, mostFindings)) {
    if (confidence < minConfidence) continue;
    const place =
      phrase.length > longestPhrase
        ? null
        : (standsAt(response, phrase, start) ?? finder.find(phrase, context?.slice(0, longestPhrase)));
    if (!place) {
      dropped++;
      continue;
    }
    const why = oneLine(reason ?? '');
    judgements.push({
      ...place,
      reward: 1 - confidence,
      ...(type === undefined ? {} : { type: flagTypeOf(type) }),
      ...(why === '' ? {} : { reason: why }),
    });
    const label = `${quoted(response.slice(place.start, place.end))}: ${why || 'the picture does not support it'}`;
    evidence.push({ kind: 'claim', label, confidence });
  }
  return {
    response,
    tokens: judgedWords(response, judgements),
    ...(evidence.length > 0 ? { evidence } : {}),
    ...(dropped > 0 ? { dropped } : {}),
  };
}

/** Where the model says, if the phrase does stand there, counted in UTF-16 units or in code points. */
function standsAt(response: string, phrase: string, start: number | undefined): Range | null {
  if (start === undefined) return null;
  const units = [...response].slice(0, start).join('').length;
  for (const at of [start, units]) {
    const led = phrase.length - phrase.trimStart().length;
    const bare = phrase.trim();
    if (bare !== '' && response.startsWith(bare, at + led)) return { start: at + led, end: at + led + bare.length };
  }
  return null;
}

const quoted = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);

/** A model's words on one line, without what could steer a terminal. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, longestReason);
}
