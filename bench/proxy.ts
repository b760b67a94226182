/**
 * npx tsx bench/proxy.ts [--rounds 12] [--calls 40] [--workers 1]: what the proxy adds, side by side in one run with the
 * bare upstream and with `@portkey-ai/gateway` as a plain gateway. Rounds of all of them are interleaved; what a
 * corrected call costs beside its scorer and its rewriter is the median of the rounds.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { crc32 } from 'node:zlib';
import { packageRoot } from '../src/base/package-root.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    calls: { type: 'string', default: '40' },
    workers: { type: 'string', default: '1' },
  },
});
const [rounds, calls, workers] = [Number(values.rounds), Number(values.calls), Number(values.workers)];

const root = packageRoot();
const golden = JSON.parse(readFileSync(join(root, 'models/tldr-scenes/golden.json'), 'utf8')) as {
  image: string;
  response: string;
  rewards: number[];
}[];
// a true caption's perturbed twin: one thing in it is wrong, and the model knows
const { image, response: caption } = golden.find(({ rewards }) => rewards.some((reward) => reward < 0.1))!;
const picture = readFileSync(join(root, 'models/tldr-scenes', image));
const completion = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1763877600,
  model: 'gpt-5.1',
  choices: [{ index: 0, message: { role: 'assistant', content: caption }, logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1117, completion_tokens: 12, total_tokens: 1129 },
});
const text = { type: 'text', text: 'What is in the picture?' };
const asking = (...pictures: object[]) =>
  JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content: [text, ...pictures] }] });
const showing = (png: Buffer) =>
  asking({ type: 'image_url', image_url: { url: `data:image/png;base64,${png.toString('base64')}` } });

/** The same picture with a comment in it: of other bytes, so that nothing that is kept of the others serves it. */
function numbered(nth: number): Buffer {
  const comment = Buffer.from(`tEXtComment\0${nth}`);
  const chunk = Buffer.alloc(comment.length + 8);
  chunk.writeUInt32BE(comment.length - 4);
  comment.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(comment), comment.length + 4);
  // before the last chunk, which is always of twelve bytes
  return Buffer.concat([picture.subarray(0, -12), chunk, picture.subarray(-12)]);
}

interface Case {
  name: string;
  corrected: boolean;
  /** Calls of each target in a round. */
  count: number;
  body: (nth: number) => string;
}
const textBody = asking();
const pictureBody = showing(picture);
const cases: readonly Case[] = [
  { name: 'text, passed through', corrected: false, count: calls, body: () => textBody },
  {
    name: 'picture, corrected: a new one in each call',
    corrected: true,
    count: Math.ceil(calls / 8),
    body: (nth) => showing(numbered(nth)),
  },
  {
    name: 'picture, corrected: the same picture and answer in each call',
    corrected: true,
    count: Math.ceil(calls / 4),
    body: () => pictureBody,
  },
];

const children: ChildProcess[] = [];

function serveUpstream(): void {
  const head = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(completion)) };
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => response.writeHead(200, head).end(completion));
  });
  server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
}

/** Starts a Node process, and waits until it says or shows that it listens. */
async function start(args: string[], env: Record<string, string>, ready: RegExp): Promise<string> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let said = '';
  for await (const chunk of child.stdout!) {
    said += chunk;
    const found = ready.exec(said);
    if (found) {
      child.stdout!.resume();
      return found[1] ?? '';
    }
  }
  throw new Error(`${args.join(' ')} did not start`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const agent = new Agent({ keepAlive: true, maxSockets: workers });

interface Target {
  name: string;
  url: string;
  headers: Record<string, string>;
}

function callOnce({ url, headers }: Target, body: string): Promise<{ ms: number; text: string }> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const sent = request(
      `${url}/v1/chat/completions`,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          authorization: 'Bearer sk-bench-1234567890',
          ...headers,
        },
      },
      (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          answer += chunk;
        });
        response.on('end', () => {
          if (response.statusCode !== 200)
            return reject(new Error(`${url}: ${response.statusCode} ${answer.slice(0, 200)}`));
          resolve({ ms: performance.now() - started, text: answer });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

let nth = 0;

async function round(target: Target, { body }: Case, count: number): Promise<{ times: number[]; seconds: number }> {
  const times: number[] = [];
  const sent = Array.from({ length: count }, () => body(nth++));
  const started = performance.now();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let next = sent.pop(); next !== undefined; next = sent.pop()) times.push((await callOnce(target, next)).ms);
    }),
  );
  return { times, seconds: (performance.now() - started) / 1000 };
}

const quantile = (sorted: readonly number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;
const median = (numbers: readonly number[]) =>
  quantile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  );
const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** Seconds that the proxy has spent in its scorer and its rewriter so far. */
async function workSeconds(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const sum = (name: string) =>
    Number(new RegExp(`^vlm_detective_${name}_seconds_sum (\\S+)`, 'm').exec(metrics)?.[1] ?? 0);
  return sum('scorer') + sum('rewriter');
}

async function compare(): Promise<void> {
  const upstream = `http://127.0.0.1:${await start(['--import', 'tsx', 'bench/proxy.ts'], { BENCH_UPSTREAM: '1' }, /port (\d+)/)}`;
  const main = ['--import', 'tsx', 'cli/main.ts'];
  const serve = ['serve', '--port', '0', '--upstream', upstream, '--scorer', 'tldr', '--rewriter', 'local'];
  const ours = await start([...main, ...serve], {}, /"url":"([^"]+)"/);
  const port = await freePort();
  const folder = dirname(createRequire(import.meta.url).resolve('@portkey-ai/gateway/package.json'));
  const portkey = spawn(process.execPath, [join(folder, 'build/start-server.js'), `--port=${port}`, '--headless'], {
    stdio: 'ignore',
  });
  children.push(portkey);
  const targets: Target[] = [
    { name: 'no gateway', url: upstream, headers: {} },
    { name: 'vlm-detective serve', url: ours, headers: {} },
    {
      name: 'Portkey, plain',
      url: `http://127.0.0.1:${port}`,
      headers: { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${upstream}/v1` },
    },
  ];
  for (let tries = 0; !(await fetch(targets[2]!.url).catch(() => undefined)); tries++) {
    if (tries > 200) throw new Error('Portkey did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const answer = JSON.parse((await callOnce(targets[1]!, pictureBody)).text);
  const corrected = answer.choices[0].message.content as string;
  if (corrected === caption) throw new Error('the answer was not corrected: there is nothing to measure');
  console.log(`${JSON.stringify(caption)} -> ${JSON.stringify(corrected)}`);
  console.log(
    `${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${workers} at a time\n`,
  );

  for (const one of cases) {
    const { name, corrected: isCorrected, count } = one;
    const found = targets.map(() => ({ times: [] as number[], seconds: 0 }));
    for (const target of targets) await round(target, one, isCorrected ? 5 : 100);
    const added: { ms: number; work: number }[] = [];
    for (let turn = 0; turn < rounds; turn++) {
      let work = 0;
      const means = targets.map(() => 0);
      // each goes first in its turn
      for (let place = 0; place < targets.length; place++) {
        const which = (turn + place) % targets.length;
        const before = which === 1 ? await workSeconds(ours) : 0;
        const { times, seconds } = await round(targets[which]!, one, count);
        if (which === 1) work = ((await workSeconds(ours)) - before) * 1000;
        found[which]!.times.push(...times);
        found[which]!.seconds += seconds;
        means[which] = mean(times);
      }
      added.push({ ms: means[1]! - means[0]!, work: work / count });
    }
    console.log(`### ${name}\n`);
    console.log('| | calls | calls/s | p50 ms | p99 ms | added p50 | added p99 |\n|---|---|---|---|---|---|---|');
    const base = found[0]!.times.sort((a, b) => a - b);
    for (const [index, { times, seconds }] of found.entries()) {
      const sorted = times.sort((a, b) => a - b);
      const [p50, p99] = [quantile(sorted, 0.5), quantile(sorted, 0.99)];
      const more =
        index === 0 ? ['', ''] : [p50 - quantile(base, 0.5), p99 - quantile(base, 0.99)].map((ms) => ms.toFixed(2));
      console.log(
        `| ${targets[index]!.name} | ${times.length} | ${(times.length / seconds).toFixed(0)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${more.join(' | ')} |`,
      );
    }
    if (isCorrected) {
      const on = (pick: (one: { ms: number; work: number }) => number) => median(added.map(pick)).toFixed(2);
      console.log(
        `\nOf ${rounds} rounds, the medians: ${on(({ ms }) => ms)} ms added to a corrected call, ${on(({ work }) => work)} ms of them scorer and rewriter; ${on(({ ms, work }) => ms - work)} ms, ${on(({ ms, work }) => (ms / work - 1) * 100)} %, on top.`,
      );
    }
    console.log('');
  }
  agent.destroy();
}

if (process.env.BENCH_UPSTREAM) serveUpstream();
else await compare().finally(() => children.map((child) => child.kill()));
