import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecords } from '../../annotate/records.js';
import { readStore } from '../../annotate/store/store.js';
import { hasChromium, openBrowser } from './browser.js';
import { flagged, newFolder, pictureIn, type ServeSettings, served } from './served.js';

/** A person's session in a real browser. */

const text = 'A 😀 red car stands left of two dogs.\r\nThe sign says STOP  twice.';

describe.skipIf(!hasChromium)('a session in a browser', () => {
  let browser: Browser;
  let image: string;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    image = await pictureIn(newFolder());
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
    await browser?.close();
  });

  async function open(items = itemsOf(3), settings: ServeSettings = {}) {
    const app = await served(items, { annotator: 'ann', ...settings });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const errors: string[] = [];
    page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(app.url);
    await page.locator('#answer').waitFor();
    closing.push(async () => {
      await page.close();
      await app.close();
    });
    return { ...app, page, errors };
  }

  const itemsOf = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      flagged(`i${at + 1}`, image, text, [{ word: 'red', proposals: ['blue'] }, 'two']),
    );
  const saved = (page: Page) => page.getByText(/^Saved /).waitFor();

  async function recordsOf(folder: string) {
    const store = await readStore(folder);
    const all = [];
    for await (const { records } of readRecords(store)) all.push(...records);
    await store.close();
    return all;
  }

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
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'i2' }).waitFor();
    await saved(page);
    const [record] = await recordsOf(folder);
    expect(record).toMatchObject({
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
    });
    for (const { start, end, text: words } of record!.spans) expect(record!.response.slice(start, end)).toBe(words);
    expect(errors).toEqual([]);
  });
});
