// What a user gets with the package: its dependencies, and the packages whose code the build took into dist or engine.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = (path) => (existsSync(path) ? readdirSync(path) : []);

/** Names of the packages that are in dist/node_modules, in engine/, or in the annotation page, which is one file. */
export function takenIn() {
  const taken = join(root, 'dist', 'node_modules');
  const names = folders(taken).flatMap((name) =>
    name.startsWith('@') ? folders(join(taken, name)).map((inner) => `${name}/${inner}`) : name,
  );
  return [...names, 'onnxruntime-web', 'preact', '@preact/signals', '@preact/signals-core'].sort();
}

/**
 * @returns `{name, version, license, integrity, optional, bundled}` of each, by name; `optional` are those of other systems
 * @throws Error where the lock file does not know a package that was taken in
 */
export function shipped() {
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const named = (path, { version, license, integrity, optional = false }, bundled) => ({
    ...{ name: path.replace(/^.*node_modules\//, ''), version, license, integrity, optional, bundled },
  });
  const dependencies = Object.entries(locked)
    .filter(([path, { dev, peer, devOptional }]) => path !== '' && !(dev || peer || devOptional))
    .map(([path, entry]) => named(path, entry, false));
  const bundled = takenIn().map((name) => {
    const entry = locked[`node_modules/${name}`];
    if (!entry) throw new Error(`${name} is in dist, and package-lock.json does not know it`);
    return named(name, entry, true);
  });
  return [...dependencies, ...bundled].sort((a, b) => (a.name < b.name ? -1 : 1));
}
