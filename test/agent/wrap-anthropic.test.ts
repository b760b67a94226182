import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { z } from 'zod';
import { correctionReports } from '../../src/adapters/reports.js';
import { wrapAnthropic } from '../../src/adapters/wrap-anthropic.js';
import type { WrapOptions } from '../../src/adapters/wrap-options.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from '../http/doubles.js';
import { anthropicMessage } from '../http/wire-bodies.js';
import { always, type Reply, sendJson, serve } from '../http/wire-server.js';

const apiKey = 'sk-ant-api03-verysecretkey1234567890';
let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

const fixes = { green: 'red', three: 'two' };

async function setUp(
  reply: Reply,
  wrap: Partial<WrapOptions> = {},
  client: ConstructorParameters<typeof Anthropic>[0] = {},
) {
  const server = await serve(reply);
  const bare = new Anthropic({ apiKey, baseURL: server.origin, ...client });
  const options = { scorer: wordListScorer(Object.keys(fixes)), rewriter: dictionaryRewriter(fixes) };
  return { server, bare, anthropic: wrapAnthropic(bare, { ...options, ...wrap }), options };
}

function ask(): Anthropic.MessageCreateParamsNonStreaming {
  const data = png.slice(png.indexOf(',') + 1);
  return {
    model: 'claude-haiku-5-5',
    max_tokens: 256,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
          { type: 'text', text: 'What is in the picture?' },
        ],
      },
    ],
  };
}

const text = (words: string) => ({ type: 'text', text: words, citations: null });
const wrong = anthropicMessage([text('A green car on the grass.')]);
const textOf = (message: Anthropic.Message) =>
  message.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));

describe('messages through a wrapped client', () => {
  it('hands back the corrected message with its report, and nothing else changed', async () => {
    const { anthropic, server, options } = await setUp(always(wrong));
    const message = await anthropic.messages.create(ask());
    const { vlm_detective: _, ...rest } = message as unknown as Record<string, unknown>;
    expect(rest).toEqual({ ...wrong, content: [text('A red car on the grass.')] });
    expect(correctionReports(message)).toMatchObject([
      {
        choice: 0,
        status: 'clean',
        edits: [{ start: 2, end: 7, from: 'green', to: 'red' }],
        unresolved: [],
        scorer: 'word-list',
        rewriter: 'dictionary',
        coverage: 1,
      },
    ]);
    expect(server.seen).toHaveLength(1);
    expect(options.scorer.seen[0]).toMatchObject({ images: [png], prompt: 'What is in the picture?' });
  });

  it('keeps .withResponse() with its request id and .asResponse()', async () => {
    const { anthropic } = await setUp(
      always(wrong, { 'request-id': 'req_011C', 'anthropic-ratelimit-tokens-remaining': '79000' }),
    );
    const { data, response, request_id } = await anthropic.messages.create(ask()).withResponse();
    expect(request_id).toBe('req_011C');
    expect((data as { _request_id?: string })._request_id).toBe('req_011C');
    expect(textOf(data)).toEqual(['A red car on the grass.']);
    expect(response.headers.get('anthropic-ratelimit-tokens-remaining')).toBe('79000');
    expect(response.headers.get('x-vlm-detective-report')).toBe(correctionReports(data)[0]?.id);
    const raw = await anthropic.messages.create(ask()).asResponse();
    expect(await raw.json()).toMatchObject({
      content: [{ text: 'A red car on the grass.' }],
      vlm_detective: [{ status: 'clean' }],
    });
  });

  it('corrects what messages.parse() parses', async () => {
    const { anthropic } = await setUp(always(anthropicMessage([text('{"object":"car","colour":"green","count":1}')])));
    const schema = z.object({ object: z.string(), colour: z.string(), count: z.number() });
    const message = await anthropic.messages.parse({ ...ask(), output_config: { format: zodOutputFormat(schema) } });
    expect(message.parsed_output).toEqual({ object: 'car', colour: 'red', count: 1 });
    expect(correctionReports(message)[0]?.status).toBe('clean');
  });

  it('corrects each text and leaves thinking and tool calls as they are', async () => {
    const thinking = { type: 'thinking', thinking: 'green?', signature: 'c2ln' };
    const toolUse = { type: 'tool_use', id: 'toolu_1', name: 'zoom', input: { where: 'green' } };
    const { anthropic } = await setUp(
      always(
        anthropicMessage([thinking, text('A green car.'), toolUse, text('There are three cars.')], {
          stop_reason: 'tool_use',
        }),
      ),
    );
    const message = await anthropic.messages.create(ask());
    expect(message.content).toEqual([thinking, text('A red car.'), toolUse, text('There are two cars.')]);
    expect(correctionReports(message).map(({ choice, status }) => [choice, status])).toEqual([
      [1, 'clean'],
      [3, 'clean'],
    ]);
  });

  it.each([
    [
      'a tool call',
      anthropicMessage([{ type: 'tool_use', id: 'toolu_1', name: 'zoom', input: { where: 'green' } }], {
        stop_reason: 'tool_use',
      }),
      /tool call/,
    ],
    ['a refusal', anthropicMessage([text('I will not say green.')], { stop_reason: 'refusal' }), /refused/],
    ['an empty message', anthropicMessage([]), /empty/],
  ])('passes %s through with the reason', async (_what, body, reason) => {
    const { anthropic, options } = await setUp(always(body));
    const message = await anthropic.messages.create(ask());
    const { vlm_detective: _, ...rest } = message as unknown as Record<string, unknown>;
    expect(rest).toEqual(body);
    expect(correctionReports(message)).toMatchObject([{ status: 'skipped', reason: expect.stringMatching(reason) }]);
    expect(options.scorer.seen).toEqual([]);
  });

  it('passes an answer about no picture through', async () => {
    const { anthropic } = await setUp(always(wrong));
    const message = await anthropic.messages.create({ ...ask(), messages: [{ role: 'user', content: 'Hello' }] });
    expect(textOf(message)).toEqual(['A green car on the grass.']);
    expect(correctionReports(message)).toMatchObject([{ status: 'skipped', reason: 'the call holds no picture' }]);
  });
});

describe('the SDK stays what it was', () => {
  it('in types', () => {
    expectTypeOf(wrapAnthropic<Anthropic>).returns.toEqualTypeOf<Anthropic>();
  });

  it('in other calls: count_tokens comes back as it was sent', async () => {
    const { anthropic } = await setUp(always({ input_tokens: 1591 }));
    expect(await anthropic.messages.countTokens({ model: 'claude-haiku-5-5', messages: ask().messages })).toEqual({
      input_tokens: 1591,
    });
  });

  it('in errors and retries: 429 with retry-after, then 500, then the answer', async () => {
    const failure = (type: string) => ({ type: 'error', error: { type, message: 'no' }, request_id: 'req_1' });
    const { anthropic, server } = await setUp((_request, response, nth) =>
      nth === 1
        ? sendJson(response, failure('rate_limit_error'), 429, { 'retry-after-ms': '1' })
        : nth === 2
          ? sendJson(response, failure('api_error'), 500, { 'retry-after-ms': '1' })
          : sendJson(response, wrong),
    );
    expect(textOf(await anthropic.messages.create(ask()))).toEqual(['A red car on the grass.']);
    expect(server.seen).toHaveLength(3);
  });

  it('in giving up: the error is the one of the bare SDK', async () => {
    const { anthropic, server } = await setUp((_request, response) =>
      sendJson(response, { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down.' } }, 429, {
        'retry-after-ms': '1',
      }),
    );
    await expect(anthropic.messages.create(ask(), { maxRetries: 1 })).rejects.toBeInstanceOf(Anthropic.RateLimitError);
    expect(server.seen).toHaveLength(2);
  });

  it('in a connection that is cut in the body: one call, and the error of the bare SDK', async () => {
    const { anthropic, bare, server } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      response.write('{"content":');
      setTimeout(() => response.destroy(), 20);
    });
    const failures: Error[] = [];
    for (const client of [anthropic, bare])
      failures.push((await client.messages.create(ask()).catch((error: Error) => error)) as Error);
    expect(server.seen).toHaveLength(2);
    expect(failures[0]?.constructor).toBe(failures[1]?.constructor);
    expect(failures[0]?.message).toBe(failures[1]?.message);
  });

  it('in its middlewares: the client’s own ones see the model’s own answer', async () => {
    const seen: string[] = [];
    const { anthropic } = await setUp(
      always(wrong),
      {},
      {
        middleware: [
          async (request, next, context) => {
            const response = await next(request);
            seen.push(...textOf(await context.parse<Anthropic.Message>(response)));
            return response;
          },
        ],
      },
    );
    expect(textOf(await anthropic.messages.create(ask()))).toEqual(['A red car on the grass.']);
    expect(seen).toEqual(['A green car on the grass.']);
  });

  it('refuses what is not a client, in words', () => {
    expect(() => wrapAnthropic({}, { scorer: wordListScorer([]) })).toThrow(/middleware/);
  });
});

describe('wrapping twice, and calls from inside a correction', () => {
  it('a wrapped client is handed back as it is, and so are its clones', async () => {
    const { anthropic, options } = await setUp(always(wrong));
    expect(wrapAnthropic(anthropic, options)).toBe(anthropic);
    const clone = anthropic.withOptions({ maxRetries: 0 });
    expect(wrapAnthropic(clone, options)).toBe(clone);
    expect(correctionReports(await clone.messages.create(ask()))).toHaveLength(1);
  });

  it('a rewriter that calls the wrapped client is not corrected in its turn', async () => {
    let wrapped: Anthropic | undefined;
    const replies: unknown[] = [];
    const { anthropic, server } = await setUp(always(wrong), {
      rewriter: {
        name: 'through the wrapped client',
        async rewrite({ spans }) {
          replies.push(await wrapped!.messages.create(ask()));
          return { edits: spans.map(({ id }) => ({ span: id, replacement: 'red' })) };
        },
      },
    });
    wrapped = anthropic;
    expect(textOf(await anthropic.messages.create(ask()))).toEqual(['A red car on the grass.']);
    expect(replies).toEqual([wrong]);
    expect(Object.keys(server.seen[1]!.headers).sort()).toEqual(Object.keys(server.seen[0]!.headers).sort());
  });

  it('without a rewriter the model of the call rewrites, by the same address and key, even on a clone', async () => {
    const edits = JSON.stringify({ edits: [{ span: 1, replacement: 'red', scope: 'span' }] });
    const { bare, server } = await setUp((_request, response, nth) =>
      sendJson(response, nth === 1 ? wrong : anthropicMessage([text(edits)])),
    );
    const anthropic = wrapAnthropic(bare, { scorer: wordListScorer(['green']) }).withOptions({
      apiKey: 'sk-ant-tenant-two-0987654321',
    });
    const message = await anthropic.messages.create(ask(), { headers: { 'x-tenant': 'two' } });
    expect(textOf(message)).toEqual(['A red car on the grass.']);
    expect(correctionReports(message)[0]?.rewriter).toBe('anthropic:claude-haiku-5-5');
    expect(server.seen).toHaveLength(2);
    expect(server.seen[1]).toMatchObject({
      url: '/v1/messages',
      headers: { authorization: 'Bearer sk-ant-tenant-two-0987654321', 'x-tenant': 'two' },
      body: { model: 'claude-haiku-5-5' },
    });
  });
});

describe('when the correction fails', () => {
  const broken: WrapOptions['scorer'] = {
    name: 'broken',
    score: async () => {
      throw new Error(`no such model, key was ${apiKey}`);
    },
  };

  it('fails open: the answer of the model, status failed, one call, no key in the report', async () => {
    const onReport = vi.fn();
    const { anthropic, server } = await setUp(always(wrong), { scorer: broken, onReport });
    const message = await anthropic.messages.create(ask());
    expect(textOf(message)).toEqual(['A green car on the grass.']);
    expect(correctionReports(message)).toMatchObject([
      { status: 'failed', reason: expect.stringContaining('no such model') },
    ]);
    expect(JSON.stringify([message, onReport.mock.calls])).not.toContain(apiKey);
    expect(server.seen).toHaveLength(1);
  });

  it('failClosed: one error that the SDK does not retry, with one call and no key in it', async () => {
    const { anthropic, server } = await setUp(always(wrong, { 'request-id': 'req_2' }), {
      scorer: broken,
      failClosed: true,
    });
    const error = await anthropic.messages.create(ask()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.UnprocessableEntityError);
    expect(error).toMatchObject({ status: 422, requestID: 'req_2', message: expect.stringContaining('no such model') });
    expect(String(error)).not.toContain(apiKey);
    expect(server.seen).toHaveLength(1);
  });
});

describe('abort and time-out', () => {
  it('an abort while correcting rejects as the SDK does, with one call, whatever the scorer still does', async () => {
    const abort = new AbortController();
    const scorer: WrapOptions['scorer'] = {
      name: 'hanging',
      score: () => {
        abort.abort();
        return new Promise(() => {});
      },
    };
    const { anthropic, server } = await setUp(always(wrong), { scorer });
    await expect(anthropic.messages.create(ask(), { signal: abort.signal })).rejects.toBeInstanceOf(
      Anthropic.APIUserAbortError,
    );
    expect(server.seen).toHaveLength(1);
  });

  it('a time-out of the upstream is the SDK’s own error', async () => {
    const { anthropic } = await setUp(() => {});
    await expect(anthropic.messages.create(ask(), { timeout: 100, maxRetries: 0 })).rejects.toBeInstanceOf(
      Anthropic.APIConnectionTimeoutError,
    );
  });
});
