import { describe, expect, it } from 'vitest';
import { correct } from '../../src/agent/correct.js';
import { textStream } from '../../src/agent/text-stream.js';
import { judgedWords } from '../../src/text/content-words.js';
import { dictionary, image, wordScorer } from './doubles.js';

const nouns = wordScorer((word) =>
  /^(?:dog|cat|bus)s?$/.test(word) ? 0.9 : /^(?:a|is|the)$/i.test(word) ? 0.8 : null,
);
const ask = (response: string) => ({ images: [image], response });
const nothing = dictionary({});

describe('what was judged', () => {
  it('is told of every answer: content words with a reward, of all that it has', async () => {
    const { report } = await correct(ask('The dog sees a cat by the old river.'), { scorer: nouns, rewriter: nothing });
    expect(report.judged).toEqual({ words: 2, of: 5 });
    expect([report.status, report.limits]).toEqual(['clean', undefined]);
    expect(judgedWords('No.', [{ text: 'No', start: 0, end: 2, reward: 0.9 }])).toEqual({ words: 1, of: 1 });
  });

  it('of words that were changed, is that of the result', async () => {
    const scorer = wordScorer((word) => (word === 'wolf' ? 0.1 : 0.9));
    const { response, report } = await correct(ask('A wolf.'), { scorer, rewriter: dictionary({ wolf: 'gray dog' }) });
    expect([response, report.judged]).toEqual(['A gray dog.', { words: 2, of: 2 }]);
  });

  it('adds up over the sentences of a stream', async () => {
    const stream = textStream({ images: [image] }, { scorer: nouns, rewriter: nothing });
    await stream.push('A dog runs. A cat sleeps there. ');
    await stream.end();
    expect(stream.result().result.report.judged).toEqual({ words: 2, of: 4 });
  });

  it('is never nothing where an answer is called clean', async () => {
    const { status, report } = await correct(ask('It is a very fine morning.'), { scorer: nouns, rewriter: nothing });
    expect([status, report.reason]).toEqual(['skipped', 'the scorer judged none of the content words']);
  });

  it('must be as much as minJudged asks for', async () => {
    const most = (minJudged: number) =>
      correct(ask('The dog sees a cat by the old river.'), { scorer: nouns, rewriter: nothing, minJudged });
    expect((await most(0.4)).status).toBe('clean');
    const { status, report } = await most(0.5);
    expect([status, report.reason]).toEqual(['skipped', 'only 2 of 5 content words were judged (minJudged is 0.5)']);
    await expect(most(2)).rejects.toMatchObject({ code: 'bad-argument' });
  });
});
