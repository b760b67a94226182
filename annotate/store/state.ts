import type { WorkStatus } from '../work.js';
import type { Shown, StoreEvent } from './events.js';

/**
 * What is known of an item without its words: those stay in the log, under the numbers of their events. So a store of
 * 100,000 items takes a few megabytes.
 */
export interface ItemState {
  readonly id: string;
  /** Its place among the items, from 0. */
  readonly place: number;
  /** The number of the event that brought it. */
  readonly event: number;
  /** The number of the event with its finding: the item's own, or a later one. */
  finding?: number;
  /** The lowest reward; null where nothing was judged. */
  lowest: number | null;
  /** How far the lowest reward is from the threshold; null where either is not known. */
  doubt: number | null;
  flags: number;
  readonly gold: boolean;
  readonly people: Map<string, Share>;
}

/** What one person has to do with one item. */
export interface Share {
  role: 'annotate' | 'adjudicate';
  version: number;
  status: WorkStatus;
  /** The numbers of the events of all versions, the last one last. */
  saves: number[];
  shown?: Shown;
  lastKey?: string;
  /** Milliseconds since 1970: until then nobody else gets it in this one's place. What is done holds for good. */
  leasedUntil: number;
  /** The numbers of events with activity. */
  activity: number[];
}

export interface State {
  readonly items: Map<string, ItemState>;
  /** People, and when each came, from 0. */
  readonly people: Map<string, number>;
  /** How many items each person has done or skipped; counted here, for walking 100,000 items at each decision is slow. */
  readonly ended: Map<string, number>;
  /** Items without a finding. */
  unscored: number;
  /** Items that two people or more have done. */
  readonly shared: Set<ItemState>;
  settings: Record<string, unknown>;
  /** Counts every change of what the order depends on. */
  changes: number;
}

/** So long what was begun and not ended keeps others away; milliseconds. */
const draftMs = 24 * 3600_000;

export const emptyState = (): State => ({
  items: new Map(),
  people: new Map(),
  ended: new Map(),
  unscored: 0,
  shared: new Set(),
  settings: {},
  changes: 0,
});

/**
 * The state after one more event; the same state is changed and given back, for a copy of 100,000 items a key would be
 * too slow. Events about items that are not there change nothing.
 */
export function fold(state: State, event: StoreEvent, number: number): State {
  switch (event.kind) {
    case 'item': {
      const { id, finding, gold } = event.item;
      if (state.items.has(id)) return state;
      const item: ItemState = {
        id,
        place: state.items.size,
        event: number,
        lowest: null,
        doubt: null,
        flags: 0,
        gold: gold !== undefined,
        people: new Map(),
      };
      state.items.set(id, item);
      if (finding) find(item, finding, number);
      else state.unscored++;
      state.changes++;
      return state;
    }
    case 'finding': {
      const item = state.items.get(event.item);
      if (!item) return state;
      if (item.finding === undefined) state.unscored--;
      find(item, event.finding, number);
      state.changes++;
      return state;
    }
    case 'lease': {
      const share = shareOf(state, event);
      if (share) share.leasedUntil = event.until;
      return state;
    }
    case 'save': {
      const share = shareOf(state, event);
      if (!share) return state;
      const { version, key, work, shown } = event;
      const leasedUntil = event.at + draftMs;
      const before = hasEnded(share);
      const item = state.items.get(event.item)!;
      Object.assign(share, { version, lastKey: key, status: work.status, shown, leasedUntil });
      share.saves.push(number);
      const change = Number(hasEnded(share)) - Number(before);
      state.ended.set(event.annotator, (state.ended.get(event.annotator) ?? 0) + change);
      if ([...item.people.values()].filter(isVote).length >= 2) state.shared.add(item);
      else state.shared.delete(item);
      return state;
    }
    case 'activity':
      shareOf(state, { ...event, role: 'annotate' })?.activity.push(number);
      return state;
    case 'joined':
      state.people.set(event.annotator, event.place);
      return state;
    case 'settings':
      Object.assign(state.settings, event.settings);
      return state;
  }
}

/** Whether it says what a person thinks of the item's answer. */
export const isVote = ({ role, status }: Share): boolean => role === 'annotate' && status === 'done';
const hasEnded = ({ role, status }: Share) => role === 'annotate' && status !== 'open';

function find(
  item: ItemState,
  { flags, lowest, threshold }: { flags: readonly unknown[]; lowest: number | null; threshold?: number },
  number: number,
): void {
  item.finding = number;
  item.flags = flags.length;
  item.lowest = lowest;
  item.doubt = lowest === null || threshold === undefined ? null : Math.abs(lowest - threshold);
}

function shareOf(
  { items }: State,
  { item: id, annotator, role }: { item: string; annotator: string; role: Share['role'] },
): Share | undefined {
  const people = items.get(id)?.people;
  if (!people) return undefined;
  const known = people.get(annotator);
  if (known) return known;
  const share: Share = { role, version: 0, status: 'open', saves: [], leasedUntil: 0, activity: [] };
  people.set(annotator, share);
  return share;
}
