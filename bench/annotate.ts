/**
 * npm run build && npx tsx bench/annotate.ts [--items 10000] [--turns 200] [--pages 15] [--database libsql]: what a person waits for at the
 * annotation page, in Chromium, over a store of so many answers and over one of 100, in turns: the first page, a decision
 * until it is on the disk, the next answer with its picture; and what the page and the server hold in memory, early and late.
 * Beside them, what an append with fdatasync costs on this disk at all.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { children, machine, median, picture, quantile, start } from './local-server.js';

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '10000' },
    turns: { type: 'string', default: '200' },
    pages: { type: 'string', default: '15' },
    database: { type: 'string', default: 'jsonl' },
  },
});
const [turns, pages] = [Number(values.turns), Number(values.pages)];
const folder = mkdtempSync(join(tmpdir(), 'bench-annotate-'));

/** Answers of four sentences with three flags each, about pictures of a camera's size, each a file of its own name. */
async function writeItems(count: number): Promise<string> {
  const photo = await sharp(picture).resize(1600, 1200, { fit: 'fill' }).jpeg({ quality: 90 }).toBuffer();
  const home = join(folder, String(count));
  mkdirSync(home);
  for (let at = 0; at < 20; at++) writeFileSync(join(home, `${at}.jpg`), photo);
  const sentence = 'A red car stands left of two dogs under a green tree, and the sign behind them says STOP. ';
  const response = sentence.repeat(4);
  const spans = ['red', 'two', 'STOP'].map((text) => {
    const begin = response.indexOf(text);
    return { start: begin, end: begin + text.length, text, reward: 0.12 };
  });
  const lines = Array.from({ length: count }, (_, at) =>
    JSON.stringify({ id: `i${at}`, image: `${at % 20}.jpg`, response, spans, threshold: 0.4, scorer: 'bench' }),
  );
  const path = join(home, 'items.jsonl');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

interface Side {
  count: number;
  pid: number;
  url: string;
  page: Page;
  firsts: { ready: number; afterPicture: number }[];
  turns: { saved: number; told: number; next: number }[];
  memory: { heap: number; server: number }[];
}

async function openPage(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  // tsx has every function named by this
  await page.addInitScript({ content: 'globalThis.__name = (named) => named' });
  return page;
}

async function startSide(browser: Browser, count: number): Promise<Side> {
  const input = await writeItems(count);
  const store = ['--store', join(folder, `${count}-store`), '--database', values.database];
  const args = ['dist/cli/main.js', 'annotate', '--input', input, ...store, '--no-open', '--port', '0'];
  const ready = /(http:\S+)/;
  const { said, child } = await start([...args, '--scorer', 'none', '--annotator', 'ann'], {}, ready);
  const page = await openPage(browser);
  await page.goto(said);
  await page.locator('#answer[data-painted]').waitFor();
  return { count, pid: child.pid!, url: said, page, firsts: [], turns: [], memory: [] };
}

/** A page in a browser that has nothing of it, until the answer and its picture are on the screen; ms. */
async function first(browser: Browser, { url }: Side) {
  const page = await openPage(browser);
  await page.addInitScript(() => {
    const look = () => {
      const painted = document.querySelector('#answer[data-painted]') !== null;
      if (painted && document.querySelector('img')?.complete) {
        const { src } = document.querySelector('img')!;
        const [shown] = performance.getEntriesByName(src);
        const ready = performance.now();
        const arrived = (shown as PerformanceResourceTiming).responseEnd;
        document.documentElement.dataset.bench = JSON.stringify({ ready, afterPicture: ready - arrived });
      } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(url);
  const html = page.locator('html[data-bench]');
  await html.waitFor();
  const measured = JSON.parse((await html.getAttribute('data-bench'))!) as Side['firsts'][number];
  await page.context().close();
  return measured;
}

/** Three flags are rejected and the answer is handed in; ms from a key to what it did. */
function turn({ page }: Side) {
  return page.evaluate(async () => {
    const press = (key: string) =>
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    const until = async (done: () => boolean) => {
      while (!done()) await new Promise((resolve) => requestAnimationFrame(resolve));
      return performance.now();
    };
    const isReady = () =>
      document.querySelector('#answer[data-painted]') !== null && document.querySelector('img')?.complete === true;
    const savedAt = (from: number) =>
      performance
        .getEntriesByType('resource')
        .filter(({ name, startTime }) => name.endsWith('/work') && startTime >= from)
        .map((entry) => (entry as PerformanceResourceTiming).responseEnd)[0];
    await until(isReady);
    performance.clearResourceTimings();
    const from = performance.now();
    press('r');
    await until(
      () => savedAt(from) !== undefined && /Saved \d/.test(document.querySelector('header')?.textContent ?? ''),
    );
    const told = performance.now() - from;
    const saved = savedAt(from)! - from;
    press('r');
    press('r');
    const id = document.querySelector('h1')?.textContent;
    const left = performance.now();
    press('Enter');
    const next = (await until(() => document.querySelector('h1')?.textContent !== id && isReady())) - left;
    return { saved, told, next };
  });
}

const residentMib = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

async function remember(side: Side): Promise<void> {
  const client = await side.page.context().newCDPSession(side.page);
  await client.send('HeapProfiler.collectGarbage');
  const { usedSize } = await client.send('Runtime.getHeapUsage');
  await client.detach();
  side.memory.push({ heap: usedSize / 2 ** 20, server: residentMib(side.pid) });
}

/** A line of a decision's length, and fdatasync; ms. */
async function bareAppends(count: number): Promise<number[]> {
  const file = await open(join(folder, 'bare'), 'a');
  const times: number[] = [];
  for (let at = 0; at < count; at++) {
    const since = performance.now();
    await file.appendFile(`${'x'.repeat(300)}\n`);
    await file.datasync();
    times.push(performance.now() - since);
  }
  await file.close();
  return times;
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const sides = [await startSide(browser, 100), await startSide(browser, Number(values.items))];
  console.log(`${machine()}, ${browser.version()}, ${values.database}`);
  for (let at = 0; at < pages; at++) for (const side of sides) side.firsts.push(await first(browser, side));
  const bare = await bareAppends(100);
  for (let at = 0; at < turns; at++) {
    for (const side of sides) {
      // the small one ends before
      if (at >= side.count - 5) continue;
      side.turns.push(await turn(side));
      const last = Math.min(turns, side.count - 5);
      if ([10, last >> 2, last >> 1, last].includes(at + 1)) await remember(side);
    }
  }
  const [small, large] = sides as [Side, Side];
  const numbers = (all: number[]) =>
    `${median(all).toFixed(0)} (${quantile(
      [...all].sort((a, b) => a - b),
      0.95,
    ).toFixed(0)})`;
  const row = (what: string, of: (side: Side) => number[], bar = '') => {
    const [a, b] = [of(small), of(large)];
    console.log(`| ${what} | ${numbers(a)} | ${numbers(b)} | ${(median(b) / median(a)).toFixed(2)} | ${bar} |`);
  };
  console.log(`| ms, median (p95) | ${small.count} answers | ${large.count} answers | ratio | bar |`);
  console.log('|---|---|---|---|---|');
  row('first page, from nothing', ({ firsts }) => firsts.map(({ ready }) => ready));
  row('the same, from the last byte of the picture', ({ firsts }) => firsts.map((one) => one.afterPicture), '300');
  row('a decision, until it is on the disk', (side) => side.turns.map(({ saved }) => saved), '50');
  row('the same, until the page says so', (side) => side.turns.map(({ told }) => told));
  row('the next answer with its picture', (side) => side.turns.map(({ next }) => next));
  const told = (key: 'heap' | 'server') => (side: Side) => side.memory.map((one) => one[key].toFixed(1)).join(' to ');
  for (const [what, key] of [
    ['page', 'heap'],
    ['server', 'server'],
  ] as const)
    console.log(
      `| MiB of the ${what}, after 10 answers, a quarter, half, all | ${told(key)(small)} | ${told(key)(large)} | | |`,
    );
  console.log(`An append of 300 bytes with fdatasync on this disk: ${median(bare).toFixed(1)} ms. ${machine()}`);
} finally {
  await browser.close();
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}
