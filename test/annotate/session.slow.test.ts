import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AnnotationItem } from '../../annotate/item.js';
import { readRecords } from '../../annotate/records.js';
import { readStore } from '../../annotate/store/store.js';
import { hasChromium, openBrowser } from './browser.js';
import { oddText } from './odd-texts.js';
import { flagged, newFolder, pictureIn, type ServeSettings, served } from './served.js';

/** People's sessions in a real browser. */

const text = 'A 😀 red car stands left of two dogs.\r\nThe sign says STOP  twice.';

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
}

describe.skipIf(!hasChromium)('a session in a browser', () => {
  let browser: Browser;
  let image: string;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    image = await pictureIn(newFolder());
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => browser?.close());

  const itemsOf = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      flagged(`i${at + 1}`, image, text, [{ word: 'red', proposals: ['blue'] }, 'two']),
    );

  async function serve(items: readonly AnnotationItem[] = itemsOf(3), settings: ServeSettings = {}) {
    const app = await served(items, { annotator: 'ann', ...settings });
    closing.push(app.close);
    return app;
  }

  async function visit(url: string, { context, width = 1280 }: { context?: BrowserContext; width?: number } = {}) {
    const own = context ?? (await browser.newContext({ viewport: { width, height: 800 } }));
    const page = await own.newPage();
    const errors: string[] = [];
    page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
    page.on('pageerror', (error) => errors.push(error.message));
    // a person sees what a key did before the next one
    const press = page.keyboard.press.bind(page.keyboard);
    page.keyboard.press = async (key, options) => {
      await press(key, options);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    };
    await page.goto(url);
    if (!context) closing.push(() => own.close());
    return { page, errors, context: own };
  }

  async function open(items?: readonly AnnotationItem[], settings?: ServeSettings) {
    const app = await serve(items, settings);
    const visited = await visit(app.url);
    await visited.page.locator('#answer[data-ripe]').waitFor();
    return { ...app, ...visited };
  }

  const saved = (page: Page) => page.getByText(/^Saved /).waitFor();
  const shows = (page: Page, id: string) => page.getByRole('heading', { name: id }).waitFor();
  /** Hands the answer in, once the page takes that. */
  const handIn = async (page: Page) => {
    await page.locator('#answer[data-ripe]').waitFor();
    await page.keyboard.press('Enter');
  };

  async function recordsOf(folder: string) {
    const store = await readStore(folder);
    const all = [];
    for await (const { records } of readRecords(store)) all.push(...records);
    await store.close();
    return all;
  }

  const whole = {
    id: 'i1',
    annotator: 'ann',
    status: 'done',
    verdict: 'bad',
    corrected: 'A 😀 blue car stands left of two dogs.\r\nThe sign says GO  twice.',
    spans: [
      { text: 'red', label: 'hallucinated', replacement: 'blue', source: 'flag', start: 5, end: 8 },
      { text: 'two', label: 'supported', source: 'flag' },
      { text: 'STOP', label: 'hallucinated', replacement: 'GO', source: 'person' },
    ],
  };

  test('by keyboard alone: accept, reject, mark what was missed, type another, undo, and hand in', async () => {
    const { page, folder, errors } = await open();
    await page.keyboard.press('a');
    await page.keyboard.press('r');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('d');
    await page.keyboard.press('u');
    for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('e');
    await page.keyboard.type('GO');
    await page.keyboard.press('Enter');
    await handIn(page);
    await shows(page, 'i2');
    await saved(page);
    const [record] = await recordsOf(folder);
    expect(record).toMatchObject(whole);
    expect(errors).toEqual([]);
  });

  test('by mouse alone', async () => {
    const { page, folder } = await open();
    await page.getByRole('button', { name: /^Accept “blue”/ }).click();
    await page.locator('#answer').getByRole('button', { name: /^two/ }).click();
    await page.getByRole('button', { name: 'This is right' }).click();
    const word = (name: string) => page.locator('#answer [data-word]', { hasText: name });
    const [from, to] = [await word('sign').boundingBox(), await word('STOP').boundingBox()];
    await page.mouse.move(from!.x + 2, from!.y + from!.height / 2);
    await page.mouse.down();
    await page.mouse.move(to!.x + to!.width - 1, to!.y + to!.height / 2, { steps: 5 });
    await page.mouse.up();
    await page.locator('.target', { hasText: 'sign says STOP' }).waitFor();
    await word('STOP').click();
    await page.getByRole('button', { name: 'Delete these words' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Wrong', exact: true }).click();
    await page.getByLabel('Kind').selectOption('ocr');
    await page.locator('#answer[data-ripe]').waitFor();
    await page.getByRole('button', { name: /^Done/ }).click();
    await shows(page, 'i2');
    await saved(page);
    const [record] = await recordsOf(folder);
    expect(record!.spans).toMatchObject([
      { text: 'red', replacement: 'blue' },
      { text: 'two', label: 'supported' },
      { text: 'STOP', label: 'hallucinated', type: 'ocr', source: 'person' },
    ]);
    expect(record!.spans[2]).not.toHaveProperty('replacement');
  });

  test('skips with a reason, comments, gives a verdict, goes back, and undoes across saves and a reload', async () => {
    const { page, folder, url } = await open();
    await page.keyboard.press('s');
    await page.keyboard.press('2');
    await shows(page, 'i2');
    await page.keyboard.press('c');
    await page.keyboard.type('a word about it: j k Enter');
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('g');
    await handIn(page);
    await shows(page, 'i3');
    await page.keyboard.press('a');
    await saved(page);
    await page.goto(url);
    await shows(page, 'i3');
    await page.keyboard.press('u');
    await page.getByText('Undone.').waitFor();
    await page.keyboard.press('<');
    await shows(page, 'i2');
    await saved(page);
    const records = await recordsOf(folder);
    expect(records).toMatchObject([
      { status: 'skipped', skipReason: 'The picture is not clear enough' },
      { status: 'done', verdict: 'good', comment: 'a word about it: j k Enter', labels: [] },
      { status: 'open', spans: [] },
    ]);
  });

  test('a key that is pressed twice hands in no answer that nobody saw', async () => {
    const { page, folder } = await open([flagged('i1', image, text, []), flagged('i2', image, text, [])]);
    await handIn(page);
    await page.keyboard.press('Enter');
    await page.getByText(/has only just come/).waitFor();
    await shows(page, 'i2');
    await saved(page);
    expect((await recordsOf(folder)).map(({ id }) => id)).toEqual(['i1']);
  });

  test('two people get different answers, and with an overlap both work on one without overwriting', async () => {
    const app = await serve(itemsOf(2), { queue: { overlap: 2 } });
    const ann = await visit(`${app.url}?annotator=ann`);
    const bob = await visit(`${app.url}?annotator=bob`);
    await Promise.all([shows(ann.page, 'i1'), shows(bob.page, 'i1')]);
    await ann.page.keyboard.press('a');
    await bob.page.keyboard.press('r');
    await Promise.all([saved(ann.page), saved(bob.page)]);
    const records = await recordsOf(app.folder);
    expect(records.map(({ annotator, spans }) => [annotator, spans[0]!.label])).toEqual([
      ['ann', 'hallucinated'],
      ['bob', 'supported'],
    ]);
  });

  test('two tabs of one person: the second to save is asked, and both versions are in the log', async () => {
    const { page, url, context, folder, store } = await open();
    const other = await visit(url, { context });
    await shows(other.page, 'i1');
    await page.keyboard.press('a');
    await saved(page);
    await other.page.keyboard.press('r');
    await other.page.getByRole('heading', { name: 'Changed elsewhere' }).waitFor();
    await other.page.getByRole('button', { name: /^Mine/ }).click();
    await saved(other.page);
    expect(await recordsOf(folder)).toMatchObject([{ spans: [{ text: 'red', label: 'supported' }] }]);
    const share = store.state.items.get('i1')!.people.get('ann')!;
    expect((await store.version(share, 1)).marks[0]).toMatchObject({ decision: 'wrong', replacement: 'blue' });
  });

  test('loses nothing when the network is cut, nor when the tab is closed before it is back', async () => {
    const { page, context, url, folder } = await open();
    await page.keyboard.press('a');
    await saved(page);
    await context.setOffline(true);
    await page.keyboard.press('r');
    await handIn(page);
    await shows(page, 'i2');
    await page.keyboard.press('a');
    await page.getByText(/^Not saved \(2\)/).waitFor();
    expect(await recordsOf(folder)).toMatchObject([{ id: 'i1', status: 'open' }]);
    await context.setOffline(false);
    await saved(page);
    expect(await recordsOf(folder)).toMatchObject([
      { id: 'i1', status: 'done' },
      { id: 'i2', status: 'open', spans: [{ text: 'red' }] },
    ]);
    await context.setOffline(true);
    await page.keyboard.press('r');
    await page.getByText(/^Not saved \(1\)/).waitFor();
    // as a crash of the tab: nothing is asked
    await page.evaluate(() => {
      for (const [name, value] of Object.entries(localStorage))
        if (name.startsWith('vlm-detective-unsent/'))
          localStorage.setItem(name, JSON.stringify({ ...JSON.parse(value), tried: 0 }));
    });
    await page.close({ runBeforeUnload: false });
    await context.setOffline(false);
    const again = await visit(url, { context });
    await shows(again.page, 'i2');
    await saved(again.page);
    expect(await recordsOf(folder)).toMatchObject([{}, { id: 'i2', spans: [{ text: 'red' }, { text: 'two' }] }]);
  });

  test('marks words of any Unicode text where they stand', async () => {
    const texts = [
      ...fc.sample(oddText(3), 12),
      'שלום red עולם',
      'العَرَبِيّة red.',
      'e\u0301te\u0301 👨‍👩‍👧🇩🇪 red',
      '一只红色的猫在桌子上。',
    ];
    const items = texts.map((response, at): AnnotationItem => ({ id: `t${at}`, image, response }));
    const { page, folder } = await open(items);
    for (const [at, response] of texts.entries()) {
      await shows(page, `t${at}`);
      const shown = await page
        .locator('#answer [data-start]')
        .evaluateAll((all) => all.map((one) => [Number((one as HTMLElement).dataset.start), one.textContent] as const));
      expect(shown.map(([, part]) => part).join('')).toBe(response);
      for (const [start, part] of shown) expect(response.slice(start, start + part!.length)).toBe(part);
      await page.keyboard.press('End');
      await page.keyboard.press('w');
      await page.keyboard.press('Home');
      await page.keyboard.press('w');
      await handIn(page);
    }
    await page.getByRole('heading', { name: 'All done' }).waitFor();
    await saved(page);
    const records = await recordsOf(folder);
    expect(records).toHaveLength(texts.length);
    for (const { response, spans } of records) {
      expect(spans.length).toBeGreaterThan(0);
      for (const { start, end, text: words } of spans) expect(response.slice(start, end)).toBe(words);
    }
  });

  test('single characters can be switched off and chosen anew, and never act where text is written', async () => {
    const { page } = await open();
    await page.keyboard.press('?');
    await page.getByLabel('Key for Accept the proposal').focus();
    await page.keyboard.press('q');
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    await page.keyboard.press('q');
    await page
      .getByRole('status')
      .getByText(/becomes “blue”/)
      .waitFor();
    await page.keyboard.press('?');
    await page.getByLabel('Single characters are keys').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('r');
    await page.keyboard.press('d');
    await page.keyboard.press('Control+z');
    await page.getByText('Undone.').waitFor();
    expect(await page.locator('.group.open').count()).toBe(2);
  });

  test('hides what the arm hides: nothing of it is in the page', async () => {
    const plan = () => ({
      next: () => [...app.store.state.items.values()].filter(({ people }) => people.get('ann')?.status !== 'done'),
      shown: () => 'verdict' as const,
      total: () => 3,
    });
    const app: Awaited<ReturnType<typeof serve>> = await serve(itemsOf(1), { plan });
    const { page } = await visit(app.url);
    await page.getByText('something in this answer is wrong').waitFor();
    const view = await (await fetch(`${app.url}api/items/i1?annotator=ann`)).text();
    expect(view).not.toMatch(/blue|0\.12/);
    expect(await page.locator('.group').count()).toBe(0);
  });

  test('has no fault that axe finds, light and dark, wide and at 320 px, in its dialogs and on the team’s page', async () => {
    const { page, url } = await open(itemsOf(2), { guidelines: '<h2>How</h2><p>Look.</p>' });
    const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    const check = async (where: string) => {
      // CSP lets no script in by its text
      await page.evaluate(readFileSync(source, 'utf8'));
      const { violations } = (await page.evaluate(
        `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
      )) as AxeResults;
      expect(violations.map(({ id, nodes }) => [where, id, nodes[0]?.html, nodes[0]?.failureSummary])).toEqual([]);
    };
    await page.keyboard.press('a');
    await page.keyboard.press('r');
    await page.keyboard.press('k');
    await check('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await check('dark');
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await check('narrow');
    for (const key of ['?', 's', 'c', 'i']) {
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      await check(`dialog ${key}`);
      await page.keyboard.press('Escape');
    }
    await page.goto(`${url}team`);
    await check('team');
  });
});
