import OpenAI from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { z } from 'zod';
import { correctionReports } from '../../src/adapters/reports.js';
import { wrapOpenAI } from '../../src/adapters/wrap-openai.js';
import type { WrapOptions } from '../../src/adapters/wrap-options.js';
import type { ResponseReport } from '../../src/http/report.js';
import { rewriteCallHeader } from '../../src/models/address.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from '../http/doubles.js';
import { chatCompletion, chatCompletions, modelResponse, outputMessage, outputText } from '../http/wire-bodies.js';
import { always, type Reply, sendJson, serve } from '../http/wire-server.js';

const apiKey = 'sk-proj-verysecretkey1234567890';
let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

const fixes = { green: 'red', three: 'two' };

function options() {
  return { scorer: wordListScorer(Object.keys(fixes)), rewriter: dictionaryRewriter(fixes) };
}

async function setUp(
  reply: Reply,
  wrap: Partial<WrapOptions> = {},
  client: Partial<ConstructorParameters<typeof OpenAI>[0]> = {},
) {
  const server = await serve(reply);
  const bare = new OpenAI({ apiKey, baseURL: `${server.origin}/v1`, ...client });
  const doubles = options();
  return { server, bare, openai: wrapOpenAI(bare, { ...doubles, ...wrap }), options: doubles };
}

function ask(content: string = png): OpenAI.Chat.ChatCompletionCreateParamsNonStreaming {
  return {
    model: 'gpt-5.1',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is in the picture?' },
          { type: 'image_url', image_url: { url: content } },
        ],
      },
    ],
  };
}

const wrong = chatCompletion({ content: 'A green car on the grass.' });

describe('chat.completions through a wrapped client', () => {
  it('hands back the corrected answer, typed and whole, with its report', async () => {
    const { openai, server, options } = await setUp(always(wrong));
    const completion = await openai.chat.completions.create(ask());
    expect(completion.choices[0]?.message.content).toBe('A red car on the grass.');
    const { vlm_detective: _, ...rest } = completion as unknown as Record<string, unknown>;
    expect(rest).toEqual({
      ...wrong,
      choices: [{ ...wrong.choices[0], message: { ...wrong.choices[0]?.message, content: 'A red car on the grass.' } }],
    });
    expect(correctionReports(completion)).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        choice: 0,
        status: 'clean',
        rounds: expect.any(Number),
        edits: [{ start: 2, end: 7, from: 'green', to: 'red' }],
        unresolved: [],
        threshold: 0.5,
        scorer: 'word-list',
        rewriter: 'dictionary',
        coverage: 1,
        judged: { words: 3, of: 3 },
        usage: { inputTokens: 11, outputTokens: 3 },
        asked: { calls: 1, pictures: 0, inputTokens: 11, outputTokens: 3, ms: expect.any(Number) },
        durationMs: expect.any(Number),
      },
    ]);
    expect(server.seen).toHaveLength(1);
    expect(options.scorer.seen[0]).toMatchObject({
      images: [png],
      prompt: 'What is in the picture?',
      response: 'A green car on the grass.',
    });
  });

  it('keeps .withResponse() with its request id, and the headers but for the length of the old body', async () => {
    const { openai } = await setUp(
      always(wrong, { 'x-request-id': 'req_1', 'x-ratelimit-remaining-tokens': '149984' }),
    );
    const { data, response, request_id } = await openai.chat.completions.create(ask()).withResponse();
    expect(request_id).toBe('req_1');
    expect((data as { _request_id?: string })._request_id).toBe('req_1');
    expect(data.choices[0]?.message.content).toBe('A red car on the grass.');
    expect(response.headers.get('x-ratelimit-remaining-tokens')).toBe('149984');
    expect(response.headers.get('content-length')).toBeNull();
    expect(response.headers.get('x-vlm-detective-report')).toBe(correctionReports(data)[0]?.id);
    expect(response.url).toMatch(/\/v1\/chat\/completions$/);
  });

  it('keeps .asResponse(): the raw response holds the corrected body', async () => {
    const { openai } = await setUp(always(wrong));
    const response = await openai.chat.completions.create(ask()).asResponse();
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: 'A red car on the grass.' } }],
      vlm_detective: [{ status: 'clean' }],
    });
  });

  it('keeps .parse() with zod, and the parsed object is the corrected one', async () => {
    const schema = z.object({ object: z.string(), colour: z.enum(['red', 'green']), count: z.number() });
    const { openai } = await setUp(always(chatCompletion({ content: '{"object":"car","colour":"green","count":1}' })));
    const completion = await openai.chat.completions.parse({
      ...ask(),
      response_format: zodResponseFormat(schema, 'thing'),
    });
    expect(completion.choices[0]?.message.parsed).toEqual({ object: 'car', colour: 'red', count: 1 });
    expect(correctionReports(completion)[0]?.status).toBe('clean');
  });

  it('never lets a correction break the schema of the call, and still corrects the rest', async () => {
    const schema = z.object({
      object: z.string(),
      count: z.number(),
      colour: z.enum(['green', 'blue']),
      note: z.string(),
    });
    const content = '{"object":"car","count":1,"colour":"green","note":"There are three \\"cars\\" here."}';
    const { openai } = await setUp(always(chatCompletion({ content })));
    const response_format = zodResponseFormat(schema, 'thing');
    const completion = await openai.chat.completions.parse({ ...ask(), response_format });
    expect(completion.choices[0]?.message.parsed).toEqual({
      object: 'car',
      count: 1,
      colour: 'green',
      note: 'There are two "cars" here.',
    });
    expect(correctionReports(completion)).toMatchObject([{ unresolved: [{ text: 'green' }] }]);
  });

  it('corrects each of n choices by itself', async () => {
    const refusal = { message: { refusal: 'No.' } };
    const { openai } = await setUp(
      always(
        chatCompletions([
          { message: { content: 'A green car.' } },
          { message: { content: 'A red car.' } },
          refusal,
          { message: { content: 'There are three cars.' } },
        ]),
      ),
    );
    const completion = await openai.chat.completions.create({ ...ask(), n: 4 });
    expect(completion.choices.map(({ message }) => message.content)).toEqual([
      'A red car.',
      'A red car.',
      null,
      'There are two cars.',
    ]);
    const reports = correctionReports(completion);
    expect(reports.map(({ choice, status }) => [choice, status])).toEqual([
      [0, 'clean'],
      [1, 'clean'],
      [2, 'skipped'],
      [3, 'clean'],
    ]);
    expect(new Set(reports.map(({ id }) => id)).size).toBe(1);
  });

  it('drops the logprobs of a corrected choice and keeps those of an untouched one', async () => {
    const logprobs = { content: [{ token: 'A', logprob: -0.1, bytes: [65], top_logprobs: [] }], refusal: null };
    const { openai } = await setUp(
      always(
        chatCompletions([
          { message: { content: 'A green car.' }, logprobs },
          { message: { content: 'A car.' }, logprobs },
        ]),
      ),
    );
    const completion = await openai.chat.completions.create({ ...ask(), n: 2, logprobs: true });
    expect(completion.choices.map((choice) => choice.logprobs)).toEqual([null, logprobs]);
  });

  it.each([
    [
      'a tool call',
      { tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'zoom', arguments: '{"where":"green"}' } }] },
      /tool call/,
    ],
    ['a refusal', { refusal: 'I cannot look at green things.' }, /refused/],
    ['an empty text', { content: '' }, /empty/],
  ])('passes %s through with the reason', async (_what, message, reason) => {
    const body = chatCompletion(message);
    const { openai, options } = await setUp(always(body));
    const completion = await openai.chat.completions.create(ask());
    const { vlm_detective: _, ...rest } = completion as unknown as Record<string, unknown>;
    expect(rest).toEqual(body);
    expect(correctionReports(completion)).toMatchObject([{ status: 'skipped', reason: expect.stringMatching(reason) }]);
    expect(options.scorer.seen).toEqual([]);
  });

  it('passes an answer about no picture, or about one that it would have to fetch', async () => {
    const { openai, options, server } = await setUp(always(wrong));
    const plain = await openai.chat.completions.create({
      model: 'gpt-5.1',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    expect(correctionReports(plain)).toMatchObject([{ status: 'skipped', reason: 'the call holds no picture' }]);
    const remote = await openai.chat.completions.create(ask(`${server.origin}/private.png?token=abc`));
    expect(remote.choices[0]?.message.content).toBe('A green car on the grass.');
    expect(correctionReports(remote)).toMatchObject([
      { status: 'skipped', reason: expect.stringMatching(/not fetched.*data: URL/) },
    ]);
    expect(JSON.stringify(correctionReports(remote))).not.toContain('token');
    expect(server.seen.map(({ url }) => url)).toEqual(['/v1/chat/completions', '/v1/chat/completions']);
    expect(options.scorer.seen).toEqual([]);
  });

  it('reports to onReport with every reward, and survives an onReport that throws', async () => {
    const onReport = vi.fn((_report: ResponseReport) => {
      throw new Error('observer');
    });
    const { openai } = await setUp(always(wrong), { onReport });
    await openai.chat.completions.create(ask());
    expect(onReport).toHaveBeenCalledOnce();
    expect(onReport.mock.calls[0]?.[0]).toMatchObject({
      protocol: 'openai-chat',
      model: 'gpt-5.1',
      answers: [{ status: 'clean' }],
      details: [{ before: expect.any(Array) }],
    });
  });
});

describe('responses through a wrapped client', () => {
  const input: OpenAI.Responses.ResponseInput = [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'What is it?' },
        { type: 'input_image', image_url: '', detail: 'auto' },
      ],
    },
  ];
  const withPicture = (): OpenAI.Responses.ResponseInput =>
    JSON.parse(JSON.stringify(input).replace('"image_url":""', `"image_url":"${png}"`));

  it('corrects output_text', async () => {
    const { openai } = await setUp(
      always(
        modelResponse([{ type: 'reasoning', id: 'rs_1', summary: [] }, outputMessage([outputText('A green car.')])]),
      ),
    );
    const response = await openai.responses.create({ model: 'gpt-5.1', input: withPicture() });
    expect(response.output_text).toBe('A red car.');
    expect(correctionReports(response)).toMatchObject([
      { choice: 1, status: 'clean', edits: [{ from: 'green', to: 'red' }] },
    ]);
  });

  it('corrects what responses.parse() parses', async () => {
    const { openai } = await setUp(
      always(modelResponse([outputMessage([outputText('{"object":"car","colour":"green","count":1}')])])),
    );
    const schema = z.object({ object: z.string(), colour: z.string(), count: z.number() });
    const response = await openai.responses.parse({
      model: 'gpt-5.1',
      input: withPicture(),
      text: { format: zodTextFormat(schema, 'thing') },
    });
    expect(response.output_parsed).toEqual({ object: 'car', colour: 'red', count: 1 });
  });
});

describe('the SDK stays what it was', () => {
  it('in types', () => {
    expectTypeOf(wrapOpenAI<OpenAI>).returns.toEqualTypeOf<OpenAI>();
    class Custom extends OpenAI {
      readonly tenant = 'a';
    }
    const custom = wrapOpenAI(new Custom({ apiKey }), options());
    expectTypeOf(custom).toEqualTypeOf<Custom>();
    expect(custom).toBeInstanceOf(Custom);
    expectTypeOf(custom.chat.completions.create).toEqualTypeOf<OpenAI['chat']['completions']['create']>();
  });

  it('in other calls: embeddings come back as they were sent', async () => {
    const body = {
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.5, -0.25] }],
      model: 'm',
      usage: { prompt_tokens: 1, total_tokens: 1 },
    };
    const { openai } = await setUp(always(body));
    expect(await openai.embeddings.create({ model: 'm', input: 'x', encoding_format: 'float' })).toEqual(body);
  });

  it('in errors: a 401 is its own class and comes at once', async () => {
    const { openai, server } = await setUp((_request, response) =>
      sendJson(
        response,
        {
          error: {
            message: 'Incorrect API key provided.',
            type: 'invalid_request_error',
            param: null,
            code: 'invalid_api_key',
          },
        },
        401,
      ),
    );
    await expect(openai.chat.completions.create(ask())).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    expect(server.seen).toHaveLength(1);
  });

  it('in retries: 429 and 500 are tried again by the SDK, and only the answer is corrected', async () => {
    const { openai, server, options } = await setUp((_request, response, nth) =>
      nth === 1
        ? sendJson(response, { error: { message: 'Slow down.', type: 'requests', code: 'rate_limit_exceeded' } }, 429, {
            'retry-after-ms': '1',
          })
        : nth === 2
          ? sendJson(response, { error: { message: 'Oops.' } }, 500, { 'retry-after-ms': '1' })
          : sendJson(response, wrong),
    );
    const completion = await openai.chat.completions.create(ask());
    expect(completion.choices[0]?.message.content).toBe('A red car on the grass.');
    expect(server.seen).toHaveLength(3);
    expect(options.scorer.seen.every(({ response }) => response.includes('car'))).toBe(true);
  });

  it('in giving up: the error is the one of the bare SDK', async () => {
    const { openai, server } = await setUp((_request, response) =>
      sendJson(response, { error: { message: 'Oops.' } }, 500, { 'retry-after-ms': '1' }),
    );
    await expect(openai.chat.completions.create(ask(), { maxRetries: 1 })).rejects.toBeInstanceOf(
      OpenAI.InternalServerError,
    );
    expect(server.seen).toHaveLength(2);
  });

  it('in its own fetch: a custom one is still used', async () => {
    const fetch = vi.fn(globalThis.fetch);
    const { openai } = await setUp(always(wrong), {}, { fetch });
    expect((await openai.chat.completions.create(ask())).choices[0]?.message.content).toBe('A red car on the grass.');
    expect(fetch).toHaveBeenCalledOnce();
  });

  it('in a broken body: what is not JSON fails as in the bare SDK', async () => {
    const { openai, bare } = await setUp((_request, response) => sendJson(response, '{"choices": [{"mess'));
    const failures = await Promise.all(
      [openai, bare].map((client) => client.chat.completions.create(ask()).catch((error: Error) => error)),
    );
    expect(String(failures[0])).toBe(String(failures[1]));
    expect(failures[0]).toBeInstanceOf(SyntaxError);
  });

  it('in a connection that is cut in the body: one call, and the error of the bare SDK', async () => {
    const { openai, bare, server } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      response.write('{"choices":');
      setTimeout(() => response.destroy(), 20);
    });
    const failures: Error[] = [];
    for (const client of [openai, bare])
      failures.push((await client.chat.completions.create(ask()).catch((error: Error) => error)) as Error);
    expect(server.seen).toHaveLength(2);
    expect(failures[0]?.constructor).toBe(failures[1]?.constructor);
    expect(failures[0]?.message).toBe(failures[1]?.message);
  });

  it('refuses what is not a client, in words', () => {
    expect(() => wrapOpenAI({}, options())).toThrow(/withOptions/);
  });
});

describe('wrapping twice, and calls from inside a correction', () => {
  it('a wrapped client is handed back as it is, and so are its clones', async () => {
    const { openai, bare, options } = await setUp(always(wrong));
    expect(wrapOpenAI(openai, options)).toBe(openai);
    const clone = openai.withOptions({ maxRetries: 0 });
    expect(wrapOpenAI(clone, options)).toBe(clone);
    expect(wrapOpenAI(bare, options)).not.toBe(bare);
    expect(correctionReports(await clone.chat.completions.create(ask()))).toHaveLength(1);
  });

  it('a rewriter that calls the wrapped client is not corrected in its turn, and nothing of that is sent upstream', async () => {
    let wrapped: OpenAI | undefined;
    const replies: unknown[] = [];
    const { openai, server, options } = await setUp(always(wrong), {
      rewriter: {
        name: 'through the wrapped client',
        async rewrite({ spans }) {
          const reply = await wrapped!.chat.completions.create(ask());
          replies.push(reply);
          return { edits: spans.map(({ id }) => ({ span: id, replacement: 'red' })) };
        },
      },
    });
    wrapped = openai;
    const completion = await openai.chat.completions.create(ask());
    expect(completion.choices[0]?.message.content).toBe('A red car on the grass.');
    expect(replies).toEqual([wrong]);
    expect(server.seen).toHaveLength(2);
    expect(Object.keys(server.seen[1]!.headers).sort()).toEqual(Object.keys(server.seen[0]!.headers).sort());
    expect(new Set(options.scorer.seen.map(({ response }) => response))).toEqual(
      new Set(['A green car on the grass.', 'A red car on the grass.']),
    );
  });

  it('a call that a rewriter of this package marks is not corrected, and the mark is taken off', async () => {
    const { openai, server } = await setUp(always(wrong));
    const reply = await openai.chat.completions.create(ask(), { headers: { [rewriteCallHeader]: 'rewrite' } });
    expect(reply).toEqual(wrong);
    expect(server.seen[0]?.headers[rewriteCallHeader]).toBeUndefined();
  });

  it('without a rewriter the model of the call rewrites, by the same address and key, even on a clone', async () => {
    const edits = JSON.stringify({ edits: [{ span: 1, replacement: 'red', scope: 'span' }] });
    const { bare, server } = await setUp((_request, response, nth) =>
      sendJson(response, nth === 1 ? wrong : chatCompletion({ content: edits })),
    );
    const openai = wrapOpenAI(bare, { scorer: wordListScorer(['green']) }).withOptions({
      apiKey: 'sk-tenant-two-0987654321',
      defaultHeaders: { 'x-tenant': 'two' },
    });
    const completion = await openai.chat.completions.create(ask(), { idempotencyKey: 'once' });
    expect(completion.choices[0]?.message.content).toBe('A red car on the grass.');
    expect(correctionReports(completion)[0]?.rewriter).toBe('openai:gpt-5.1');
    expect(server.seen).toHaveLength(2);
    expect(server.seen[1]).toMatchObject({
      url: '/v1/chat/completions',
      headers: { authorization: 'Bearer sk-tenant-two-0987654321', 'x-tenant': 'two' },
      body: { model: 'gpt-5.1' },
    });
    expect(server.seen[1]?.headers['idempotency-key']).toBeUndefined();
  });
});

describe('when the correction fails', () => {
  const broken: Partial<WrapOptions>['scorer'] = {
    name: 'broken',
    score: async () => {
      throw new Error(`no such model, key was ${apiKey}`);
    },
  };

  it('fails open: the answer of the model, status failed, one call, no key in any report or log', async () => {
    const logs = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => {}),
    );
    const onReport = vi.fn();
    const { openai, server } = await setUp(always(wrong), { scorer: broken, onReport });
    const completion = await openai.chat.completions.create(ask());
    expect(completion.choices[0]?.message.content).toBe('A green car on the grass.');
    expect(correctionReports(completion)).toMatchObject([
      { status: 'failed', reason: expect.stringContaining('no such model'), edits: [] },
    ]);
    expect(server.seen).toHaveLength(1);
    expect(JSON.stringify(completion)).not.toContain(apiKey);
    expect(JSON.stringify(onReport.mock.calls)).not.toContain(apiKey);
    for (const log of logs) expect(JSON.stringify(log.mock.calls)).not.toContain(apiKey);
    vi.restoreAllMocks();
  });

  it('failClosed: one error that the SDK does not retry, with one call and no key in it', async () => {
    const { openai, server } = await setUp(always(wrong, { 'x-request-id': 'req_2' }), {
      scorer: broken,
      failClosed: true,
    });
    const error = await openai.chat.completions.create(ask()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.UnprocessableEntityError);
    expect(error).toMatchObject({
      status: 422,
      type: 'vlm_detective_error',
      code: 'correction_failed',
      requestID: 'req_2',
      message: expect.stringContaining('no such model'),
    });
    expect(String(error)).not.toContain(apiKey);
    expect(server.seen).toHaveLength(1);
  });

  it('onUnresolved throw: the same error for words that could not be put right', async () => {
    const { openai, server } = await setUp(always(wrong), { rewriter: dictionaryRewriter({}), onUnresolved: 'throw' });
    await expect(openai.chat.completions.create(ask())).rejects.toBeInstanceOf(OpenAI.UnprocessableEntityError);
    expect(server.seen).toHaveLength(1);
  });

  it('a picture that cannot be read does not cost the answer', async () => {
    const { openai } = await setUp(always(wrong), { scorer: broken });
    const completion = await openai.chat.completions.create(ask('data:image/png;base64,AAAA'));
    expect(completion.choices[0]?.message.content).toBe('A green car on the grass.');
    expect(correctionReports(completion)[0]?.status).toBe('failed');
  });
});

describe('abort and time-out', () => {
  const hanging: WrapOptions['scorer'] = { name: 'hanging', score: () => new Promise(() => {}) };

  /** Aborts as soon as it is asked, and never answers. */
  const aborting = (abort: AbortController): WrapOptions['scorer'] => ({
    name: 'hanging',
    score: () => {
      abort.abort();
      return new Promise(() => {});
    },
  });

  it('an abort while correcting rejects as the SDK does, with one call, whatever the scorer still does', async () => {
    const abort = new AbortController();
    const { openai, server } = await setUp(always(wrong), { scorer: aborting(abort) });
    await expect(openai.chat.completions.create(ask(), { signal: abort.signal })).rejects.toBeInstanceOf(
      OpenAI.APIUserAbortError,
    );
    expect(server.seen).toHaveLength(1);
  });

  it('an abort of a call with a time-out, on a clone of the wrapped client, is still an abort', async () => {
    const abort = new AbortController();
    const { openai, server } = await setUp(always(wrong), { scorer: aborting(abort) });
    const clone = openai.withOptions({ timeout: 60_000 });
    await expect(clone.chat.completions.create(ask(), { signal: abort.signal })).rejects.toBeInstanceOf(
      OpenAI.APIUserAbortError,
    );
    const completion = await clone.chat.completions.create(ask(), { timeout: 2000 });
    expect(completion.choices[0]?.message.content).toBe('A green car on the grass.');
    expect(server.seen).toHaveLength(2);
  });

  it('an abort before the answer rejects as the SDK does', async () => {
    const { openai } = await setUp(() => {});
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    await expect(openai.chat.completions.create(ask(), { signal: abort.signal })).rejects.toBeInstanceOf(
      OpenAI.APIUserAbortError,
    );
  });

  it('a time-out while correcting hands back the paid answer instead of buying three', async () => {
    const { openai, server } = await setUp(always(wrong), { scorer: hanging });
    const completion = await openai.chat.completions.create(ask(), { timeout: 2000 });
    expect(completion.choices[0]?.message.content).toBe('A green car on the grass.');
    expect(['aborted', 'budget', 'failed']).toContain(correctionReports(completion)[0]?.status);
    expect(server.seen).toHaveLength(1);
  });

  it('a time-out of the upstream is the SDK’s own error', async () => {
    const { openai } = await setUp(() => {});
    await expect(openai.chat.completions.create(ask(), { timeout: 100, maxRetries: 0 })).rejects.toBeInstanceOf(
      OpenAI.APIConnectionTimeoutError,
    );
  });
});
