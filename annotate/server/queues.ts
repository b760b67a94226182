import { type ItemState, isVote, type State } from '../store/state.js';
import type { Store } from '../store/store.js';
import type { Work } from '../work.js';
import type { ItemView, QueueReply } from './api.js';
import { type Desk, viewOf } from './views.js';

/** An item handed out is kept for its person so long; milliseconds. */
const leaseMs = 30 * 60_000;

/** The next items for a person, leased to them. Whoever is new joins. */
export async function handOut(desk: Desk, annotator: string, count: number): Promise<QueueReply> {
  const { store, plan } = desk;
  const next = await store.transact(({ people }) => {
    const now = Date.now();
    const joined = people.has(annotator) ? [] : [{ kind: 'joined', annotator, place: people.size } as const];
    const items = plan.next(annotator, count, now);
    const leases = items.flatMap((item) => {
      const known = item.people.get(annotator);
      const fresh = known && (known.version > 0 || known.leasedUntil > now + leaseMs / 2);
      const until = now + leaseMs;
      return fresh ? [] : [{ kind: 'lease', item: item.id, annotator, until, role: 'annotate' } as const];
    });
    return { events: [...joined, ...leases], result: items };
  });
  const items: ItemView[] = [];
  for (const item of next) items.push(await viewOf(desk, item, annotator));
  const done = store.state.ended.get(annotator) ?? 0;
  const unscored = desk.scoring() ? store.state.unscored : 0;
  return { items, progress: { done, total: plan.total(annotator), unscored } };
}

/** Hands out items that two people or more did, whose works differ, and that nobody has adjudicated. */
export function adjudication(desk: Desk): (annotator: string, count: number) => Promise<QueueReply> {
  const isDisputed = disputes(desk.store);
  return async (annotator, count) => {
    const items: ItemView[] = [];
    let total = 0;
    let done = 0;
    for (const item of desk.store.state.shared) {
      const judged = [...item.people.values()].some((share) => share.role === 'adjudicate' && share.status !== 'open');
      if (!judged && item.people.get(annotator)?.role === 'annotate') continue;
      if (!judged && !(await isDisputed(item))) continue;
      total++;
      if (judged) done++;
      else if (items.length < count) items.push(await viewOf(desk, item, annotator, true));
    }
    return { items, progress: { done, total, unscored: 0 } };
  };
}

/** Whether people said different things about an item; read once for each version of their works. */
function disputes(store: Store): (item: ItemState) => Promise<boolean> {
  const read = new Map<ItemState, { versions: string; differ: boolean }>();
  return async (item) => {
    const votes = [...item.people.values()].filter(isVote);
    const versions = votes.map(({ saves }) => saves.at(-1)).join();
    const known = read.get(item);
    if (known?.versions === versions) return known.differ;
    const works = await Promise.all(votes.map((share) => store.work(share)));
    const differ = works.some((work) => !sameWork(work, works[0]!));
    read.set(item, { versions, differ });
    return differ;
  };
}

/** Whether two people said the same about the same words. */
const sameWork = (a: Work, b: Work): boolean => JSON.stringify(essence(a)) === JSON.stringify(essence(b));
const essence = ({ marks, verdict }: Work) => ({
  marks: marks
    .filter(({ decision }) => decision === 'wrong')
    .map(({ start, end, replacement }) => [start, end, replacement]),
  verdict,
});

/** The last items that a person did, the newest last. */
export function trailOf({ items }: State, annotator: string): string[] {
  const own: [number, string][] = [];
  for (const { id, people } of items.values()) {
    const share = people.get(annotator);
    if (share && share.status !== 'open') own.push([share.saves.at(-1)!, id]);
  }
  return own
    .sort(([a], [b]) => a - b)
    .slice(-100)
    .map(([, id]) => id);
}
