import { afterEach } from 'vitest';
import { overridable } from '../../src/server/call-options.js';
import type { ServerOptions } from '../../src/server/start-server.js';
import { jsonLog, type RunningServer, startServer } from '../../src/server/start-server.js';
import { badWords, dictionary } from '../agent/doubles.js';

export interface Proxy extends RunningServer {
  /** What it has logged, line by line. */
  lines: string[];
}

const open: RunningServer[] = [];

/** For tests of what a call's own settings do. */
export const allowOverrides = overridable;

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

/** The real server on a free port, with test doubles that hold `red` for wrong and put `blue` in its place. */
export async function startProxy(options: Partial<ServerOptions> = {}): Promise<Proxy> {
  const lines: string[] = [];
  const server = await startServer({
    scorer: badWords('red'),
    rewriter: dictionary({ red: 'blue' }),
    port: 0,
    log: jsonLog((line) => lines.push(line)),
    ...options,
  });
  open.push(server);
  return { ...server, lines };
}

/** A one-pixel PNG. */
export const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const question = 'What colour is the bus?';

/** A chat call with a picture, or the URL of one. */
export const chatCall = (image: string | null = pixel, rest: object = {}) => ({
  model: 'gpt-5.1',
  messages: [
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: question },
        ...(image === null ? [] : [{ type: 'image_url' as const, image_url: { url: image } }]),
      ],
    },
  ],
  ...rest,
});

export const post = (url: string, body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });

export async function until(holds: () => boolean | Promise<boolean>, withinMs = 50_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come to that in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const metric = async (server: RunningServer, name: string): Promise<number> => {
  const found = (await server.metrics.metrics()).split('\n').find((line) => line.startsWith(`vlm_detective_${name}`));
  return Number(found?.split(' ').at(-1) ?? Number.NaN);
};
