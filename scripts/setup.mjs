// Installs and builds what is missing or out of date, and nothing twice; with --tests also what only tests meet
// (test/versions). Plain Node, so that it runs before any install.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Whether every package of the lock file is there in its version. Optional ones are for other machines as well. */
function isInstalled(folder) {
  try {
    const locked = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
    const installed = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')).packages;
    return Object.entries(locked).every(
      ([path, { version, optional }]) =>
        path === '' || (path in installed ? installed[path].version === version : optional === true),
    );
  } catch {
    return false;
  }
}

function isBuilt() {
  const built = Math.min(timeOf('dist/index.js'), timeOf('dist/cli/main.js'));
  return (
    built > 0 &&
    ['cli', 'annotate', 'eval', 'scenes', 'src', 'package.json', 'tsdown.config.ts'].every(
      (path) => newest(join(root, path)) <= built,
    )
  );
}

function timeOf(path) {
  const full = join(root, path);
  return existsSync(full) ? statSync(full).mtimeMs : 0;
}

function newest(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Quiet where all goes well: what npm warns of is for who keeps the packages, not for who tries them. */
const npmCi = ['npm', 'ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

function run(step, cwd, command, ...args) {
  console.log(`${step} (${command} ${args.join(' ')})`);
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error) console.error(`${command} could not be started: ${error.message}`);
  return status ?? 1;
}

function need(status) {
  if (status !== 0) process.exit(status);
}

if (!isInstalled(root)) need(run('installing', root, ...npmCi));
if (!isBuilt()) need(run('building', root, 'node', 'scripts/build.mjs'));

const versions = join(root, 'test', 'versions');
if (
  process.argv.includes('--tests') &&
  !isInstalled(versions) &&
  run('installing test/versions', versions, ...npmCi) !== 0
)
  console.warn('SKIPPED: the tests that need test/versions, because it could not be installed');
