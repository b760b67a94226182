import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'tsdown';
import { vi } from 'vitest';
import { plainPng } from '../fixtures/tiny/tiny-model.js';

/** The built command line, driven as a user drives it. */

// processes start slowly on a busy machine
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const root = join(import.meta.dirname, '..', '..');
const bin = join(root, 'dist', 'cli', 'main.js');

/** Builds the command line where it is missing or older than its sources: `npm test` has done so already. */
export async function buildCommandLine(): Promise<void> {
  const lock = join(tmpdir(), 'vlm-detective-test-build.lock');
  for (let tries = 0; isStale() && tries < 300; tries++) {
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
  return ['src', 'eval'].some((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).some(
      (name) => statSync(join(root, folder, name)).mtimeMs > built,
    ),
  );
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunSettings {
  cwd?: string;
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
}

export function start(args: readonly string[], { cwd = root, env = {} }: RunSettings = {}) {
  const { PATH, HOME, TMPDIR } = process.env;
  return spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { PATH, HOME, TMPDIR, NO_COLOR: '1', ...env },
  });
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

export async function vlmDetective(args: readonly string[], settings: RunSettings = {}): Promise<Ended> {
  const child = start(args, settings);
  // a command that does not read its input may end before it is written
  child.stdin.on('error', () => {});
  child.stdin.end(settings.stdin ?? '');
  return ended(child);
}

/** One parsed line of output. */
export interface OutputLine extends Record<string, unknown> {
  id: string;
  response?: string;
  status?: string;
  error?: { code: string; message: string };
}

export const parsed = (jsonl: string): OutputLine[] =>
  jsonl
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as OutputLine);

/** A new folder with `red.png` and `green.png`. */
export async function workFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'vlm-detective-cli-'));
  writeFileSync(join(folder, 'red.png'), await plainPng('#f00', 64));
  writeFileSync(join(folder, 'green.png'), await plainPng('#0f0', 64));
  return folder;
}

export function writeItems(folder: string, items: readonly (object | string)[], name = 'items.jsonl'): string {
  const lines = items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

/** No stack trace, no warning of Node. */
export const noise = /^\s+at |\(node:\d+\)|Warning:/m;
