import { describe, expect, it } from 'vitest';
import { pickAbsentNoun } from '../../scenes/captions/absent-nouns.js';
import { isInSet } from '../../scenes/common-nouns.js';
import { drawScene } from '../../scenes/draw.js';
import { drawableNouns, iconsOf } from '../../scenes/icons.js';
import { seededRandom } from '../../scenes/random.js';
import { sampleScene } from '../../scenes/sample.js';
import { extraStyles, finishes, heldOutStyle, type Scene, trainingStyles } from '../../scenes/scene.js';
import { signNumbers, signWords } from '../../scenes/sign-words.js';
import { loadSprite } from '../../scenes/sprite.js';

const signless = (scene: Scene): Scene => ({ ...scene, sign: null });

describe('scenes', () => {
  it('has at least 400 nouns, each with an icon in every style that is measured', () => {
    expect(drawableNouns([...trainingStyles, heldOutStyle]).length).toBeGreaterThanOrEqual(400);
  });

  it('gives the same scene and the same bytes for the same seed', async () => {
    for (const seed of [3, 4]) {
      const [one, two] = [await sampleScene(seed, { varied: true }), await sampleScene(seed, { varied: true })];
      expect(one).toEqual(two);
      const size = { width: 96, height: 96 };
      expect((await drawScene(one, size)).data).toEqual((await drawScene(two, size)).data);
    }
  });

  it('holds at least one thing, even where a sign would leave room for none', async () => {
    expect((await sampleScene(80_304_258, { varied: true })).groups.length).toBeGreaterThan(0);
  });

  it.each([
    [2048, 128],
    [871, 201],
    [128, 2048],
  ])('holds at least one thing inside of a picture of %i by %i', async (width, height) => {
    for (let seed = 0; seed < 20; seed++) {
      const { groups } = await sampleScene(seed, { width, height });
      expect(groups.length).toBeGreaterThan(0);
      for (const { y, h } of groups.flatMap(({ objects }) => objects)) {
        expect(h).toBeLessThanOrEqual(0.9);
        expect(y).toBeGreaterThan(0);
        expect(y).toBeLessThan(1);
      }
    }
  });

  it('never draws the held-out style for training, and redraws icons there only', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const varied = await sampleScene(seed, { varied: true, width: 64, height: 64 });
      for (const { style } of varied.groups) expect([...trainingStyles, ...extraStyles]).toContain(style);
      const plain = await sampleScene(seed, { width: 64, height: 64 });
      for (const { style, finish } of plain.groups) {
        expect(trainingStyles).toContain(style);
        expect(finish).toBeUndefined();
      }
    }
  });

  it.each(['common', 'few'] as const)(
    'keeps to the %s nouns where it is told to, in pictures and in what captions make up',
    async (nouns) => {
      for (let seed = 0; seed < 8; seed++) {
        const scene = await sampleScene(seed, { nouns, width: 64, height: 64 });
        expect(scene.groups.map(({ noun }) => noun).filter((noun) => !isInSet(nouns, noun))).toEqual([]);
        const random = seededRandom(seed);
        for (const like of [undefined, scene.groups[0]!.noun])
          expect(isInSet(nouns, pickAbsentNoun(scene, random, like))).toBe(true);
      }
      const free = await Promise.all([...Array(8).keys()].map((seed) => sampleScene(seed, { width: 64, height: 64 })));
      expect(free.some(({ groups }) => groups.some(({ noun }) => !isInSet(nouns, noun)))).toBe(true);
    },
  );

  it('puts signs with known words where the scene says, and nothing over them', async () => {
    let signs = 0;
    for (let seed = 0; signs < 6; seed++) {
      const scene = await sampleScene(seed, { varied: true, width: 200, height: 200 });
      if (!scene.sign) continue;
      signs++;
      expect([...signWords, ...signNumbers]).toContain(scene.sign.text.toUpperCase());
      const objects = scene.groups.flatMap((group) => group.objects);
      expect(scene.sign.id).toBe(objects.length);
      const [left, top, right, bottom] = scene.sign.box;
      for (const value of scene.sign.box) expect(value).toBeGreaterThanOrEqual(0);
      expect(Math.max(right, bottom)).toBeLessThanOrEqual(1);
      for (const { x, y } of objects) expect(x > left && x < right && y > top && y < bottom).toBe(false);
      const [drawn, bare] = [await drawScene(scene), await drawScene(signless(scene))];
      let changed = 0;
      for (let y = 0; y < 200; y++)
        for (let x = 0; x < 200; x++) {
          const at = (y * 200 + x) * 3;
          if (![0, 1, 2].some((c) => drawn.data[at + c] !== bare.data[at + c])) continue;
          changed++;
          expect(x / 200).toBeGreaterThan(left - 0.06);
          expect(x / 200).toBeLessThan(right + 0.06);
        }
      expect(changed).toBeGreaterThan(0.5 * (right - left) * (bottom - top) * 40000);
    }
  });

  it('redraws an icon in every finish without losing its shape', async () => {
    const plain = await loadSprite(iconsOf('car', 'twemoji')[0]!, 'twemoji', 96);
    for (const finish of finishes) {
      const drawn = await loadSprite(iconsOf('car', 'twemoji')[0]!, 'twemoji', 96, finish);
      expect(drawn.rgba).not.toEqual(plain.rgba);
      let same = 0;
      for (let i = 3; i < plain.rgba.length; i += 4) same += plain.rgba[i]! > 127 === drawn.rgba[i]! > 127 ? 1 : 0;
      expect(same / (plain.rgba.length / 4)).toBeGreaterThan(0.85);
    }
  });
});
