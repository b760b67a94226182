import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Activity } from '../../annotate/store/events.js';
import { activeTime } from '../../annotate/time.js';

const at = (...events: [seconds: number, type: Activity[1]][]): Activity[] =>
  events.map(([seconds, type]) => [seconds * 1000, type]);

describe('active time', () => {
  test.each([
    [
      'begins when the picture is there, not when the page opens',
      at([0, 'key'], [5, 'show'], [8, 'key'], [9, 'leave']),
      4,
      0,
    ],
    ['counts a silence up to the cut-off', at([0, 'show'], [100, 'key'], [110, 'leave']), 40, 1],
    ['stops while the page is hidden', at([0, 'show'], [5, 'hidden'], [500, 'visible'], [507, 'leave']), 12, 1],
    ['stops while another window has the focus', at([0, 'show'], [5, 'blur'], [65, 'focus'], [70, 'key']), 10, 1],
    [
      'goes on where somebody does something, whatever was said of focus',
      at([0, 'show'], [5, 'blur'], [50, 'key'], [52, 'key']),
      7,
      1,
    ],
    ['adds what comes back later', at([0, 'show'], [4, 'leave'], [900, 'show'], [903, 'leave']), 7, 0],
    ['is nothing without a picture', at([0, 'key'], [5, 'key']), 0, 0],
  ])('%s', (_, events, seconds, interruptions) => {
    expect(activeTime(events)).toMatchObject({ active: seconds * 1000, interruptions });
  });

  test('is at most the time that passed, and grows with the cut-off', () => {
    const type = fc.constantFrom<Activity[1]>(
      'show',
      'key',
      'pointer',
      'wheel',
      'focus',
      'blur',
      'hidden',
      'visible',
      'leave',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200_000), type)), (parts) => {
        let now = 0;
        const events = parts.map(([gap, kind]): Activity => {
          now += gap;
          return [now, kind];
        });
        const [short, long] = [activeTime(events, 15_000), activeTime(events, 60_000)];
        expect(short.active).toBeLessThanOrEqual(long.active);
        expect(long.active).toBeLessThanOrEqual(long.elapsed);
      }),
    );
  });
});
