import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { correctionReports } from '../../src/adapters/reports.js';
import { DetectiveError } from '../../src/base/errors.js';
import { correctResponse, type HttpCall, type ResponseOptions } from '../../src/http/correct-response.js';
import type { ResponseReport } from '../../src/http/report.js';
import { rewriteCallHeader } from '../../src/models/address.js';
import { runs } from '../fixtures/runs.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from './doubles.js';
import {
  anthropicMessage,
  chatCompletion,
  chatCompletions,
  modelResponse,
  outputMessage,
  outputText,
} from './wire-bodies.js';

let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

const options = (more: Partial<ResponseOptions> = {}): ResponseOptions => ({
  scorer: wordListScorer(['green']),
  rewriter: dictionaryRewriter({ green: 'red' }),
  ...more,
});

const chatBody = (more: object = {}) => ({
  model: 'm',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What?' },
        { type: 'image_url', image_url: { url: png } },
      ],
    },
  ],
  ...more,
});

function call(body: unknown = chatBody(), more: Partial<HttpCall> = {}): HttpCall {
  return {
    url: 'https://api.openai.com/v1/chat/completions',
    method: 'POST',
    headers: { authorization: 'Bearer abcdef-not-shaped-like-a-key' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
  };
}

function answer(body: unknown, init: ResponseInit = {}): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text, { headers: { 'content-type': 'application/json; charset=utf-8' }, ...init });
}

const wrong = chatCompletion({ content: 'A green car.' });

describe('correctResponse', () => {
  it('takes a fetch Request as well, and leaves its body readable', async () => {
    const { url, method, headers, body } = call();
    const request = new Request(url, { method, headers: headers as HeadersInit, body });
    const corrected = await correctResponse(request, answer(wrong), options());
    expect(await corrected.json()).toMatchObject({ choices: [{ message: { content: 'A red car.' } }] });
    expect(await request.text()).toBe(body);
  });

  it.each<[string, Partial<HttpCall>, () => Response, object?]>([
    ['another path', { url: 'https://api.openai.com/v1/embeddings' }, () => answer(wrong)],
    ['another method', { method: 'GET' }, () => answer(wrong)],
    ['an error', {}, () => answer({ error: { message: 'no' } }, { status: 429 })],
    ['a call that is no JSON', { body: '{"messages":' }, () => answer(wrong)],
    ['an error with status 200', {}, () => answer({ error: { message: 'no' } })],
    ['an answer without a byte', {}, () => answer('')],
    [
      'an answer that was corrected before',
      {},
      () => answer(wrong, { headers: { 'content-type': 'application/json', 'x-vlm-detective-report': 'id' } }),
    ],
    ['no content', {}, () => new Response(null, { status: 204 })],
    ['a call of a rewriter', { headers: { [rewriteCallHeader]: 'rewrite' } }, () => answer(wrong)],
  ])('hands back the very same response, unread: %s', async (_what, more, make, body) => {
    for (const failClosed of [false, true]) {
      const response = make();
      const before = await response.clone().text();
      const after = await correctResponse(call(chatBody(body), more), response, options({ failClosed }));
      expect(after).toBe(response);
      expect(await after.text()).toBe(before);
    }
  });

  it.each([
    ['no JSON', '{"choices":', 'application/json', false],
    ['no JSON, to a call for a stream', '{"choices":', 'application/json', true],
    ['another type', '<html>A green car.</html>', 'text/html', false],
    ['words alone, to a call for a stream', 'A green car.', 'text/plain', true],
    ['JSON lines', '{"a":1}\n{"b":2}\n', 'application/x-ndjson', true],
    ['of another kind', '{"object":"list","data":[]}', 'application/json', false],
  ])('an answer that cannot be read goes out as it came and is told, or is withheld: %s', async (...given) => {
    const [, text, type, stream] = given;
    const reports: ResponseReport[] = [];
    const more = { onReport: (report: ResponseReport) => reports.push(report) };
    const response = answer(text, { headers: { 'content-type': type } });
    const open = await correctResponse(call(chatBody({ stream })), response, options(more));
    expect(open).toBe(response);
    expect(await open.text()).toBe(text);
    const again = answer(text, { headers: { 'content-type': type } });
    const closed = await correctResponse(call(chatBody({ stream })), again, options({ ...more, failClosed: true }));
    expect(closed.status).toBe(422);
    expect(await closed.text()).not.toContain('green');
    const failed = {
      protocol: 'openai-chat',
      answers: [{ status: 'failed', reason: expect.stringMatching(/^the answer is /) }],
    };
    expect(reports).toMatchObject([failed, failed]);
  });

  it('a stream by its first bytes, where its label says something else', async () => {
    const events = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'A green car.' } }] })}\n\ndata: [DONE]\n\n`;
    for (const type of ['text/plain', 'application/json', 'application/x-ndjson', undefined]) {
      for (const start of ['', '\ufeff', '\n', ': hello\n\n']) {
        const bytes = new TextEncoder().encode(start + events);
        const response = new Response(bytes, type === undefined ? {} : { headers: { 'content-type': type } });
        const corrected = await correctResponse(
          call(chatBody({ stream: true })),
          response,
          options({ failClosed: true }),
        );
        expect(Buffer.from(await corrected.arrayBuffer()).toString()).toBe(
          (start + events).replace('green', 'red').replace('}]}\n', '}]}\n'),
        );
        expect(corrected.headers.get('x-vlm-detective-report')).toBeTruthy();
      }
    }
  });

  it('JSON in answer to a call for a stream, and JSON behind a byte order mark', async () => {
    for (const text of [JSON.stringify(wrong), `\ufeff${JSON.stringify(wrong)}`]) {
      for (const stream of [false, true]) {
        const corrected = await correctResponse(
          call(chatBody({ stream })),
          answer(text),
          options({ failClosed: true }),
        );
        expect(await corrected.json()).toMatchObject({ choices: [{ message: { content: 'A red car.' } }] });
      }
    }
  });

  it('keeps every byte of a body but the words that it corrects', async () => {
    const text =
      '{ "id":"a", "id":"c", "created":12345678901234567890,"big":1e400,\t"f":1.0, "s":"\\u0041\\/", "choices" : ' +
      '[{"index":0,"message":{"role":"assistant","content": "A green car."},"token_ids":[9007199254740993]}]\n}\n';
    const corrected = await correctResponse(call(), answer(text), options());
    const [before, after] = text.replace('A green car.', 'A red car.').split('\n}\n');
    const out = await corrected.text();
    expect(out.startsWith(`${before}\n,"vlm_detective":[`)).toBe(true);
    expect(out.endsWith(`]}\n${after}`)).toBe(true);
  });

  it('keeps status and headers, and drops those that told of the old bytes', async () => {
    const headers = {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'content-length': '9',
      etag: '"x"',
      'x-request-id': 'r',
      'set-cookie': 'a=b',
    };
    const corrected = await correctResponse(
      call(),
      answer(wrong, { status: 201, statusText: 'Created', headers }),
      options(),
    );
    expect([corrected.status, corrected.statusText]).toEqual([201, 'Created']);
    expect(Object.fromEntries(corrected.headers)).toEqual({
      'content-type': 'application/json',
      'x-request-id': 'r',
      'set-cookie': 'a=b',
      'x-vlm-detective-report': expect.any(String),
    });
  });

  it.each([
    [
      'openai',
      'https://api.openai.com/v1/chat/completions',
      () => wrong,
      {
        error: {
          message: expect.stringContaining('out of memory'),
          type: 'vlm_detective_error',
          param: null,
          code: 'correction_failed',
        },
      },
    ],
    [
      'anthropic',
      'https://api.anthropic.com/v1/messages',
      () => anthropicMessage([{ type: 'text', text: 'A green car.' }]),
      { type: 'error', error: { type: 'vlm_detective_error', message: expect.stringContaining('out of memory') } },
    ],
  ])('failClosed answers 422 in the shape of %s, never to be retried', async (_provider, url, make, expected) => {
    const scorer = { name: 'broken', score: () => Promise.reject(new Error('out of memory')) };
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png.split(',')[1] } };
    const body = url.includes('anthropic')
      ? { model: 'm', messages: [{ role: 'user', content: [image] }] }
      : chatBody();
    const refused = await correctResponse(call(body, { url }), answer(make()), options({ scorer, failClosed: true }));
    expect(refused.status).toBe(422);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(await refused.json()).toEqual(expected);
  });

  it('keeps keys out of the report, whatever they look like', async () => {
    const scorer = {
      name: 'broken',
      score: () =>
        Promise.reject(new Error('401 for abcdef-not-shaped-like-a-key, also sk-other-12345678 and Bearer xyz.123')),
    };
    const reports: unknown[] = [];
    const corrected = await correctResponse(
      call(),
      answer(wrong),
      options({ scorer, onReport: (report) => reports.push(report) }),
    );
    const text = JSON.stringify([await corrected.json(), reports]);
    for (const key of ['abcdef-not-shaped-like-a-key', 'sk-other-12345678', 'xyz.123']) expect(text).not.toContain(key);
    expect(text).toContain('[redacted]');
  });

  it('a rewriter that cannot be made fails open too', async () => {
    const rewriter = () => {
      throw new DetectiveError('missing-dependency', 'npm install openai');
    };
    const body = await (await correctResponse(call(), answer(wrong), options({ rewriter }))).json();
    expect(correctionReports(body)).toMatchObject([{ status: 'failed', reason: 'npm install openai', rewriter: null }]);
    expect(body).toMatchObject(wrong);
  });

  it('one bad choice does not take the others with it', async () => {
    const good = wordListScorer(['green']);
    const scorer = {
      name: 'picky',
      score: (request: Parameters<typeof good.score>[0]) =>
        request.response.includes('bomb') ? Promise.reject(new Error('bomb')) : good.score(request),
    };
    const response = answer(
      chatCompletions([{ message: { content: 'A green car.' } }, { message: { content: 'A bomb.' } }]),
    );
    const body = await (await correctResponse(call(), response, options({ scorer }))).json();
    expect(body).toMatchObject({
      choices: [{ message: { content: 'A red car.' } }, { message: { content: 'A bomb.' } }],
    });
    expect(correctionReports(body).map(({ status }) => status)).toEqual(['clean', 'failed']);
  });

  it('one budget is shared by all the choices', async () => {
    const rewriter = dictionaryRewriter({ green: 'red' });
    const choices = Array.from({ length: 6 }, () => ({ message: { content: 'A green car.' } }));
    const body = await (
      await correctResponse(call(), answer(chatCompletions(choices)), options({ rewriter, budget: { tokens: 20 } }))
    ).json();
    const spent = correctionReports(body).reduce((sum, { usage }) => sum + usage.inputTokens + usage.outputTokens, 0);
    expect(spent).toBeLessThan(6 * 14);
    expect(correctionReports(body).map(({ status }) => status)).toContain('budget');
  });

  it('stops waiting after the signal, even for a scorer that never answers', async () => {
    const scorer = { name: 'hanging', score: () => new Promise<never>(() => {}) };
    const corrected = await correctResponse(
      call(chatBody(), { signal: AbortSignal.timeout(50) }),
      answer(wrong),
      options({ scorer }),
    );
    const body = await corrected.json();
    expect(body).toMatchObject(wrong);
    expect(correctionReports(body)).toMatchObject([{ status: 'aborted' }]);
  });

  it('never throws and never loses the answer, whatever the bodies hold', async () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.constantFrom('user', 'text', 'image_url', 'message', 'assistant', 'output_text', 'response'),
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
    );
    const keys = fc.constantFrom(
      'messages',
      'input',
      'content',
      'role',
      'type',
      'text',
      'image_url',
      'url',
      'source',
      'choices',
      'message',
      'output',
      'object',
      'refusal',
      'tool_calls',
      '__proto__',
      'constructor',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const urls = fc.constantFrom('/v1/chat/completions', '/v1/responses', '/v1/messages');
    const known = fc.constantFrom<object>(
      wrong,
      modelResponse([outputMessage([outputText('A green car.')])]),
      anthropicMessage([{ type: 'text', text: 'A green car.' }]),
    );
    await fc.assert(
      fc.asyncProperty(urls, value, fc.oneof(value, known), async (url, sent, received) => {
        const text = JSON.stringify(received);
        const corrected = await correctResponse(call(sent, { url }), answer(text), options());
        const { vlm_detective: reports, ...rest } = (await corrected.json()) ?? {};
        if (reports === undefined) return;
        expect(JSON.parse(JSON.stringify(rest))).toEqual(JSON.parse(text));
      }),
      { numRuns: runs(300) },
    );
  });

  it('hands back an answer nested too deep to be written again', async () => {
    const deep = `{"choices":[{"message":{"content":"A green car."}}],"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const response = answer(deep);
    const corrected = await correctResponse(call(), response, options());
    expect(await corrected.text()).toContain('car.');
  });
});

describe('correctionReports', () => {
  it.each([undefined, null, 7, 'x', {}, { vlm_detective: 'no' }])('is empty for %j', (result) => {
    expect(correctionReports(result)).toEqual([]);
  });
});
