import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { DetectiveError } from './errors.js';

interface Holder {
  pid: number;
  /** When the process began, in the system's own count; two processes of one number differ in it. */
  started?: string;
  host: string;
}

/** Locks of this very process, which the number of the process does not tell apart. */
const held = new Set<string>();
/** A holder says so often that it is alive; milliseconds. */
const beatMs = 10_000;
/** A lock of another machine that was silent for so long is nobody's. */
const silentMs = 6 * beatMs;
/** A lock without content is this young while its process still writes it. */
const writingMs = 10_000;

/**
 * Takes a lock: a file beside what is to be changed by one process alone. A lock whose process is gone is taken over: on
 * this machine by its number and start time, on another one once it is silent.
 *
 * @param busy The message for a lock that is taken, from who holds it and the file to remove if that is wrong.
 * @returns What gives it back.
 * @throws DetectiveError `bad-input` where another process, or another call in this one, holds it.
 */
export async function takeLock(
  file: string,
  busy: (holder: string, file: string) => string,
): Promise<() => Promise<void>> {
  const taken = (holder: string) => new DetectiveError('bad-input', busy(holder, file));
  if (held.has(file)) throw taken('this process');
  held.add(file);
  try {
    await take(file, taken);
  } catch (error) {
    held.delete(file);
    throw error;
  }
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), beatMs);
  beat.unref();
  return async () => {
    clearInterval(beat);
    await rm(file, { force: true });
    held.delete(file);
  };
}

/** Runs `work` under a lock: see {@link takeLock}. */
export async function withLock<T>(
  file: string,
  busy: (holder: string, file: string) => string,
  work: () => Promise<T>,
): Promise<T> {
  const release = await takeLock(file, busy);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function take(file: string, taken: (holder: string) => DetectiveError): Promise<void> {
  const started = startOf(process.pid);
  const own: Holder = { pid: process.pid, host: hostname(), ...(started === undefined ? {} : { started }) };
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      return await writeFile(file, JSON.stringify(own), { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const text = await readFile(file, 'utf8').catch(() => undefined);
    const age = Date.now() - ((await stat(file).catch(() => undefined))?.mtimeMs ?? Number.NEGATIVE_INFINITY);
    if (text === undefined) continue;
    const holder = holderOf(text);
    if (holder === undefined ? age < writingMs : isHeld(holder, age)) throw taken(nameOf(holder));
    await takeAway(file, text);
  }
  throw taken('another process');
}

/** Removes a dead lock, and no other that came in its place meanwhile. */
async function takeAway(file: string, dead: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== dead) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}

/** undefined for what is no lock of ours, or not yet. */
function holderOf(text: string): Holder | undefined {
  try {
    const found: unknown = JSON.parse(text);
    // as it was written before
    if (typeof found === 'number') return { pid: found, host: hostname() };
    if (typeof found === 'object' && found !== null && 'pid' in found) return found as Holder;
  } catch {}
  return undefined;
}

function isHeld({ pid, started, host }: Holder, age: number): boolean {
  if (host !== hostname()) return age < silentMs;
  if (!isAlive(pid)) return false;
  // a restarted container has the numbers of the one before
  return started === undefined ? pid !== process.pid : startOf(pid) === started;
}

const nameOf = (holder: Holder | undefined) =>
  holder === undefined
    ? 'another process'
    : holder.host === hostname()
      ? `process ${holder.pid}`
      : `process ${holder.pid} of ${holder.host}`;

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, where the system tells (Linux). */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the name of the program, in parentheses, may hold blanks
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
