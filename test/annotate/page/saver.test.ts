import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSaver, type Saver, type SaveState } from '../../../annotate/page/saver.js';
import type { SaveBody } from '../../../annotate/server/api.js';
import { emptyWork, type Work } from '../../../annotate/work.js';

const work = (comment: string): Work => ({ ...emptyWork, comment });

function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
    key: (at: number) => [...kept.keys()][at] ?? null,
    get length() {
      return kept.size;
    },
  };
}

/** A server that keeps versions as the store does, and a network that loses requests and answers. */
function world(luck: () => 'well' | 'request lost' | 'answer lost' | 'server error') {
  const server = { version: 0, key: '', work: emptyWork as Work };
  async function put(_: string, body: SaveBody) {
    const fate = luck();
    if (fate === 'request lost') throw new Error('network');
    if (fate === 'server error') return { status: 507, body: { error: 'the disk is full' } };
    if (server.key === body.key) return { status: 200, body: { version: server.version } };
    if (body.base !== server.version && !body.after.includes(server.key))
      return { status: 409, body: { version: server.version, work: server.work } };
    Object.assign(server, { version: server.version + 1, key: body.key, work: body.work });
    if (fate === 'answer lost') throw new Error('network');
    return { status: 200, body: { version: server.version } };
  }
  return { server, put };
}

function saverOf(put: ReturnType<typeof world>['put'], kept = storage(), tab = 'tab') {
  let keys = 0;
  const seen: { states: SaveState[]; conflicts: number } = { states: [], conflicts: 0 };
  const saver: Saver = createSaver({
    annotator: 'ann',
    role: 'annotate',
    storage: kept,
    prefix: 'unsent/',
    tab,
    put,
    onState: (state) => seen.states.push(state),
    onConflict: () => {
      seen.conflicts++;
    },
    onRejected: () => {},
    now: () => 1,
    wait: () => new Promise((resolve) => setImmediate(resolve)),
    newKey: () => `${tab} ${keys++}`,
  });
  return { saver, seen, kept };
}

async function settled(saver: Saver) {
  while (saver.unsent > 0) await new Promise((resolve) => setImmediate(resolve));
}

describe('the saver', () => {
  test('brings the last change through, and takes its own earlier ones for no conflict, whatever is lost on the way', async () => {
    const fate = fc.constantFrom('well', 'request lost', 'answer lost', 'server error' as const);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { maxLength: 30 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
        async (fates, pauses) => {
          const { server, put } = world(() => fates.shift() ?? 'well');
          const { saver, seen, kept } = saverOf(put);
          for (const [at, pause] of pauses.entries()) {
            saver.save('a', work(String(at)));
            if (pause) await new Promise((resolve) => setImmediate(resolve));
          }
          await settled(saver);
          expect(server.work).toEqual(work(String(pauses.length - 1)));
          expect(seen.conflicts).toBe(0);
          expect(seen.states.at(-1)).toMatchObject({ kind: 'saved' });
          expect(kept.kept.size).toBe(0);
        },
      ),
    );
  });

  test('keeps what is unsent for the next page, also where the answer was lost', async () => {
    for (const lost of ['request lost', 'answer lost'] as const) {
      let calls = 0;
      const { server, put } = world(() => (calls++ === 0 ? lost : 'request lost'));
      const first = saverOf(put);
      first.saver.save('a', work('1'));
      await new Promise((resolve) => setImmediate(resolve));
      first.saver.save('a', work('2'));
      expect(first.kept.kept.size).toBe(1);
      const kept = storage();
      for (const [name, value] of first.kept.kept) kept.setItem(name, value);
      const well = async (item: string, body: SaveBody) => {
        const again = world(() => 'well');
        Object.assign(again.server, server);
        const reply = await again.put(item, body);
        Object.assign(server, again.server);
        return reply;
      };
      const next = saverOf(well, kept);
      next.saver.adopt();
      await settled(next.saver);
      expect(server.work).toEqual(work('2'));
      expect(next.seen.conflicts).toBe(0);
    }
  });

  test('asks where somebody else saved meanwhile', async () => {
    const { server, put } = world(() => 'well');
    Object.assign(server, { version: 3, key: 'theirs', work: work('theirs') });
    const { saver, seen } = saverOf(put);
    saver.save('a', work('mine'));
    await settled(saver);
    expect(seen.conflicts).toBe(1);
    expect(server.work).toEqual(work('theirs'));
  });

  test('says why nothing is saved', async () => {
    let full = true;
    const { put } = world(() => (full ? 'server error' : 'well'));
    const { saver, seen } = saverOf(put);
    saver.save('a', work('1'));
    while (!seen.states.some(({ kind }) => kind === 'waiting')) await new Promise((resolve) => setImmediate(resolve));
    expect(seen.states.find(({ kind }) => kind === 'waiting')).toEqual({
      kind: 'waiting',
      count: 1,
      why: 'the disk is full',
    });
    full = false;
    await settled(saver);
  });
});
