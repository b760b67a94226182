import { afterEach, describe, expect, it } from 'vitest';
import type { Eyes } from '../../../eval/seer/eyes.js';
import { type SeerOptions, type SeerServer, startSeer } from '../../../eval/seer/seer-server.js';
import { type SeerKind, seerKinds } from '../../../eval/seer/wire-shapes.js';
import { correct } from '../../../src/agent/correct.js';
import { type ClaimsScorerOptions, claimsScorer } from '../../../src/scorer/claims/claims-scorer.js';
import { atomicClaims } from '../../../src/scorer/claims/cut/atomic-claims.js';
import { yesProbability } from '../../../src/scorer/claims/yes-no.js';
import { createScorer } from '../../../src/scorer/create-scorer.js';
import { flagSpans } from '../../../src/text/spans.js';
import { pngPixel } from '../../rewriters/model-server.js';

const answer = 'There are two red dogs to the left of a small car.';
const image = pngPixel();

/** Eyes that see what a picture shows by a list of what it does not. */
const seeing = (wrong: Record<string, number> = {}): Eyes => ({
  sees: async (_, statement) => Object.entries(wrong).find(([words]) => statement.includes(words))?.[1] ?? 0.97,
  reads: async (_, response) => ({ response, tokens: [], scorer: 'eyes' }),
});

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(kind: SeerKind, more: Partial<SeerOptions> = {}, options: Partial<ClaimsScorerOptions> = {}) {
  const seer = await startSeer({ kind, eyes: seeing({ two: 0.04 }), ...more });
  stops.push(seer.stop);
  return { seer, scorer: claimsScorer({ ...addressOf(kind, seer), minTimeout: 1, ...options }) };
}

function addressOf(kind: SeerKind, { url }: SeerServer): ClaimsScorerOptions {
  const provider = kind === 'anthropic' ? 'anthropic' : kind === 'gemini' || kind === 'vertex' ? 'gemini' : 'openai';
  const path = provider === 'openai' ? '/v1' : provider === 'gemini' ? '/v1beta' : '';
  const server =
    kind === 'ollama' || kind === 'lmstudio' || kind === 'llamacpp' || kind === 'vllm' ? { server: kind } : {};
  return { provider, model: 'seer', apiKey: 'none', baseURL: `${url}${path}`, ...server };
}

const flaggedBy = async (scorer: ReturnType<typeof claimsScorer>, response = answer) => {
  const { tokens } = await scorer.score({ images: [image], response });
  return flagSpans(response, tokens, 0.5).map(({ text }) => text);
};

describe('claims, over the wire of every server', () => {
  it.each(seerKinds)('%s: finds the one wrong word, in the way that the server allows', async (kind) => {
    const { seer, scorer } = await start(kind);
    const { tokens, method, usage } = await scorer.score({ images: [image], response: answer });
    const [span, ...others] = flagSpans(answer, tokens, 0.5);
    expect(others).toEqual([]);
    expect(span).toMatchObject({ text: 'two', type: 'counting', reason: expect.any(String) });
    const hasLogprobs = !['lmstudio', 'anthropic', 'gemini'].includes(kind);
    expect(method).toMatch(hasLogprobs ? /log prob/ : /verdict/);
    // six claims: a call each; or one for all, behind one that found out
    const answered = seer.calls.filter(({ status }) => status === 200).length;
    expect(answered).toBe(hasLogprobs ? 6 : kind === 'gemini' ? 2 : 1);
    expect(usage).toMatchObject({ calls: answered, pictures: answered });
    expect(usage!.inputTokens).toBeGreaterThan(0);
    expect(new Set(seer.calls.map((call) => call.image?.toString('base64'))).size).toBe(1);
  });

  it('is paid out of the budget of a correction, which stops it', async () => {
    // no number is right: there is always one more to try
    const eyes = seeing(Object.fromEntries(['two', 'three', 'four', 'five', 'six'].map((number) => [number, 0.04])));
    const corrected = async (tokens: number) => {
      const { seer, scorer } = await start('ollama', { eyes });
      const tries = ['three', 'four', 'five', 'six'];
      const rewriter = {
        name: 'guesses',
        rewrite: async ({ spans }: { spans: { id: number }[] }) => {
          const replacement = tries.shift();
          return { edits: replacement === undefined ? [] : spans.map(({ id }) => ({ span: id, replacement })) };
        },
      };
      const request = { images: [image], response: answer };
      const result = await correct(request, { scorer, rewriter, maxRounds: 4, budget: { tokens } });
      return { result, calls: seer.calls.length };
    };
    const free = await corrected(1_000_000);
    const { seer, scorer } = await start('ollama', { eyes });
    const { usage } = await scorer.score({ images: [image], response: answer });
    const bound = await corrected(usage!.inputTokens + usage!.outputTokens);
    expect(bound.result).toMatchObject({ status: 'budget', response: answer });
    expect(bound.calls).toBe(seer.calls.length);
    expect(free.result.status).not.toBe('budget');
    expect(free.calls).toBeGreaterThan(bound.calls);
  });

  it('asks of a picture what it has not asked, and in a later round only what changed', async () => {
    const { seer, scorer } = await start('ollama');
    await scorer.score({ images: [image], response: answer });
    await scorer.score({ images: [image], response: answer });
    expect(seer.calls).toHaveLength(6);
    await scorer.score({ images: [image], response: answer.replace('small', 'large') });
    expect(seer.calls.slice(6).map(({ prompt }) => prompt)).toEqual([
      expect.stringContaining('The two red dogs are to the left of the large car.'),
      expect.stringContaining('There is a large car.'),
    ]);
  });

  it('asks of ten claims no more than eleven questions, and fewer where nothing is in doubt', async () => {
    const response =
      'There are two red dogs to the left of a small car. Three blue birds sit on a green bench. The bench is wooden.';
    const count = (await atomicClaims(response)).length;
    expect(count).toBeGreaterThanOrEqual(10);
    const asked = async (wrong: Record<string, number>) => {
      const eyes = seeing({ ...wrong, ' ': 0.99 });
      const { seer, scorer } = await start('ollama', { eyes });
      const flagged = await flaggedBy(scorer, response);
      expect(flagged.map((words) => words.toLowerCase())).toEqual(Object.keys(wrong));
      return seer.calls.map(({ prompt }) => /"(.*)"/s.exec(prompt)![1]!);
    };
    const doubted = await asked({ two: 0.04, three: 0.04 });
    expect(doubted.length).toBeLessThanOrEqual(count + 1);
    const sure = await asked({});
    expect(sure.length).toBeLessThan(count);
    // what is said with all its words is asked, and not each part of it
    expect(sure).toContain('The two red dogs are to the left of the small car.');
    expect(sure).not.toContain('There are dogs.');
  });

  it('doubts a word the more where its whole sentence is doubted, and less where that is sure', async () => {
    const rewardOf = async (whole: number) => {
      const eyes: Eyes = {
        ...seeing(),
        sees: async (_, said) =>
          said === 'A small car on a red road, and a bus.' ? whole : said.includes('small') ? 0.5 : 0.97,
      };
      const { scorer } = await start('ollama', { eyes });
      const { tokens } = await scorer.score({ images: [image], response: 'A small car on a red road, and a bus.' });
      return tokens.find(({ text }) => text === 'small')!.reward!;
    };
    expect(await rewardOf(0.05)).toBeLessThan(0.4);
    expect(await rewardOf(0.97)).toBeGreaterThan(0.6);
  });

  it('leaves alone what is only in doubt: harm comes first', async () => {
    const { scorer } = await start('ollama', { eyes: { ...seeing(), sees: async () => 0.4 } });
    let asked = 0;
    const rewriter = { name: 'r', rewrite: async () => ({ edits: [], asked: asked++ }) };
    const { status } = await correct({ images: [image], response: 'There is a cat.' }, { scorer, rewriter });
    expect({ status, asked }).toEqual({ status: 'clean', asked: 0 });
  });

  it('asks nothing of a sentence that one of its claims says as a whole', async () => {
    const { seer, scorer } = await start('ollama', { eyes: { ...seeing(), sees: async () => 0.6 } });
    const { tokens } = await scorer.score({ images: [image], response: 'There is a cat.' });
    expect(seer.calls).toHaveLength(1);
    expect(tokens.find(({ text }) => text === 'cat')!.reward).toBeCloseTo(0.6, 2);
  });

  it('asks texts of one batch about the same picture together', async () => {
    const { seer, scorer } = await start('lmstudio');
    const texts = ['A red dog.', 'A blue dog.', 'Two cats.'];
    const scored = await scorer.scoreBatch!(texts.map((response) => ({ images: [image], response })));
    expect(scored.map((one) => !(one instanceof Error) && one.response)).toEqual(texts);
    expect(seer.calls).toHaveLength(1);
  });

  it.each<[string, SeerKind, Partial<SeerOptions>, RegExp | null, string[]]>([
    ['logprobs: null', 'openai', { faults: ['no-logprobs'] }, /verdict/, ['two']],
    ['logprobs refused', 'openai', { faults: ['refuses-logprobs'] }, /verdict/, ['two']],
    ['only ▁Yes told', 'llamacpp', { faults: ['one-spelling'] }, /log prob/, ['two']],
    ['a model that thinks first', 'vllm', { faults: ['thinks'] }, /verdict/, ['two']],
    ['no JSON schema', 'ollama', { faults: ['no-logprobs', 'no-schema'] }, /verdict/, ['two']],
    ['too many requests', 'ollama', { faults: ['busy'] }, /log prob/, ['two']],
  ])('bears %s', async (_, kind, more, method, flagged) => {
    const { scorer } = await start(kind, more);
    const scored = await scorer.score({ images: [image], response: answer });
    expect(scored.method).toMatch(method!);
    expect(flagSpans(answer, scored.tokens, 0.5).map(({ text }) => text)).toEqual(flagged);
    expect(scored.tokens.find(({ text }) => text === 'left')!.reward).toBeGreaterThan(0.5);
  });

  it('judges of verdicts that break off those that are whole', async () => {
    const { scorer } = await start('lmstudio', { faults: ['truncated'] });
    const { tokens } = await scorer.score({ images: [image], response: answer });
    expect(tokens.find(({ text }) => text === 'dogs')!.reward).toBeGreaterThan(0.5);
    expect(tokens.find(({ text }) => text === 'left')!.reward).toBeNull();
  });

  it.each<[string, Partial<SeerOptions>]>([
    ['prose', { faults: ['prose'] }],
    ['a refusal', { faults: ['refuses'] }],
  ])('%s for everything is an error that says so', async (_, more) => {
    const { scorer } = await start('openai', more);
    await expect(scorer.score({ images: [image], response: answer })).rejects.toMatchObject({
      code: 'scorer-failed',
      message: expect.stringMatching(/no verdicts in two tries/),
    });
  });

  it('a claim that is neither yes nor no is not judged, and is never half right', async () => {
    const { scorer } = await start('ollama', {
      eyes: { ...seeing(), sees: async (_, statement) => (statement.includes('car') ? null : 0.9) },
    });
    const { tokens } = await scorer.score({ images: [image], response: answer });
    expect(tokens.find(({ text }) => text === 'car')!.reward).toBeNull();
    expect(tokens.find(({ text }) => text === 'dogs')!.reward).toBeCloseTo(0.9, 1);
  });

  it('is still asked for yes and no after an answer of which it could tell nothing', async () => {
    const { scorer } = await start('ollama', {
      eyes: { ...seeing(), sees: async (_, said) => (said.includes('cloud') ? null : 0.9) },
    });
    await scorer.score({ images: [image], response: answer });
    const unclear = await scorer.score({ images: [image], response: 'A grey cloud. Two white clouds.' });
    expect(unclear.tokens.every(({ reward }) => reward === null)).toBe(true);
    expect((await scorer.score({ images: [image], response: 'A bus.' })).method).toMatch(/log prob/);
  });

  it('of what is denied asks whether it is there', async () => {
    const response = 'There is no cat, and a dog.';
    const { seer, scorer } = await start('ollama', { eyes: seeing() });
    expect(await flaggedBy(scorer, response)).toEqual(['no cat']);
    expect(seer.calls.map(({ prompt }) => prompt).join()).not.toMatch(/There is no/);
  });

  it('blames the words in which a claim alone differs: no dog at all is no wrong number of dogs', async () => {
    const { scorer } = await start('ollama', { eyes: seeing({ dogs: 0.03 }) });
    expect(await flaggedBy(scorer)).toEqual(['dogs']);
  });

  it('against a bias to yes, asks the opposite as well, by choice', async () => {
    const biased: Eyes = {
      ...seeing(),
      sees: async (_, statement) => (statement.includes('small') ? 0.6 : statement.includes('large') ? 0.95 : 0.97),
    };
    const response = 'A small car.';
    const plain = await start('ollama', { eyes: biased });
    expect(await flaggedBy(plain.scorer, response)).toEqual([]);
    const both = await start('ollama', { eyes: biased }, { contrast: true });
    expect(await flaggedBy(both.scorer, response)).toEqual(['small']);
    expect(both.seer.calls).toHaveLength(3);
  });

  it('pools several verdicts on request', async () => {
    let look = 0;
    const { seer, scorer } = await start(
      'lmstudio',
      { eyes: { ...seeing(), sees: async () => (look++ % 3 === 0 ? 0.1 : 0.9) } },
      { samples: 3 },
    );
    const { tokens } = await scorer.score({ images: [image], response: 'A car.' });
    expect(seer.calls).toHaveLength(3);
    expect(tokens.find(({ text }) => text === 'car')!.reward).toBeCloseTo(2.5 / 4);
  });

  it('is made by name, and says what is wrong with one', async () => {
    expect((await createScorer('claims:ollama/qwen2.5vl:7b')).name).toBe('claims:ollama/qwen2.5vl:7b');
    expect((await createScorer('claims:openai:m@http://localhost:1/v1?contrast&samples=3')).name).toBe(
      'claims:openai:m@http://localhost:1/v1',
    );
    for (const spec of ['claims:bard', 'claims:ollama/m?samples=0'])
      await expect(createScorer(spec)).rejects.toMatchObject({ code: 'bad-argument' });
  });
});

describe('P(yes)', () => {
  const place = (tokens: Record<string, number>) =>
    Object.entries(tokens).map(([token, p]) => ({ token, logprob: Math.log(p) }));

  it('sums all spellings of yes and of no', () => {
    expect(yesProbability([place({ Yes: 0.3, ' yes': 0.2, '▁YES': 0.1, No: 0.2, ĠNo: 0.1, '**no': 0.1 })])).toBeCloseTo(
      0.6,
    );
  });

  it('looks behind a line break and marks, and nowhere else', () => {
    expect(yesProbability([place({ '\n': 0.9 }), place({ Yes: 0.8, No: 0.2 })])).toBeCloseTo(0.8);
    expect(yesProbability([place({ The: 0.9, Yes: 0.02 }), place({ Yes: 0.8, No: 0.2 })])).toBeNull();
    expect(yesProbability([])).toBeNull();
  });

  it('is never sure of what was not told', () => {
    const p = yesProbability([place({ Yes: 0.97, The: 0.01 })])!;
    expect(p).toBeGreaterThan(0.95);
    expect(p).toBeLessThan(1);
  });
});
