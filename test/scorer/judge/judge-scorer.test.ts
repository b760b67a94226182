import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadPrompt } from '../../../src/models/prompt.js';
import { perturbationTypes } from '../../../src/perturb/perturbation.js';
import { createScorer } from '../../../src/scorer/create-scorer.js';
import { phraseFinder } from '../../../src/scorer/findings/find-phrase.js';
import { judgeScorer } from '../../../src/scorer/judge/judge-scorer.js';
import {
  type Answer,
  anthropicDialect,
  json,
  openaiDialect,
  pngPixel,
  startModelServer,
} from '../../rewriters/model-server.js';

type ModelServer = Awaited<ReturnType<typeof startModelServer>>;
let server: ModelServer | undefined;
afterEach(() => server?.stop());

const answer = 'Two red dogs sit by a “Café” sign. A dog barks at three cats.';
const finding = (phrase: string, context = phrase, confidence = 0.9) => ({
  phrase,
  context,
  type: 'object',
  reason: 'there is a horse',
  confidence,
});
const findings = (...unsupported: object[]) => JSON.stringify({ unsupported });

async function judge(dialect: 'openai' | 'anthropic', ...answers: Answer[]) {
  server = await startModelServer(answers);
  return judgeScorer({
    provider: dialect,
    model: 'm',
    apiKey: 'sk-test-12345678',
    baseURL: dialect === 'openai' ? `${server.url}/v1` : server.url,
    retries: 1,
    minTimeout: 1,
    timeoutMs: 15_000,
  });
}

const request = { images: [pngPixel()], prompt: 'What is there?', response: answer };

describe('a judge', () => {
  it.each([
    ['openai', openaiDialect],
    ['anthropic', anthropicDialect],
  ] as const)('%s: flags the words of what it lists, in one call with the picture', async (provider, dialect) => {
    const reply = findings(
      finding('TWO red'),
      finding('dog', 'A dog barks', 0.7),
      finding('"café"'),
      finding('an elephant'),
      finding('cats', 'three cats', 0.2),
    );
    const scorer = await judge(provider, dialect.reply(reply));
    const { tokens, evidence, dropped } = await scorer.score(request);
    expect(server!.calls).toHaveLength(1);
    const prompt = dialect.promptOf(server!.calls[0]!);
    expect(prompt).toContain('Two red dogs sit by a "Café" sign. A dog barks at three cats.');
    expect(prompt).toContain('What is there?');
    expect(JSON.stringify(server!.calls[0]!.body)).toContain(Buffer.from(pngPixel()).toString('base64'));
    const low = tokens.filter(({ reward }) => reward! <= 0.5).map(({ text, start }) => `${start} ${text}`);
    expect(low).toEqual(['0 Two', '4 red', '23 Café', '37 dog']);
    expect(tokens.find(({ text }) => text === 'cats')!.reward).toBeCloseTo(0.8);
    expect(tokens.find(({ text }) => text === 'sit')!.reward).toBe(0.95);
    expect(dropped).toBe(1);
    expect(evidence).toHaveLength(4);
    expect(evidence![0]).toMatchObject({ kind: 'claim', label: '"Two red": there is a horse' });
  });

  it.each([
    ['a refusal', openaiDialect.refusal, /refused/],
    ['a reply cut off', openaiDialect.cutOff('{"unsupp'), /cut off/],
    ['prose', openaiDialect.reply('All is well.'), /no JSON with a list/],
    ['another form', openaiDialect.reply('{"unsupported": "none"}'), /no JSON with a list/],
    ['a wrong key', openaiDialect.failure(401, 'bad key sk-test-12345678'), /401/],
  ] as const)('%s is a typed error without the key', async (_, reply, message) => {
    const scorer = await judge('openai', reply as Answer);
    const failure = await scorer.score(request).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'scorer-failed', message: expect.stringMatching(message) });
    expect(String(failure)).not.toContain('12345678');
  });

  it('fills in what a model leaves out of its findings', async () => {
    const scorer = await judge('openai', openaiDialect.reply('{"unsupported":[{"phrase":"three cats"},"Two"]}'));
    const { tokens } = await scorer.score(request);
    expect(tokens.find(({ text }) => text === 'three')!.reward).toBeCloseTo(0.2);
    expect(tokens.find(({ text }) => text === 'Two')!.reward).toBeCloseTo(0.2);
  });

  it('asks once more, with the reason, where nothing can be read', async () => {
    const scorer = await judge(
      'openai',
      openaiDialect.reply('Let me see.'),
      openaiDialect.reply(findings(finding('three'))),
    );
    const { tokens, usage } = await scorer.score(request);
    expect(tokens.find(({ text }) => text === 'three')!.reward).toBeCloseTo(0.1);
    expect(server!.calls[1]!.body.messages.at(-1).content).toContain('could not be used: it was no JSON');
    expect(usage).toMatchObject({ calls: 2, pictures: 2, inputTokens: 200, outputTokens: 20 });
  });

  it('says nothing of words that claim nothing: nobody was asked about them', async () => {
    const response = 'A red dog. Let me know if you need more recipes!';
    const scorer = await judge('openai', openaiDialect.reply(findings(finding('red'))));
    const { tokens } = await scorer.score({ ...request, response });
    const rewards = Object.fromEntries(tokens.map(({ text, reward }) => [text, reward]));
    expect(rewards).toMatchObject({ red: expect.closeTo(0.1), dog: 0.95, recipes: null, need: null });
  });

  it('is asked at temperature 0 with a limit, with a picture no larger than 1,024 pixels or what was chosen', async () => {
    const { default: sharp } = await import('sharp');
    const large = await sharp({ create: { width: 3000, height: 900, channels: 3, background: '#888' } })
      .png()
      .toBuffer();
    const scorer = await judge('openai', openaiDialect.reply(findings()));
    await scorer.score({ ...request, images: [large] });
    const { body } = server!.calls[0]!;
    expect(body).toMatchObject({ temperature: 0, max_tokens: 8192 });
    const [, sent] = body.messages[0].content[0].image_url.url.split(',');
    expect(await sharp(Buffer.from(sent, 'base64')).metadata()).toMatchObject({ width: 1024 });
    const closer = judgeScorer({ provider: 'openai', model: 'm', baseURL: `${server!.url}/v1`, imageSide: 2000 });
    await closer.score({ ...request, images: [large] });
    const [, more] = server!.calls[1]!.body.messages[0].content[0].image_url.url.split(',');
    expect(await sharp(Buffer.from(more, 'base64')).metadata()).toMatchObject({ width: 2000 });
  });

  it('does without a schema where the server knows none', async () => {
    const refused = json(400, { error: { message: 'response_format is not supported' } });
    const scorer = await judge('openai', refused, openaiDialect.reply(findings(finding('three'))));
    const { tokens } = await scorer.score(request);
    expect(tokens.find(({ text }) => text === 'three')!.reward).toBeCloseTo(0.1);
    expect(server!.calls.at(-1)!.body.response_format).toBeUndefined();
  });

  it.each([
    ['openai', 'OPENAI_API_KEY'],
    ['anthropic', 'ANTHROPIC_API_KEY'],
    ['gemini', 'GOOGLE_API_KEY'],
  ])('without a name is of %s where only %s is set', async (provider, key) => {
    for (const name of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'])
      vi.stubEnv(name, name === key ? 'sk-test-12345678' : '');
    try {
      expect((await createScorer('judge')).name).toMatch(new RegExp(`^judge:${provider}:`));
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('is made by name', async () => {
    process.env.OPENAI_API_KEY = 'sk-test-12345678';
    try {
      expect((await createScorer('judge')).name).toMatch(/^judge:openai:/);
      expect((await createScorer('judge:openai:qwen@http://localhost:1/v1')).name).toBe(
        'judge:openai:qwen@http://localhost:1/v1',
      );
      await expect(createScorer('judge:bard')).rejects.toMatchObject({ code: 'bad-argument' });
    } finally {
      delete process.env.OPENAI_API_KEY;
    }
  });

  it('is told of all eight types of errors', () => {
    for (const type of perturbationTypes) expect(loadPrompt('judge').text).toContain(`- ${type}:`);
  });
});

describe('finding a phrase', () => {
  const at = (text: string, phrase: string, context?: string) => {
    const place = phraseFinder(text).find(phrase, context);
    return place && text.slice(place.start, place.end);
  };

  it('finds it exactly, folded, or nearly; and else not', () => {
    expect(at('A Red  bus.', 'red bus')).toBe('Red  bus');
    expect(at('the caterpillar and the cat', 'cat')).toBe('cat');
    expect(at('the caterpillar', 'cat')).toBeNull();
    expect(at('a tall green tree stands', 'a tall gren tree')).toBe('a tall green tree');
    expect(at('there are 12 big dogs', 'there are 13 big dogs')).toBeNull();
    expect(at('一只狗在树下', '狗')).toBe('狗');
    expect(at('a b', '')).toBeNull();
  });

  it('tells places apart by the words around them, and takes one after the other', () => {
    const finder = phraseFinder('A dog. A dog runs. A dog.');
    expect(finder.find('dog', 'A dog runs')).toEqual({ start: 9, end: 12 });
    expect(finder.find('dog')).toEqual({ start: 2, end: 5 });
    expect(finder.find('dog')).toEqual({ start: 21, end: 24 });
  });

  it('finds every run of words of any text where it stands, and never outside', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.string({ maxLength: 20 }), (text, phrase) => {
        const place = phraseFinder(text).find(phrase);
        if (!place) return;
        expect(place.start).toBeGreaterThanOrEqual(0);
        expect(place.end).toBeGreaterThan(place.start);
        expect(place.end).toBeLessThanOrEqual(text.length);
      }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('red', 'Dog', 'a', '12', 'café', '👩‍🚀'), { minLength: 1 }),
        fc.nat(),
        (words, n) => {
          const text = words.join(' ');
          const word = words[n % words.length]!;
          const place = phraseFinder(text).find(word.toUpperCase());
          expect(place && text.slice(place.start, place.end)).toBe(word);
        },
      ),
    );
  });
});
