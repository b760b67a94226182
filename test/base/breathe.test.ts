import { expect, it } from 'vitest';
import { breather } from '../../src/base/breathe.js';

/** Work that takes a millisecond. */
function work(): void {
  const end = performance.now() + 1;
  while (performance.now() < end);
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
  // each of them by itself would go on for 12
  expect(most).toBeLessThan(200);
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
