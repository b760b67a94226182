import type { RewriteRequest, Rewriter } from '../../src/rewriters/rewriter.js';
import type { ScoredResponse, Scorer, TokenReward } from '../../src/scorer/scorer.js';
import type { SpanEdit } from '../../src/text/flagged-span.js';
import { splitWords } from '../../src/text/words.js';

/** A test double for the loop only: the reward of a word is a pure function of the word. It looks at no picture. */
export function wordScorer(
  rewardOf: (word: string) => number | null,
  extra: Partial<ScoredResponse> = {},
): Scorer & { calls: string[] } {
  const calls: string[] = [];
  const score = async ({ response }: { response: string }): Promise<ScoredResponse> => {
    calls.push(response);
    const tokens = splitWords(response).map(({ start, end }): TokenReward => {
      const text = response.slice(start, end);
      return { text, start, end, reward: rewardOf(text) };
    });
    return { response, tokens, scorer: 'words', ...extra };
  };
  return { name: 'words', score, calls };
}

/** Words in the list are bad. */
export const badWords = (...bad: string[]) => wordScorer((word) => (bad.includes(word.toLowerCase()) ? 0.1 : 0.9));

/** A deterministic reward for any word. */
export function hashReward(word: string, seed: number): number | null {
  let hash = seed | 0;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
  return hash % 11 === 0 ? null : (hash % 1000) / 1000;
}

/** A test double: edits made by a function. Keeps the requests it was given. */
export function scripted(
  edit: (request: RewriteRequest, call: number) => SpanEdit[] | Promise<SpanEdit[]>,
  usage = { inputTokens: 10, outputTokens: 5 },
): Rewriter & { requests: RewriteRequest[] } {
  const requests: RewriteRequest[] = [];
  return {
    name: 'scripted',
    requests,
    async rewrite(request) {
      requests.push(request);
      return { edits: await edit(request, requests.length), usage };
    },
  };
}

/** Replaces each flagged span by a word of a dictionary; leaves the others out. */
export const dictionary = (words: Record<string, string>) =>
  scripted(({ spans }) =>
    spans.flatMap((span) =>
      span.text.toLowerCase() in words ? [{ span: span.id, replacement: words[span.text.toLowerCase()]! }] : [],
    ),
  );

export const image = Buffer.from('a test double of a picture: the scorers above do not look');
