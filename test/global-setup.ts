import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'tsdown';

const root = join(import.meta.dirname, '..');
const folder = 'src/scorer';
const workers = ['src/scorer/tldr/worker', 'src/scorer/evidence/worker'];

/** Node 20 cannot start a worker thread from TypeScript, so the scorers' workers are built before the tests where one is missing or old. */
export async function setup(): Promise<void> {
  const sources = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const newest = Math.max(...sources.filter((file) => file.endsWith('.ts')).map((file) => changed(join(folder, file))));
  if (workers.every((worker) => changed(join('dist', `${worker}.js`)) > newest)) return;
  await build({
    config: false,
    cwd: root,
    entry: Object.fromEntries(workers.map((worker) => [worker, `${worker}.ts`])),
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
