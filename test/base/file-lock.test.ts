import { mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock, withLock } from '../../src/base/file-lock.js';

const folder = () => mkdtempSync(join(tmpdir(), 'lock-'));
const busy = (holder: string, file: string) => `${holder} has ${file}`;

describe('a lock', () => {
  it('is one caller’s at a time, and leaves nothing behind', async () => {
    const at = folder();
    const file = join(at, 'a.lock');
    const release = await takeLock(file, busy);
    await expect(takeLock(file, busy)).rejects.toMatchObject({
      code: 'bad-input',
      message: `this process has ${file}`,
    });
    await release();
    await expect(withLock(file, busy, () => Promise.reject(new Error('work')))).rejects.toThrow('work');
    expect(await withLock(file, busy, async () => 7)).toBe(7);
    expect(readdirSync(at)).toEqual([]);
  });

  it('of another machine is somebody’s for as long as that says so', async () => {
    const file = join(folder(), 'a.lock');
    writeFileSync(file, JSON.stringify({ pid: 1, host: 'elsewhere' }));
    await expect(takeLock(file, busy)).rejects.toThrow('process 1 of elsewhere has');
    const before = new Date(Date.now() - 10 * 60_000);
    utimesSync(file, before, before);
    await (await takeLock(file, busy))();
  });

  it('that is half written is another’s at first, and nobody’s later', async () => {
    const file = join(folder(), 'a.lock');
    writeFileSync(file, '{"pi');
    await expect(takeLock(file, busy)).rejects.toThrow('another process has');
    const before = new Date(Date.now() - 60_000);
    utimesSync(file, before, before);
    await (await takeLock(file, busy))();
  });

  it('that is dead goes to one of many', async () => {
    const file = join(folder(), 'a.lock');
    writeFileSync(file, '99999999');
    const all = await Promise.allSettled([1, 2, 3, 4].map(() => takeLock(file, busy)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
