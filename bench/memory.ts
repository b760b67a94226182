/**
 * npm run build && npx tsx bench/memory.ts [--calls 10000] [--workers 4]: picture calls through `serve`, every second
 * with a picture that it has not seen, each answer another one, and the memory of the process as it goes on. The goal: after the last no more than 5 % over what it was
 * after the first thousand.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { callOnce, children, machine, median, numbered, showing, startServe, startUpstream } from './local-server.js';

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '10000' }, workers: { type: 'string', default: '4' } },
});
const [calls, workers] = [Number(values.calls), Number(values.workers)];
const step = Math.max(1, calls / 20);

const { url, child } = await startServe(await startUpstream());
const residentMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024;
const target = { name: 'serve', url, headers: {} };
console.log(`${machine()}, ${workers} at a time\n\n| calls | RSS, MiB | p50 of a call, ms |\n|---|---|---|`);
console.log(`| 0 | ${residentMiB().toFixed(0)} | |`);

let next = 0;
let done = 0;
let times: number[] = [];
const seen: { calls: number; rss: number }[] = [];
async function worker(): Promise<void> {
  while (next < calls) {
    times.push((await callOnce(target, showing(numbered(next++ >> 1), 'fresh'))).ms);
    if (++done % step !== 0) continue;
    seen.push({ calls: done, rss: residentMiB() });
    console.log(`| ${done} | ${residentMiB().toFixed(0)} | ${median(times).toFixed(1)} |`);
    times = [];
  }
}
await Promise.all(Array.from({ length: workers }, worker));
const first = seen.find((one) => one.calls >= calls / 10)!;
const last = seen.at(-1)!;
console.log(`\n${((last.rss / first.rss - 1) * 100).toFixed(1)} % from call ${first.calls} to call ${last.calls}`);
for (const one of children) one.kill();
process.exit();
