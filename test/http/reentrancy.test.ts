import { expect, it } from 'vitest';
import { isWithinCorrection, markCorrections, withinCorrection } from '../../src/http/reentrancy.js';

// looks at what a module keeps from its first use on, so it has its modules to itself
it('corrections are marked from the moment on that somebody looks for the mark', async () => {
  const marked = async () => {
    await null;
    return isWithinCorrection(new Headers());
  };
  expect(await withinCorrection(marked)).toBe(false);
  markCorrections();
  expect(await withinCorrection(marked)).toBe(true);
  expect(await marked()).toBe(false);
});
