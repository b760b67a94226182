import { describe, expect, it } from 'vitest';
import { DetectiveError } from '../../src/base/errors.js';
import { retryAfter, withRetries } from '../../src/models/retry.js';

const failure = (status: number, headers: Record<string, string> = {}) =>
  Object.assign(new Error(`status ${status}`), { status, headers: new Headers(headers) });

async function countTries(error: unknown, retries = 2): Promise<number> {
  let tries = 0;
  const call = async () => {
    tries++;
    throw error;
  };
  const failed = withRetries('P', call, { retries, minTimeout: 1 });
  await expect(failed).rejects.toBeInstanceOf(DetectiveError);
  return tries;
}

describe('retries', () => {
  it.each([408, 409, 429, 500, 502, 503, 529])('tries again after %i', async (status) => {
    expect(await countTries(failure(status))).toBe(3);
  });

  it.each([400, 401, 403, 404, 413, 422])('does not after %i', async (status) => {
    expect(await countTries(failure(status))).toBe(1);
  });

  it('does what the server says in x-should-retry', async () => {
    expect(await countTries(failure(500, { 'x-should-retry': 'false' }))).toBe(1);
    expect(await countTries(failure(400, { 'x-should-retry': 'true' }))).toBe(3);
  });

  it('tells a broken network from a broken program', async () => {
    const reset = new Error('Connection error.', { cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }) });
    expect(await countTries(reset)).toBe(3);
    expect(await countTries(new TypeError('terminated'))).toBe(3);
    expect(await countTries(new TypeError('x is not a function'))).toBe(1);
  });

  it('backs off longer each time', async () => {
    const times: number[] = [];
    const call = async () => {
      times.push(performance.now());
      throw failure(500);
    };
    await expect(withRetries('P', call, { retries: 3, minTimeout: 40 })).rejects.toThrow();
    const waits = times.slice(1).map((time, index) => time - times[index]!);
    expect(waits[0]).toBeGreaterThanOrEqual(38);
    expect(waits[1]).toBeGreaterThanOrEqual(78);
    expect(waits[2]).toBeGreaterThanOrEqual(158);
  });

  it('gives up a call that heeds no signal', async () => {
    const began = performance.now();
    const stuck = withRetries('P', () => new Promise(() => {}), { retries: 1, minTimeout: 1, timeoutMs: 30 });
    await expect(stuck).rejects.toMatchObject({ code: 'rewriter-failed', message: expect.stringContaining('30 ms') });
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('leaves errors of our own as they are', async () => {
    const own = new DetectiveError('bad-image', 'broken');
    await expect(withRetries('P', () => Promise.reject(own))).rejects.toBe(own);
  });

  it('reads every form of retry-after', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    const read = (headers: Record<string, string>) => retryAfter(failure(429, headers), now);
    expect(read({ 'retry-after-ms': '1500', 'retry-after': '9' })).toBe(1500);
    expect(read({ 'retry-after': '2' })).toBe(2000);
    expect(read({ 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' })).toBe(5000);
    expect(read({ 'retry-after': 'Wed, 31 Dec 2025 00:00:05 GMT' })).toBe(0);
    expect(read({ 'retry-after': 'soon' })).toBeNull();
    expect(read({ 'retry-after': '' })).toBeNull();
    expect(read({})).toBeNull();
  });
});
