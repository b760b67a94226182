import { hashed, inOrder, type Order } from './order.js';
import type { ItemState, Share, State } from './state.js';

export interface QueueSettings {
  order: Order;
  /** So many people do each item; gold items are everyone's. */
  overlap: number;
  seed: number;
  /** About every so many items a gold item comes, while there are some. */
  goldEvery: number;
}

/** Who gets what next. Holds no truth: all of it follows from the state. */
export interface Queue {
  /**
   * The items that a person should do next, the open ones that are theirs already first. Never one that they did, nor one
   * that enough others did or have in hand.
   */
  next(annotator: string, count: number, now: number): ItemState[];
}

/** Whether a person's copy of an item is taken: it is done, or the lease runs. */
const holds = ({ status, leasedUntil }: Share, now: number) =>
  status === 'done' || (status === 'open' && leasedUntil > now);

export function createQueue(state: State, { order, overlap, seed, goldEvery }: QueueSettings): Queue {
  let sorted: { plain: ItemState[]; gold: ItemState[]; changes: number; at: number } | undefined;
  // all before it are full, or this person's: they need not be looked at again
  let cursors = new Map<string, number>();

  function items(now: number) {
    // scores that come in change the order, but not so often that sorting is all that happens
    if (!sorted || (sorted.changes !== state.changes && now - sorted.at >= 1000)) {
      const all = inOrder(state, order, seed);
      const isGold = (item: ItemState) => item.gold;
      sorted = {
        plain: all.filter((item) => !isGold(item)),
        gold: all.filter(isGold),
        changes: state.changes,
        at: now,
      };
      cursors = new Map();
    }
    return sorted;
  }

  const begun = new Map<string, Set<ItemState>>();
  /** Items that a person has begun and not ended; kept, so that 100,000 items are looked through once. */
  function openOf(annotator: string, now: number): ItemState[] {
    let own = begun.get(annotator);
    if (!own) {
      own = new Set([...state.items.values()].filter((item) => item.people.has(annotator)));
      begun.set(annotator, own);
    }
    const open: ItemState[] = [];
    for (const item of own) {
      const share = item.people.get(annotator);
      if (share?.role !== 'annotate' || share.status !== 'open') own.delete(item);
      else if (share.version > 0 || isFree(item, annotator, now)) open.push(item);
    }
    return open;
  }

  function isFree(item: ItemState, annotator: string, now: number): boolean {
    const own = item.people.get(annotator);
    if (own && (own.role === 'adjudicate' || own.status !== 'open')) return false;
    if (item.gold) return true;
    let others = 0;
    for (const [name, share] of item.people)
      if (name !== annotator && share.role === 'annotate' && holds(share, now)) others++;
    return others < overlap;
  }

  return {
    next(annotator, count, now) {
      const found = openOf(annotator, now).slice(0, count);
      const own = begun.get(annotator)!;
      const { plain, gold } = items(now);
      const take = (item: ItemState) => {
        own.add(item);
        found.push(item);
      };
      const freeGold = () => gold.find((item) => !own.has(item) && !item.people.has(annotator));
      let at = cursors.get(annotator) ?? 0;
      let settled = true;
      for (let place = at; found.length < count && place < plain.length; place++) {
        const item = plain[place]!;
        const free = !own.has(item) && isFree(item, annotator, now);
        // a lease of another may run out: only what is done for good is passed for good
        const done = item.people.has(annotator) || isFull(item, overlap);
        if (settled && done) at = place + 1;
        else settled = false;
        if (!free) continue;
        const special = hashed('gold', seed, annotator, item.id) < 1 / goldEvery ? freeGold() : undefined;
        if (special) take(special);
        if (found.length < count) take(item);
      }
      cursors.set(annotator, at);
      while (found.length < count) {
        const special = freeGold();
        if (!special) break;
        take(special);
      }
      return found;
    },
  };
}

/** Whether enough people have done it. */
export function isFull(item: ItemState, overlap: number): boolean {
  if (item.gold) return false;
  let done = 0;
  for (const share of item.people.values()) if (share.role === 'annotate' && share.status === 'done') done++;
  return done >= overlap;
}
