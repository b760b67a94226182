import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { BenchmarkReport } from '../../../eval/benchmarks/evaluate.js';

// the published files are large, and machines busy
vi.setConfig({ testTimeout: 60_000 });

const folder = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'benchmarks');

/** The path of a published annotation file, or null, said aloud, where it is not on this machine. */
export function published(path: string): string | null {
  const full = join(folder, path);
  if (existsSync(full)) return full;
  console.warn(`SKIPPED: ${full} is missing, so nothing was checked on the published file`);
  return null;
}

/** A number in [0, 1) for each index: a fixed multiplicative hash, the same as in the reference runs. */
export const share = (index: number) => (Math.imul(index, 2654435761) >>> 0) / 2 ** 32;

export const pick = <T>(index: number, list: readonly T[]): T => list[Math.floor(share(index) * list.length)]!;

/** Writes a file of a temporary folder: text, or records as JSON lines. */
export async function write(name: string, content: string | readonly unknown[]): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'benchmark-')), name);
  const text = typeof content === 'string' ? content : content.map((record) => `${JSON.stringify(record)}\n`).join('');
  await writeFile(path, text);
  return path;
}

export function figure({ figures, groups }: BenchmarkReport, name: string, group?: string) {
  const of = group === undefined ? figures : groups.find((each) => each.name === group)!.figures;
  return of.find((each) => each.name === name)!;
}

/** What the original script prints for a figure, of the whole or of a group. */
export function printed(report: BenchmarkReport, names: readonly string[], group?: string): string[] {
  // whoever says nothing makes nothing up: no rate of hallucination may stand alone
  for (const { figures } of [report, ...report.groups]) {
    const kinds = figures.map(({ kind }) => kind);
    if (kinds.includes('hallucination')) expect(kinds).toContain('coverage');
  }
  return names.map((name) => figure(report, name, group).printed ?? String(figure(report, name, group).value));
}

export const once = { resamples: 0, seed: 1 };
export const quick = { resamples: 200, seed: 1 };
