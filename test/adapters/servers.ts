import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { serve } from '@hono/node-server';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { afterEach } from 'vitest';
import type { BackEndOptions } from '../../src/adapters/back-end.js';
import { selfCorrection as forExpress } from '../../src/adapters/express.js';
import { selfCorrection as forFastify } from '../../src/adapters/fastify.js';
import { selfCorrection as forHono } from '../../src/adapters/hono.js';

/** What a back end answers with: a body at once, or events one by one. `body` is what its parser made of the request. */
export type Handler = (body: unknown) => Answer | Promise<Answer>;
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  events?: AsyncIterable<string>;
}

export interface Framework {
  name: string;
  /** Starts a back end with the middleware; every POST goes to the handler. Gives its origin. */
  start(options: BackEndOptions, handler: Handler): Promise<string>;
}

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

const jsonType = { 'content-type': 'application/json; charset=utf-8' };

async function startHono(options: BackEndOptions, handler: Handler): Promise<string> {
  const app = new Hono();
  app.use('*', forHono(options));
  app.post('*', async (context) => {
    const { status = 200, headers = {}, body, events } = await handler(await context.req.json());
    context.header('set-cookie', 'a=1; Path=/');
    context.header('set-cookie', 'b=2', { append: true });
    if (events === undefined) return context.body(body ?? '', status as 200, { ...jsonType, ...headers });
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => void iterator.return?.());
      const iterator = events[Symbol.asyncIterator]();
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) await stream.write(next.value);
    });
  });
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  if (!server.listening) await once(server, 'listening');
  open.push(
    () =>
      new Promise((resolve) => {
        if ('closeAllConnections' in server) server.closeAllConnections();
        server.close(resolve);
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startExpress(options: BackEndOptions, handler: Handler): Promise<string> {
  const app = express();
  app.use(express.json({ limit: '30mb' }), forExpress(options));
  app.post(/.*/, async (request, response) => {
    const { status = 200, headers = {}, body, events } = await handler(request.body);
    response.append('set-cookie', 'a=1; Path=/');
    response.append('set-cookie', 'b=2');
    if (events === undefined) {
      response.status(status).set({ ...jsonType, ...headers });
      response.send(body ?? '');
      return;
    }
    response.writeHead(status, { 'content-type': 'text/event-stream', ...headers });
    const iterator = events[Symbol.asyncIterator]();
    const gone = once(response, 'close');
    gone.then(() => iterator.return?.());
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      if (!response.write(next.value)) await Promise.race([once(response, 'drain'), gone]);
    }
    response.end();
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startFastify(options: BackEndOptions, handler: Handler): Promise<string> {
  const app = Fastify({ bodyLimit: 30 << 20, forceCloseConnections: true });
  await app.register(forFastify(options));
  app.post('*', async (request, reply) => {
    const { status = 200, headers = {}, body, events } = await handler(request.body);
    reply.code(status).header('set-cookie', 'a=1; Path=/').header('set-cookie', 'b=2');
    if (events === undefined) return reply.headers({ ...jsonType, ...headers }).send(body ?? '');
    return reply.headers({ 'content-type': 'text/event-stream', ...headers }).send(Readable.from(events));
  });
  open.push(() => app.close());
  return app.listen({ port: 0, host: '127.0.0.1' });
}

export const frameworks: Framework[] = [
  { name: 'Hono', start: startHono },
  { name: 'Express', start: startExpress },
  { name: 'Fastify', start: startFastify },
];
