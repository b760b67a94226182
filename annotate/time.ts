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
  const shown = events.findIndex(([, type]) => type === 'show');
  if (shown < 0) return { active: 0, elapsed: 0, interruptions: 0 };
  let active = 0;
  let interruptions = 0;
  let running = true;
  let last = events[shown]![0];
  for (const [at, type] of events.slice(shown + 1)) {
    const gap = Math.max(0, at - last);
    if (running) {
      active += Math.min(gap, cutOff);
      if (gap > cutOff) interruptions++;
    }
    last = at;
    if (running && /^(?:blur|hidden|leave)$/.test(type)) {
      running = false;
      if (type !== 'leave') interruptions++;
    } else if (/^(?:focus|visible|show)$/.test(type) || isDoing(type)) running = true;
  }
  return { active, elapsed: last - events[shown]![0], interruptions };
}

/** A key or a movement shows that the page is in use, whatever was said about focus. */
const isDoing = (type: Activity[1]) => type === 'key' || type === 'pointer' || type === 'wheel';
