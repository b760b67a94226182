import { describe, expect, it } from 'vitest';
import { correctItem } from '../../../eval/correct/correct-item.js';
import type { CorrectionItem } from '../../../eval/correct/item.js';
import { outcomeOf } from '../../../eval/correct/record.js';
import { simulatedRewriter } from '../../../eval/correct/simulated-rewriter.js';
import { strategyNames } from '../../../eval/correct/strategies.js';
import { DetectiveError } from '../../../src/base/errors.js';
import type { Rewriter } from '../../../src/rewriters/rewriter.js';
import type { Scorer } from '../../../src/scorer/scorer.js';
import { flagSpans } from '../../../src/text/spans.js';
import { dogAndCar, itemOf, offering } from './fakes.js';

const run = (item: CorrectionItem, rewriter: Rewriter, scorer: Scorer = dogAndCar) =>
  correctItem(
    { id: item.id, open: async () => item },
    {
      names: strategyNames,
      scorer,
      rewriterFor: () => rewriter,
      threshold: 0.5,
      maxRounds: 3,
      answers: 3,
      signal: new AbortController().signal,
    },
  );

describe('strategies on one answer', () => {
  it('differ where a rewriter guesses wrong first: one round keeps the guess, the loop does not', async () => {
    const record = await run(itemOf('1', 'A dog and a cat.'), offering('boat', 'car'));
    expect(record.wrong).toBe(1);
    const { none, 'one-round': once, loop } = record.strategies!;
    expect(none).toMatchObject({ status: 'unchanged', tokens: 0 });
    expect(once).toMatchObject({ text: 'A dog and a boat.', rounds: 1, tokens: 12, cost: 0.001 });
    expect(outcomeOf(once!)).toMatchObject({ fixed: 0, wrong: 1 });
    expect(loop).toMatchObject({ text: 'A dog and a car.', status: 'clean' });
    expect(outcomeOf(loop!)).toEqual({ fixed: 1, removed: 0, harmed: 0, lost: 0, right: 2, wrong: 0 });
  });

  it('leave an answer alone that the scorer passes', async () => {
    const record = await run(itemOf('1', 'A dog and a car.'), offering('boat'));
    for (const name of ['one-round', 'response-level', 'loop'])
      expect(record.strategies![name], name).toMatchObject({ status: 'clean', rounds: 0 });
    expect(Object.values(record.strategies!).every(({ text }) => text === undefined)).toBe(true);
  });

  it('tell the rewriter at response level only that the sentences are wrong somewhere', async () => {
    const told: string[][] = [];
    const rewriter: Rewriter = {
      name: 'listening',
      async rewrite({ spans, evidence }) {
        told.push([...spans.map(({ text }) => text), ...(evidence ? ['evidence'] : [])]);
        return { edits: [] };
      },
    };
    const seeing: Scorer = {
      ...dogAndCar,
      score: async (request) => ({
        ...(await dogAndCar.score(request)),
        evidence: [{ kind: 'object', label: 'dog', confidence: 1 }],
      }),
    };
    await run(itemOf('1', 'A dog runs. A cat sleeps.'), rewriter, seeing);
    expect(told.slice(0, 2)).toEqual([
      ['cat', 'evidence'],
      ['A dog runs', 'A cat sleeps'],
    ]);
  });

  it('choose the other answer that scores best, and say what became of the totals', async () => {
    const item = itemOf('1', 'A cat and a horse.', ['A dog and a cat.', 'A dog and a car.']);
    const best = (await run(item, offering())).strategies!['best-of-n']!;
    expect(best).toMatchObject({ text: 'A dog and a car.', status: 'chosen', rounds: 2 });
    expect(outcomeOf(best)).toEqual({ fixed: 2, removed: 0, harmed: 0, lost: 0, right: 2, wrong: 0 });
    const none = (await run(itemOf('1', 'A cat.'), offering())).strategies!['best-of-n']!;
    expect(none).toMatchObject({ status: 'skipped', reason: 'the generator has no other answer' });
  });

  it('skip pictures that the scorer does not know, and keep the answer where a rewriter fails', async () => {
    const blind: Scorer = {
      name: 'blind',
      score: async ({ response }) => ({ response, tokens: [], scorer: 'blind', abstained: 'not my domain' }),
    };
    const skipped = (await run(itemOf('1', 'A cat.'), offering('dog'), blind)).strategies!;
    for (const name of ['one-round', 'response-level', 'loop']) expect(skipped[name]!.status, name).toBe('skipped');
    const broken: Rewriter = { name: 'broken', rewrite: async () => Promise.reject(new Error('out of order')) };
    const failed = (await run(itemOf('1', 'A cat.'), broken)).strategies!;
    for (const name of ['one-round', 'response-level', 'loop'])
      expect(failed[name], name).toMatchObject({ status: 'failed', reason: expect.stringMatching('out of order') });
    expect(outcomeOf(failed.loop!)).toEqual({ fixed: 0, removed: 0, harmed: 0, lost: 0, right: 0, wrong: 1 });
  });

  it('record an answer that cannot be had as an error', async () => {
    const record = await correctItem(
      { id: '9', open: async () => Promise.reject(new Error('gone')) },
      {
        names: strategyNames,
        scorer: dogAndCar,
        rewriterFor: () => offering(),
        threshold: 0.5,
        maxRounds: 3,
        answers: 3,
        signal: new AbortController().signal,
      },
    );
    expect(record).toEqual({ id: '9', error: 'gone' });
  });

  it('end the run where a package is missing that every answer needs', async () => {
    const missing = new DetectiveError('missing-dependency', 'drawing scenes needs @iconify-json/noto');
    const corrected = correctItem(
      { id: '9', open: async () => Promise.reject(missing) },
      {
        names: strategyNames,
        scorer: dogAndCar,
        rewriterFor: () => offering(),
        threshold: 0.5,
        maxRounds: 3,
        answers: 3,
        signal: new AbortController().signal,
      },
    );
    await expect(corrected).rejects.toBe(missing);
  });
});

describe('a simulated rewriter', () => {
  const response = 'A red dog is left of a cat.';
  const truth = 'A blue dog is left of a car.';
  const flagged = (words: readonly string[]) =>
    flagSpans(
      response,
      [...response.matchAll(/\w+/g)].map(({ 0: text, index }) => ({
        text,
        start: index,
        end: index + text.length,
        reward: words.includes(text) ? 0 : 1,
      })),
      0.5,
    );
  const ask = (skill: number, words: readonly string[], seed = 1) =>
    simulatedRewriter(truth, skill, seed).rewrite({ images: [], response, spans: flagged(words), rejected: [] });

  it('says the truth where it sees, and leaves right words alone', async () => {
    const { edits } = await ask(1, ['red', 'left', 'cat']);
    expect(edits).toEqual([
      { span: 1, replacement: 'blue' },
      { span: 3, replacement: 'car' },
    ]);
  });

  it('guesses in kind where it does not, and sees as much as its skill', async () => {
    const blind = await ask(0, ['red']);
    expect(blind.edits).toHaveLength(1);
    let seen = 0;
    for (let seed = 0; seed < 300; seed++)
      if ((await ask(0.7, ['cat'], seed * 7919)).edits[0]?.replacement === 'car') seen++;
    expect(seen / 300).toBeGreaterThan(0.6);
    expect(seen / 300).toBeLessThan(0.82);
  });
});
