import { describe, expect, it, onTestFinished } from 'vitest';
import { createUpstream } from '../../src/server/proxy/upstream.js';
import { type Reply, serve } from '../http/wire-server.js';
import { chatCall, post, startProxy, until } from './proxy-server.js';

/** Errors that nobody listens to: each of them would end a server's process. */
function uncaught(): unknown[] {
  const seen: unknown[] = [];
  const note = (error: unknown) => seen.push(error);
  process.on('uncaughtExceptionMonitor', note);
  onTestFinished(() => void process.off('uncaughtExceptionMonitor', note));
  return seen;
}

describe('an answer that is dropped before its end', () => {
  it.each(['under way', 'that has come whole'])('ends no process: %s', async (state) => {
    const errors = uncaught();
    const reply: Reply = (_request, response) => {
      response.writeHead(200).write('begun');
      if (state !== 'under way') response.end();
    };
    const upstream = createUpstream({ address: (await serve(reply)).origin, timeoutMs: 60_000, stallMs: 60_000 });
    onTestFinished(() => upstream.close());
    const { signal } = new AbortController();
    const { body } = await upstream.send({ method: 'POST', path: '/', headers: [], body: null, signal, from: {} });
    const closed = new Promise((resolve) => body.once('close', resolve));
    body.destroy();
    await closed;
    await new Promise(setImmediate);
    expect(errors).toEqual([]);
  });

  it.each<[string, Record<string, string>, object]>([
    ['withheld for its encoding', { 'content-type': 'application/json', 'content-encoding': 'zstd-x' }, {}],
    ['withheld for its kind', { 'content-type': 'text/plain' }, { stream: true }],
  ])('gives its connection back: %s', async (_name, headers, rest) => {
    const errors = uncaught();
    let closed = 0;
    const reply: Reply = (_request, response) => {
      response.once('close', () => closed++);
      response.writeHead(200, headers).write('A red bus. ');
    };
    const { origin } = await serve(reply);
    const proxy = await startProxy({ upstream: origin, failClosed: true });
    const { status } = await post(`${proxy.url}/v1/chat/completions`, chatCall(undefined, rest));
    expect(status).toBe(422);
    await until(() => closed === 1);
    expect(errors).toEqual([]);
  });
});
