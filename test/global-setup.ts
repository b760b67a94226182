import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'tsdown';

const root = join(import.meta.dirname, '..');
const folder = 'src/scorer/tldr';
const built = 'dist/scorer/tldr/worker.js';

/** Node 20 cannot start a worker thread from TypeScript, so the scorer's worker is built before the tests where it is missing or old. */
export async function setup(): Promise<void> {
  const sources = readdirSync(join(root, folder)).filter((file) => file.endsWith('.ts'));
  if (changed(built) > Math.max(...sources.map((file) => changed(join(folder, file))))) return;
  await build({
    config: false,
    cwd: root,
    entry: { 'scorer/tldr/worker': join(folder, 'worker.ts') },
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
