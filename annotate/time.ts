import type { Activity } from './store/events.js';

/** What one person did about one item, in time. */
export interface ActiveTime {
  /** Milliseconds in which the person was at it. */
  active: number;
  /** Milliseconds from the first sight to the last. */
  elapsed: number;
  /** How often the person was away: another window, a hidden page, silence beyond the cut-off. */
  interruptions: number;
}

export const idleMs = 30_000;

/**
 * The active time of raw events, in their order. The clock runs from the moment the picture is there, while the page has
 * the focus and is visible; a silence counts up to `cutOff`, for whoever looks at a picture touches nothing.
 *
 * @param cutOff Milliseconds.
 */
export function activeTime(events: readonly Activity[], cutOff = idleMs): ActiveTime {
  let active = 0;
  let interruptions = 0;
  let last: number | undefined;
  let running = false;
  let first: number | undefined;
  let end = 0;
  for (const [at, type] of events) {
    if (running && last !== undefined) {
      const gap = Math.max(0, at - last);
      active += Math.min(gap, cutOff);
      if (gap > cutOff) interruptions++;
    }
    if (
      type === 'show' ||
      type === 'focus' ||
      type === 'visible' ||
      (running === false && first !== undefined && isDoing(type))
    )
      running = first !== undefined || type === 'show';
    if (type === 'show') first ??= at;
    if ((type === 'blur' || type === 'hidden') && running) {
      running = false;
      interruptions++;
    }
    if (type === 'leave') running = false;
    last = at;
    if (first !== undefined) end = at;
  }
  return { active, elapsed: first === undefined ? 0 : end - first, interruptions };
}

/** A key or a movement shows that the page is in use, whatever was said about focus. */
const isDoing = (type: Activity[1]) => type === 'key' || type === 'pointer' || type === 'wheel';
