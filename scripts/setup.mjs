// Installs and builds what is missing or out of date, and nothing twice. Plain Node, so that it runs before any install.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Whether every package of the lock file is there in its version. Optional ones are for other machines as well. */
function isInstalled() {
  try {
    const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const installed = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages;
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

function run(step, command, ...args) {
  console.log(`${step} (${command} ${args.join(' ')})`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    // its script fetches CUDA libraries from another host
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error) console.error(`${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

// npm ci also builds, by the prepare script
if (!isInstalled()) run('installing', 'npm', 'ci', '--include=dev', '--no-audit', '--no-fund');
if (!isBuilt()) run('building', 'npx', 'tsdown', '--logLevel', 'error');
