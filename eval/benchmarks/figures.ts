import type { Estimate } from '../bootstrap.js';
import type { Figure } from './benchmark.js';

/** A share as per cent, intervals and all. */
export function asPercent({ value, low, high }: Estimate): Estimate {
  const times = (share: number | null) => (share === null ? null : share * 100);
  return { value: times(value), low: times(low), high: times(high) };
}

/** The rows of units that belong together, as the questions about one picture, in the order of their first. */
export function groupBy<T>(things: readonly T[], keyOf: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return groups;
}

/** A figure as a reader sees it: `85.3 (84.1–86.4)`. */
export function formatFigure({ value, low, high, unit }: Figure): string {
  const digits = unit === '%' ? 1 : unit === 'share' ? 3 : 2;
  const show = (number: number) => number.toFixed(digits);
  if (value === null) return '–';
  return low === null || high === null ? show(value) : `${show(value)} (${show(low)}–${show(high)})`;
}
