import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'tsdown';
import type { Ended, RunSettings } from './command-line.js';

/** The built command line, driven as a user drives it: for slow tests. */

const root = join(import.meta.dirname, '..', '..');
export const bin = join(root, 'dist', 'cli', 'main.js');
const lock = join(root, 'dist', '.test-build.lock');

/** Builds the command line where it is missing or older than its sources: `npm test` has done so already. */
export async function buildCommandLine(): Promise<void> {
  for (let tries = 0; isStale() && tries < 300; tries++) {
    mkdirSync(join(root, 'dist'), { recursive: true });
    try {
      mkdirSync(lock);
    } catch {
      // a killed run leaves its lock
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 120_000) rmdirSync(lock);
      await sleep(100);
      continue;
    }
    try {
      await build({ cwd: root, dts: false, clean: false, logLevel: 'warn' });
    } finally {
      rmdirSync(lock);
    }
  }
}

function isStale(): boolean {
  const built = statSync(bin, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return ['src', 'eval', 'scenes', 'annotate', 'cli'].some((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).some(
      (name) => statSync(join(root, folder, name)).mtimeMs > built,
    ),
  );
}

export function start(args: readonly string[], { cwd = root, env = {} }: RunSettings = {}, program = bin) {
  const { PATH, HOME, TMPDIR } = process.env;
  return spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH, HOME, TMPDIR, NO_COLOR: '1', ...env },
  });
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}
