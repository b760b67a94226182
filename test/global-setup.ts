import { statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'tsdown';

const root = join(import.meta.dirname, '..');
const source = 'src/scorer/tldr/worker.ts';
const built = 'dist/scorer/tldr/worker.js';

/** Node 20 cannot start a worker thread from TypeScript, so the scorer's worker is built before the tests where it is missing or old. */
export async function setup(): Promise<void> {
  if (changed(built) >= changed(source)) return;
  await build({
    config: false,
    cwd: root,
    entry: { 'scorer/tldr/worker': source },
    outDir: 'dist',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    fixedExtension: false,
    dts: false,
    clean: false,
    sourcemap: true,
    logLevel: 'warn',
  });
}

function changed(file: string): number {
  return statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
