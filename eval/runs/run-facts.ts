import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.js';
import type { RunFacts } from '../report/paper.js';

/** Options that say how a report is shown, not what is in it. */
const shownHow = new Set(['json', 'markdown', 'paper', 'concurrency']);

/**
 * What was run, for a report: the options as they were given or by default, the versions of this package, of Node and of
 * the engine, the model's tldr.json and the SHA-256 of each file that an option names.
 *
 * @param files Paths that were read, by the name of their option.
 */
export async function runFacts(
  command: string,
  options: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string | undefined>>,
  scorer?: string,
): Promise<RunFacts> {
  const config = Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && !shownHow.has(name)),
  );
  const versions: Record<string, string> = {
    'vlm-detective': await versionOf(packageRoot()),
    node: process.versions.node,
  };
  for (const engine of ['onnxruntime-node', 'onnxruntime-web']) {
    const version = await versionOf(join(packageRoot(), 'node_modules', engine));
    if (version !== '') versions[engine] = version;
  }
  if (scorer !== undefined) Object.assign(versions, await modelFiles(scorer));
  for (const [name, path] of Object.entries(files)) {
    const hash = path === undefined ? null : await hashOf(path);
    if (hash !== null) versions[`sha256 of ${name}`] = hash;
  }
  return { command, config, versions };
}

async function versionOf(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { version?: string }).version ?? '';
}

/** The hash of the manifest of the model that a scorer's name stands for: it has the hashes of all its files. */
async function modelFiles(scorer: string): Promise<Record<string, string>> {
  const folder =
    scorer === 'tldr' || scorer === 'auto'
      ? join(packageRoot(), 'models', 'tldr-scenes')
      : /^tldr:(?!.+@)(.+)$/.exec(scorer)?.[1];
  const hash = folder === undefined ? null : await hashOf(join(folder, 'tldr.json'));
  return hash === null ? {} : { 'sha256 of tldr.json': hash };
}

/** Null for a folder, or what cannot be read. */
async function hashOf(path: string): Promise<string | null> {
  try {
    if (!(await stat(path)).isFile()) return null;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
    return hash.digest('hex');
  } catch {
    return null;
  }
}
