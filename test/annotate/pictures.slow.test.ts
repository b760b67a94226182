import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { itemFrom } from '../../annotate/given-item.js';
import { captionScene, drawScene, sampleScene, seededRandom } from '../../scenes/index.js';
import { hasChromium, openBrowser } from './browser.js';
import { newFolder, served } from './served.js';

/** The pictures of docs/data-teams.md: ANNOTATE_PICTURES=docs/pictures npx vitest run test/annotate/pictures.slow.test.ts */
const target = process.env.ANNOTATE_PICTURES;

test.skipIf(!hasChromium)(
  'the page of a drawn scene shows the picture, the flags and the keys, and the team’s page the figures',
  async () => {
    const folder = newFolder();
    const items = [];
    for (let seed = 7_100_001; items.length < 3; seed++) {
      const scene = await sampleScene(seed, { styles: ['noto'] });
      const captions = captionScene(scene, seededRandom(seed), { count: 12 }).filter(
        ({ prompt }) => prompt === undefined,
      );
      const [first, second, third] = [captions[1], captions[2], captions[4]];
      if (!first || !second || !third) continue;
      const { data, width, height } = await drawScene(scene);
      const image = join(folder, `${seed}.png`);
      await sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toFile(image);
      const response = [first, second, third].map(({ text }) => text).join(' ');
      const wrong = first.claims.filter(({ good }) => !good);
      const right = second.claims
        .slice(0, 1)
        .map(({ start, end }) => ({ start: start + first.text.length + 1, end: end + first.text.length + 1 }));
      const spans = [
        ...wrong.map(({ start, end }) => ({ start, end, reward: 0.07 })),
        ...right.map((range) => ({ ...range, reward: 0.31 })),
      ];
      const columns = { spans, threshold: 0.4, scorer: 'tldr' };
      items.push(itemFrom({ id: `scene-${seed}`, image, prompt: 'Describe the picture.', response, columns }, 'item'));
    }
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
        await page.locator('#answer[data-painted]').waitFor();
        await page.waitForFunction(() => document.querySelector('img')?.complete);
        expect(await page.locator('.group.open').count()).toBeGreaterThan(0);
        if (name === 'ann') await shoot('annotate-open');
        await page.keyboard.press('w');
        await page.keyboard.press('e');
        await page.keyboard.type('green');
        await page.keyboard.press('Enter');
        await page.keyboard.press('r');
        await page.getByText(/^Saved /).waitFor();
        if (name === 'ann') await shoot('annotate-decided');
        await page.keyboard.press('Enter');
        await page.getByText(/1 of 3/).waitFor();
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
