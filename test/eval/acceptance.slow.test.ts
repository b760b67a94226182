import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { foreignCaption, type PlantedError } from '../../eval/acceptance/foreign-captions.js';
import { drawForeignScene, sampleForeignScene } from '../../eval/acceptance/foreign-scene.js';
import { seededRandom } from '../../scenes/random.js';
import { correct } from '../../src/agent/correct.js';
import { packageRoot } from '../../src/base/package-root.js';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import { tldrScorer } from '../../src/scorer/tldr/tldr-scorer.js';

const model = join(packageRoot(), 'models', 'tldr-scenes', 'tldr.json');
const errors: PlantedError[] = ['object', 'colour', 'size', 'count', 'spatial'];

test.skipIf(!existsSync(model))(
  'of 80 captions of scenes drawn and worded by another road, half with a planted error: at least half of the wrong ones come out exactly right, at most 15 % of the right ones are touched (skipped where models/tldr-scenes is absent)',
  async () => {
    const random = seededRandom(20261123);
    const scorer = await tldrScorer();
    const rewriter = localRewriter();
    let [wrong, exact, right, touched] = [0, 0, 0, 0];
    for (let index = 0; index < 80; ) {
      const error = index % 2 === 0 ? null : errors[(index >> 1) % errors.length]!;
      const scene = sampleForeignScene(random);
      const caption = foreignCaption(scene, random, error);
      if (!caption) continue;
      index++;
      const image = await drawForeignScene(scene, random);
      const { response } = await correct({ images: [image], response: caption.text }, { scorer, rewriter });
      if (error) {
        wrong++;
        if (response === caption.truth) exact++;
      } else {
        right++;
        if (response !== caption.text) touched++;
      }
    }
    await scorer.close?.();
    console.log(`exactly right: ${exact} of ${wrong}; right ones touched: ${touched} of ${right}`);
    expect(exact / wrong).toBeGreaterThanOrEqual(0.5);
    expect(touched / right).toBeLessThanOrEqual(0.15);
  },
  300_000,
);
