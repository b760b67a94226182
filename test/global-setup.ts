import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'tsdown';
import { page } from '../tsdown.config.js';

const root = join(import.meta.dirname, '..');
const folder = 'src/scorer';
const workers = ['src/scorer/tldr/worker', 'src/scorer/evidence/worker'];

/** What Node 20 or a browser cannot run as TypeScript is built before the tests, where it is missing or old. */
export async function setup(): Promise<void> {
  if (!workers.every((worker) => changed(join('dist', `${worker}.js`)) > newest(folder))) await buildWorkers();
  if (changed('dist/annotate/page/app.js') <= newest('annotate'))
    await build({ ...page, config: false, cwd: root, logLevel: 'warn' });
}

function newest(folder: string): number {
  const sources = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return Math.max(
    ...sources.filter((file) => /\.(?:tsx?|css|html)$/.test(file)).map((file) => changed(join(folder, file))),
  );
}

async function buildWorkers(): Promise<void> {
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
