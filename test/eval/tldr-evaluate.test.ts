import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tablesToMarkdown, tablesToText } from '../../eval/report/tables.js';
import { baselines, baselineTokens } from '../../eval/tldr/baselines.js';
import { evaluate, withWrongPictures } from '../../eval/tldr/evaluate.js';
import { cutAtPeriods, judgeAnswer, type LabelledAnswer } from '../../eval/tldr/judge.js';
import { readLabelledAnswers } from '../../eval/tldr/labelled-file.js';
import { evaluateNlvr } from '../../eval/tldr/nlvr.js';
import { type EvaluationReport, notes, reportTables } from '../../eval/tldr/report.js';
import { sceneAnswers } from '../../eval/tldr/scene-answers.js';
import { hasHeldOutShape } from '../../scenes/captions/held-out-shapes.js';
import { captionScene } from '../../scenes/captions/index.js';
import { seededRandom } from '../../scenes/random.js';
import { sampleScene } from '../../scenes/sample.js';
import { trainingStyles } from '../../scenes/scene.js';
import type { ScoredResponse, ScoreRequest, Scorer, TokenReward } from '../../src/scorer/scorer.js';
import { splitWords } from '../../src/text/words.js';

/** Words and single other characters, as a tokenizer would cut them. */
function tokensOf(response: string, reward: (start: number, end: number) => number | null): TokenReward[] {
  return [...response.matchAll(/\w+|[^\w\s]/gu)].map(({ 0: text, index: start }) => ({
    text,
    start,
    end: start + text.length,
    reward: reward(start, start + text.length),
  }));
}

function answer(id: string, response: string, wrongWords: readonly string[], more: Partial<LabelledAnswer> = {}) {
  const claims = splitWords(response)
    .filter(({ start, end }) => /^(two|three|red|blue|dogs?|cats?|left|right)$/i.test(response.slice(start, end)))
    .map(({ start, end }) => ({
      start,
      end,
      kind: /red|blue/i.test(response.slice(start, end)) ? 'colour' : 'other',
      good: !wrongWords.includes(response.slice(start, end)),
    }));
  return { id, image: `${id}.png`, picture: `${id}.png`, response, claims, ...more } satisfies LabelledAnswer;
}

const answers: LabelledAnswer[] = [
  answer('a', 'Two dogs. They are red.', [], { picture: 'p' }),
  answer('b', 'Two dogs. They are blue.', ['blue'], {
    picture: 'p',
    perturbation: 'attribute',
    original: 'Two dogs. They are red.',
  }),
  answer('c', 'Three cats.', ['Three'], { perturbation: 'counting', original: 'Two cats.' }),
  answer('d', 'A red cat.', []),
];

/** Knows the labels: what it says of a word is right unless told otherwise. */
function knowing(reward: (good: boolean, request: ScoreRequest) => number | null, threshold?: number): Scorer {
  const score = async (request: ScoreRequest): Promise<ScoredResponse> => {
    const labelled = answers.find(({ response }) => response === request.response)!;
    const bad = labelled.claims.filter((claim) => !claim.good);
    const tokens = tokensOf(request.response, (start, end) =>
      reward(!bad.some((claim) => claim.start < end && start < claim.end), request),
    );
    return { response: request.response, tokens, scorer: 'knowing' };
  };
  return { name: 'knowing', score, ...(threshold === undefined ? {} : { threshold }) };
}

const options = { seed: 1, resamples: 50 };

describe('labels of the parts of an answer', () => {
  it('makes a token, word, claim, sentence and answer bad where they overlap a bad claim', () => {
    const [, wrong] = answers;
    const judged = judgeAnswer(
      wrong!,
      tokensOf(wrong!.response, (start) => (start > 10 ? 0.2 : 0.9)),
    )!;
    expect(judged).toMatchObject({ good: false, reward: 0.2, perturbation: 'attribute', unjudgedWords: 0 });
    expect(judged.sentences).toEqual([
      { reward: 0.9, good: true },
      { reward: 0.2, good: false },
    ]);
    expect(judged.words.map(({ good }) => good)).toEqual([true, true, true, true, false]);
    expect(judged.tokens.map(({ good }) => good)).toEqual([true, true, true, true, true, false, true]);
    expect(judged.claims).toEqual([
      { reward: 0.9, good: true, kind: 'other' },
      { reward: 0.9, good: true, kind: 'other' },
      { reward: 0.2, good: false, kind: 'colour' },
    ]);
  });

  it('leaves out what was not judged', () => {
    const { response } = answers[0]!;
    const judged = judgeAnswer(
      answers[0]!,
      tokensOf(response, (start) => (start < 9 ? 0.7 : null)),
    )!;
    expect(judged).toMatchObject({ reward: 0.7, unjudgedWords: 3, sentences: [{ reward: 0.7, good: true }] });
    expect(judged.words).toHaveLength(2);
    expect(
      judgeAnswer(
        answers[0]!,
        tokensOf(response, () => null),
      ),
    ).toBeNull();
  });

  it('cuts at every period, as the paper does', () => {
    const cut = (text: string) => cutAtPeriods(text).map(({ start, end }) => text.slice(start, end));
    expect(cut('A dog. Two cats')).toEqual(['A dog.', ' Two cats']);
    expect(cut('It is 3.5 m...')).toEqual(['It is 3.', '5 m.']);
    expect(cut(' . ')).toEqual([]);
  });

  it('passes an answer just where the paper’s product of all token verdicts passes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('red', 'dog', '.', 'is', '3.5', 'two'), { minLength: 1, maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 10 })),
        fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 6 }), fc.boolean()), { maxLength: 4 }),
        (words, levels, spans) => {
          const response = words.join(' ');
          const claims = spans
            .map(([start, length, good]) => ({
              start,
              end: Math.min(response.length, start + length),
              kind: 'x',
              good,
            }))
            .filter(({ start, end }) => start < end && /\w/.test(response.slice(start, end)));
          const tokens = tokensOf(response, () => levels.next().value! / 10);
          const judged = judgeAnswer({ id: '1', image: 'x', picture: 'x', response, claims }, tokens)!;
          for (const threshold of [0.2, 0.5, 0.9]) {
            const passes = (parts: { reward: number }[]) => parts.every(({ reward }) => reward > threshold);
            expect(judged.reward > threshold).toBe(passes(judged.tokens));
            const ofSentences = cutAtPeriods(response).flatMap(({ start, end }) =>
              tokens.filter((token) => token.start < end && start < token.end),
            );
            expect(passes(judged.sentences)).toBe(passes(ofSentences.map(({ reward }) => ({ reward: reward! }))));
          }
          expect(judged.good).toBe(judged.tokens.every(({ good }) => good));
        },
      ),
    );
  });
});

describe('evaluating a scorer', () => {
  it('gives one that is always right full marks, by type and kind too', async () => {
    const result = await evaluate(
      'set',
      [answers.slice(0, 2), answers.slice(2)],
      knowing((good) => (good ? 1 : 0)),
      options,
    );
    expect(result).toMatchObject({ answers: 4, wrong: 2, abstained: 0, failed: 0, words: 15, claims: 10 });
    for (const { value } of Object.values(result.scorer)) expect([0, 1]).toContain(value);
    expect(result.scorer.wordAp.value).toBe(1);
    expect(result.scorer.claimEce.value).toBe(0);
    expect(result.byPerturbation.map(({ type, wrong, right }) => [type, wrong, right])).toEqual([
      ['attribute', 1, 1],
      // its twin is not among the answers, so it stands beside all true ones
      ['counting', 1, 2],
    ]);
    expect(result.byKind.map(({ kind, claims, bad }) => [kind, claims, bad])).toEqual([
      ['colour', 3, 1],
      ['other', 7, 1],
    ]);
  });

  it('averages over answers, not over tokens, and flags at or below the scorer’s own threshold', async () => {
    // every token of the one answer about picture c is flagged, and nothing else
    const scorer = knowing((_good, { images }) => (images[0] === 'c.png' ? 0.6 : 0.61), 0.6);
    const { scorer: summary } = await evaluate('set', [answers], scorer, options);
    // a: 7 of 7, b: 6 of 7, c: 1 of 3 (only "Three" is bad), d: 4 of 4
    expect(summary.tokenAccuracy.value).toBeCloseTo((1 + 6 / 7 + 1 / 3 + 1) / 4);
    expect(summary.sentenceAccuracy.value).toBeCloseTo((1 + 1 / 2 + 1 + 1) / 4);
    expect(summary.responseAccuracy.value).toBe(3 / 4);
    expect(summary.wordPrecision.value).toBe(1 / 2);
    expect(summary.wordRecall.value).toBe(1 / 2);
  });

  it('counts what it abstained from or failed on, and goes on', async () => {
    const inner = knowing(() => 0.9);
    const scorer: Scorer = {
      name: 'patchy',
      async score(request) {
        if (request.images[0] === 'a.png') throw new Error('the GPU\nis on fire');
        const scored = await inner.score(request);
        if (request.images[0] !== 'b.png') return scored;
        return { ...scored, abstained: 'a photo', tokens: scored.tokens.map((token) => ({ ...token, reward: null })) };
      },
    };
    const done: number[] = [];
    const result = await evaluate('set', [answers.slice(0, 3), answers.slice(3)], scorer, {
      ...options,
      onProgress: (count) => done.push(count),
    });
    expect(result).toMatchObject({ answers: 4, abstained: 1, failed: 1, wrong: 1, firstFailure: 'the GPU is on fire' });
    expect(done).toEqual([3, 4]);
  });

  it('says why where all fail, and that an empty set is none', async () => {
    const broken: Scorer = { name: 'broken', score: () => Promise.reject(new Error('no model')) };
    await expect(evaluate('set', [answers], broken, options)).rejects.toThrow('no model');
    await expect(evaluate('my set', [[]], broken, options)).rejects.toThrow('my set: there is no answer to judge');
  });

  it('has no figures, and no fault, where the scorer abstains from everything', async () => {
    const scorer: Scorer = {
      name: 'shy',
      score: async ({ response }) => ({ response, tokens: [], scorer: 'shy', abstained: 'no' }),
    };
    const result = await evaluate('set', [answers], scorer, options);
    expect(result).toMatchObject({ answers: 4, abstained: 4, wrong: 0, byKind: [], byPerturbation: [] });
    for (const { value } of Object.values(result.scorer)) expect(value).toBeNull();
  });

  it('sets blind baselines beside it', async () => {
    const result = await evaluate(
      'set',
      [answers],
      knowing((good) => (good ? 1 : 0)),
      options,
    );
    const of = (name: string) => result.baselines.find((baseline) => baseline.name === name)!.summary;
    expect(of('all good').responseAccuracy.value).toBe(0.5);
    expect(of('all good').wordAp.value).toBeCloseTo(2 / 15);
    expect(of('all bad').wordRecall.value).toBe(1);
    expect(of('all bad').tokenAccuracy.value).toBeCloseTo((0 + 1 / 7 + 1 / 3 + 0) / 4);
    const claims = baselines.find(({ name }) => name === 'random claims')!;
    const tokens = baselineTokens(
      claims,
      answers[0]!,
      tokensOf(answers[0]!.response, () => 0.5),
      () => 0.25,
    );
    expect(tokens.map(({ reward }) => reward)).toEqual([0.25, 0.25, 1, 1, 1, 0.25, 1]);
  });
});

describe('trained baselines', () => {
  it('stand beside the scorer, each at its own threshold', async () => {
    const naive: Scorer = {
      name: 'naive',
      threshold: 0.7,
      score: async ({ response }) => ({ response, tokens: tokensOf(response, () => 0.6), scorer: 'naive' }),
    };
    const { baselines: beside } = await evaluate('set', [answers], naive, {
      seed: 1,
      resamples: 10,
      rivals: new Map([['naive', naive]]),
    });
    expect(beside.map(({ name }) => name)).toEqual(['naive', ...baselines.map(({ name }) => name)]);
    // 0.6 is below its own threshold, so it calls every answer wrong
    const wrong = answers.filter(({ claims }) => claims.some(({ good }) => !good)).length;
    expect(beside[0]!.summary.responseAccuracy.value).toBeCloseTo(wrong / answers.length);
  });
});

describe('held-out sentence shapes', () => {
  it('are in every answer of their set', { timeout: 60_000 }, async () => {
    let found = 0;
    for await (const batch of sceneAnswers({
      count: 3,
      seed: 5_000_000,
      styles: trainingStyles,
      heldOutShapes: true,
    })) {
      for (const { id, original } of batch) {
        const scene = await sampleScene(Number(id.split('-')[1]), { styles: trainingStyles });
        const written = captionScene(scene, seededRandom(scene.seed ^ 0xca9), { count: 24 });
        const truth = written.find(({ text }) => text === (original ?? batch[0]!.response));
        if (!truth) continue;
        expect(hasHeldOutShape(truth)).toBe(true);
        found++;
      }
    }
    expect(found).toBeGreaterThan(0);
  });
});

describe('wrong pictures', () => {
  it('gives every answer the picture of another, and none where there is one only', () => {
    const swapped = withWrongPictures(answers);
    expect(swapped.map(({ image }) => image)).toEqual(['c.png', 'c.png', 'd.png', 'b.png']);
    expect(swapped.map(({ claims }) => claims)).toEqual(answers.map(({ claims }) => claims));
    expect(withWrongPictures(answers.slice(0, 2))).toEqual([]);
  });

  it('leaves the answers of drawn scenes as they are', { timeout: 60_000 }, async () => {
    const all = async (wrongPictures: boolean) => {
      const batches = [];
      for await (const batch of sceneAnswers({ count: 3, seed: 5_000_000, styles: trainingStyles, wrongPictures }))
        batches.push(...batch);
      return batches;
    };
    const [own, other] = [await all(false), await all(true)];
    const words = (set: LabelledAnswer[]) => set.map(({ image: _, ...labels }) => labels);
    expect(own).toHaveLength(6);
    expect(words(other)).toEqual(words(own));
    const pictures = (set: LabelledAnswer[]) => [0, 2, 4].map((index) => Buffer.from(set[index]!.image as Uint8Array));
    expect(pictures(other).map((picture) => pictures(own).findIndex((mine) => mine.equals(picture)))).toEqual([
      1, 2, 0,
    ]);
    for (const [index, { perturbation, original }] of own.entries())
      if (index % 2 === 1) expect([typeof perturbation, original]).toEqual(['string', own[index - 1]!.response]);
  });
});

describe('labelled answers from a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'eval-tldr-'));
  const write = (...rows: (object | string)[]) => {
    const path = join(folder, 'captions.jsonl');
    writeFileSync(path, rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''));
    return path;
  };
  const row = {
    id: 1,
    image: 'a.png',
    response: 'Two\u2028dogs.',
    claims: [{ start: 0, end: 3, kind: 'count', good: true }],
  };

  it('reads what scenes writes, with pictures beside the file', async () => {
    const path = write(
      `\uFEFF${JSON.stringify({ ...row, prompt: null, perturbation: 'counting', shapes: ['s'] })}`,
      '',
    );
    expect(await readLabelledAnswers(path)).toEqual([
      {
        id: '1',
        image: join(folder, 'a.png'),
        picture: join(folder, 'a.png'),
        response: row.response,
        claims: row.claims,
        perturbation: 'counting',
      },
    ]);
  });

  it('reads what perturb writes: repairs of the grammar are no errors', async () => {
    const labels = [
      { start: 0, end: 3, good: false },
      { start: 4, end: 8, good: false, repair: true },
    ];
    const path = write(JSON.stringify({ ...row, claims: undefined, perturbation: 'counting', labels }));
    const [answer] = await readLabelledAnswers(path);
    expect(answer!.claims).toEqual([{ start: 0, end: 3, kind: 'counting', good: false }]);
  });

  it.each([
    ['{"id"', /captions\.jsonl line 2: not valid JSON/],
    [{ ...row, claims: undefined }, /line 2: "claims" or "labels" must say/],
    [{ ...row, claims: undefined, labels: [{ start: 0, end: 3, good: true }] }, /"labels\.0\.good"/],
    [{ ...row, claims: [{ start: 0, end: 99, kind: 'count', good: true }] }, /the claim 0\.\.99 is not inside/],
    [{ ...row, claims: [{ start: 2, end: 2, kind: 'count', good: true }] }, /the claim 2\.\.2 is not inside/],
    [{ ...row, claims: [{ start: 0, end: 3, kind: 'count', good: 'yes' }] }, /"claims\.0\.good"/],
  ])('refuses a line that is none: %j', async (line, message) => {
    await expect(readLabelledAnswers(write(row, line))).rejects.toThrow(message);
  });

  it('says so where there is nothing', async () => {
    await expect(readLabelledAnswers(write(''))).rejects.toThrow(/has no labelled answer/);
    await expect(readLabelledAnswers(join(folder, 'none.jsonl'))).rejects.toThrow(/none\.jsonl cannot be read/);
  });
});

describe('NLVR', () => {
  it('judges whole sentences against their labels', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eval-nlvr-'));
    const rows = ['true', 'false', 'true', 'false'].map((label, n) => ({
      identifier: `${n}`,
      sentence: n < 3 ? 'Two dogs.' : 'A photo.',
      label,
      image: `images/${n}.png`,
    }));
    writeFileSync(join(folder, 'nlvr-dev-600.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    const scorer: Scorer = {
      name: 'fake',
      score: async ({ response, images }) => {
        const reward = String(images[0]).endsWith('1.png') ? 0.3 : 0.8;
        const tokens = tokensOf(response, () => (response === 'A photo.' ? null : reward));
        return { response, tokens, scorer: 'fake', ...(response === 'A photo.' ? { abstained: 'no scene' } : {}) };
      },
    };
    expect(await evaluateNlvr(folder, scorer, options)).toMatchObject({
      answers: 4,
      judged: 3,
      abstained: 1,
      failed: 0,
      responseAccuracy: { value: 1 },
      responseAuroc: { value: 1 },
    });
    writeFileSync(join(folder, 'nlvr-dev-600.jsonl'), '{"sentence": 1}\n');
    await expect(evaluateNlvr(folder, scorer, options)).rejects.toThrow(/line 1 is no NLVR sentence/);
  });
});

describe('the report', () => {
  it('has the same figures as text and as Markdown, and no name can break a table', async () => {
    const hostile = answers.map((labelled) =>
      labelled.perturbation ? { ...labelled, perturbation: 'a|b\n<b>`x`' } : labelled,
    );
    const scorer = knowing((good) => (good ? 0.9 : 0.2));
    const report: EvaluationReport = {
      scorer: 'knowing',
      threshold: 0.5,
      ...options,
      sets: [await evaluate('one', [hostile], scorer, options), await evaluate('two', [answers], scorer, options)],
      nlvr: null,
      notes: [...notes],
    };
    const markdown = tablesToMarkdown(reportTables(report), report.notes);
    const lines = markdown.split('\n').filter((line) => line.startsWith('|'));
    // two sets, or four baselines, beside the names of the rows
    for (const line of lines) expect([4, 6]).toContain(line.match(/(?<!\\)\|/g)!.length);
    expect(markdown).toContain('a\\|b \\<b\\>');
    expect(markdown).toMatch(/\| AP of bad words \| 1\.000 \|/);
    expect(markdown).toMatch(/\| AUROC over claims \| 1\.000 \(\.\d{3}–1\.000\) \|/);
    const text = tablesToText(reportTables(report), report.notes);
    expect(text).toMatch(/AUROC over claims +1\.000 \(\.\d{3}–1\.000\)/);
    expect(text).toMatch(/naive response-level reward model, a text-only model/);
  });
});
