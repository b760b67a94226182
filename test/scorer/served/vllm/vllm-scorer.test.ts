import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createScorer } from '../../../../src/scorer/create-scorer.js';
import type { Scorer } from '../../../../src/scorer/scorer.js';
import { contrastScorer } from '../../../../src/scorer/served/contrast/contrast-scorer.js';
import { vllmScorer } from '../../../../src/scorer/served/vllm/vllm-scorer.js';
import { splitWords } from '../../../../src/text/words.js';
import { holdTimeouts } from '../../../fixtures/hold-time.js';
import { runs } from '../../../fixtures/runs.js';
import { plainPng } from '../../../fixtures/tiny/tiny-model.js';
import { tinyTokenizer } from '../../../fixtures/tiny/tiny-tokenizer.js';
import { type FakeVllm, type Fault, imageTokens, startFakeVllm } from './fake-vllm.js';

let fake: FakeVllm;
let passTime: () => void;
const quick = { retries: 1, minTimeout: 1 };
const silence: Fault = () => {
  passTime();
  return null;
};
const answer = 'A red bus next to two blue dogs 你好𠀋.';
let picture: Uint8Array;

beforeEach(async () => {
  passTime = holdTimeouts();
  fake = await startFakeVllm();
  picture = await plainPng('#c00', 20);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await fake.stop();
});

async function tokenizerFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'served-'));
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tinyTokenizer));
  return folder;
}

describe('a TLDR behind vLLM', () => {
  it('gives each word the reward of its own row, by the folder or by the server alone', async () => {
    const request = { images: [picture], prompt: 'What is there?', response: answer };
    const [local, remote] = await Promise.all([
      vllmScorer(fake.url, { ...quick, folder: await tokenizerFolder() }).score(request),
      vllmScorer(`${fake.url}/v1/`, quick).score(request),
    ]);
    expect(remote.tokens).toEqual(local.tokens);
    const call = fake.calls.findLast(({ path, body }) => path === '/pooling' && body.messages[1].content === answer)!;
    const [image, text] = call.body.messages[0].content;
    expect(text.text).toBe('What is there?');
    expect(image.uuid).toMatch(/^[0-9a-f]{64}$/);
    expect(image.image_url.url).toMatch(/^data:image\/png;base64,/);
    expect(call.body).toMatchObject({
      task: 'token_classify',
      add_generation_prompt: false,
      continue_final_message: true,
      add_special_tokens: false,
      use_activation: true,
    });
    // the words, and the reward of the first one, from the last rows
    expect(local.tokens.map(({ text }) => text).join('')).toBe(answer.replace(/ /g, ''));
    for (const { text, start, end, reward } of local.tokens) {
      expect(answer.slice(start, end)).toBe(text);
      expect(reward).toBeGreaterThanOrEqual(0);
    }
  });

  it('answers in order and alone, and one bad item fails alone', async () => {
    const scorer = await createScorer(`vllm:tldr@${fake.url}#${await tokenizerFolder()}`);
    const scored = await scorer.scoreBatch!([
      { images: [picture], response: 'A red dog.' },
      { images: ['/no/such.png'], response: 'A dog.' },
      { images: [picture], response: 'A blue dog.' },
    ]);
    expect(scored.map((one) => (one instanceof Error ? 'failed' : one.response))).toEqual([
      'A red dog.',
      'failed',
      'A blue dog.',
    ]);
  });

  it('keeps its invariants for any text', async () => {
    const scorer = vllmScorer(fake.url, { folder: await tokenizerFolder() });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), async (response) => {
        const { tokens } = await scorer.score({ images: [picture], response });
        for (const { text, start, end } of tokens) expect(response.slice(start, end)).toBe(text);
        for (const word of splitWords(response))
          expect(tokens.some(({ start, end }) => start < word.end && end > word.start)).toBe(true);
      }),
      { numRuns: runs(25) },
    );
  });
});

const rowsOf = (reply: { data: { data: number[][] }[] }) => reply.data[0]!.data;
const always: [name: string, fault: Fault, message: RegExp][] = [
  [
    'duplicated rows',
    (reply) => {
      rowsOf(reply).push(...rowsOf(reply));
      return reply;
    },
    /\d+ rows came for \d+ tokens/,
  ],
  [
    'reversed rows',
    (reply) => {
      rowsOf(reply).reverse();
      return reply;
    },
    /rows.*differ/,
  ],
  [
    'rows moved by one',
    (reply) => {
      rowsOf(reply).unshift(rowsOf(reply).pop()!);
      return reply;
    },
    /rows.*differ/,
  ],
  [
    'a prompt that was cut',
    (reply) => {
      rowsOf(reply).splice(2, imageTokens + 1);
      reply.usage.prompt_tokens = rowsOf(reply).length;
      return reply;
    },
    /it was cut, or the picture was left out/,
  ],
  ['another model', (reply) => ({ ...reply, model: 'llama' }), /of the model "llama"/],
  ['NaN', (reply) => JSON.stringify(reply).replace(/0\.\d+/, 'NaN'), /not one of \/pooling/],
  [
    'null',
    (reply) => {
      rowsOf(reply).at(-2)![0] = null as never;
      return reply;
    },
    /no number/,
  ],
  [
    'two labels',
    (reply) => {
      for (const row of rowsOf(reply)) row.push(0.5);
      return reply;
    },
    /2 labels/,
  ],
  [
    'raw logits',
    (reply) => {
      for (const row of rowsOf(reply)) row[0] = row[0]! * 9 - 4;
      return reply;
    },
    /sigmoid/,
  ],
  ['half a reply', (reply) => JSON.stringify(reply).slice(0, 200), /not one of \/pooling/],
  ['two answers', (reply) => ({ ...reply, data: [reply.data[0], reply.data[0]] }), /2 prompts/],
  ['no answer in time', silence, /did not answer in time/],
  [
    'an error',
    (_, { response }) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"max_model_len is 4096"}}');
      return null;
    },
    /max_model_len is 4096/,
  ],
];

describe('a vLLM that goes wrong', () => {
  it.each(always)('%s: refused, whether from the start or later', async (_, fault, message) => {
    const failure = { code: 'scorer-failed', message: expect.stringMatching(message) };
    const folder = await tokenizerFolder();
    fake.fault = fault;
    const fromStart = vllmScorer(fake.url, { ...quick, folder });
    await expect(fromStart.score({ images: [picture], response: answer })).rejects.toMatchObject(failure);
    fake.fault = null;
    const later = vllmScorer(fake.url, { ...quick, folder });
    await later.score({ images: [picture], response: 'A red dog.' });
    fake.fault = fault;
    await expect(later.score({ images: [picture], response: answer })).rejects.toMatchObject(failure);
  });

  it.each(always.filter(([name]) => !/cut|two labels|raw|an error/.test(name)))(
    '%s: once only, and the answer is right',
    async (_, fault) => {
      const scorer: Scorer = vllmScorer(fake.url, { ...quick, folder: await tokenizerFolder() });
      const request = { images: [picture], response: answer };
      const right = await scorer.score(request);
      let first = true;
      fake.fault = (reply, call) => {
        if (!first) return reply;
        first = false;
        return fault(reply, call);
      };
      expect(await scorer.score(request)).toEqual(right);
    },
  );

  it.each([
    [
      'changed ids',
      (reply) => ({
        ...reply,
        tokens: reply.tokens.map((id: number, at: number) => (at === reply.tokens.length - 2 ? id + 1 : id)),
      }),
    ],
    ['a trimmed answer', (reply) => ({ ...reply, tokens: reply.tokens.slice(0, -1) })],
    ['no tokens', (reply) => ({ ...reply, tokens: [] })],
  ] as [string, Fault][])('tokenizes otherwise (%s): refused', async (_, fault) => {
    const scorer = vllmScorer(fake.url, { ...quick, folder: await tokenizerFolder() });
    await scorer.score({ images: [picture], response: 'A red dog.' });
    fake.tokenizeFault = fault;
    await expect(scorer.score({ images: [picture], response: answer })).rejects.toMatchObject({
      code: 'scorer-failed',
      message: expect.stringMatching(/not those of the answer/),
    });
  });

  it('lets itself be aborted, and never sends its key in a message', async () => {
    const abort = new AbortController();
    fake.fault = () => {
      abort.abort();
      return null;
    };
    const scorer = vllmScorer(fake.url, { apiKey: 'sk-secret-123456' });
    const slow = scorer.score({ images: [picture], response: answer, signal: abort.signal });
    await expect(slow).rejects.toMatchObject({ code: 'aborted', message: expect.not.stringMatching(/secret/) });
    expect(fake.calls.at(-1)!.headers.authorization).toBe('Bearer sk-secret-123456');
  });

  it('names the models where the one asked for is not served', async () => {
    const scorer = vllmScorer(fake.url, { ...quick, model: 'other' });
    await expect(scorer.score({ images: [picture], response: answer })).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(/serves tldr, and not other/),
    });
  });
});

describe('contrast', () => {
  it('doubts what the picture makes less likely', async () => {
    const scorer = contrastScorer(fake.url, quick);
    const { tokens } = await scorer.score({ images: [picture], response: answer });
    expect(tokens.map(({ text }) => text).join('')).toBe(answer.replace(/ /g, ''));
    const [withPicture, without] = [true, false].map((seen) =>
      fake.calls.find(
        ({ path, body }) => path === '/v1/chat/completions' && body.messages[0].content.length > 1 === seen,
      ),
    );
    expect(withPicture?.body).toMatchObject({ max_tokens: 1, prompt_logprobs: 1, return_token_ids: true });
    expect(without?.body.messages[1].content).toBe(answer);
    expect(new Set(tokens.map(({ reward }) => reward)).size).toBeGreaterThan(3);
    expect(tokens.at(-1)).toMatchObject({ text: '.', reward: null });
  });

  it.each([
    [
      'log-probabilities of other tokens',
      (reply) => {
        reply.prompt_logprobs.at(-2)[1] = {};
        reply.prompt_logprobs.splice(-2, 1, { 1: { logprob: -1 } });
        return reply;
      },
      /no log-probability of its own/,
    ],
    [
      'changed ids',
      (reply) => {
        reply.prompt_token_ids[reply.prompt_token_ids.length - 1] = 1;
        return reply;
      },
      /not those of the answer/,
    ],
    [
      'too few',
      (reply) => {
        reply.prompt_logprobs.pop();
        return reply;
      },
      /log-probabilities and \d+ ids came/,
    ],
    ['none', (reply) => ({ ...reply, prompt_logprobs: null }), /no prompt_logprobs/],
    ['another model', (reply) => ({ ...reply, model: 'x' }), /of the model "x"/],
    [
      'a probability above 1',
      (reply) => {
        reply.prompt_logprobs.slice(1).forEach((entry: Record<string, { logprob: number }>) => {
          for (const one of Object.values(entry)) one.logprob = 2;
        });
        return reply;
      },
      /log-probability is 2/,
    ],
  ] as [string, Fault, RegExp][])('refuses %s', async (_, fault, message) => {
    fake.fault = fault;
    await expect(contrastScorer(fake.url, quick).score({ images: [picture], response: answer })).rejects.toMatchObject({
      code: 'scorer-failed',
      message: expect.stringMatching(message),
    });
  });
});
