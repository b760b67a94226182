/**
 * npm run build && npx tsx bench/proxy.ts [--rounds 12] [--calls 40] [--workers 1]: what the proxy adds, side by side in one run with the
 * bare upstream and with `@portkey-ai/gateway` as a plain gateway. Rounds of all of them are interleaved; what a
 * corrected call costs beside its scorer and its rewriter is the median of the rounds.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packages } from '../test/versions/installed.js';
import {
  asking,
  callOnce,
  caption,
  children,
  freePort,
  machine,
  median,
  numbered,
  picture,
  quantile,
  showing,
  startServe,
  startUpstream,
  type Target,
} from './local-server.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    calls: { type: 'string', default: '40' },
    workers: { type: 'string', default: '1' },
  },
});
const [rounds, calls, workers] = [Number(values.rounds), Number(values.calls), Number(values.workers)];

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
    name: 'picture, corrected: the same picture and another answer in each call',
    corrected: true,
    count: Math.ceil(calls / 4),
    body: () => showing(picture, 'fresh'),
  },
  {
    name: 'picture, corrected: the same picture and answer in each call',
    corrected: true,
    count: Math.ceil(calls / 4),
    body: () => pictureBody,
  },
];

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

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** Seconds that the proxy has spent in its scorer and its rewriter so far. */
async function workSeconds(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const sum = (name: string) =>
    Number(new RegExp(`^vlm_detective_${name}_seconds_sum (\\S+)`, 'm').exec(metrics)?.[1] ?? 0);
  return sum('scorer') + sum('rewriter');
}

async function compare(): Promise<void> {
  const upstream = await startUpstream();
  const { url: ours } = await startServe(upstream);
  const port = await freePort();
  const folder = join(packages, '@portkey-ai', 'gateway');
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
  console.log(`${machine()}, ${workers} at a time\n`);

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
}

await compare().finally(() => children.map((child) => child.kill()));
