import { describe, expect, it } from 'vitest';
import { judgeObjects } from '../../../../src/scorer/evidence/objects/judge-objects.js';
import type { Detection } from '../../../../src/scorer/evidence/objects/yolox.js';
import type { CocoCategory } from '../../../../src/text/lexicon/coco-objects.js';

const at = (category: CocoCategory, left: number, score = 0.9): Detection => ({
  category,
  score,
  box: [left, 0.4, left + 0.1, 0.6],
  close: false,
});
const flagged = (text: string, seen: Detection[]) =>
  judgeObjects(text, undefined, seen)
    .filter(({ reward }) => reward <= 0.5)
    .map(({ start, end }) => text.slice(start, end));

describe('things that are said to be beside or between others', () => {
  it.each([
    ['A dog next to a bench.', [at('dog', 0), at('bench', 0.9)], ['next to']],
    ['A dog is standing beside a wooden bench.', [at('dog', 0), at('bench', 0.9)], ['beside']],
    ['A dog next to a bench.', [at('dog', 0.3), at('bench', 0.6)], []],
    ['A cat between a car and a bus.', [at('cat', 0), at('car', 0.4), at('bus', 0.8)], ['between']],
    ['A cat between a car and a bus.', [at('cat', 0.6), at('car', 0.4), at('bus', 0.8)], []],
    ['A cat between a car and a bus.', [at('cat', 0.3), at('car', 0.4), at('bus', 0.8)], []],
    // depth is not in boxes
    ['A dog in front of a bench.', [at('dog', 0), at('bench', 0.9)], []],
    ['A dog next to a bench.', [at('dog', 0), at('dog', 0.1, 0.3), at('bench', 0.9)], ['next to']],
    // one of several, or hardly seen
    ['A dog next to a bench.', [at('dog', 0), at('dog', 0.8, 0.3), at('bench', 0.9)], []],
    ['A dog next to a bench.', [at('dog', 0), at('bench', 0.9, 0.3)], []],
    // what stands between the two has its own place
    ['A dog and a man next to a bench.', [at('dog', 0), at('person', 0.8), at('bench', 0.9)], []],
  ])('%s %#', (text, seen, expected) => expect(flagged(text, seen)).toEqual(expected));
});
