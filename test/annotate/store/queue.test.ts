import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventBody } from '../../../annotate/store/events.js';
import { createQueue, type QueueSettings } from '../../../annotate/store/queue.js';
import { emptyState, fold, type State } from '../../../annotate/store/state.js';
import { emptyWork } from '../../../annotate/work.js';

const settings: QueueSettings = { order: 'file', overlap: 1, seed: 1, goldEvery: 10 };

function world(count: number, rewards: readonly (number | null)[] = [], gold = 0) {
  const state = emptyState();
  let number = 0;
  let at = 0;
  const tell = (event: EventBody) => fold(state, { at, ...event }, number++);
  for (let place = 0; place < count + gold; place++) {
    const lowest = rewards[place];
    tell({
      kind: 'item',
      item: {
        id: `${place < count ? 'i' : 'gold'}${place}`,
        image: 'a.png',
        response: 'A dog.',
        ...(lowest === undefined ? {} : { finding: { flags: [], lowest, threshold: 0.5 } }),
        ...(place < count ? {} : { gold: [] }),
      },
    });
  }
  const lease = (item: string, annotator: string, until: number) =>
    tell({ kind: 'lease', item, annotator, until, role: 'annotate' });
  const save = (item: string, annotator: string, status: 'done' | 'open' | 'skipped' = 'done') => {
    const version = (state.items.get(item)?.people.get(annotator)?.version ?? 0) + 1;
    const work = { ...emptyWork, status };
    tell({ kind: 'save', item, annotator, version, key: 'k', work, shown: 'flags', role: 'annotate' });
  };
  const find = (item: string) => tell({ kind: 'finding', item, finding: { flags: [], lowest: 0.5 } });
  return {
    state,
    lease,
    save,
    find,
    setTime(now: number) {
      at = now;
    },
  };
}

const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);

describe('who gets what', () => {
  test('orders by lowest reward, by doubt, or as in the file; what is not scored comes last', () => {
    const rewards = [0.9, 0.1, undefined as unknown as null, 0.52];
    const first = (order: QueueSettings['order']) =>
      ids(createQueue(world(4, rewards).state, { ...settings, order }).next('ann', 4, 0));
    expect(first('lowest')).toEqual(['i1', 'i3', 'i0', 'i2']);
    expect(first('uncertain')).toEqual(['i3', 'i0', 'i1', 'i2']);
    expect(first('file')).toEqual(['i0', 'i1', 'i2', 'i3']);
    expect(first('random').sort()).toEqual(['i0', 'i1', 'i2', 'i3']);
    expect(first('random')).toEqual(first('random'));
  });

  test('a leased answer is nobody else’s, until the lease runs out', () => {
    const { state, lease } = world(2);
    const queue = createQueue(state, settings);
    lease('i0', 'ann', 1000);
    expect(ids(queue.next('bob', 1, 500))).toEqual(['i1']);
    expect(ids(createQueue(state, settings).next('eve', 2, 1500))).toContain('i0');
  });

  test('comes back to what was begun first', () => {
    const { state, save } = world(5);
    save('i3', 'ann', 'open');
    expect(ids(createQueue(state, settings).next('ann', 2, 0))).toEqual(['i3', 'i0']);
  });

  test('what one skips goes to another', () => {
    const { state, save } = world(1);
    save('i0', 'ann', 'skipped');
    const queue = createQueue(state, settings);
    expect(queue.next('ann', 1, 0)).toEqual([]);
    expect(ids(queue.next('bob', 1, 0))).toEqual(['i0']);
  });

  test('K people do each answer, none of them twice, whatever they do in whatever turn', () => {
    const turn = fc.record({
      who: fc.constantFrom('ann', 'bob', 'eve'),
      count: fc.integer({ min: 1, max: 3 }),
      ends: fc.constantFrom('done', 'open', 'skipped', 'nothing' as const),
      later: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (turns, overlap) => {
        const { state, lease, save, setTime } = world(6);
        const queue = createQueue(state, { ...settings, order: 'random', overlap });
        const given = new Map<string, string[]>();
        let now = 0;
        for (const { who, count, ends, later } of turns) {
          now += later;
          setTime(now);
          const items = queue.next(who, count, now);
          expect(new Set(items).size).toBe(items.length);
          for (const { id } of items) lease(id, who, now + 1_000_000);
          const [first] = items;
          if (!first || ends === 'nothing') continue;
          save(first.id, who, ends);
          if (ends !== 'open') given.set(who, [...(given.get(who) ?? []), first.id]);
        }
        for (const own of given.values()) expect(new Set(own).size).toBe(own.length);
        for (const { people } of state.items.values()) {
          const taken = [...people.values()].filter(({ status }) => status !== 'skipped');
          expect(taken.length).toBeLessThanOrEqual(overlap);
        }
      }),
    );
  });

  test('what is counted along the way is what a walk over all items counts', () => {
    const turn = fc.record({
      item: fc.integer({ min: 0, max: 4 }),
      who: fc.constantFrom('ann', 'bob', 'eve'),
      does: fc.constantFrom('done', 'open', 'skipped', 'find' as const),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 40 }), (turns) => {
        const { state, save, find } = world(5, [0.2]);
        for (const { item, who, does } of turns) does === 'find' ? find(`i${item}`) : save(`i${item}`, who, does);
        const items = [...state.items.values()];
        const shares = (who: string) => items.flatMap(({ people }) => people.get(who) ?? []);
        for (const who of ['ann', 'bob', 'eve'])
          expect(state.ended.get(who) ?? 0).toBe(shares(who).filter(({ status }) => status !== 'open').length);
        expect(state.unscored).toBe(items.filter(({ finding }) => finding === undefined).length);
        const isDone = ({ status }: { status: string }) => status === 'done';
        const twice = items.filter(({ people }) => [...people.values()].filter(isDone).length >= 2);
        expect(ids([...state.shared]).sort()).toEqual(ids(twice));
      }),
    );
  });

  test('everyone comes to the end, and then there is nothing', () => {
    const { state, save } = world(30);
    const queue = createQueue(state, { ...settings, overlap: 2, order: 'random' });
    const did: Record<string, number> = { ann: 0, bob: 0, eve: 0 };
    for (let turns = 0; turns < 200; turns++)
      for (const who of Object.keys(did))
        for (const { id } of queue.next(who, 1, 0)) {
          save(id, who);
          did[who]!++;
        }
    expect(Object.values(did).reduce((a, b) => a + b)).toBe(60);
  });

  test('gold answers come to everyone, about as often as asked, and are not told apart', () => {
    const { state, save } = world(400, [], 20);
    const seen = (who: string) => {
      const queue = createQueue(state, settings);
      const got: string[] = [];
      for (let turn = 0; turn < 150; turn++)
        for (const { id } of queue.next(who, 1, 0)) {
          got.push(id);
          save(id, who);
        }
      return got.filter((id) => id.startsWith('gold')).length;
    };
    for (const who of ['ann', 'bob']) {
      const gold = seen(who);
      expect(gold).toBeGreaterThanOrEqual(5);
      expect(gold).toBeLessThanOrEqual(20);
    }
  });

  test('hands out 100,000 answers in time that does not grow with what was done', () => {
    const { state, save } = world(100_000);
    const queue = createQueue(state as State, settings);
    const take = (turns: number) => {
      const before = process.cpuUsage();
      for (let turn = 0; turn < turns; turn++) for (const { id } of queue.next('ann', 1, 0)) save(id, 'ann');
      const { user, system } = process.cpuUsage(before);
      return (user + system) / turns;
    };
    take(100);
    const early = take(2000);
    take(40_000);
    expect(take(2000)).toBeLessThan(10 * early + 100);
  });
});
