import { talliesIn } from '../../text/claims/tallies.js';
import { splitSentences } from '../../text/sentences.js';
import { splitWords } from '../../text/words.js';
import type { TokenReward } from '../scorer.js';

/**
 * Makes the rewards of words that the model never saw in training null: it cannot judge them, whatever figure comes out.
 * A compound is known if all its parts are.
 */
export function withoutUnknownWords(
  response: string,
  tokens: readonly TokenReward[],
  known: ReadonlySet<string>,
): TokenReward[] {
  const unknown = splitWords(response).filter(({ start, end }) => {
    const word = response.slice(start, end).toLowerCase();
    return !known.has(word) && !word.split(/['’‑-]/).every((part) => part === '' || known.has(part));
  });
  let next = 0;
  return tokens.map((token) => {
    while (next < unknown.length && unknown[next]!.end <= token.start) next++;
    const inside = next < unknown.length && unknown[next]!.start < token.end;
    return inside ? { ...token, reward: null } : token;
  });
}

/** Makes the rewards of numbers of things in all, and of `more`, null: a decoder alone was never taught to count so. */
export function withoutTallies(response: string, tokens: readonly TokenReward[]): TokenReward[] {
  const tallies = splitSentences(response).flatMap(({ start, end }) =>
    talliesIn(response.slice(start, end)).map((tally) => ({ start: tally.start + start, end: tally.end + start })),
  );
  if (tallies.length === 0) return [...tokens];
  return tokens.map((token) =>
    tallies.some(({ start, end }) => start < token.end && token.start < end) ? { ...token, reward: null } : token,
  );
}
