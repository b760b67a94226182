import { readFile, rm, writeFile } from 'node:fs/promises';
import { DetectiveError } from '../../errors.js';

/** Locks of this very process: a restarted container has the process number of the one before it. */
const held = new Set<string>();

/**
 * Runs `work` while no other process of this machine holds the lock. A lock whose process is gone is taken over.
 *
 * @throws DetectiveError `bad-input` where another process holds it.
 */
export async function withPullLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await take(file);
  held.add(file);
  try {
    return await work();
  } finally {
    held.delete(file);
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      return await writeFile(file, String(process.pid), { flag: 'wx' });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      const holder = Number(await readFile(file, 'utf8').catch(() => ''));
      if (holder === process.pid ? held.has(file) : isAlive(holder))
        throw new DetectiveError(
          'bad-input',
          `process ${holder} is fetching the same folder: wait for it (or remove ${file} if it is something else)`,
          { cause },
        );
      await rm(file, { force: true });
    }
  }
  throw new DetectiveError('bad-input', `${file} cannot be taken: is another process fetching the same folder?`);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
