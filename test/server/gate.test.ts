import { describe, expect, it } from 'vitest';
import { createGate } from '../../src/server/limits/gate.js';

const { signal } = new AbortController();
const from = (address: string, key = '') => ({ address, key });

/** Enters, and tells by name when that succeeds. */
function queueUp(gate: ReturnType<typeof createGate>, log: string[], name: string, address: string, key = '') {
  const entered = gate.enter(signal, from(address, key)).then((leave) => {
    log.push(name);
    return leave;
  });
  entered.catch((error: { status?: number }) => log.push(`${name} ${error.status}`));
  return entered;
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('places', () => {
  it('are all one caller’s where nobody else wants them', async () => {
    const gate = createGate({ concurrency: 3, queue: 1 });
    const leaves = await Promise.all([1, 2, 3].map(() => gate.enter(signal, from('a'))));
    expect(gate.active).toBe(3);
    for (const leave of leaves) {
      leave();
      leave();
    }
    expect(gate.active).toBe(0);
  });

  it('are never all one caller’s where there are many: another comes in at once', async () => {
    const gate = createGate({ concurrency: 16, queue: 40 });
    const log: string[] = [];
    const leaves = await Promise.all(Array.from({ length: 14 }, () => gate.enter(signal, from('a', 'x'))));
    for (const name of ['x1', 'x2']) queueUp(gate, log, name, 'a', 'x');
    await settled();
    expect([gate.active, gate.waiting]).toEqual([14, 2]);
    const other = await gate.enter(signal, from('a', 'y'));
    expect([gate.active, gate.waiting]).toEqual([15, 2]);
    other();
    await settled();
    expect(log).toEqual([]);
    leaves[0]!();
    await settled();
    expect(log).toEqual(['x1']);
    expect([gate.active, gate.waiting]).toEqual([14, 1]);
  });

  it('are never all streams’: a whole answer comes in at once, from the same caller too', async () => {
    const gate = createGate({ concurrency: 16, queue: 40 });
    const log: string[] = [];
    const stream = (name: string) =>
      gate.enter(signal, from('a'), true).then((leave) => {
        log.push(name);
        return leave;
      });
    const streams = Array.from({ length: 14 }, (_, nth) => stream(`s${nth}`));
    await settled();
    expect([gate.active, gate.waiting]).toEqual([12, 2]);
    const whole = await Promise.all([1, 2].map(() => gate.enter(signal, from('a'))));
    queueUp(gate, log, 'w', 'a');
    await settled();
    // two streams for being too many, a whole answer for being one caller's fifteenth
    expect([gate.active, gate.waiting]).toEqual([14, 3]);
    (await streams[0]!)();
    await settled();
    expect(log.slice(12)).toEqual(['s12']);
    (await streams[1]!)();
    (await streams[2]!)();
    await settled();
    expect(log.slice(13).sort()).toEqual(['s13', 'w']);
    for (const leave of whole) leave();
    expect(gate.waiting).toBe(0);
  });

  it('that one leaves go to all who may come in now', async () => {
    const gate = createGate({ concurrency: 8, queue: 40 });
    const log: string[] = [];
    const streams = await Promise.all(Array.from({ length: 6 }, () => gate.enter(signal, from('a'), true)));
    await gate.enter(signal, from('a'));
    queueUp(gate, log, 'whole', 'a');
    const other = gate.enter(signal, from('b'), true).then(() => log.push('stream'));
    await settled();
    expect(log).toEqual([]);
    streams[0]!();
    await settled();
    await other;
    expect(log.sort()).toEqual(['stream', 'whole']);
  });

  it('go to the address that has the fewest, and there to the key that has the fewest', async () => {
    const gate = createGate({ concurrency: 3, queue: 10 });
    const log: string[] = [];
    const leaves = await Promise.all(['a', 'a', 'c'].map((address) => gate.enter(signal, from(address, 'x'))));
    queueUp(gate, log, 'a1', 'a', 'x');
    queueUp(gate, log, 'a2 of another key', 'a', 'y');
    queueUp(gate, log, 'b1', 'b');
    leaves[2]!();
    await settled();
    expect(log).toEqual(['b1']);
    leaves[0]!();
    await settled();
    expect(log).toEqual(['b1', 'a2 of another key']);
  });

  it('are not to be had by filling the queue', async () => {
    const gate = createGate({ concurrency: 1, queue: 4 });
    const log: string[] = [];
    const leave = await gate.enter(signal, from('a'));
    // an address is not more for changing its keys
    for (const nth of [1, 2, 3, 4, 5]) queueUp(gate, log, `a${nth}`, 'a', `key ${nth}`);
    await settled();
    expect(log).toEqual(['a5 429']);
    queueUp(gate, log, 'b1', 'b');
    await settled();
    expect(log).toEqual(['a5 429', 'a4 429']);
    leave();
    await settled();
    expect(log.at(-1)).toBe('b1');
  });

  it('pass by whoever gives up in the very moment that one is free', async () => {
    const gate = createGate({ concurrency: 1, queue: 4 });
    const gone = new AbortController();
    const leave = await gate.enter(signal, from('a'));
    const given = gate.enter(gone.signal, from('b'));
    gone.abort();
    leave();
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
    expect([gate.active, gate.waiting]).toEqual([0, 0]);
  });
});
