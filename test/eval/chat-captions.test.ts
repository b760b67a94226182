import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { chatScene } from '../../scenes/captions/chat/index.js';
import { readParts } from '../../scenes/captions/read-parts.js';
import { seededRandom } from '../../scenes/random.js';
import { sampleScene } from '../../scenes/sample.js';
import type { Caption } from '../../scenes/scene.js';
import { packageRoot } from '../../src/base/package-root.js';
import type { Range } from '../../src/text/range.js';
import { splitWords } from '../../src/text/words.js';

let answers: Caption[] = [];
beforeAll(async () => {
  for (let seed = 0; seed < 60; seed++)
    answers = answers.concat(chatScene(await sampleScene(88_000_000 + seed), seededRandom(seed), { count: 5 }));
});
const pairs = () =>
  Array.from({ length: answers.length / 2 }, (_, n) => [answers[2 * n]!, answers[2 * n + 1]!] as const);
const said = ({ text }: Caption, { start, end }: Range) => text.slice(start, end);

describe('answers as chat models write them', () => {
  it('come as a true one and a twin with errors', () => {
    expect(answers.length).toBeGreaterThan(400);
    for (const [truth, twin] of pairs()) {
      expect(truth.claims.every(({ good }) => good)).toBe(true);
      expect(twin.claims.some(({ good }) => !good)).toBe(true);
      expect(twin).toMatchObject({ original: truth.text, perturbation: expect.any(String) });
      expect(twin.prompt).toBe(truth.prompt);
    }
  });

  it('say the same around the claims in both', () => {
    // a thing that is denied is told of in another sentence
    for (const [truth, twin] of pairs().filter(([, { perturbation }]) => perturbation !== 'counterfactual')) {
      const silent = (answer: Caption) => (answer.silent ?? []).map((run) => said(answer, run));
      expect(silent(twin)).toEqual(silent(truth));
    }
  });

  it('mark what says nothing apart from what claims', () => {
    for (const answer of answers)
      for (const { start, end } of answer.silent ?? [])
        expect(answer.claims.every((claim) => claim.end <= start || claim.start >= end)).toBe(true);
    const words = answers.flatMap((answer) => (answer.silent ?? []).flatMap((run) => said(answer, run).split(/\W+/)));
    for (const word of ['red', 'cats', 'eight', 'left']) expect(words).toContain(word);
  });

  it('have several errors, lists, and answers to questions among them', () => {
    const errors = answers.map(({ claims }) => claims.filter(({ good }) => !good).length);
    expect(Math.max(...errors)).toBeGreaterThanOrEqual(4);
    expect(answers.some(({ text }) => /\n- .*\n- /.test(text))).toBe(true);
    expect(answers.some(({ text, prompt }) => /^No/.test(text) && /^(?:Is|Are|Do|Does) /.test(prompt ?? ''))).toBe(
      true,
    );
  });

  it('are the same for the same seed', async () => {
    const again = chatScene(await sampleScene(88_000_000), seededRandom(0), { count: 5 });
    expect(again).toEqual(answers.slice(0, again.length));
  });
});

describe('readParts', () => {
  const { text: context } = JSON.parse(
    readFileSync(join(packageRoot(), 'models', 'tldr-scenes', 'tldr.json'), 'utf8'),
  ) as { text: Parameters<typeof readParts>[1] };
  /** One token a word, with the space before it. */
  const tokenize = async (text: string) => {
    const words = [...text.matchAll(/\s*\S+/g)];
    return {
      ids: words.map(() => 7),
      ranges: words.map(({ index, 0: { length } }) => ({ start: index, end: index + length })),
    };
  };

  it('keeps every claim on its own words, whatever the Markdown around them', async () => {
    for (const answer of answers.slice(0, 200)) {
      const parts = await readParts(answer, { ...context, words: undefined }, tokenize);
      const before = answer.claims.map((claim) => said(answer, claim).toLowerCase());
      const after = parts.flatMap((part) => part.claims.map((claim) => said(part, claim).toLowerCase()));
      expect(after.map((text) => text.trim())).toEqual(before.map((text) => text.trim()));
    }
  });

  it('gives a model of a closed vocabulary plain facts alone, each claim on words that say it', async () => {
    let [read, all] = [0, 0];
    for (const answer of answers.slice(0, 200)) {
      const parts = await readParts(answer, context, tokenize);
      const said = (part: typeof answer, kind: string) =>
        part.claims
          .filter((claim) => claim.kind === kind)
          .map(({ start, end }) => part.text.slice(start, end).toLowerCase());
      for (const part of parts)
        for (const kind of ['colour', 'count', 'size'])
          for (const words of said(part, kind)) expect(said(answer, kind).join('|')).toContain(words);
      read += parts.reduce((sum, { claims }) => sum + claims.length, 0);
      all += answer.claims.length;
    }
    expect(read / all).toBeGreaterThan(0.6);
  });

  it('cuts what is too long for the context between sentences', async () => {
    const small = { ...context, maxTokens: 30, maxPromptTokens: 8 };
    for (const answer of answers.slice(0, 60)) {
      const parts = await readParts(answer, small, tokenize);
      for (const { text } of parts) expect(splitWords(text).length).toBeLessThanOrEqual(30);
    }
  });
});
