import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { AnnotationItem } from '../../annotate/item.js';
import { readRecords } from '../../annotate/records.js';
import { readStore } from '../../annotate/store/store.js';
import { openBrowser } from './browser.js';
import { newFolder, pictureIn, type ServeSettings, served } from './served.js';

/** A browser for the tests of a suite, and what people do in it; all is closed behind each test. */
export function visits() {
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

  async function serve(items: readonly AnnotationItem[], settings: ServeSettings = {}) {
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

  return {
    serve,
    visit,
    /** Serves items, and has one person open the page. */
    async open(items: readonly AnnotationItem[], settings?: ServeSettings) {
      const app = await serve(items, settings);
      const visited = await visit(app.url);
      await painted(visited.page);
      return { ...app, ...visited };
    },
    /** A picture of one colour. */
    get image() {
      return image;
    },
  };
}

/** What is pressed before the answer is on the screen is not meant for it. */
const painted = (page: Page) => page.locator('#answer[data-painted]').waitFor();
export const saved = (page: Page) => page.getByText(/^Saved /).waitFor();
export const shows = async (page: Page, id: string) => {
  await page.getByRole('heading', { name: id }).waitFor();
  await painted(page);
};

export async function recordsOf(folder: string) {
  const store = await readStore(folder);
  const all = [];
  for await (const { records } of readRecords(store)) all.push(...records);
  await store.close();
  return all;
}
