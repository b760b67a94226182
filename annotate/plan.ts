import type { Shown } from './store/events.js';
import { hashed } from './store/order.js';
import { createQueue, type QueueSettings } from './store/queue.js';
import type { ItemState, State } from './store/state.js';

/** Who sees which item next, and how much of what the detector found. */
export interface Plan {
  next(annotator: string, count: number, now: number): ItemState[];
  shown(annotator: string, item: ItemState): Shown;
  /** How many items there are for a person in all. */
  total(annotator: string): number;
}

/** Day-to-day work: a queue, and a share of items without highlights, by chance. */
export function dailyPlan(state: State, settings: QueueSettings & { blind: number }): Plan {
  const queue = createQueue(state, settings);
  return {
    next: queue.next,
    shown: (annotator, { id }) => (hashed('blind', settings.seed, annotator, id) < settings.blind ? 'none' : 'flags'),
    total: () => state.items.size,
  };
}
