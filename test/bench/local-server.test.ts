import { expect, it } from 'vitest';
import { caption, picture, trueCaption } from '../../bench/local-server.js';
import { correct } from '../../src/agent/correct.js';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import { tldrScorer } from '../../src/scorer.js';

it('what the benchmarks have corrected is wrong in one thing, and is put right', async () => {
  const scorer = await tldrScorer();
  const options = { scorer, rewriter: localRewriter() };
  const [wrong, right] = await Promise.all(
    [caption, trueCaption].map((response) => correct({ images: [picture], response }, options)),
  );
  await scorer.close?.();
  expect(wrong).toMatchObject({ status: 'clean', response: trueCaption });
  expect(right).toMatchObject({ status: 'clean', response: trueCaption });
});
