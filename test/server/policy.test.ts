import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { pathOf } from '../../src/server/listener.js';
import { badWords } from '../agent/doubles.js';
import { chatCompletion } from '../http/wire-bodies.js';
import { always, serve } from '../http/wire-server.js';
import { allowOverrides, chatCall, pixel, post, startProxy } from './proxy-server.js';

const wrong = 'The bus is red.';

/** Exactly these bytes, and the whole of what comes back. */
async function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(bytes);
  return text(socket);
}

describe('a bound on harm', () => {
  // of 400 right answers three have a word at .05, and none another below .4
  const lowest = [0.05, 0.05, 0.05, ...Array.from({ length: 97 }, () => 0.4)];
  const measured = { ...badWords('red'), threshold: 0.5, harm: { answers: 400, lowest, set: 'answers of a test' } };

  it('chooses the threshold, stands in the report, and is not set aside by a call', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const { url } = await startProxy({ upstream: upstream.origin, scorer: measured, maxHarm: 0.02 });
    const reply = await post(`${url}/v1/chat/completions`, chatCall());
    const { vlm_detective: report } = (await reply.json()) as { vlm_detective: Record<string, unknown>[] };
    expect(report[0]).toMatchObject({ bound: { maxHarm: 0.02, answers: 400, set: 'answers of a test' } });
    expect(report[0]!.threshold).toBeLessThan(0.4);
    const asked = { image: pixel, response: wrong, threshold: 0.9 };
    const scored = (await (await post(`${url}/v1/score`, asked)).json()) as { threshold: number };
    expect(scored.threshold).toBe(report[0]!.threshold);
    const loose = await post(`${url}/v1/chat/completions`, chatCall(), { 'x-detective-threshold': '0.9' });
    expect(loose.status).toBe(403);
  });

  it('that cannot be kept is told before the first call', async () => {
    await expect(startProxy({ maxHarm: 0.02 })).rejects.toThrow(/no harm was measured/);
    await expect(startProxy({ scorer: measured, maxHarm: 0.001 })).rejects.toThrow(/it takes 2995/);
    await expect(startProxy({ scorer: measured, maxHarm: 0.02, allowOverrides })).rejects.toThrow(
      /a call may not set the threshold/,
    );
  });
});

describe('what the operator has set', () => {
  const strict = { failClosed: true, onUnresolved: 'throw', maxRounds: 0 } as const;

  it.each<[string, Record<string, string>, number]>([
    ['mode', { 'x-detective-mode': 'off' }, 403],
    ['threshold', { 'x-detective-threshold': '0' }, 403],
    ['on-unresolved', { 'x-detective-on-unresolved': 'keep' }, 403],
    ['fail-closed', { 'x-detective-fail-closed': 'false' }, 403],
    ['a stream that is not corrected', { 'x-detective-stream': 'off' }, 403],
    ['the mark of our own calls', { 'x-vlm-detective-pass': '1' }, 422],
    ['less time', { 'x-detective-time-ms': '1' }, 403],
  ])('is not undone by %s of a call', async (_name, headers, status) => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const { url } = await startProxy({ upstream: upstream.origin, ...strict });
    const response = await post(`${url}/v1/chat/completions`, chatCall(), headers);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain('bus');
  });

  it.each(['/v1/chat//completions', '/v1/%63hat/completions', '/v1/chat/completions;x=1', '//v1/chat/completions'])(
    'is not undone by the spelling %s',
    async (path) => {
      const upstream = await serve(always(chatCompletion({ content: wrong })));
      const { url } = await startProxy({ upstream: upstream.origin, ...strict });
      expect((await post(url + path, chatCall())).status).toBe(422);
    },
  );

  it('is not undone by what cannot be read, under fail-closed alone', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    for (const failClosed of [true, false]) {
      const { url } = await startProxy({ upstream: upstream.origin, failClosed });
      const ask = async (path: string, headers: Record<string, string> = {}) =>
        (await post(url + path, chatCall(), headers)).status;
      const passes = await ask('/v1/embeddings');
      expect(passes).toBe(200);
      expect((await ask('/v1/chat/completions', { 'content-encoding': 'zstd' })) >= 400).toBe(failClosed);
      expect(await ask('/v1/Chat/Completions')).toBe(failClosed ? 403 : 200);
      expect(await ask('/v1/engines/m/completions')).toBe(failClosed ? 403 : 200);
    }
  });

  it('holds for fields of /v1/correct and for parameters of LiteLLM too', async () => {
    const { url } = await startProxy();
    const asked = { image: pixel, response: wrong };
    for (const field of [{ threshold: 0 }, { on_unresolved: 'keep' }, { fail_closed: false }]) {
      expect((await post(`${url}/v1/correct`, { ...asked, ...field })).status).toBe(403);
      const hook = { input_type: 'response', texts: [wrong], additional_provider_specific_params: field };
      expect((await post(`${url}/beta/litellm_basic_guardrail_api`, hook)).status).toBe(403);
    }
    expect((await post(`${url}/v1/correct`, { ...asked, max_rounds: 1 })).status).toBe(200);
  });
});

describe('settings of a call', () => {
  it.each([
    ['""', ''],
    ['true', true],
    ['a list', []],
    ['blanks', ' '],
    ['a word', 'low'],
    ['hex', '0x1'],
  ])('%s is no number', async (_name, value) => {
    const { url } = await startProxy({ allowOverrides });
    for (const field of ['threshold', 'max_rounds', 'time_ms']) {
      const response = await post(`${url}/v1/correct`, { image: pixel, response: wrong, [field]: value });
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(field)]);
    }
  });

  it('null is the server’s own', async () => {
    const { url } = await startProxy({ allowOverrides });
    const nulls = { threshold: null, max_rounds: null, on_unresolved: null, fail_closed: null, time_ms: null };
    const asked = { image: pixel, response: wrong, ...nulls };
    expect(await (await post(`${url}/v1/correct`, asked)).json()).toMatchObject({ response: 'The bus is blue.' });
    expect(await (await post(`${url}/v1/score`, asked)).json()).toMatchObject({ threshold: 0.5 });
  });

  it('an empty header is no number', async () => {
    const { url } = await startProxy({ allowOverrides });
    const call = `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nx-detective-threshold:\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`;
    expect(await raw(url, call)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a path that somebody behind may read in another way', () => {
  it.each([
    '/v1/..%2fadmin/keys',
    '/v1/..%2Fadmin',
    '/v1/%2e%2e%2fadmin',
    '/v1/.%2e/admin',
    '/v1/../admin',
    '/v1/..%5cadmin',
    '/v1/%5cadmin',
    '/v1/..;/admin',
    '/v1/%2e%2e;a=b/admin',
    '/v1/%252e%252e%252fadmin',
    '/v1/..%252fadmin',
    '/v1/chat%2fcompletions',
    '/v1/models/..%2f..%2fadmin',
    '/v1/a%00b',
    'http://elsewhere/v1/models',
  ])('%s is refused', async (path) => {
    const upstream = await serve(always({}));
    const { url } = await startProxy({ upstream: upstream.origin });
    const answer = await raw(url, `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.seen).toEqual([]);
  });

  it('names of models and words of any language pass', () => {
    expect(pathOf('/v1/models/org%2Fmodel-1.5?x=%2e%2e')).toBe('/v1/models/org/model-1.5');
    expect(pathOf('/v1/files/a..b%E2%80%99s')).toMatch(/^\/v1\/files\/a\.\.b.+s$/);
  });

  it('and so are two Host headers, and TRACE', async () => {
    const { url } = await startProxy();
    expect(await raw(url, 'GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n')).toMatch(/ 400 /);
    for (const path of ['/healthz', '/v1/models'])
      expect(await raw(url, `TRACE ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`)).toMatch(/ 405 /);
  });
});
