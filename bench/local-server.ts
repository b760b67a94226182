/** What the benchmarks of the server share: an upstream, a picture that nobody has seen, a call, and who is started for it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { packageRoot } from '../src/base/package-root.js';

export const root = packageRoot();
/** The picture of `vlm-detective demo`: two dogs, left of a red car, under a blue balloon. */
export const picture = readFileSync(join(root, 'models', 'demo.png'));
export const trueCaption = 'There are two dogs to the left of a red car.';
/** One thing in it is wrong, the embedded model knows, and the local rewriter puts it right. */
export const caption = 'There are four dogs to the left of a red car.';
const completionOf = (content: string) =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1763877600,
    model: 'gpt-5.1',
    choices: [{ index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1117, completion_tokens: 12, total_tokens: 1129 },
  });
const text = { type: 'text', text: 'What is in the picture?' };
export const asking = (model = 'gpt-5.1', ...pictures: object[]) =>
  JSON.stringify({ model, messages: [{ role: 'user', content: [text, ...pictures] }] });
export const showing = (png: Buffer, model?: string) =>
  asking(model, { type: 'image_url', image_url: { url: `data:image/png;base64,${png.toString('base64')}` } });

/** The same picture with a comment in it: of other bytes, so that nothing that is kept of the others serves it. */
export function numbered(nth: number, png = picture): Buffer {
  const comment = Buffer.from(`tEXtComment\0${nth}`);
  const chunk = Buffer.alloc(comment.length + 8);
  chunk.writeUInt32BE(comment.length - 4);
  comment.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(comment), comment.length + 4);
  // before the last chunk, which is always of twelve bytes
  return Buffer.concat([png.subarray(0, -12), chunk, png.subarray(-12)]);
}

/** All that was started. */
export const children: ChildProcess[] = [];

/** Words that say nothing about the picture, other ones in each answer: nothing that is kept of another serves it. */
const digits = 'zero one two three four five six seven eight nine'.split(' ');
const closing = (nth: number) =>
  ` Have a nice day, reader ${[...String(nth)].map((digit) => digits[Number(digit)]).join(' ')}.`;

/** Answers with the caption; a call whose model is `fresh` or `right` with another one each time, and `right` with a true one. */
function serveUpstream(): void {
  let nth = 100_000;
  const server = createServer((incoming, response) => {
    let asked = '';
    incoming.on('data', (chunk: Buffer) => {
      asked ||= chunk.toString('latin1', 0, 40);
    });
    incoming.on('end', () => {
      const [, model] = /"model":"(fresh|right)"/.exec(asked) ?? [];
      const content = model === undefined ? caption : (model === 'right' ? trueCaption : caption) + closing(nth++);
      const body = completionOf(content);
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) })
        .end(body);
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
}

/** Starts a Node process, and waits until it says that it listens: its match of `ready`. */
export async function start(
  args: string[],
  env: Record<string, string>,
  ready: RegExp,
): Promise<{ said: string; child: ChildProcess }> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let output = '';
  // read to its end: a log line into a closed pipe is an error for each call
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      if (output === 'ready') return;
      output += chunk;
      const found = ready.exec(output);
      if (!found) return;
      output = 'ready';
      resolve({ said: found[1] ?? '', child });
    });
    child.once('exit', () => reject(new Error(`${args.join(' ')} did not start`)));
  });
}

/** An upstream that answers every call with the caption. */
export async function startUpstream(): Promise<string> {
  const { said } = await start(['--import', 'tsx', 'bench/local-server.ts'], { BENCH_UPSTREAM: '1' }, /port (\d+)/);
  return `http://127.0.0.1:${said}`;
}

/** `serve` before it, as it was built. */
export async function startServe(upstream: string, ...more: string[]): Promise<{ url: string; child: ChildProcess }> {
  const main = 'dist/cli/main.js';
  if (!existsSync(join(root, main))) throw new Error('run `npm run build` first');
  const args = [
    main,
    'serve',
    '--port',
    '0',
    '--upstream',
    upstream,
    '--scorer',
    'tldr',
    '--rewriter',
    'local',
    ...more,
  ];
  const { said, child } = await start(args, {}, /"url":"([^"]+)"/);
  for (let tries = 0; (await fetch(`${said}/readyz`)).status !== 200; tries++) {
    if (tries > 600) throw new Error('serve is not ready');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url: said, child };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

export interface Target {
  name: string;
  url: string;
  headers: Record<string, string>;
}

const agent = new Agent({ keepAlive: true });

export function callOnce({ url, headers }: Target, body: string): Promise<{ ms: number; text: string }> {
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

export const quantile = (sorted: readonly number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;
export const median = (numbers: readonly number[]) =>
  quantile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  );

export const machine = () =>
  `${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`;

if (process.env.BENCH_UPSTREAM) serveUpstream();
