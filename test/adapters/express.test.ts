import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express from 'express';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { type ExpressRequest, selfCorrection } from '../../src/adapters/express.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from '../http/doubles.js';
import { chatCompletion } from '../http/wire-bodies.js';

let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

const middleware = () =>
  selfCorrection({ scorer: wordListScorer(['green']), rewriter: dictionaryRewriter({ green: 'red' }) });
const wrong = JSON.stringify(chatCompletion({ content: 'A green car.' }));
const question = () => ({
  model: 'm',
  messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: png } }] }],
});

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function ask(listener: RequestListener, body: unknown = question()) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => new Promise((resolve) => server.close(resolve)));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
  });
  return { response, text: await response.text() };
}

/** The middleware without Express: on Node's own server, with the body as a parser would leave it. */
const bare =
  (handler: RequestListener): RequestListener =>
  (request, response) => {
    (request as ExpressRequest).body = question();
    middleware()(request, response, () => handler(request, response));
  };
const content = (text: string) => JSON.parse(text).choices[0].message.content;

const heads: [string, unknown][] = [
  ['an object', { 'Content-Type': 'application/json', 'X-Own': 'yes', 'Content-Length': Buffer.byteLength(wrong) }],
  ['names and values in turn', ['Content-Type', 'application/json', 'X-Own', 'yes']],
];
it.each(heads)('takes headers given to writeHead as %s', async (_, head) => {
  const { response, text } = await ask(
    bare((_request, outgoing) => {
      outgoing.writeHead(201, 'Made', head as Record<string, string>);
      outgoing.end(wrong);
    }),
  );
  expect(response.status).toBe(201);
  expect(response.headers.get('x-own')).toBe('yes');
  expect(content(text)).toBe('A red car.');
});

it('calls back after each write and at the end, as before', async () => {
  const called: string[] = [];
  const { text } = await ask(
    bare((_request, outgoing) => {
      outgoing.setHeader('content-type', 'application/json');
      outgoing.write(wrong.slice(0, 9), () => called.push('first'));
      outgoing.write(Buffer.from(wrong.slice(9)).toString('hex'), 'hex', () => called.push('second'));
      outgoing.end(() => called.push('end'));
    }),
  );
  expect(content(text)).toBe('A red car.');
  await expect.poll(() => called, { timeout: 30_000 }).toEqual(['first', 'second', 'end']);
});

it('takes a stream piped into the response, larger than its buffers', async () => {
  const padded = JSON.stringify({ ...JSON.parse(wrong), padding: 'x'.repeat(2_000_000) });
  let finished = false;
  const { text } = await ask(
    bare(async (_request, outgoing) => {
      outgoing.setHeader('content-type', 'application/json');
      await pipeline(Readable.from(padded.match(/.{1,70000}/gs) ?? []), outgoing);
      finished = true;
    }),
  );
  expect(content(text)).toBe('A red car.');
  await expect.poll(() => finished, { timeout: 30_000 }).toBe(true);
});

it('leaves a response alone that has no body, and one whose request nobody parsed', async () => {
  const empty = await ask(
    bare((_request, outgoing) => {
      outgoing.writeHead(204, { 'content-type': 'application/json' });
      outgoing.end();
    }),
  );
  expect(empty.response.status).toBe(204);
  const app = express();
  app.use(middleware());
  app.post('/v1/chat/completions', (_request, response) => {
    response.type('json').send(wrong);
  });
  const unparsed = await ask(app);
  expect(unparsed.text).toBe(wrong);
  expect(unparsed.response.headers.get('content-length')).toBe(String(Buffer.byteLength(wrong)));
});

it('sees the body that express.json() parses after it', async () => {
  const app = express();
  app.use(middleware(), express.json());
  app.post('/v1/chat/completions', (_request, response) => {
    response.json(JSON.parse(wrong));
  });
  expect(content((await ask(app)).text)).toBe('A red car.');
});

it('an error of the handler reaches the client as Express tells it', async () => {
  const app = express();
  app.use(express.json(), middleware());
  app.post('/v1/chat/completions', () => {
    throw Object.assign(new Error('no such model'), { status: 404 });
  });
  expect((await ask(app)).response.status).toBe(404);
});
