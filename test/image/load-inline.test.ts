import sharp from 'sharp';
import { expect, it } from 'vitest';
import { correct, correctAll } from '../../src/agent/correct.js';
import { correctResponse } from '../../src/http/correct-response.js';
import { decodeImage } from '../../src/image/decode.js';
import type { ImageInput, Picture } from '../../src/image/image-input.js';
import { loadImage, loadInline } from '../../src/image/load.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { badWords, dictionary } from '../agent/doubles.js';

const dataUrl = async (background: string, prefix = 'data:image/png;base64,') => {
  const png = await sharp({ create: { width: 9, height: 9, channels: 3, background } })
    .png()
    .toBuffer();
  return prefix + png.toString('base64');
};

/** A scorer that looks at the pictures as those here do, and tells what it saw. */
function looking() {
  const seen: Picture[] = [];
  const look = async (images: readonly ImageInput[]) => void seen.push(...(await loadInline(images)));
  const inner = badWords('cat', 'car');
  const scorer: Scorer = {
    ...inner,
    async score(request) {
      await look(request.images);
      return inner.score(request);
    },
    prepare: look,
  };
  return { seen, scorer };
}

it('a data URL or base64 is decoded and hashed once for the list that it came in', async () => {
  const [url, bare] = [await dataUrl('red'), await dataUrl('blue', '')];
  const images = [url, `${url}`, bare];
  const loaded = await loadInline(images);
  expect(loaded[0]).toEqual(await loadImage(url));
  expect(loaded[1]).toBe(loaded[0]);
  expect((await loadImage(loaded[2]!)).key).not.toBe((await loadImage(url)).key);
  for (const [at, one] of (await loadInline(images)).entries()) expect(one).toBe(loaded[at]);
  expect(await loadImage(loaded[0]!)).toBe(loaded[0]);
  // nothing is kept by the text itself, and a list that is written over is read anew
  expect((await loadInline([url]))[0]).not.toBe(loaded[0]);
  images[0] = bare;
  expect((await loadInline(images))[0]).toBe(loaded[2]);
});

it('files, other URLs, bytes and what is no picture go on as they came', async () => {
  const broken = 'data:image/png;base64,@@@';
  const others = ['scene.png', new URL('file:///scene.png'), new Uint8Array([1]), 'https://example.com/a.png', broken];
  expect(await loadInline(others)).toEqual(others);
  for (let nth = 0; nth < 2; nth++) await expect(loadImage(broken)).rejects.toMatchObject({ code: 'bad-image' });
});

it('an error of a picture that was loaded before still says where it came from', async () => {
  const cut = (await dataUrl('red')).slice(0, 100);
  const [loaded] = await loadInline([cut]);
  expect(loaded).toMatchObject({ type: 'image/png' });
  await expect(decodeImage(loaded!)).rejects.toThrow(/^the image in the data URL is broken/);
});

const options = (scorer: Scorer) => ({ scorer, rewriter: dictionary({ cat: 'dog', car: 'bus' }) });

it('one correction looks at one and the same picture in every scoring of every round', async () => {
  const { seen, scorer } = looking();
  const images = [await dataUrl('red')];
  const { response } = await correct({ images, response: 'A cat. A car.' }, options(scorer));
  expect(response).toBe('A dog. A bus.');
  await correctAll(
    [1, 2].map(() => ({ images, response: 'A cat.' })),
    options(scorer),
  );
  expect(seen.length).toBeGreaterThan(4);
  expect(new Set(seen).size).toBe(1);
});

it.each(['json', 'stream'])('a call over HTTP loads its picture once, whatever has to be judged: %s', async (shape) => {
  const { seen, scorer } = looking();
  const stream = shape === 'stream';
  const words = ['A cat. ', 'A car. ', 'A cat and a car.'];
  const url = await dataUrl('red');
  const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }];
  const request = {
    url: 'https://api.openai.com/v1/chat/completions',
    method: 'POST',
    headers: {},
    body: JSON.stringify({ model: 'gpt-5.1', stream, messages }),
  };
  const choices = stream
    ? words.map((content) => ({ index: 0, delta: { content } }))
    : words.map((content, index) => ({ index, finish_reason: 'stop', message: { role: 'assistant', content } }));
  const body = stream
    ? choices.map((choice) => `data: ${JSON.stringify({ id: '1', choices: [choice] })}\n\n`).join('')
    : JSON.stringify({ id: '1', object: 'chat.completion', choices });
  const headers = { 'content-type': stream ? 'text/event-stream' : 'application/json' };
  const corrected = await correctResponse(request, new Response(body, { headers }), options(scorer));
  expect(await corrected.text()).toMatch(/dog.*bus/s);
  expect(seen.length).toBeGreaterThan(3);
  expect(new Set(seen).size).toBe(1);
});
