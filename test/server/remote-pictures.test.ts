import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { chatCompletion } from '../http/wire-bodies.js';
import { always, serve } from '../http/wire-server.js';
import { chatCall, metric, pixel, post, startProxy } from './proxy-server.js';

const wrong = 'The bus is red.';
const close: (() => void)[] = [];
afterEach(() => {
  for (const one of close.splice(0)) one();
});

/** A picture store on this machine, and how to allow it. */
async function store(bytes: Buffer): Promise<{ host: string; imageUrls: { privateHosts: string[] } }> {
  const server = createServer((_request, response) => response.end(bytes));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close.push(() => server.close().closeAllConnections());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, imageUrls: { privateHosts: [host] } };
}

const drawn = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: 'red' } });

/** A GIF with a screen of 10x10 and a frame of these sides. */
async function gifOf(width: number, height: number): Promise<Buffer> {
  const gif = await drawn(width, height).gif().toBuffer();
  gif.writeUInt16LE(10, 6);
  gif.writeUInt16LE(10, 8);
  return gif;
}

const call = (urls: string[]) => ({
  model: 'm',
  messages: [{ role: 'user', content: urls.map((url) => ({ type: 'image_url', image_url: { url } })) }],
});

describe('pictures behind URLs', () => {
  it('of one call have in sum no more bytes than a body may have, and all calls together no more than memory', async () => {
    const png = Buffer.concat([await drawn(8, 8).png().toBuffer(), Buffer.alloc(60_000)]);
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const { host, imageUrls } = await store(png);
    const ask = async (count: number, limits: object) => {
      const proxy = await startProxy({ upstream: upstream.origin, imageUrls, ...limits });
      const urls = Array.from({ length: count }, (_, nth) => `http://${host}/${nth}`);
      const text = await (await post(`${proxy.url}/v1/chat/completions`, call(urls))).text();
      const own = await post(`${proxy.url}/v1/score`, { images: urls, response: wrong });
      expect(await metric(proxy, 'held_bytes ')).toBe(0);
      return [text.includes('blue'), own.status];
    };
    expect(await ask(3, {})).toEqual([true, 200]);
    // the picture is not judged, and nobody's call is lost
    expect(await ask(3, { maxBodyBytes: 150_000 })).toEqual([false, 400]);
    expect(await ask(3, { maxMemoryBytes: 150_000 })).toEqual([false, 503]);
  });

  it('have no more pixels than are allowed', async () => {
    const { host, imageUrls } = await store(await drawn(100, 100).png().toBuffer());
    const proxy = await startProxy({ imageUrls, maxPixels: 9999 });
    const response = await post(`${proxy.url}/v1/score`, { image: `http://${host}/`, response: wrong });
    expect(response.status).toBe(413);
  });
});

describe('limits', () => {
  const dataUrl = (bytes: Buffer) => `data:image/gif;base64,${bytes.toString('base64')}`;

  it('hold for the frames of a GIF, not its screen', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const proxy = await startProxy({ upstream: upstream.origin, maxPixels: 10_000 });
    const ask = async (gif: Buffer) => (await post(`${proxy.url}/v1/chat/completions`, chatCall(dataUrl(gif)))).status;
    expect(await ask(await gifOf(1000, 1000))).toBe(413);
    expect(await ask(await gifOf(100, 100))).toBe(200);
  });

  it.each(['pictures', 'pixels'])('of %s hold on every road', async (what) => {
    const huge = dataUrl(await gifOf(1000, 1000));
    const images = what === 'pictures' ? Array<string>(17).fill(pixel) : [huge];
    const proxy = await startProxy({ maxPixels: 10_000 });
    const portkey = {
      eventType: 'afterRequestHook',
      request: { json: call(images) },
      response: { json: chatCompletion({ content: wrong }) },
    };
    for (const [path, body] of [
      ['/v1/chat/completions', call(images)],
      ['/v1/score', { images, response: wrong }],
      ['/v1/correct', { images, response: wrong }],
      ['/portkey/webhook', portkey],
    ] as const) {
      expect((await post(proxy.url + path, body)).status, path).toBe(413);
    }
  });
});
