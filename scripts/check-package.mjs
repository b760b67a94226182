// What must hold of the package before it is published: its shape (publint), its types for every resolver of today (attw),
// the licences of all that it brings, and npm's own rehearsal. Needs the npm registry; prints the packed size.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shipped } from './shipped.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @throws Error with all that the command said, where it fails. */
function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

const free = new Set(
  'MIT MIT-0 ISC 0BSD BSD-2-Clause BSD-3-Clause Apache-2.0 BlueOak-1.0.0 Unlicense CC0-1.0'.split(' '),
);
/** Linked at run time, each a package of its own that a user may replace. */
const linked = /^@img\/sharp-(?:libvips|wasm|win32)/;

/** @returns the packages that a user gets with this one, whose licence is none of those above */
const unfree = () =>
  shipped()
    .filter(
      ({ name, license }) => !linked.test(name) && !(license ?? '').split(/ OR |[()]/).some((one) => free.has(one)),
    )
    .map(({ name, license }) => `${name}: ${license}`);

const folder = mkdtempSync(join(tmpdir(), 'vlm-detective-pack-'));
try {
  const bad = unfree();
  if (bad.length > 0) throw new Error(`licences that nobody has looked at:\n${bad.join('\n')}`);
  run('npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder);
  const tarball = join(folder, readdirSync(folder)[0]);
  run('npx', '--yes', 'publint@0.3.25', tarball, '--strict');
  // no resolver that is older than `exports`; from CommonJS it is required as ESM, which Node 20.19 does
  run('npx', '--yes', '@arethetypeswrong/cli@0.18.5', '--profile', 'esm-only', tarball);
  run('npm', 'publish', '--dry-run', '--ignore-scripts', tarball);
  console.log(`the package is fit to be published: ${(statSync(tarball).size / 2 ** 20).toFixed(1)} MiB packed`);
} finally {
  rmSync(folder, { recursive: true });
}
