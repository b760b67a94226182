// Installs and builds what is missing or out of date, and nothing twice. Plain Node, so that it runs before any install.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const timeOf = (path) => (existsSync(join(root, path)) ? statSync(join(root, path)).mtimeMs : 0);

function newest(path) {
  const full = join(root, path);
  if (!statSync(full).isDirectory()) return statSync(full).mtimeMs;
  return Math.max(
    0,
    ...readdirSync(full, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
  );
}

function run(step, command, ...args) {
  console.log(`${step} (${command} ${args.join(' ')})`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

// npm ci also builds, by the prepare script
if (timeOf('node_modules/.package-lock.json') < timeOf('package-lock.json'))
  run('installing', 'npm', 'ci', '--no-audit', '--no-fund');
const built = timeOf('dist/index.js');
if (built === 0 || ['src', 'eval', 'package.json', 'tsdown.config.ts'].some((path) => newest(path) > built))
  run('building', 'npx', 'tsdown', '--logLevel', 'warn');
