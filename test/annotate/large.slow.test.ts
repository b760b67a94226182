import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { openStore, stores } from '../../annotate/store/store.js';
import { emptyWork } from '../../annotate/work.js';
import { hasChromium, openBrowser } from './browser.js';
import { flagged, newFolder, pictureIn, served } from './served.js';

vi.setConfig({ testTimeout: 900_000 });

/** The figures of docs/data-teams.md: ANNOTATE_ITEMS=10000 npx vitest run test/annotate/large.slow.test.ts (and 100000) */
const count = Number(process.env.ANNOTATE_ITEMS ?? 500);
const sentence = 'A red car stands left of two dogs under a green tree, and the sign behind them says STOP. ';
const itemsWith = (image: string, from = 0, to = count) =>
  Array.from({ length: to - from }, (_, at) =>
    flagged(`i${from + at}`, image, sentence.repeat(4), ['red', 'two', 'STOP']),
  );

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

describe.skipIf(!hasChromium)(`a set of ${count} answers`, () => {
  const closing: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  test('is shown and saved without a wait, and memory stays flat', async () => {
    const image = await pictureIn(newFolder());
    const app = await served(itemsWith(image), { annotator: 'ann', queue: { order: 'lowest' } });
    closing.push(app.close);
    const browser = await openBrowser();
    closing.push(() => browser.close());
    const page = await browser.newPage();
    await page.goto(app.url);
    await page.locator('#answer').waitFor();
    const turn = async () => {
      const before = await page.locator('h1').textContent();
      return page.evaluate(async (id) => {
        const press = (key: string) =>
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        const until = async (done: () => boolean) => {
          const from = performance.now();
          while (!done()) await new Promise((resolve) => requestAnimationFrame(resolve));
          return performance.now() - from;
        };
        const savedAfter = (from: number) =>
          performance
            .getEntriesByType('resource')
            .filter((entry) => entry.name.endsWith('/work') && entry.startTime >= from)
            .map((entry) => (entry as PerformanceResourceTiming).responseEnd)[0];
        const isPainted = () => document.querySelector('#answer[data-painted]') !== null;
        await until(isPainted);
        performance.clearResourceTimings();
        const from = performance.now();
        press('r');
        await until(() => savedAfter(from) !== undefined);
        const saved = savedAfter(from)! - from;
        press('r');
        press('r');
        press('Enter');
        const shown = await until(() => document.querySelector('h1')?.textContent !== id && isPainted());
        const picture = await until(() => document.querySelector('img')?.complete ?? false);
        return { saved, ready: shown + picture };
      }, before);
    };
    const heap = async () => {
      const client = await page.context().newCDPSession(page);
      await client.send('HeapProfiler.collectGarbage');
      const { usedSize } = await client.send('Runtime.getHeapUsage');
      return usedSize / 2 ** 20;
    };
    const turns = [];
    for (let at = 0; at < 10; at++) turns.push(await turn());
    const early = await heap();
    for (let at = 0; at < 30; at++) turns.push(await turn());
    const late = await heap();
    const saves = median(turns.map(({ saved }) => saved));
    const ready = median(turns.map((one) => one.ready));
    console.log(
      `${count} answers: saved ${saves.toFixed(0)} ms, next answer with its picture ${ready.toFixed(0)} ms (medians of ${turns.length}); page ${early.toFixed(1)} -> ${late.toFixed(1)} MiB; server ${(process.memoryUsage().heapUsed / 2 ** 20).toFixed(0)} MiB`,
    );
    expect(late - early).toBeLessThan(3);
    expect(app.store.state.items.get('i0')!.people.get('ann')?.status).toBe('done');
  });
});

test.each(stores)(`a %s store takes ${count} answers, and has them again`, async (kind) => {
  const folder = join(newFolder(), 'store');
  let from = performance.now();
  const lap = () => {
    const took = performance.now() - from;
    from = performance.now();
    return `${(took / 1000).toFixed(1)} s`;
  };
  const store = await openStore(folder, kind);
  for (let at = 0; at < count; at += 2000) await store.add(itemsWith('/a.png', at, Math.min(count, at + 2000)));
  const written = lap();
  const work = { ...emptyWork, status: 'done' } as const;
  for (let at = 0; at < 200; at++)
    await store.save({
      item: `i${at}`,
      annotator: 'ann',
      base: 0,
      after: [],
      key: `key ${at}`,
      work,
      shown: 'flags',
      role: 'annotate',
    });
  const saves = (performance.now() - from) / 200;
  await store.close();
  lap();
  const again = await openStore(folder);
  console.log(
    `${kind}: ${count} answers written in ${written}, a save ${saves.toFixed(1)} ms, opened again in ${lap()}`,
  );
  expect(again.state.items.size).toBe(count);
  expect(again.state.items.get('i199')!.people.get('ann')?.status).toBe('done');
  expect((await again.item(`i${count - 1}`))!.response).toBe(sentence.repeat(4));
  await again.close();
});
