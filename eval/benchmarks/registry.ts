import { DetectiveError } from '../../src/errors.js';
import type { Benchmark } from './benchmark.js';

/** Each benchmark by its name; loaded when asked for. One line each. */
const modules: Readonly<Record<string, () => Promise<Benchmark>>> = {};

export const benchmarkNames: readonly string[] = Object.keys(modules);

/** @throws DetectiveError `bad-argument` for a name that is none, with those that are. */
export async function openBenchmark(name: string): Promise<Benchmark> {
  const open = Object.hasOwn(modules, name) ? modules[name] : undefined;
  if (!open)
    throw new DetectiveError(
      'bad-argument',
      `unknown benchmark ${JSON.stringify(name.slice(0, 80))}: use one of ${benchmarkNames.join(', ')}`,
    );
  return await open();
}
