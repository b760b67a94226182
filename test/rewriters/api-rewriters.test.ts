import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { rewriteCallHeader } from '../../src/models/address.js';
import { anthropicRewriter } from '../../src/rewriters/anthropic-rewriter.js';
import { modelRewriter } from '../../src/rewriters/model-rewriter.js';
import { openaiRewriter } from '../../src/rewriters/openai-rewriter.js';
import type { Rewriter } from '../../src/rewriters/rewriter.js';
import { holdTimeouts } from '../fixtures/hold-time.js';
import {
  type Answer,
  anthropicDialect,
  cutConnection,
  type Dialect,
  endlessBody,
  geminiDialect,
  openaiDialect,
  pngPixel,
  requestOf,
  silence,
  startModelServer,
} from './model-server.js';

const key = 'sk-proj-abcDEF1234567890secret';
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const stop of stops.splice(0)) await stop();
});

interface Provider {
  dialect: Dialect;
  make(url: string, more?: { timeoutMs?: number; retries?: number; minTimeout?: number }): Rewriter;
}

const providers: Record<string, Provider> = {
  OpenAI: {
    dialect: openaiDialect,
    make: (url, more) => openaiRewriter({ model: 'm', apiKey: key, baseURL: `${url}/v1`, minTimeout: 5, ...more }),
  },
  Anthropic: {
    dialect: anthropicDialect,
    make: (url, more) => anthropicRewriter({ model: 'm', apiKey: key, baseURL: url, minTimeout: 5, ...more }),
  },
  Gemini: {
    dialect: geminiDialect,
    make: (url, more) =>
      modelRewriter({ provider: 'gemini', model: 'm', apiKey: key, baseURL: `${url}/v1beta`, minTimeout: 5, ...more }),
  },
};

async function serve(answers: Answer[]) {
  const server = await startModelServer(answers);
  stops.push(server.stop);
  return server;
}

const twoCats = JSON.stringify({ edits: [{ span: 1, replacement: 'two', scope: 'span' }] });
const wrongCount = () => requestOf('There are [three] cats on the mat. It is sunny.');

for (const [provider, { dialect, make }] of Object.entries(providers)) {
  describe(`${provider} rewriter, over HTTP`, () => {
    it('sends the marked answer with the picture, and hands back the edits and the usage', async () => {
      const server = await serve([dialect.reply(twoCats)]);
      const result = await make(server.url).rewrite({ ...wrongCount(), prompt: 'How many cats?' });
      expect(result.edits).toEqual([{ span: 1, replacement: 'two' }]);
      expect(result.usage).toMatchObject({ inputTokens: 100, outputTokens: 10 });
      const prompt = dialect.promptOf(server.calls[0]!);
      expect(prompt).toContain('There are ⟦1:three⟧ cats on the mat. It is sunny.');
      expect(prompt).toContain('How many cats?');
      expect(JSON.stringify(server.calls[0]!.body)).toContain(Buffer.from(pngPixel()).toString('base64'));
      expect(JSON.stringify(server.calls[0]!.body)).toContain(dialect.schema);
      expect(server.calls[0]!.headers[rewriteCallHeader]).toBe('rewrite');
    });

    it('makes no call where nothing is flagged', async () => {
      const server = await serve([dialect.reply(twoCats)]);
      expect((await make(server.url).rewrite(requestOf('All is well.'))).edits).toEqual([]);
      expect(server.calls).toHaveLength(0);
    });

    it('waits for as long as retry-after says after a 429', async () => {
      const server = await serve([
        dialect.failure(429, 'slow down', { 'retry-after-ms': '300' }),
        dialect.reply(twoCats),
      ]);
      expect((await make(server.url).rewrite(wrongCount())).edits).toHaveLength(1);
      expect(server.calls).toHaveLength(2);
      expect(server.calls[1]!.at - server.calls[0]!.at).toBeGreaterThanOrEqual(295);
    });

    it('understands retry-after in seconds', async () => {
      const server = await serve([dialect.failure(429, 'slow down', { 'retry-after': '0.2' }), dialect.reply(twoCats)]);
      await make(server.url).rewrite(wrongCount());
      expect(server.calls[1]!.at - server.calls[0]!.at).toBeGreaterThanOrEqual(195);
    });

    it('gives up at once where retry-after is longer than anyone would wait', async () => {
      const server = await serve([dialect.failure(429, 'slow down', { 'retry-after': '86400' })]);
      await expect(make(server.url).rewrite(wrongCount())).rejects.toMatchObject({
        code: 'rewriter-failed',
        status: 429,
        retryAfterMs: 86_400_000,
      });
      expect(server.calls).toHaveLength(1);
    });

    it('succeeds after two 500s, by exactly three calls', async () => {
      const server = await serve([dialect.failure(500, 'oops'), dialect.failure(500, 'oops'), dialect.reply(twoCats)]);
      expect((await make(server.url).rewrite(wrongCount())).edits).toEqual([{ span: 1, replacement: 'two' }]);
      expect(server.calls).toHaveLength(3);
    });

    it('fails with the status and the cure once the retries are spent', async () => {
      const server = await serve([dialect.failure(503, 'overloaded')]);
      const failed = make(server.url, { retries: 2 }).rewrite(wrongCount());
      await expect(failed).rejects.toMatchObject({
        code: 'rewriter-failed',
        message: expect.stringMatching(/503.*overloaded/),
        status: 503,
        provider: expect.stringContaining(server.url),
      });
      expect(server.calls).toHaveLength(3);
    });

    it.each([400, 401, 403, 404])('does not try again after a %i, and never shows the key', async (status) => {
      const server = await serve([dialect.failure(status, `Incorrect API key provided: ${key}`)]);
      const error = await make(server.url)
        .rewrite(wrongCount())
        .catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'rewriter-failed', message: expect.stringContaining(String(status)) });
      expect(server.calls).toHaveLength(1);
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause ?? ''}`).not.toContain(key);
    });

    it('times out a server that never answers, and one that never finishes its answer', async () => {
      const passTime = holdTimeouts();
      const until =
        (stuck: Answer): Answer =>
        (response, call) => {
          stuck(response, call);
          // what was written has to arrive first
          setTimeout(passTime, 20);
        };
      for (const stuck of [until(silence), until(endlessBody)]) {
        const server = await serve([stuck, dialect.reply(twoCats)]);
        expect((await make(server.url).rewrite(wrongCount())).edits).toHaveLength(1);
        expect(server.calls).toHaveLength(2);
      }
      const dead = await serve([until(silence)]);
      await expect(make(dead.url, { timeoutMs: 400, retries: 1 }).rewrite(wrongCount())).rejects.toMatchObject({
        code: 'rewriter-failed',
        message: expect.stringContaining('400 ms'),
      });
      expect(dead.calls).toHaveLength(2);
    });

    it('tries again when the connection is cut in the middle of an answer', async () => {
      const server = await serve([cutConnection, dialect.reply(twoCats)]);
      expect((await make(server.url).rewrite(wrongCount())).edits).toHaveLength(1);
      expect(server.calls).toHaveLength(2);
    });

    it('says that nothing listens there', async () => {
      const server = await startModelServer([silence]);
      await server.stop();
      await expect(make(server.url, { retries: 1 }).rewrite(wrongCount())).rejects.toMatchObject({
        code: 'rewriter-failed',
        message: expect.stringContaining('could not be reached'),
      });
    });

    it('stops at once when aborted while it waits for the next try, or for an answer', async () => {
      const waiting = await serve([dialect.failure(429, 'slow down', { 'retry-after': '30' })]);
      const hanging = await serve([silence]);
      for (const server of [waiting, hanging]) {
        const controller = new AbortController();
        const rewriting = make(server.url).rewrite({ ...wrongCount(), signal: controller.signal });
        while (server.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        await new Promise((resolve) => setTimeout(resolve, 40));
        const began = performance.now();
        controller.abort();
        await expect(rewriting).rejects.toMatchObject({ code: 'aborted' });
        expect(performance.now() - began).toBeLessThan(500);
        expect(server.calls).toHaveLength(1);
      }
    });

    it('makes no call when it is aborted before', async () => {
      const server = await serve([dialect.reply(twoCats)]);
      const aborted = make(server.url).rewrite({ ...wrongCount(), signal: AbortSignal.abort() });
      await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
      expect(server.calls).toHaveLength(0);
    });

    it.each([
      ['garbage', dialect.reply('Sure! Here are { my edits'), /not JSON/],
      ['an empty reply', dialect.reply(' \n '), /empty/],
      ['a refusal', dialect.refusal, /refused/],
      ['a reply that was cut off', dialect.cutOff('{"edits": [{"span": 1, "repl'), /cut off/],
      [
        'a span that does not exist',
        dialect.reply('{"edits":[{"span":9,"replacement":"two","scope":"span"}]}'),
        /no span 9/,
      ],
      [
        'text outside the span',
        dialect.reply('{"edits":[{"span":1,"replacement":"There are two dogs on the red mat.","scope":"span"}]}'),
        /outside the span/,
      ],
    ])('rejects %s with the reason, asks once more, and takes the good answer', async (_, bad, reason) => {
      const server = await serve([bad, dialect.reply(twoCats)]);
      const result = await make(server.url).rewrite(wrongCount());
      expect(result.edits).toEqual([{ span: 1, replacement: 'two' }]);
      expect(result.usage).toMatchObject({ calls: 2, pictures: 2, inputTokens: 200, outputTokens: 20 });
      expect(server.calls).toHaveLength(2);
      expect(JSON.stringify(server.calls[1]!.body.messages ?? server.calls[1]!.body.contents)).toMatch(reason);
    });

    it('fails with the reason after two replies that cannot be used', async () => {
      for (const bad of [dialect.refusal, dialect.reply('no json here'), dialect.reply('{"edits":[{"span":1}]}')]) {
        const server = await serve([bad]);
        await expect(make(server.url).rewrite(wrongCount())).rejects.toMatchObject({ code: 'rewriter-failed' });
        expect(server.calls).toHaveLength(2);
      }
    });

    it('cuts a reply that repeats the sentence down to the span, and takes no edits for an answer', async () => {
      const whole = '{"edits":[{"span":1,"replacement":"There are two cats on the mat.","scope":"span"}]}';
      const server = await serve([dialect.reply(whole)]);
      expect((await make(server.url).rewrite(wrongCount())).edits).toEqual([{ span: 1, replacement: 'two' }]);
      const keeper = await serve([dialect.reply('{"edits":[]}')]);
      expect((await make(keeper.url).rewrite(wrongCount())).edits).toEqual([]);
      expect(keeper.calls).toHaveLength(1);
    });

    it('survives an answer that is no chat answer at all', async () => {
      const server = await serve([
        (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>proxy login</html>'),
      ]);
      await expect(make(server.url).rewrite(wrongCount())).rejects.toMatchObject({ code: 'rewriter-failed' });
    });

    it('tells an unreadable picture from a failed call', async () => {
      const server = await serve([dialect.reply(twoCats)]);
      const broken = make(server.url).rewrite({ ...wrongCount(), images: [Buffer.from('not a picture')] });
      await expect(broken).rejects.toMatchObject({ code: 'bad-image' });
      expect(server.calls).toHaveLength(0);
    });
  });
}

describe('OpenAI-compatible servers', () => {
  it('asks in words when the server knows no JSON schema, and remembers', async () => {
    const server = await serve([
      openaiDialect.failure(400, "'response_format' of type 'json_schema' is not supported with this model"),
      openaiDialect.reply(`Here you are:\n\`\`\`json\n${twoCats}\n\`\`\``),
    ]);
    const rewriter = openaiRewriter({ model: 'm', baseURL: `${server.url}/v1`, minTimeout: 5 });
    expect((await rewriter.rewrite(wrongCount())).edits).toEqual([{ span: 1, replacement: 'two' }]);
    await rewriter.rewrite(wrongCount());
    expect(server.calls.map(({ body }) => 'response_format' in body)).toEqual([true, false, false]);
  });

  it('does not take another 400 for that', async () => {
    const server = await serve([openaiDialect.failure(400, 'the picture is too large')]);
    const rewriter = openaiRewriter({ model: 'm', baseURL: `${server.url}/v1`, minTimeout: 5 });
    await expect(rewriter.rewrite(wrongCount())).rejects.toMatchObject({ code: 'rewriter-failed' });
    expect(server.calls).toHaveLength(1);
  });
});

describe('clients of the caller', () => {
  it('are used as they are, but never retry by themselves', async () => {
    const openaiServer = await serve([openaiDialect.failure(500, 'oops'), openaiDialect.reply(twoCats)]);
    const openai = new OpenAI({ apiKey: key, baseURL: `${openaiServer.url}/v1`, maxRetries: 5 });
    await openaiRewriter({ model: 'm', client: openai, minTimeout: 5 }).rewrite(wrongCount());
    const anthropicServer = await serve([anthropicDialect.failure(529, 'overloaded'), anthropicDialect.reply(twoCats)]);
    const anthropic = new Anthropic({ apiKey: key, baseURL: anthropicServer.url, maxRetries: 5 });
    await anthropicRewriter({ model: 'm', client: anthropic, minTimeout: 5 }).rewrite(wrongCount());
    expect([openaiServer.calls.length, anthropicServer.calls.length]).toEqual([2, 2]);
    expect(openaiServer.calls[1]!.headers['x-stainless-retry-count']).toBe('0');
  });
});
