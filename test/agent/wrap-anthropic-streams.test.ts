import Anthropic, { APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { correctionReports } from '../../src/adapters/reports.js';
import { wrapAnthropic } from '../../src/adapters/wrap-anthropic.js';
import type { WrapOptions } from '../../src/adapters/wrap-options.js';
import type { ResponseReport } from '../../src/http/report.js';
import { holdTimers } from '../fixtures/hold-time.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from '../http/doubles.js';
import { anthropicMessage } from '../http/wire-bodies.js';
import { sse, textMessageStream } from '../http/wire-events.js';
import { type Reply, sendJson, serve } from '../http/wire-server.js';

let data: string;
beforeAll(async () => {
  data = (await pngDataUrl()).split(',')[1]!;
});

const wrong = 'There is a green car. I see three dogs.';
const right = 'There is a red car. I see two dogs.';
const fixes = { green: 'red', three: 'two' };
const ask = () => ({
  model: 'claude-haiku-5-5',
  max_tokens: 99,
  messages: [
    {
      role: 'user' as const,
      content: [
        { type: 'image' as const, source: { type: 'base64' as const, media_type: 'image/png' as const, data } },
      ],
    },
  ],
});

const streaming =
  (events: readonly string[], then: (response: Parameters<Reply>[1]) => void = (response) => response.end()): Reply =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_1' });
    for (const event of events) response.write(event);
    then(response);
  };

async function setUp(reply: Reply, wrap: Partial<WrapOptions> = {}) {
  const server = await serve(reply);
  const bare = new Anthropic({ apiKey: 'sk-ant-test-0123456789', baseURL: server.origin, maxRetries: 1 });
  const scorer = wordListScorer(Object.keys(fixes));
  return { server, anthropic: wrapAnthropic(bare, { scorer, rewriter: dictionaryRewriter(fixes), ...wrap }) };
}

describe('messages.stream()', () => {
  it('emits the corrected words; the final message, its text and its report are those', async () => {
    const reports: ResponseReport[] = [];
    const { anthropic } = await setUp(streaming(textMessageStream(wrong)), {
      onReport: (report) => reports.push(report),
    });
    const snapshots: string[] = [];
    const stream = anthropic.messages.stream(ask()).on('text', (_delta, snapshot) => snapshots.push(snapshot));
    const message = await stream.finalMessage();
    for (const snapshot of snapshots) expect(right.startsWith(snapshot)).toBe(true);
    expect(message.content).toMatchObject([{ type: 'text', text: right }]);
    expect(await stream.finalText()).toBe(right);
    expect(message.usage.output_tokens).toBe(31);
    expect(correctionReports(message)).toEqual(reports[0]?.answers);
    expect(reports[0]?.answers).toMatchObject([{ status: 'clean', edits: [{ to: 'red' }, { to: 'two' }] }]);
  });

  it('parses the corrected object', async () => {
    const { anthropic } = await setUp(streaming(textMessageStream('{"object":"cars","colour":"green"}')));
    const output_config = { format: zodOutputFormat(z.object({ object: z.string(), colour: z.string() })) };
    const message = await anthropic.messages.stream({ ...ask(), output_config }).finalMessage();
    expect(message.parsed_output).toEqual({ object: 'cars', colour: 'red' });
  });

  it('withResponse() has the request id, and abort() ends it as ever', async () => {
    const { anthropic } = await setUp(streaming(textMessageStream(wrong).slice(0, 4), () => {}));
    const stream = anthropic.messages.stream(ask());
    const { response, request_id } = await stream.withResponse();
    expect(request_id).toBe('req_1');
    expect(response.headers.get('x-vlm-detective-report')).toMatch(/^[0-9a-f-]{36}$/);
    setTimeout(() => stream.abort(), 50);
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIUserAbortError);
  });
});

describe('messages.create({ stream: true })', () => {
  it('leaving the loop or aborting its controller reaches the upstream', async () => {
    for (const leave of ['break', 'controller'] as const) {
      const closed = vi.fn();
      const { anthropic } = await setUp((request, response, nth) => {
        response.on('close', closed);
        streaming(textMessageStream(wrong).slice(0, 12), () => {})(request, response, nth);
      });
      const stream = await anthropic.messages.create({ ...ask(), stream: true });
      for await (const event of stream) {
        if (event.type !== 'content_block_delta') continue;
        if (leave === 'break') break;
        stream.controller.abort();
      }
      await vi.waitFor(() => expect(closed).toHaveBeenCalled(), 30_000);
    }
  });

  it('without a rewriter the model of the call rewrites, not streamed and not corrected in its turn', async () => {
    const edits = JSON.stringify({ edits: [{ span: 1, replacement: 'red', scope: 'span' }] });
    const server = await serve((request, response, nth) =>
      request.body.stream
        ? streaming(textMessageStream('A green car.'))(request, response, nth)
        : sendJson(response, anthropicMessage([{ type: 'text', text: edits }])),
    );
    const bare = new Anthropic({ apiKey: 'sk-ant-0123456789', baseURL: server.origin });
    const anthropic = wrapAnthropic(bare, { scorer: wordListScorer(['green']) });
    expect(await anthropic.messages.stream(ask()).finalText()).toBe('A red car.');
    expect(server.seen.map(({ body }) => body.stream === true)).toEqual([true, false]);
  });
});

describe('errors of a stream', () => {
  const read = async (anthropic: Anthropic, hear = () => {}) => {
    let text = '';
    try {
      for await (const event of await anthropic.messages.create({ ...ask(), stream: true })) {
        if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue;
        text += event.delta.text;
        hear();
      }
      return { text };
    } catch (error) {
      return { text, error };
    }
  };
  type Wire = Parameters<Reply>[1];

  it('before it begins they are the SDK’s own, retries included', async () => {
    const { anthropic, server } = await setUp((request, response, nth) =>
      nth === 1
        ? sendJson(response, { type: 'error', error: { type: 'overloaded_error', message: 'x' } }, 529, {
            'retry-after-ms': '1',
          })
        : streaming(textMessageStream(wrong))(request, response, nth),
    );
    expect(await read(anthropic)).toEqual({ text: right });
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    [
      'a connection that dies',
      (response: Wire, heard: Promise<void>) => void heard.then(() => response.destroy()),
      /broke off/,
    ],
    [
      'half an event',
      (response: Wire) => void response.end('event: content_block_delta\ndata: {"ty'),
      /middle of an event/,
    ],
    [
      'its own error',
      (response: Wire) =>
        void response.end(sse({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'error')),
      /Overloaded/,
    ],
    [
      'a stall',
      (_: Wire, heard: Promise<void>, passTime: (ms: number) => void) => void heard.then(() => passTime(2000)),
      /sent nothing/,
    ],
  ])('%s: the words that came, then an APIError, one call', async (_what, then, message) => {
    const passTime = holdTimers();
    let hear = () => {};
    const heard = new Promise<void>((resolve) => {
      hear = resolve;
    });
    // in one piece, so that all of it has come when the first words of it are heard
    const events = [textMessageStream(wrong).slice(0, 12).join('')];
    const { anthropic, server } = await setUp(
      streaming(events, (response) => then(response, heard, passTime)),
      { stallMs: 2000 },
    );
    const { text, error } = await read(anthropic, hear);
    expect(text).toBe('There is a red car. I see two');
    expect(error).toBeInstanceOf(APIError);
    expect((error as Error).message).toMatch(message);
    expect(server.seen).toHaveLength(1);
  });

  it('failClosed: an APIError and no word that was not verified', async () => {
    const scorer = { name: 'dies', score: () => Promise.reject(new Error('worker killed')) };
    const { anthropic } = await setUp(streaming(textMessageStream(wrong)), { scorer, failClosed: true });
    const { text, error } = await read(anthropic);
    expect(text).toBe('');
    expect(error).toBeInstanceOf(APIError);
    expect((error as Error).message).toMatch(/withheld.*worker killed/);
  });
});
