import { describe, expect, it } from 'vitest';
import { coloursOf } from '../../../../src/scorer/evidence/objects/colour.js';
import { judgeObjects } from '../../../../src/scorer/evidence/objects/judge-objects.js';
import type { Detection } from '../../../../src/scorer/evidence/objects/yolox.js';
import { colourClaims } from '../../../../src/text/coco-colours.js';
import { findCocoMentions } from '../../../../src/text/coco-mentions.js';

const painted = (rgb: readonly number[]) => ({
  width: 50,
  height: 40,
  data: Uint8Array.from({ length: 50 * 40 * 3 }, (_, index) => rgb[index % 3]!),
});
const box: Detection['box'] = [0.1, 0.1, 0.9, 0.9];
const car = (rgb: readonly number[], score = 0.9): Detection => ({
  category: 'car',
  score,
  box,
  close: false,
  colours: coloursOf(painted(rgb), box),
});
const flagged = (text: string, seen: Detection[]) =>
  judgeObjects(text, undefined, seen)
    .filter(({ type, reward }) => type === 'attribute' && reward < 0.5)
    .map(({ start, end }) => text.slice(start, end));

describe('the colour of a thing', () => {
  it.each([
    ['A red car is parked.', [200, 30, 30], []],
    ['A green car is parked.', [200, 30, 30], ['green']],
    ['The car is blue.', [200, 30, 30], ['blue']],
    ['A blue old car is parked.', [30, 60, 190], []],
    // light and shade
    ['A white car is parked.', [200, 30, 30], []],
    ['A white car is parked.', [120, 135, 160], []],
    ['A white car is parked.', [225, 170, 90], []],
    ['A white car is parked.', [20, 150, 60], ['white']],
    ['A white car is parked.', [25, 25, 30], []],
    ['A gray car is parked.', [30, 60, 240], ['gray']],
    ['A gray car is parked.', [25, 25, 30], []],
    ['A black car is parked.', [230, 230, 235], ['black']],
    ['A black car is parked.', [120, 120, 130], []],
    ['A black car is parked.', [230, 60, 50], ['black']],
    ['A black car is parked.', [60, 15, 12], []],
    ['A brown car is parked.', [40, 80, 240], ['brown']],
    ['A brown car is parked.', [110, 70, 50], []],
    // several colours, or those of something else
    ['A green and red car.', [30, 60, 190], []],
    ['A man in green near a car.', [30, 60, 190], []],
    ['A white with red striped car.', [230, 230, 235], []],
    ['A red striped car.', [230, 230, 235], []],
  ])('%s', (text, rgb, expected) => expect(flagged(text, [car(rgb)])).toEqual(expected));

  it('is that of the thing, not of the ground that shows in its box', () => {
    const onGrass = { width: 100, height: 100, data: new Uint8Array(30000) };
    for (let y = 0; y < 100; y++)
      for (let x = 0; x < 100; x++)
        onGrass.data.set((x - 50) ** 2 + (y - 50) ** 2 < 24 ** 2 ? [200, 30, 30] : [40, 160, 50], (y * 100 + x) * 3);
    const { red, green } = coloursOf(onGrass, [0.2, 0.2, 0.8, 0.8]);
    expect(red).toBeGreaterThan(0.95);
    expect(green).toBeLessThan(0.05);
    // a picture full of one colour has no ground
    expect(coloursOf(painted([200, 30, 30]), [0, 0, 1, 1]).red).toBe(1);
  });

  it('is not told of what was hardly found, nor where one of two may be meant', () => {
    expect(flagged('A green car.', [car([200, 30, 30], 0.2)])).toEqual([]);
    expect(flagged('A green car.', [car([200, 30, 30]), car([40, 160, 50])])).toEqual([]);
  });

  it('stands where its word stands', () => {
    const text = 'A Grey cat, a red tie, an orange and a wine glass of red wine.';
    const claims = colourClaims(text, findCocoMentions(text));
    expect(claims.map(({ start, end, colour }) => [text.slice(start, end), colour])).toEqual([
      ['Grey', 'gray'],
      ['red', 'red'],
    ]);
  });
});
