import { expect, it } from 'vitest';
import type { ScoreRequest, Scorer } from '../../src/scorer/scorer.js';
import { viewed } from '../../src/scorer/viewed.js';

it('reads a part of a batch while the part before it is judged, and answers in order', async () => {
  const happened: string[] = [];
  const scorer: Scorer = {
    name: 'slow',
    score: async ({ response }) => ({ response, tokens: [], scorer: 'slow' }),
    async scoreBatch(requests) {
      const all = requests.map(({ response }) => response).join('');
      happened.push(`begins ${all}`);
      // the first takes longest
      for (let turns = requests[0]!.response === 'a' ? 20 : 2; turns > 0; turns--)
        await new Promise((resolve) => setImmediate(resolve));
      if (all === 'ef') throw new Error('no more');
      return requests.map(({ response }) => ({ response, tokens: [], scorer: `slow ${response}` }));
    },
  };
  const excerpt = (text: string) => {
    happened.push(`reads ${text}`);
    return { text, pieces: (start: number, end: number) => [{ start, end }] };
  };
  const of = (...texts: string[]): ScoreRequest[] => texts.map((response) => ({ images: ['x.png'], response }));
  const read = viewed(scorer, undefined, excerpt, 2);

  const scored = await read.scoreBatch!(of('a', 'b', 'c', 'd'));
  expect(scored.map((one) => (one as { scorer: string }).scorer)).toEqual(['slow a', 'slow b', 'slow c', 'slow d']);
  expect(happened).toEqual(['reads a', 'reads b', 'begins ab', 'reads c', 'reads d', 'begins cd']);
  await expect(read.scoreBatch!(of('e', 'f', 'g'))).rejects.toThrow('no more');
  expect(await read.scoreBatch!([])).toEqual([]);
});

it('gives each word of what cannot be in the picture a low reward, beside what was read', async () => {
  const scorer: Scorer = {
    name: 'sure',
    score: async ({ response }) => ({
      response,
      scorer: 'sure',
      tokens: [{ text: 'dog', start: 2, end: 5, reward: 0.9 }],
    }),
  };
  const answer = 'a dog and a frying pan';
  const read = viewed(
    scorer,
    () => [{ start: 12, end: 22 }],
    () => ({
      text: 'a dog',
      pieces: (start: number, end: number) => [{ start, end }],
      refuted: [{ start: 12, end: 22 }],
    }),
  );
  const { tokens } = await read.score({ images: ['x.png'], response: answer });
  const judged = tokens.filter(({ reward }) => reward !== null);
  expect(judged.map(({ text }) => text)).toEqual(['dog', 'frying', 'pan']);
  expect(judged.map(({ reward }) => reward! < 0.05)).toEqual([false, true, true]);
});
