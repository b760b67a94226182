import { DetectiveError } from '../../src/base/errors.js';
import type { Benchmark } from './benchmark.js';

/** Each benchmark by its name; loaded when asked for. One line each. */
const modules: Readonly<Record<string, () => Promise<Benchmark>>> = {
  pope: async () => (await import('./pope.js')).pope,
  opope: async () => (await import('./opope.js')).opope,
  chair: async () => (await import('./chair.js')).chair,
  amber: async () => (await import('./amber.js')).amber,
  'obj-halbench': async () => (await import('./obj-halbench.js')).objHalBench,
  'mmhal-bench': async () => (await import('./mmhal-bench.js')).mmhalBench,
  hat: async () => (await import('./hat.js')).hat,
  'mhal-detect': async () => (await import('./mhal-detect.js')).mhalDetect,
  'detail-verify': async () => (await import('./detail-verify.js')).detailVerify,
  faithscore: async () => (await import('./faithscore.js')).faithScore,
  'vl-rewardbench': async () => (await import('./vl-rewardbench.js')).vlRewardBench,
  sugarcrepe: async () => (await import('./sugarcrepe.js')).sugarCrepe,
  valse: async () => (await import('./valse.js')).valse,
  vsr: async () => (await import('./vsr.js')).vsr,
  winoground: async () => (await import('./winoground.js')).winoground,
  halloc: async () => (await import('./halloc.js')).halloc,
  haloquest: async () => (await import('./haloquest.js')).haloQuest,
  hallusionbench: async () => (await import('./hallusionbench.js')).hallusionBench,
};

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
