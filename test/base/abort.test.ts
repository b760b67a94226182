import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { abortable, withinTime } from '../../src/base/abort.js';

const never = () => new Promise<never>(() => {});

describe('work that may be aborted', () => {
  it('gives its result, or its own failure', async () => {
    const { signal } = new AbortController();
    expect(await abortable(async () => 1, signal)).toBe(1);
    expect(await abortable(async () => 1, undefined)).toBe(1);
    await expect(abortable(() => Promise.reject(new RangeError('no')), signal)).rejects.toThrow(RangeError);
  });

  it('is left at once where it does not listen, with the reason as the cause', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const left = abortable(never, stop.signal, { doing: 'scoring' });
    stop.abort(reason);
    await expect(left).rejects.toMatchObject({ code: 'aborted', message: 'scoring was aborted', cause: reason });
  });

  it('by many with one signal warns of nothing, and leaves nothing with it', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 20 }, () => abortable(async () => 1, signal)));
    await new Promise(setImmediate);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is not begun after the abort', async () => {
    let begun = false;
    const work = async () => {
      begun = true;
    };
    await expect(abortable(work, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    expect(begun).toBe(false);
  });

  it('may hand back the best that it has within its grace', async () => {
    const stop = new AbortController();
    const work = () =>
      new Promise<string>((resolve) => stop.signal.addEventListener('abort', () => setImmediate(resolve, 'half')));
    const best = abortable(work, stop.signal, { graceMs: 10_000 });
    stop.abort();
    expect(await best).toBe('half');
    await expect(abortable(never, AbortSignal.abort(), { graceMs: 1 })).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('work within a time', () => {
  it('fails as late, with its signal fired; an abort from outside is an abort', async () => {
    let inner: AbortSignal | undefined;
    const work = (signal: AbortSignal) => {
      inner = signal;
      return never();
    };
    await expect(withinTime(work, 1, () => new RangeError('late'))).rejects.toThrow('late');
    expect(inner!.aborted).toBe(true);
    const stop = new AbortController();
    const left = withinTime(work, 60_000, () => new RangeError('late'), stop.signal);
    stop.abort();
    await expect(left).rejects.toMatchObject({ code: 'aborted' });
    expect(
      await withinTime(
        async () => 1,
        60_000,
        () => new RangeError('late'),
      ),
    ).toBe(1);
  });
});
