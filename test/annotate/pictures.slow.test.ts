import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { itemFrom } from '../../annotate/given-item.js';
import type { AnnotationItem } from '../../annotate/item.js';
import { captionScene, drawScene, sampleScene, seededRandom } from '../../scenes/index.js';
import { diffWords } from '../../src/text/edits.js';
import { hasChromium, openBrowser } from './browser.js';
import { newFolder, served } from './served.js';

/** The pictures of docs/data-teams.md: ANNOTATE_PICTURES=docs/pictures npx vitest run test/annotate/pictures.slow.test.ts */
const target = process.env.ANNOTATE_PICTURES;

/** A drawn scene with three sentences about it: one has an error that is flagged with its cure, one a false alarm. */
async function sceneItem(seed: number, folder: string): Promise<AnnotationItem | undefined> {
  const scene = await sampleScene(seed, { styles: ['noto'] });
  const captions = captionScene(scene, seededRandom(seed), { count: 16 }).filter(({ prompt }) => prompt === undefined);
  const wrong = captions.find(({ perturbation, original, text }) => {
    const [edit, ...more] = original === undefined ? [] : diffWords(text, original);
    return edit && more.length === 0 && edit.end > edit.start && /attribute|object|counting/.test(perturbation ?? '');
  });
  const [one, two] = captions.filter(({ perturbation, claims }) => perturbation === undefined && claims.length > 1);
  if (!wrong || !one || !two) return undefined;
  const { data, width, height } = await drawScene(scene);
  const image = join(folder, `${seed}.png`);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(image);
  const [{ start, end, to }] = diffWords(wrong.text, wrong.original!) as [ReturnType<typeof diffWords>[number]];
  const before = one.text.length + 1;
  const error = { start: before + start, end: before + end };
  const alarm = two.claims.at(-1)!;
  const from = before + wrong.text.length + 1;
  const response = [one, wrong, two].map(({ text }) => text).join(' ');
  const flag = (range: { start: number; end: number }, reward: number) => ({
    ...range,
    text: response.slice(range.start, range.end),
    reward,
  });
  return {
    ...itemFrom({ id: `scene-${seed}`, image, prompt: 'Describe the picture.', response, columns: {} }, 'item'),
    finding: {
      flags: [
        { ...flag(error, 0.07), proposals: [to] },
        flag({ start: from + alarm.start, end: from + alarm.end }, 0.31),
      ],
      lowest: 0.07,
      threshold: 0.4,
      scorer: 'tldr',
    },
    ...(seed % 2 ? { gold: [error] } : {}),
  };
}

test.skipIf(!hasChromium)(
  'the page of a drawn scene shows the picture, the flags and the keys, and the team’s page the figures',
  async () => {
    const folder = newFolder();
    const items: AnnotationItem[] = [];
    for (let seed = 7_100_001; items.length < 6; seed++) items.push(...[(await sceneItem(seed, folder)) ?? []].flat());
    const app = await served(items, { guidelines: '<p>Look first.</p>', queue: { overlap: 2 } });
    const browser = await openBrowser();
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 760 } });
      const page = await context.newPage();
      const shoot = async (name: string) => {
        const png = await page.screenshot();
        if (target === undefined) return;
        mkdirSync(target, { recursive: true });
        writeFileSync(join(target, `${name}.webp`), await sharp(png).webp({ quality: 80 }).toBuffer());
      };
      for (const name of ['bob', 'ann']) {
        await page.goto(`${app.url}?annotator=${name}`);
        for (let done = 0; done < items.length; done++) {
          await page.getByText(`${done} of ${items.length}`).waitFor();
          await page.locator('#answer[data-painted]').waitFor();
          await page.waitForFunction(() => document.querySelector('img')?.complete);
          expect(await page.locator('.group.open').count()).toBe(2);
          const shown = name === 'ann' && done === 0;
          if (shown) await shoot('annotate-open');
          // bob takes one error for right, and once an alarm for true
          await page.keyboard.press(name === 'bob' && done === 1 ? 'r' : 'a');
          await page.keyboard.press(name === 'bob' && done === 2 ? 'w' : 'r');
          await page.getByText(/^Saved /).waitFor();
          if (shown) await shoot('annotate-decided');
          await page.keyboard.press('Enter');
        }
        await page.getByRole('heading', { name: 'All done' }).waitFor();
        await page.getByText(/^Saved /).waitFor();
      }
      await page.goto(`${app.url}team`);
      await page.getByText('Krippendorff').waitFor();
      await shoot('annotate-team');
    } finally {
      await browser.close();
      await app.close();
    }
  },
);
