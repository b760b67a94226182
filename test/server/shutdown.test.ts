import { describe, expect, it } from 'vitest';
import { startServer } from '../../src/server/start-server.js';
import { badWords, dictionary } from '../agent/doubles.js';
import { chatCompletion } from '../http/wire-bodies.js';
import { sendJson, serve } from '../http/wire-server.js';
import { chatCall, post, startProxy, until } from './proxy-server.js';

describe('a server that is shut down', () => {
  it('finishes what it began, and takes nothing new', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const upstream = await serve(async (_request, response) => {
      await held;
      sendJson(response, chatCompletion({ content: 'The bus is red.' }));
    });
    const proxy = await startProxy({ upstream: upstream.origin });
    expect((await fetch(`${proxy.url}/readyz`)).status).toBe(200);
    const asked = post(`${proxy.url}/v1/chat/completions`, chatCall());
    await until(() => upstream.seen.length === 1);
    const closed = proxy.close(60_000);
    await expect(fetch(`${proxy.url}/readyz`, { headers: { connection: 'close' } })).rejects.toThrow();
    release();
    expect(await (await asked).json()).toMatchObject({ choices: [{ message: { content: 'The bus is blue.' } }] });
    await closed;
  });

  it('breaks off what is not done in time', async () => {
    const upstream = await serve(() => {});
    const proxy = await startProxy({ upstream: upstream.origin });
    const asked = post(`${proxy.url}/v1/chat/completions`, chatCall()).catch((error: Error) => error);
    await until(() => upstream.seen.length === 1);
    await proxy.close(100);
    expect(await asked).toBeInstanceOf(Error);
  });
});

describe('a server that cannot start', () => {
  it('says why', async () => {
    const options = { scorer: badWords(), rewriter: dictionary({}), port: 0 };
    for (const upstream of ['example.com', 'ftp://x', 'http://x/?key=1', 'http://user@x']) {
      await expect(startServer({ ...options, upstream })).rejects.toMatchObject({ code: 'bad-argument' });
    }
    const taken = await startProxy();
    await expect(startServer({ ...options, port: Number(new URL(taken.url).port) })).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(
        /^cannot listen on 127\.0\.0\.1:\d+ \(.*EADDRINUSE.*\): give --port another number/,
      ),
    });
    await expect(startServer({ ...options, reportFile: '/nowhere/reports.jsonl' })).rejects.toThrow(/ENOENT/);
  });
});
