import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import { main } from '../../cli/main.js';
import { plainPng } from '../fixtures/tiny/tiny-model.js';

/** The command line, called in this process. `process.ts` starts it as one. */

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const root = join(import.meta.dirname, '..', '..');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunSettings {
  cwd?: string;
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
  signal?: AbortSignal;
}

let last: Promise<unknown> = Promise.resolve();

/** Runs one command after the other, for each has the folder and the environment of the process for itself. */
export function vlmDetective(args: readonly string[], settings: RunSettings = {}): Promise<Ended> {
  const run = last.then(() => runAlone(args, settings));
  last = run.catch(() => {});
  return run;
}

async function runAlone(args: readonly string[], settings: RunSettings): Promise<Ended> {
  const { cwd = root, stdin = '', signal = new AbortController().signal } = settings;
  const before = { cwd: process.cwd(), env: process.env };
  const { PATH, HOME, TMPDIR } = process.env;
  const env = Object.fromEntries(
    Object.entries({ PATH, HOME, TMPDIR, ...settings.env }).filter(([, value]) => value !== undefined),
  );
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  io.stdin.end(stdin);
  const printed = Promise.all([text(io.stdout), text(io.stderr)]);
  process.chdir(cwd);
  process.env = env;
  try {
    const code = await main(args, { ...io, env, signal, colour: false });
    io.stdout.end();
    io.stderr.end();
    const [stdout, stderr] = await printed;
    return { code, stdout, stderr };
  } finally {
    process.chdir(before.cwd);
    process.env = before.env;
  }
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
