import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { DetectiveError } from '../../src/base/errors.js';
import { correctionReports } from '../../src/http/compact-report.js';
import { correctResponse, type HttpCall, type ResponseOptions } from '../../src/http/correct-response.js';
import { rewriteCallHeader } from '../../src/models/price.js';
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
    ['an answer that is no JSON', {}, () => answer('{"choices":')],
    ['an answer of another type', {}, () => answer('<html>', { headers: { 'content-type': 'text/html' } })],
    ['an answer of another kind', {}, () => answer({ object: 'list', data: [] })],
    ['a call for a stream that is answered by JSON', {}, () => answer(wrong), { stream: true }],
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
      { numRuns: 300 },
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
