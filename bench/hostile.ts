/**
 * npm run build && npx tsx bench/hostile.ts [--seconds 10] [--scorer tldr]: what hostile callers do to everybody else. `/healthz` and
 * calls about known pictures, first alone, then beside callers whose bodies drip, beside readers that never read, and
 * beside 16 pictures of 7900 x 7900 pixels at once. For each: how long they take, and what the thread that serves everybody did
 * meanwhile: how much of the time it was at work, and how much it waited for a core.
 */
import { readFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import {
  callOnce,
  children,
  machine,
  numbered,
  picture,
  quantile,
  showing,
  start,
  startServe,
} from './local-server.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } });
const ms = Number(values.seconds) * 1000;
const wait = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

/** Answers each call: a stream without an end to one that asks for a stream. */
function serveEndless(): void {
  const word =
    'data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"so on and "}}]}\n\n';
  // many at once, so that this process is not what the calls wait for
  const words = Buffer.from(word.repeat(600));
  const body = JSON.stringify({ id: 'c', choices: [{ index: 0, message: { role: 'assistant', content: 'A dog.' } }] });
  const server = createServer((incoming, response) => {
    let asked = '';
    incoming.on('data', (chunk: Buffer) => {
      asked ||= chunk.toString('latin1', 0, 200);
    });
    incoming.on('end', () => {
      if (!/"stream":true/.test(asked))
        return response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const more = () => {
        while (response.write(words));
      };
      response.on('drain', more);
      more();
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
}

/** Where a thread's time went, in ms: at work, and ready but without a core. The first thread of a process has its id. */
function spent(pid: number): { ran: number; waited: number } {
  const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ').map(Number);
  return { ran: ran / 1e6, waited: waited / 1e6 };
}

const agent = new Agent({ keepAlive: true });
const health = (url: string) =>
  new Promise<number>((resolve, reject) => {
    const began = performance.now();
    request(`${url}/healthz`, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(performance.now() - began));
    })
      .on('error', reject)
      .end();
  });

async function probes(url: string, until: () => boolean): Promise<{ health: number[]; calls: number[] }> {
  const times = { health: [] as number[], calls: [] as number[] };
  const body = showing(picture);
  await Promise.all([
    (async () => {
      while (!until()) {
        times.health.push(await health(url));
        await wait(10);
      }
    })(),
    (async () => {
      while (!until()) {
        times.calls.push((await callOnce({ name: '', url, headers: {} }, body)).ms);
        await wait(10);
      }
    })(),
  ]);
  return times;
}

async function measured(name: string, pid: number, url: string, until: () => boolean): Promise<void> {
  const before = spent(pid);
  const began = performance.now();
  const times = await probes(url, until);
  const took = performance.now() - began;
  const after = spent(pid);
  const share = (part: number) => `${((part / took) * 100).toFixed(0)} %`;
  const figures = ({ health: one, calls }: typeof times) =>
    [one, calls].flatMap((list) => {
      const sorted = list.sort((a, b) => a - b);
      return [0.5, 0.99, 1].map((q) => quantile(sorted, q).toFixed(1));
    });
  console.log(
    `| ${name} | ${figures(times).join(' | ')} | ${share(after.ran - before.ran)} | ${share(after.waited - before.waited)} |`,
  );
}

function afterwards(time: number): () => boolean {
  const end = performance.now() + time;
  return () => performance.now() > end;
}

async function main(): Promise<void> {
  const { said } = await start(['--import', 'tsx', 'bench/hostile.ts'], { BENCH_ENDLESS: '1' }, /port (\d+)/);
  const { url, child } = await startServe(`http://127.0.0.1:${said}`);
  const pid = child.pid!;
  const port = Number(new URL(url).port);
  const open = () => {
    const socket: Socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    return socket;
  };
  await measuredWarm(url);
  console.log(`${machine()}\n`);
  console.log(
    '| beside | /healthz p50, ms | p99 | max | calls p50, ms | p99 | max | main thread ran | waited for a core |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  await measured('nothing', pid, url, afterwards(ms));

  const head = (length: number) =>
    `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  const dripping = Array.from({ length: 64 }, open);
  for (const socket of dripping) socket.write(head(100_000));
  const drip = setInterval(() => {
    for (const socket of dripping) socket.write(' ');
  }, 200);
  await measured('64 bodies that drip', pid, url, afterwards(ms));
  clearInterval(drip);
  for (const socket of dripping) socket.destroy();

  const streaming = JSON.stringify({ stream: true, ...JSON.parse(showing(picture)) });
  const deaf = Array.from({ length: 64 }, open);
  for (const socket of deaf) {
    socket.pause();
    socket.write(head(Buffer.byteLength(streaming)) + streaming);
  }
  await measured('64 readers that never read', pid, url, afterwards(ms));
  for (const socket of deaf) socket.destroy();
  await wait(1000);

  const side = 7900;
  const background = { width: side, height: side, channels: 3 as const, background: '#8a5' };
  const large = await sharp({ create: background }).png({ compressionLevel: 6 }).toBuffer();
  let left = 16;
  for (let nth = 0; nth < 16; nth++)
    void callOnce({ name: '', url, headers: {} }, showing(numbered(nth, large)))
      .catch((error: Error) => console.error(error.message))
      .then(() => left--);
  await measured(`16 pictures of ${side} x ${side}`, pid, url, () => left === 0);
  await measured('nothing, again', pid, url, afterwards(ms));
}

async function measuredWarm(url: string): Promise<void> {
  await probes(url, afterwards(3000));
}

if (process.env.BENCH_ENDLESS) serveEndless();
else
  await main()
    .catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    })
    .finally(() => {
      for (const one of children) one.kill();
      process.exit();
    });
