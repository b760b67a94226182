import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnnotationItem } from '../../annotate/item.js';
import { hasChromium } from './browser.js';
import { oddText } from './odd-texts.js';
import { flagged, type ServeSettings } from './served.js';
import { recordsOf, saved, shows, visits } from './visits.js';

/** People's sessions in a real browser. */

const text = 'A 😀 red car stands left of two dogs.\r\nThe sign says STOP  twice.';

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
}

describe.skipIf(!hasChromium)('a session in a browser', () => {
  const browser = visits();
  const { visit } = browser;
  const itemsOf = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      flagged(`i${at + 1}`, browser.image, text, [{ word: 'red', proposals: ['blue'] }, 'two']),
    );
  const serve = (items = itemsOf(3), settings?: ServeSettings) => browser.serve(items, settings);
  const open = (items = itemsOf(3), settings?: ServeSettings) => browser.open(items, settings);

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
    await page.keyboard.press('Enter');
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
    await page.getByRole('button', { name: /^Done/ }).dblclick();
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
    await page.keyboard.press('Enter');
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
    const { page, folder } = await open([
      flagged('i1', browser.image, text, []),
      flagged('i2', browser.image, text, []),
    ]);
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => /i2\/picture/.test(name)),
    );
    const enters = (after: number) =>
      page.evaluate((after) => {
        const first = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true });
        document.body.dispatchEvent(first);
        const second = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true });
        // as the browser would have stamped it, however long this machine takes
        Object.defineProperty(second, 'timeStamp', { value: first.timeStamp + after });
        document.body.dispatchEvent(second);
      }, after);
    // long after the first for a finger, but before the answer is on the screen
    await enters(1000);
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
    await page.keyboard.press('Enter');
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
    const items = texts.map((response, at): AnnotationItem => ({ id: `t${at}`, image: browser.image, response }));
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
      await page.keyboard.press('Enter');
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

  test('a screen reader is told what stands where, what each flag is, and what every key did', async () => {
    const { page } = await open();
    await page.keyboard.press('a');
    const heard = async (role: string) => (await page.locator(role).ariaSnapshot()).replaceAll(/^\s+/gm, '');
    const [header, main] = [await heard('header'), await heard('main')];
    expect(header).toMatch(
      /- heading "Annotate i1" \[level=1\]\n- paragraph:\n- progressbar "Answers done"\n- text: 0 of 3/,
    );
    expect(header).toMatch(/- navigation "Page":\n- button "Before"/);
    // landmarks in the order of the work: picture, answer, what can be done with its words, and with all of it
    expect(main.match(/region ".*"/g)).toEqual([
      'region "Picture"',
      'region "Answer"',
      'region "The chosen words"',
      'region "The whole answer"',
    ]);
    expect(main).toContain(
      [
        '- group "Answer, 1 flag open":',
        '- text: A 😀',
        '- button "red , wrong, becomes “blue”"',
        '- text: car stands left of',
        '- button "two , flagged, reward 0.12, not decided" [pressed]',
        '- text: dogs. The sign says STOP twice.',
      ].join('\n'),
    );
    // every control has a name, and a key that it shows is not read as a part of it
    expect(main).not.toMatch(/- (?:button|combobox|textbox|link)(?: \[|:|$)/m);
    for (const [key, said] of [
      ['r', '“two” is right. No flag is left.'],
      ['y', 'A major error.'],
      ['u', 'Undone.'],
      ['x', 'Mark of “two” taken back.'],
      ['x', 'There is no mark here.'],
      ['g', 'The other flags are false alarms.'],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole('status').getByText(said).waitFor();
    }
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Answer i2, 2 flags.').waitFor();
    // the focus is on what the next key acts upon
    expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/red.*flagged, reward 0\.12/);
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
    // what a key did is on the screen, however far down the buttons go
    const { y, height } = (await page.getByRole('status').boundingBox())!;
    expect(y + height).toBeLessThanOrEqual(700);
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
