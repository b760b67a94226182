import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from '../../src/base/file-lock.js';

const folder = () => mkdtempSync(join(tmpdir(), 'lock-'));
const busy = (holder: string, file: string) => `${holder} has ${file}`;

describe('a lock', () => {
  it('is kept from others while its process lives, and taken over once that is gone', async () => {
    const file = join(folder(), 'a.lock');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const lock = { pid: child.pid, host: hostname() };
    writeFileSync(file, JSON.stringify(lock));
    await expect(takeLock(file, busy)).rejects.toThrow(`process ${child.pid} has`);
    // another process of the same number
    writeFileSync(file, JSON.stringify({ ...lock, started: '1' }));
    if (process.platform === 'linux') await (await takeLock(file, busy))();
    writeFileSync(file, JSON.stringify(lock));
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await takeLock(file, busy))();
  });
});
