import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { asLongJob, asOneJob, breather } from '../../src/base/breathe.js';

/** A clock that only work moves, so that no other load of the machine counts. */
let clock = 0;
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Work that takes a millisecond. */
function work(): void {
  clock++;
}

it('many loops at once take no more of a turn than one: timers and sockets go on', async () => {
  let units = 0;
  let since = 0;
  let most = 0;
  let running = true;
  const watch = () => {
    most = Math.max(most, since);
    since = 0;
    if (running) setImmediate(watch);
  };
  watch();
  const loop = async () => {
    const breathe = breather();
    for (let nth = 0; nth < 40; nth++) {
      work();
      units++;
      since++;
      await breathe();
    }
  };
  await Promise.all(Array.from({ length: 50 }, loop));
  running = false;
  expect(units).toBe(2000);
  // the first of each, then 16 for all; each of them by itself would go on for 16
  expect(most).toBeLessThan(70);
});

it('throws the reason of a signal that has fired', async () => {
  const gone = new AbortController();
  const breathe = breather(gone.signal);
  gone.abort(new Error('gone'));
  const long = async () => {
    for (;;) {
      work();
      await breathe();
    }
  };
  await expect(long()).rejects.toThrow('gone');
});

it('a short job waits for no crowd of long ones, and no long one for ever', async () => {
  let units = 0;
  const job = (count: number) =>
    asOneJob(async () => {
      for (let nth = 0; nth < count; nth++) {
        // loops begun anew are still the same job
        const breathe = breather();
        work();
        units++;
        await breathe();
      }
    });
  const long = Array.from({ length: 12 }, () => job(100));
  while (units < 600) await new Promise((resolve) => setImmediate(resolve));
  const before = units;
  await job(20);
  // one by one in turn it would be two hundred of theirs
  expect(units - before - 20).toBeLessThan(100);
  await Promise.all(long);
  expect(units).toBe(1220);
});

it('a job that is short goes on in one turn, and a long one gives way every few milliseconds', async () => {
  let turns = 0;
  let running = true;
  const watch = () => {
    turns++;
    if (running) setImmediate(watch);
  };
  setImmediate(watch);
  const turnsOf = (count: number) =>
    asOneJob(async () => {
      const before = turns;
      const breathe = breather();
      for (let nth = 0; nth < count; nth++) {
        work();
        await breathe();
      }
      return turns - before;
    });
  expect(await turnsOf(12)).toBe(0);
  expect(await turnsOf(32)).toBeLessThan(4);
  expect((await turnsOf(132)) - 3).toBeGreaterThan(20);
  running = false;
});

it('a crowd of streams that all begin now counts as long: a short job waits for none of them', async () => {
  let units = 0;
  const job = (count: number, isLong: boolean) =>
    asOneJob(async () => {
      if (isLong) asLongJob();
      const breathe = breather();
      for (let nth = 0; nth < count; nth++) {
        work();
        units++;
        await breathe();
      }
    });
  const streams = Array.from({ length: 24 }, () => job(60, true));
  await new Promise((resolve) => setImmediate(resolve));
  const before = units;
  await job(3, false);
  expect(units - before - 3).toBeLessThan(24);
  // nor one that has had more than each of them
  const then = units;
  await job(60, false);
  expect(units - then - 60).toBeLessThan(60);
  await Promise.all(streams);
});
