import { describe, expect, test } from 'vitest';
import { consensusOf } from '../../annotate/consensus.js';
import { readRecords } from '../../annotate/records.js';
import { type StudyDesign, studyPlan } from '../../annotate/study/design.js';
import { vlmDetective } from '../cli/command-line.js';
import { hasChromium } from './browser.js';
import { flagged } from './served.js';
import { recordsOf, saved, shows, visits } from './visits.js';

/** What several people do together, in a real browser. */

const text = 'A red car stands left of two dogs.';

describe.skipIf(!hasChromium)('a team in a browser', () => {
  const browser = visits();
  const { serve, visit } = browser;
  const item = (id: string) => flagged(id, browser.image, text, [{ word: 'red', proposals: ['blue'] }, 'two']);

  test('adjudicates what two people say differently: with both before the eyes, as a record of its own', async () => {
    const app = await serve([item('same'), item('other')], { queue: { overlap: 2 } });
    const keys = { ann: ['a', 'r'], bob: ['a', 'd'] };
    for (const [name, [first, second]] of Object.entries(keys)) {
      const { page } = await visit(`${app.url}?annotator=${name}`);
      await shows(page, 'same');
      for (const key of ['a', 'r', 'Enter']) await page.keyboard.press(key);
      await shows(page, 'other');
      for (const key of [first!, second!, 'Enter']) await page.keyboard.press(key);
      await page.getByRole('heading', { name: 'All done' }).waitFor();
      await saved(page);
    }
    const { page, errors } = await visit(`${app.url}?adjudicate&annotator=eve`);
    // on “same” there is nothing to decide
    await shows(page, 'other');
    const votes = page.getByRole('region', { name: 'What the others said' });
    expect((await votes.innerText()).replace(/\s+/g, ' ')).toMatch(
      /ann.*: “red” → “blue” .* bob.*: “red” → “blue”, “two” → “∅”/,
    );
    // what both say is there from the beginning
    await page.locator('.group.wrong', { hasText: 'red' }).waitFor();
    expect(await page.locator('.group.open').count()).toBe(1);
    await votes.getByRole('button', { name: 'Take this' }).nth(1).click();
    await page.getByRole('button', { name: /^Done/ }).click();
    await page.getByRole('heading', { name: 'All done' }).waitFor();
    await saved(page);
    expect(errors).toEqual([]);
    const records = (await recordsOf(app.folder)).filter(({ id }) => id === 'other');
    expect(records.map(({ annotator, role, corrected }) => [annotator, role, corrected])).toEqual([
      ['ann', 'annotate', 'A blue car stands left of two dogs.'],
      ['bob', 'annotate', 'A blue car stands left of dogs.'],
      ['eve', 'adjudicate', 'A blue car stands left of dogs.'],
    ]);
    for await (const one of readRecords(app.store))
      if (one.item.id === 'other') expect(consensusOf(one)).toMatchObject({ annotator: 'eve' });
    // who said something about it does not judge it
    const own = await visit(`${app.url}?adjudicate&annotator=ann`);
    await own.page.getByRole('heading', { name: 'All done' }).waitFor();
  });

  test('goes through a study: each arm shows what it may, and the report has times beside errors', async () => {
    const design: StudyDesign = { seed: 3, arms: ['flags', 'verdict', 'none'], practice: 2, washout: 0 };
    const start = text.indexOf('red');
    const items = Array.from({ length: 8 }, (_, at) => ({ ...item(`i${at}`), gold: [{ start, end: start + 3 }] }));
    const app = await serve(items, { plan: (state) => studyPlan(state, design), study: true });
    await app.store.transact(() => ({
      events: [{ kind: 'settings', settings: { study: design as unknown as Record<string, unknown> } }],
      result: undefined,
    }));
    const { page, errors } = await visit(`${app.url}?annotator=ann`);
    const seen: string[] = [];
    for (let at = 0; at < items.length; at++) {
      await page.getByText(`${at} of ${items.length}`).waitFor();
      await page.locator('#answer[data-painted]').waitFor();
      await page.waitForFunction(() => document.querySelector('img')?.complete);
      const groups = await page.locator('.group').count();
      const verdict = await page.getByText('something in this answer is wrong').count();
      const arm = groups > 0 ? 'flags' : verdict > 0 ? 'verdict' : 'none';
      seen.push(arm);
      if (arm === 'flags') for (const key of ['a', 'r']) await page.keyboard.press(key);
      // with a verdict this person finds the error; without a word the wrong one
      else
        for (const key of ['Home', ...(arm === 'verdict' ? ['ArrowRight'] : []), 'w']) await page.keyboard.press(key);
      await page.keyboard.press('Enter');
    }
    await page.getByRole('heading', { name: 'All done' }).waitFor();
    await saved(page);
    await page.goto(`${app.url}team`);
    expect(errors).toEqual([]);
    // practice has every arm in turn; then each arm is a block
    expect(seen.slice(0, 2)).toEqual(['flags', 'verdict']);
    const blocks = [0, 1, 2].map((block) => new Set(seen.slice(2 + 2 * block, 4 + 2 * block)));
    expect(blocks.map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set(blocks.flatMap((block) => [...block]))).toEqual(new Set(design.arms));
    const { code, stdout } = await vlmDetective(['annotate', 'study', '--store', app.folder, '--json']);
    expect(code).toBe(0);
    const [{ arms, leftOut, trials }] = JSON.parse(stdout);
    expect(trials).toBe(6);
    expect(leftOut).toEqual({ practice: 2, washout: 0, interrupted: 0, untimed: 0 });
    for (const arm of design.arms) expect(arms[arm]).toMatchObject({ trials: 2, people: 1 });
    const errorsOf = (arm: string) => [arms[arm].missed.value, arms[arm].wrongEdits.value];
    expect(['flags', 'verdict', 'none'].map(errorsOf)).toEqual([
      [0, 0],
      [0, 0],
      [100, 100],
    ]);
    expect(arms.flags.seconds).toBeGreaterThan(0);
  });
});
