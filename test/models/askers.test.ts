import { afterEach, describe, expect, it, vi } from 'vitest';
import { createJudge } from '../../eval/benchmarks/ask-judge.js';
import { createGenerator } from '../../eval/correct/generator.js';
import { createPerturber } from '../../src/perturb/create-perturber.js';
import { createRewriter } from '../../src/rewriters/create-rewriter.js';
import { createScorer } from '../../src/scorer/create-scorer.js';
import {
  anthropicDialect,
  geminiDialect,
  openaiDialect,
  pngPixel,
  requestOf,
  startModelServer,
} from '../rewriters/model-server.js';

afterEach(() => vi.unstubAllEnvs());

const dialects = { openai: openaiDialect, anthropic: anthropicDialect, gemini: geminiDialect };

/** Whoever asks a model, with what the model answers and what comes of it. */
const askers: Record<string, { reply: string; ask(spec: string): Promise<unknown>; gives: unknown }> = {
  'a rewriter': {
    reply: '{"edits":[{"span":1,"replacement":"dog","scope":"span"}]}',
    ask: async (spec) => (await createRewriter(spec).rewrite(requestOf('A [cat].'))).edits,
    gives: [{ span: 1, replacement: 'dog' }],
  },
  'a judge as scorer': {
    reply: '{"unsupported":[{"phrase":"cat","context":"A cat","type":"object","reason":"a dog","confidence":0.75}]}',
    ask: async (spec) => {
      const scorer = await createScorer(`judge:${spec}`);
      const { tokens } = await scorer.score({ images: [pngPixel()], response: 'A cat.' });
      return tokens.find(({ text }) => text === 'cat')?.reward;
    },
    gives: 0.25,
  },
  'a perturber': {
    reply: '{"applies":false,"caption":""}',
    ask: (spec) => createPerturber(spec).perturb('A cat.', 'object', () => 0.5),
    gives: null,
  },
  'a generator': {
    reply: 'A cat.',
    ask: async (spec) =>
      (
        await createGenerator(spec).answer({
          image: pngPixel(),
          prompt: 'What is it?',
          seed: 1,
          signal: new AbortController().signal,
        })
      ).text,
    gives: 'A cat.',
  },
  'a judge of benchmarks': {
    reply: 'Rating: 5',
    ask: (spec) => createJudge(spec).ask('Rate it.'),
    gives: 'Rating: 5',
  },
};

describe.each(Object.entries(askers))('%s', (_, { reply, ask, gives }) => {
  it.each(Object.keys(dialects) as (keyof typeof dialects)[])('takes %s:MODEL@URL', async (provider) => {
    const server = await startModelServer([dialects[provider].reply(reply)]);
    const base = { openai: '/v1', anthropic: '', gemini: '/v1beta' }[provider];
    expect(await ask(`${provider}:m@${server.url}${base}`)).toEqual(gives);
    expect(server.calls).toHaveLength(1);
    await server.stop();
  });

  it('says what there is for any other', async () => {
    await expect((async () => ask('bard:x'))()).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(/unknown .* "bard:x": use .*openai:MODEL, anthropic:MODEL, gemini:MODEL/),
    });
  });
});
