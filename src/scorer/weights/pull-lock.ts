import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { DetectiveError } from '../../base/errors.js';

/** Locks of this very process: a restarted container has the process number of the one before it. */
const held = new Set<string>();
/** A lock without a number is this young while its process is still writing it. */
const writingMs = 10_000;

/**
 * Runs `work` while no other process of this machine holds the lock. A lock whose process is gone is taken over.
 *
 * @throws DetectiveError `bad-input` where another process, or another call in this one, holds it.
 */
export async function withPullLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  if (held.has(file)) throw taken(file, 'this process');
  held.add(file);
  try {
    await take(file);
    try {
      return await work();
    } finally {
      await rm(file, { force: true });
    }
  } finally {
    held.delete(file);
  }
}

async function take(file: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      return await writeFile(file, String(process.pid), { flag: 'wx' });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      const holder = await readFile(file, 'utf8').catch(() => null);
      const age = Date.now() - ((await stat(file).catch(() => null))?.mtimeMs ?? Number.NEGATIVE_INFINITY);
      if (holder === '' && age < writingMs) throw taken(file, 'another process');
      if (holder && Number(holder) !== process.pid && isAlive(Number(holder))) throw taken(file, `process ${holder}`);
      await rm(file, { force: true });
    }
  }
  throw taken(file, 'another process');
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

function taken(file: string, who: string): DetectiveError {
  return new DetectiveError(
    'bad-input',
    `${who} is fetching the same folder: wait for it (or remove ${file} if that is something else)`,
  );
}
