import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Rewriter } from '../../src/rewriters/rewriter.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { badWords, dictionary } from '../agent/doubles.js';
import { chatCompletion } from '../http/wire-bodies.js';
import { chatStream } from '../http/wire-events.js';
import { chatCall, metric, pixel, post, startProxy, until } from './proxy-server.js';

const wrong = 'The bus is red. The car is red.';

/** Every kind of call in turn: the kind of the answer stands in the call's model. */
const kinds = [
  { name: 'json', image: pixel },
  { name: 'stream', image: pixel },
  { name: 'text', image: null },
  { name: 'text stream', image: null },
  { name: '429', image: pixel },
  { name: 'dies', image: pixel },
  { name: 'dies stream', image: pixel },
  { name: 'leaves', image: pixel },
  { name: 'leaves stream', image: pixel },
] as const;

/** A plain upstream: the doubles of the other tests keep every request. */
async function startUpstream() {
  const events = chatStream(wrong);
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      const { model } = JSON.parse(Buffer.concat(chunks).toString()) as { model: string };
      if (model === '429') return response.writeHead(429, { 'retry-after': '1' }).end('{}');
      if (model.endsWith('stream')) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const event of model === 'text stream' || model === 'stream' ? events : events.slice(0, 7)) {
          response.write(event);
        }
        if (model.startsWith('dies')) return setImmediate(() => response.destroy());
        if (model.startsWith('leaves')) return undefined;
        return response.end();
      }
      if (model === 'leaves') return undefined;
      const body = JSON.stringify(chatCompletion({ content: wrong }));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(body.length) });
      if (model === 'dies') return response.write(body.slice(0, 50), () => response.destroy());
      return response.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** One call, read to its end or left in the middle. */
function call(url: string, agent: Agent, { name, image }: (typeof kinds)[number]): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const sent = request(`${url}/v1/chat/completions`, { method: 'POST', agent }, (response) => {
      answer = `${response.statusCode} `;
      response.on('error', () => {});
      response.on('data', (chunk) => {
        answer += chunk;
        if (name === 'leaves stream') sent.destroy();
      });
      response.on('end', () => resolve(answer));
    });
    sent.on('error', () => {});
    // last, also of what broke off
    sent.on('close', () => setImmediate(() => resolve(answer)));
    sent.end(JSON.stringify({ ...chatCall(image), model: name, stream: name.endsWith('stream') }));
    if (name === 'leaves') setTimeout(() => sent.destroy(), 15);
  });
}

const handles = () => process.getActiveResourcesInfo().length;

/** Sockets and what hangs on them go in their own time. */
async function settled(): Promise<void> {
  for (let last = -1; last !== handles(); ) {
    last = handles();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function heap(): number {
  // twice, as finalizers hold on to some for a turn
  (globalThis as { gc?: () => void }).gc?.();
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

describe('two thousand calls, good and bad', () => {
  it('leave no handle, no place and no memory taken', async () => {
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    (globalThis as { gc?: () => void }).gc = runInNewContext('gc') as () => void;
    const upstream = await startUpstream();
    // the doubles remember every request: so a new one each time
    const scorer: Scorer = { name: 'words', score: (asked) => badWords('red').score(asked) };
    const rewriter: Rewriter = { name: 'scripted', rewrite: (asked) => dictionary({ red: 'blue' }).rewrite(asked) };
    const proxy = await startProxy({ upstream: upstream.origin, log: () => {}, scorer, rewriter });
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const outcomes = new Map<string, number>();
    const run = async (count: number) => {
      let next = 0;
      await Promise.all(
        Array.from({ length: 16 }, async () => {
          while (next < count) {
            const kind = kinds[next++ % kinds.length]!;
            const answer = await call(proxy.url, agent, kind);
            const fixed = /blue/.test(answer) ? ' corrected' : '';
            const outcome = `${kind.name}: ${/^\d+/.exec(answer)?.[0] ?? 'closed'}${fixed}`;
            outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          }
        }),
      );
      await until(async () => (await metric(proxy, 'calls_in_hand ')) === 0);
      agent.destroy();
    };
    await run(200);
    await settled();
    const before = { heap: heap(), handles: handles() };
    await run(1000);
    await settled();
    const middle = heap();
    await run(1000);
    await until(() => handles() <= before.handles + 5, 60_000);
    await until(() => heap() - middle < 3 << 20, 60_000);
    const after = { heap: heap(), handles: handles() };
    const mib = (bytes: number) => Math.round((bytes / (1 << 20)) * 100) / 100;
    console.info('after 200, 1200, 2200 calls, MiB:', mib(before.heap), mib(middle), mib(after.heap));
    console.info('handles:', before.handles, after.handles);
    console.info(Object.fromEntries(outcomes));
    expect(after.handles).toBeLessThanOrEqual(before.handles + 5);
    // what is kept on purpose is bounded: the reports of the latest 500 streams
    expect(mib(after.heap - middle)).toBeLessThan(3);
    expect(await metric(proxy, 'calls_waiting ')).toBe(0);
    for (const kind of ['json', 'stream']) {
      expect([...outcomes.keys()].filter((outcome) => outcome.startsWith(`${kind}: `))).toEqual([
        `${kind}: 200 corrected`,
      ]);
    }
    expect([...outcomes.keys()].filter((outcome) => outcome.startsWith('429: '))).toEqual(['429: 429']);
    expect([...outcomes.keys()].filter((outcome) => outcome.startsWith('dies: '))).toEqual(['dies: 502']);
    upstream.server.closeAllConnections();
    upstream.server.close();
  }, 300_000);
});

it('streams that never end hold no place for good, read or not: other calls go on', async () => {
  const upstream = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      const { stream } = JSON.parse(Buffer.concat(chunks).toString()) as { stream?: boolean };
      if (!stream) return response.end(JSON.stringify(chatCompletion({ content: wrong })));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const [word] = chatStream('so on ');
      const timer = setInterval(() => response.write(word), 20);
      response.once('close', () => clearInterval(timer));
    });
  });
  upstream.listen(0, '127.0.0.1');
  await new Promise((resolve) => upstream.once('listening', resolve));
  const { port } = upstream.address() as AddressInfo;
  const proxy = await startProxy({
    upstream: `http://127.0.0.1:${port}`,
    scorer: badWords('red'),
    rewriter: dictionary({ red: 'blue' }),
    concurrency: 2,
  });
  const gone = new AbortController();
  const url = `${proxy.url}/v1/chat/completions`;
  const endless = [1, 2].map(() => post(url, chatCall(pixel, { stream: true }), {}, gone.signal));
  await until(async () => (await metric(proxy, 'calls_in_hand ')) === 2);
  expect(await (await post(url, chatCall())).text()).toContain('blue');
  gone.abort();
  await Promise.allSettled(endless);
  upstream.closeAllConnections();
  upstream.close();
});
