import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { qualityOf } from '../../src/agent/acceptance.js';
import { correct, correctAll } from '../../src/agent/correct.js';
import type { CorrectionEvent, CorrectionResult } from '../../src/agent/correction.js';
import { isRefusal } from '../../src/agent/run-correction.js';

import { withFallback } from '../../src/scorer/auto-scorer.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { applyEdits } from '../../src/text/edits.js';
import { splitSentences } from '../../src/text/sentences.js';
import { splitWords } from '../../src/text/words.js';
import { anyCharacter } from '../fixtures/any-character.js';
import { runs } from '../fixtures/runs.js';
import { badWords, dictionary, hashReward, image, scripted, wordScorer } from './doubles.js';

const ask = (response: string, extra = {}) => ({ images: [image], response, ...extra });
const replacements = ['cat', 'an owl', '', 'two', '3', '⟦1:x⟧', '犬', '👍🏽', 'red', 'a\nb'];
const sentence = fc
  .array(
    fc.constantFrom('a', 'cat', 'two', 'dogs', 'is', 'left', 'of', 'red', '犬', '👍🏽', "don't", '3.5', 'and', ','),
    { minLength: 1, maxLength: 9 },
  )
  .map((words) => `${words.join(' ')}.`);
const anyAnswer = fc.oneof(
  fc.array(sentence, { minLength: 1, maxLength: 4 }).map((sentences) => sentences.join(' ')),
  fc.string({ unit: anyCharacter, maxLength: 60 }),
);
const anyRewriter = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(...replacements), fc.boolean()), { maxLength: 12 })
  .map((edits) =>
    scripted(() =>
      edits.map(([span, replacement, whole]) => ({ span, replacement, ...(whole ? { sentence: true } : {}) })),
    ),
  );

function holds(result: CorrectionResult, scorer: Scorer, threshold: number) {
  const { original, response, report } = result;
  expect(applyEdits(original, report.edits)).toBe(response);
  for (const edit of report.edits) expect(original.slice(edit.start, edit.end)).toBe(edit.from);
  expect(report.coverage).toBeGreaterThanOrEqual(0);
  expect(report.coverage).toBeLessThanOrEqual(1);
  for (const span of report.unresolved) expect(response.slice(span.start, span.end)).toBe(span.text);
  return Promise.all([original, response].map((text) => scorer.score({ images: [image], response: text }))).then(
    ([before, after]) => {
      const [was, is] = [qualityOf(before!.tokens, threshold), qualityOf(after!.tokens, threshold)];
      expect(is.flagged < was.flagged || (is.flagged === was.flagged && is.lowest >= was.lowest)).toBe(true);
    },
  );
}

describe('whatever the answer, the scorer and the rewriter', () => {
  test('the edits make the result, and the result never scores below the original (invariants 2 and 3)', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyAnswer,
        fc.integer(),
        anyRewriter,
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (answer, seed, rewriter, threshold) => {
          const scorer = wordScorer((word) => hashReward(word, seed));
          const result = await correct(ask(answer), { scorer, rewriter, threshold });
          await holds(result, scorer, threshold);
          expect(['clean', 'no-progress', 'max-rounds', 'skipped']).toContain(result.status);
          if (result.status === 'clean') expect(result.report.unresolved).toEqual([]);
        },
      ),
      { numRuns: runs(300) },
    );
  });

  test('sentences without a flag stay byte-identical (invariant 2)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sentence, { minLength: 2, maxLength: 4 }),
        fc.integer(),
        anyRewriter,
        async (sentences, seed, rewriter) => {
          const answer = sentences.join(' ');
          const scorer = wordScorer((word) => hashReward(word, seed));
          const { response } = await correct(ask(answer), { scorer, rewriter, threshold: 0.3, maxRounds: 1 });
          for (const { start, end } of splitSentences(answer)) {
            const text = answer.slice(start, end);
            const { tokens } = await scorer.score({ images: [image], response: text });
            if (qualityOf(tokens, 0.3).flagged === 0) expect(response).toContain(text);
          }
        },
      ),
      { numRuns: runs(200) },
    );
  });

  test('a scorer or rewriter that fails at any call costs nothing: the original comes back, failed (invariant 5)', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyAnswer,
        fc.integer(),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (answer, seed, at, inScorer) => {
          const inner = wordScorer((word) => hashReward(word, seed));
          let calls = 0;
          const scorer: Scorer = {
            name: 'fails',
            score: async (request) =>
              inScorer && ++calls === at ? Promise.reject(new Error('broken')) : inner.score(request),
          };
          const rewriter = scripted((request, call) => {
            if (!inScorer && call === at) throw new Error('broken');
            return request.spans.map((span) => ({ span: span.id, replacement: 'cat' }));
          });
          const result = await correct(ask(answer), { scorer, rewriter });
          if (result.status === 'failed') {
            expect(result.response).toBe(answer);
            expect(result.report.error?.message).toBe('broken');
          }
        },
      ),
      { numRuns: runs(200) },
    );
  });
});

describe('what a user gets', () => {
  it('has the wrong word replaced, with the article, and says so', async () => {
    const result = await correct(ask('There is a cat here. It is red.'), {
      scorer: badWords('cat'),
      rewriter: dictionary({ cat: 'owl' }),
    });
    expect(result).toMatchObject({
      status: 'clean',
      response: 'There is an owl here. It is red.',
      original: 'There is a cat here. It is red.',
    });
    expect(result.report.edits.map(({ start, end, from, to }) => [start, end, from, to])).toEqual([
      [9, 10, 'a', 'an'],
      [11, 14, 'cat', 'owl'],
    ]);
    expect(result.report).toMatchObject({
      coverage: 1,
      unresolved: [],
      scorer: 'words',
      rewriter: 'scripted',
      usage: { inputTokens: 10, outputTokens: 5 },
    });
  });

  it('keeps an edit only if it helps, and tells the rewriter what was tried', async () => {
    const rewriter = scripted((_, call) => [{ span: 1, replacement: call === 1 ? 'fox' : 'dog' }]);
    const result = await correct(ask('I see a cat.'), { scorer: badWords('cat', 'fox'), rewriter });
    expect(result).toMatchObject({ status: 'clean', response: 'I see a dog.' });
    expect(rewriter.requests[1]!.rejected).toMatchObject([
      { text: 'cat', replacement: 'fox', reason: expect.stringMatching(/no better/) },
    ]);
  });

  it('never offers the same rejected edit to itself again, and stops', async () => {
    const rewriter = scripted(() => [{ span: 1, replacement: 'fox' }]);
    const result = await correct(ask('I see a cat.'), { scorer: badWords('cat', 'fox'), rewriter, maxRounds: 9 });
    expect(result).toMatchObject({ status: 'no-progress', response: 'I see a cat.' });
    expect(rewriter.requests.length).toBe(2);
  });

  it('prefers a replacement that passes over a deletion, whatever their order', async () => {
    const rewriter = scripted(() => [
      { span: 1, replacement: '' },
      { span: 1, replacement: 'dog' },
    ]);
    expect((await correct(ask('I see a cat and a bird.'), { scorer: badWords('cat'), rewriter })).response).toBe(
      'I see a dog and a bird.',
    );
  });

  it('counts a deletion as lost coverage', async () => {
    const result = await correct(ask('I see a bird and a cat.'), {
      scorer: badWords('cat'),
      rewriter: scripted(() => [{ span: 1, replacement: '' }]),
    });
    expect(result.response).toBe('I see a bird.');
    expect(result.report.coverage).toBeCloseTo(4 / 7);
  });

  it('refuses an edit that makes a word outside it fail', async () => {
    const scorer = wordScorer((word) => (word === 'cat' ? 0.1 : 0.9));
    const spoiling: Scorer = {
      name: 'spoils',
      score: async (request) => {
        const scored = await scorer.score(request);
        return request.response.includes('dog')
          ? {
              ...scored,
              tokens: scored.tokens.map((token) => (token.text === 'bird' ? { ...token, reward: 0.05 } : token)),
            }
          : scored;
      },
    };
    const result = await correct(ask('I see a cat cat and a bird.'), {
      scorer: spoiling,
      rewriter: dictionary({ 'cat cat': 'dog' }),
    });
    expect(result.response).toBe('I see a cat cat and a bird.');
  });

  it('ends after maxRounds, and with 0 only scores', async () => {
    const endless = scripted((_, call) => [{ span: 1, replacement: `bad${call}` }]);
    const scorer = wordScorer((word) => (word.startsWith('bad') ? 0.1 + Number(word.slice(3)) / 1000 : 0.9));
    expect(await correct(ask('I see bad0.'), { scorer, rewriter: endless, maxRounds: 2 })).toMatchObject({
      status: 'max-rounds',
      response: 'I see bad2.',
    });
    const never = scripted(() => []);
    expect(
      (await correct(ask('I see bad0.'), { scorer, rewriter: never, maxRounds: 0 })).report.unresolved,
    ).toHaveLength(1);
    expect(never.requests).toEqual([]);
  });

  it('sends its events in order, and survives a listener that throws', async () => {
    const events: CorrectionEvent['type'][] = [];
    await correct(ask('I see a cat.'), {
      scorer: badWords('cat'),
      rewriter: dictionary({ cat: 'dog' }),
      onEvent: (event) => {
        events.push(event.type);
        throw new Error('listener');
      },
    });
    expect(events).toEqual(['scored', 'flagged', 'rewritten', 'accepted', 'scored', 'done']);
  });

  test.each([
    ['keep', 'I see a cat and a bird.'],
    ['delete', 'I see a bird.'],
    ['hedge', 'I see possibly a cat and a bird.'],
  ] as const)('onUnresolved: %s', async (onUnresolved, wanted) => {
    expect(
      (
        await correct(ask('I see a cat and a bird.'), {
          scorer: badWords('cat'),
          rewriter: scripted(() => []),
          onUnresolved,
        })
      ).response,
    ).toBe(wanted);
  });

  test.each([
    ['delete', 'I see a bird.', 0],
    ['hedge', 'I see possibly a cat and a bird.', 1],
  ] as const)('onUnresolved: %s scores what comes of it', async (onUnresolved, wanted, left) => {
    const { response, report } = await correct(ask('I see a cat and a bird.'), {
      scorer: badWords('cat'),
      rewriter: scripted(() => []),
      onUnresolved,
    });
    expect(response).toBe(wanted);
    expect(report.after.map(({ text }) => text)).toEqual(
      splitWords(wanted).map(({ start, end }) => wanted.slice(start, end)),
    );
    expect(report.unresolved.map(({ start, end }) => wanted.slice(start, end))).toEqual(left ? ['cat'] : []);
  });

  it('onUnresolved: delete keeps the rewards of the words that stay where the scorer is gone', async () => {
    const inner = badWords('cat');
    let calls = 0;
    const scorer: Scorer = {
      name: 'goes',
      score: (request) => (++calls > 1 ? Promise.reject(new Error('gone')) : inner.score(request)),
    };
    const { response, report } = await correct(ask('I see a cat and a bird.'), {
      scorer,
      rewriter: scripted(() => []),
      onUnresolved: 'delete',
    });
    expect(response).toBe('I see a bird.');
    for (const token of report.after) expect(response.slice(token.start, token.end)).toBe(token.text);
    expect(report.after.map(({ text }) => text)).toEqual(['I', 'see', 'a', 'bird']);
  });

  it('does not take a word that the scorer cannot judge for a better one', async () => {
    const scorer = wordScorer((word) => (word === 'cat' ? 0.1 : word === 'quokka' ? null : 0.9));
    const result = await correct(ask('I see a cat.'), { scorer, rewriter: dictionary({ cat: 'quokka' }) });
    expect(result).toMatchObject({ status: 'no-progress', response: 'I see a cat.' });
    expect(result.report.rounds[0]!.rejected).toMatchObject([{ reason: expect.stringMatching(/cannot judge/) }]);
  });

  it('an edit on which a batch fails alone is refused, and the others are judged', async () => {
    const inner = badWords('cat', 'fox');
    const scorer: Scorer = {
      ...inner,
      scoreBatch: (requests) =>
        Promise.all(
          requests.map((request) =>
            request.response.includes('wolf') ? new Error('out of memory') : inner.score(request),
          ),
        ),
    };
    const rewriter = scripted(() => ['wolf', 'fox', 'dog'].map((replacement) => ({ span: 1, replacement })));
    expect(await correct(ask('I see a cat.'), { scorer, rewriter })).toMatchObject({
      status: 'clean',
      response: 'I see a dog.',
    });
  });

  it('onUnresolved: throw', async () => {
    await expect(
      correct(ask('I see a cat.'), { scorer: badWords('cat'), rewriter: scripted(() => []), onUnresolved: 'throw' }),
    ).rejects.toMatchObject({ code: 'unresolved' });
  });
});

describe('what passes through untouched (invariant 6)', () => {
  test.each([
    ['no image', { images: [], response: 'A cat.' }, /no image/],
    ['empty', ask(''), /empty/],
    ['white space', ask(' \n'), /empty/],
    ['a refusal', ask("I'm sorry, but I can't help with that."), /refusal/],
  ])('%s', async (_, request, reason) => {
    const scorer = badWords('cat');
    const result = await correct(request, { scorer, rewriter: scripted(() => []) });
    expect(result).toMatchObject({
      status: 'skipped',
      response: request.response,
      report: { reason: expect.stringMatching(reason) },
    });
    expect(scorer.calls).toEqual([]);
  });

  it('an answer that the scorer abstains on, or judges no word of', async () => {
    const rewriter = scripted(() => []);
    expect(
      await correct(ask('A cat.'), { scorer: wordScorer(() => null, { abstained: 'a photograph' }), rewriter }),
    ).toMatchObject({ status: 'skipped', report: { reason: expect.stringMatching(/a photograph/) } });
    expect((await correct(ask('A cat.'), { scorer: wordScorer(() => null), rewriter })).status).toBe('skipped');
  });

  it('knows a refusal from an answer that mentions being sorry', () => {
    for (const text of [
      'Sorry, I cannot identify people.',
      'As an AI, I do not see pictures.',
      'Unfortunately, I am unable to view the image.',
      'Lo siento, no puedo ayudar.',
    ])
      expect(isRefusal(text), text).toBe(true);
    for (const text of [
      'A sorry-looking dog cannot reach the ball.',
      'The sign says "I\'m sorry".',
      'I can see a dog.',
    ])
      expect(isRefusal(text), text).toBe(false);
  });
});

describe('limits (invariant 4)', () => {
  const chatty = () =>
    scripted((_, call) => [{ span: 1, replacement: `cat${call}` }], { inputTokens: 100, outputTokens: 100 });
  const scorer = wordScorer((word) => (word.startsWith('cat') ? 0.1 : 0.9));

  it('stops at the token budget', async () => {
    const rewriter = chatty();
    expect(
      await correct(ask('I see a cat.'), { scorer, rewriter, maxRounds: 9, budget: { tokens: 300 } }),
    ).toMatchObject({ status: 'budget', report: { reason: expect.stringMatching(/token budget of 300/) } });
    expect(rewriter.requests.length).toBe(2);
  });

  it('stops a call that hangs when the time is up, and keeps the best so far', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const rewriter = scripted((_, call) => {
        if (call === 1) return [{ span: 1, replacement: 'dog' }];
        vi.advanceTimersByTime(200);
        return new Promise(() => {});
      });
      const result = await correct(ask('I see a cat1. I see a cat2.'), { scorer, rewriter, budget: { timeMs: 200 } });
      expect(result).toMatchObject({ status: 'budget', response: 'I see a dog. I see a cat2.' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('stops at once when aborted, even where nothing listens to the signal', async () => {
    const controller = new AbortController();
    const hanging: Scorer = { name: 'hangs', score: () => new Promise(() => {}) };
    setTimeout(() => controller.abort(), 30);
    expect(
      await correct(ask('I see a cat.', { signal: controller.signal }), { scorer: hanging, rewriter: chatty() }),
    ).toMatchObject({ status: 'aborted', response: 'I see a cat.' });
    await expect(
      correct(ask('I see a cat.', { signal: controller.signal }), { scorer, rewriter: chatty(), failClosed: true }),
    ).rejects.toMatchObject({ code: 'aborted' });
  });

  it('shares one budget between the choices of an answer', async () => {
    const rewriter = chatty();
    const results = await correctAll([ask('I see a cat.'), ask('I see two cats.'), ask('A bird.')], {
      scorer,
      rewriter,
      maxRounds: 9,
      budget: { tokens: 500 },
    });
    expect(results.map((result) => result.status)).toEqual(['budget', 'budget', 'clean']);
    expect(rewriter.requests.length).toBeLessThanOrEqual(4);
  });
});

describe('failing (invariant 5)', () => {
  test.each([
    ['a token that is not in the text', [{ text: 'dog', start: 0, end: 3, reward: 0.1 }]],
    ['an offset out of range', [{ text: 'x', start: 90, end: 91, reward: 0.1 }]],
    ['a reward that is no number', [{ text: 'A', start: 0, end: 1, reward: Number.NaN }]],
    ['a reward over 1', [{ text: 'A', start: 0, end: 1, reward: 3 }]],
  ])('a scorer that gives %s has failed', async (_, tokens) => {
    const scorer: Scorer = { name: 'odd', score: async ({ response }) => ({ response, tokens, scorer: 'odd' }) };
    expect(await correct(ask('A cat.'), { scorer, rewriter: scripted(() => []) })).toMatchObject({
      status: 'failed',
      response: 'A cat.',
      report: { error: { code: 'scorer-failed' } },
    });
    await expect(
      correct(ask('A cat.'), { scorer, rewriter: scripted(() => []), failClosed: true }),
    ).rejects.toMatchObject({ code: 'scorer-failed' });
  });

  it('refuses options that make no sense', async () => {
    const options = { scorer: badWords(), rewriter: scripted(() => []) };
    await expect(correct(ask('A cat.'), { ...options, threshold: 7 })).rejects.toMatchObject({ code: 'bad-argument' });
    await expect(correct(ask('A cat.'), { ...options, maxRounds: 1.5 })).rejects.toMatchObject({
      code: 'bad-argument',
    });
  });
});

describe('JSON answers stay JSON (invariant 7)', () => {
  it('corrects values, not keys, keeps types, and gives the field as context', async () => {
    const rewriter = dictionary({ cat: 'say "dog"', three: 'two' });
    const scorer = badWords('cat', 'three');
    const result = await correct(
      ask('{"cat": "a cat", "of": {"n": 3, "thing": "bird"}, "ok": [true, "a bird"]}', { prompt: 'What is there?' }),
      { scorer, rewriter },
    );
    expect(JSON.parse(result.response)).toEqual({
      cat: 'a say "dog"',
      of: { n: 2, thing: 'bird' },
      ok: [true, 'a bird'],
    });
    expect(rewriter.requests[0]!.prompt).toBe('What is there?\nField: cat');
    expect(applyEdits(result.original, result.report.edits)).toBe(result.response);
  });

  it('keeps a number a number: a count in words is written in digits', async () => {
    const result = await correct(ask('{"n": 3, "object": "cat", "of": "three cats"}'), {
      scorer: badWords('three'),
      rewriter: dictionary({ three: 'two' }),
    });
    expect(result).toMatchObject({ response: '{"n": 2, "object": "cat", "of": "two cats"}', status: 'clean' });
  });

  it('tries another value where the schema refuses one, and tells the rewriter', async () => {
    const rewriter = scripted((_, call) =>
      (call === 1 ? ['hound', 'wolf'] : ['fox']).map((replacement) => ({ span: 1, replacement })),
    );
    const result = await correct(ask('{"pet": "a cat"}'), {
      scorer: badWords('cat', 'wolf'),
      rewriter,
      validate: (value) => ['a cat', 'a wolf', 'a fox'].includes((value as { pet: string }).pet),
    });
    expect(result).toMatchObject({ response: '{"pet": "a fox"}', status: 'clean' });
    const told = rewriter.requests[1]!.rejected.map(({ replacement, reason }) => `${replacement}: ${reason}`);
    expect(told).toContainEqual(expect.stringMatching(/^hound: .*schema/));
    expect(told).toContainEqual(expect.stringMatching(/^wolf: /));
  });

  it('refuses a change of type, or one that the schema refuses, and says so', async () => {
    const rewriter = dictionary({ three: 'many', cat: 'dog' });
    const result = await correct(ask('{"n": 3, "thing": "bird", "pet": "a cat"}'), {
      scorer: badWords('cat', 'three'),
      rewriter,
      validate: (value) => (value as { pet: string }).pet === 'a cat',
    });
    expect(result).toMatchObject({ response: '{"n": 3, "thing": "bird", "pet": "a cat"}', status: 'no-progress' });
  });

  const asJson = async (answer: string, bad: Record<string, string>, prompt?: string) => {
    const scorer = badWords(...Object.keys(bad));
    return correct(ask(answer, prompt === undefined ? {} : { prompt }), { scorer, rewriter: dictionary(bad) });
  };

  it.each([
    ['{"object":"drum","count":3,"colour":"blue"}', '{"object":"violin","count":2,"colour":"red"}'],
    ['[{"label":"drums","n":"three","color":"Blue"}]', '[{"label":"violins","n":"two","color":"Red"}]'],
    ['{"scene":{"objekt":"Drum","anzahl":3}}', '{"scene":{"objekt":"Violin","anzahl":2}}'],
    ['{"drum":{"count":3,"colour":"blue"}}', '{"drum":{"count":2,"colour":"red"}}'],
    ['{"drums": 3}', '{"drums": 2}'],
  ])('judges a value in the sentence of its object: %s', async (answer, right) => {
    const said = {
      'three blue drums': 'two red violins',
      'three drums': 'two violins',
      'three blue': 'two red',
      three: 'two',
    };
    const scorer = badWords('three', 'blue', ...(right.includes('iolin') ? ['drums'] : []));
    const result = await correct(ask(answer), { scorer, rewriter: dictionary(said) });
    expect(result).toMatchObject({ response: right, status: 'clean' });
    expect(applyEdits(answer, result.report.edits)).toBe(right);
  });

  it.each([
    '{"bbox_2d":[105,60,240,205],"x":3,"y":60,"score":0.3,"id":3,"year":2003}',
    '{"tags":["blue"],"width":3}',
    '{"caption":"There is a ban',
    '{"options":["a banana","a dog"]}',
  ])('leaves alone what makes no sentence, and what does not parse: %s', async (answer) => {
    const bad = { banana: 'dog', bananas: 'dogs', 3: '4', three: 'four', 105: '4', blue: 'red', ban: '' };
    expect((await asJson(answer, bad)).response.replace('A dog.', 'A banana.')).toBe(answer);
  });

  it.each([
    '[{"bbox_2d":[105,60,240,205],"label":"banana"}]',
    '{"label":"banana","x":3,"y":60,"score":0.3,"id":3,"year":2003}',
    '{"tags":["banana","blue"],"width":3}',
  ])('changes the thing alone, and no box or score beside it: %s', async (answer) => {
    const bad = { banana: 'dog', 3: '4', three: 'four', 105: '4', blue: 'red' };
    expect((await asJson(answer, bad)).response).toBe(answer.replace('banana', 'dog'));
  });

  it.each([
    ['{"caption":"There is a cat."}\n\nHope it helps!', '{"caption":"There is a dog."}\n\nHope it helps!'],
    ['Sure! {"caption":"There is a cat."}', 'Sure! {"caption":"There is a dog."}'],
    [
      '{"caption":"There is a cat."}\n{"caption":"There is a bird."}',
      '{"caption":"There is a dog."}\n{"caption":"There is a bird."}',
    ],
    [
      'Here:\n\n```json\n{"caption": "There is a cat."}\n```\nI see a cat.',
      'Here:\n\n```json\n{"caption": "There is a dog."}\n```\nI see a dog.',
    ],
    ['```json\n["There is a cat."]\n```', '```json\n["There is a dog."]\n```'],
  ])('holds JSON together among words: %s', async (answer, right) => {
    const result = await asJson(answer, { cat: 'dog' });
    expect(result.response).toBe(right);
    expect(applyEdits(answer, result.report.edits)).toBe(right);
    for (const { start, end, text } of result.report.after) expect(result.response.slice(start, end)).toBe(text);
  });

  it('leaves the escapes of a text as they were', async () => {
    const result = await asJson('{"caption":"A caf\\u00e9 \\/ bar with a cat\\n"}', { cat: 'dog' });
    expect(result.response).toBe('{"caption":"A caf\\u00e9 \\/ bar with a dog\\n"}');
  });

  it('takes a lone answer for the answer to the question', async () => {
    const result = await asJson('{"answer": 3}', { 3: '2' }, 'How many cats are there?');
    expect(result.response).toBe('{"answer": 2}');
  });

  test('any JSON parses after any correction, with the same shape and types', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1, maxKeys: 4 }),
        fc.integer(),
        anyRewriter,
        async (value, seed, rewriter) => {
          const answer = JSON.stringify(value);
          const result = await correct(ask(answer), { scorer: wordScorer((word) => hashReward(word, seed)), rewriter });
          const types = (node: unknown): unknown =>
            Array.isArray(node)
              ? node.map(types)
              : node && typeof node === 'object'
                ? Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, types(inner)]))
                : node === null
                  ? 'null'
                  : typeof node;
          expect(types(JSON.parse(result.response))).toEqual(types(JSON.parse(answer)));
          expect(applyEdits(answer, result.report.edits)).toBe(result.response);
          for (const { start, end, text } of result.report.after) expect(result.response.slice(start, end)).toBe(text);
        },
      ),
      { numRuns: runs(150) },
    );
  });
});

describe('the scorer that a report names', () => {
  it('is the one that judged, where the first abstained', async () => {
    const rewriter = { name: 'nobody', rewrite: async () => ({ edits: [] }) };
    const judging = (name: string, abstained?: string): Scorer => ({
      name,
      score: async ({ response }) => ({
        response,
        tokens: [{ text: response, start: 0, end: response.length, reward: abstained ? null : 0.9 }],
        scorer: name,
        ...(abstained ? { abstained } : {}),
      }),
    });
    const report = async (first: Scorer, other: Scorer) => {
      const scorer = withFallback(first, async () => other, 'install another');
      return (await correct({ images: [new Uint8Array([1])], response: 'dogs' }, { scorer, rewriter })).report;
    };
    expect((await report(judging('scenes', 'no scene'), judging('objects@nano'))).scorer).toBe('objects@nano');
    expect((await report(judging('scenes'), judging('objects@nano'))).scorer).toBe('scenes');
    expect((await report(judging('scenes', 'no scene'), judging('objects@nano', 'no thing'))).scorer).toBe('scenes');
  });
});
