import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

/** A package folder in which `npm` and `node` only write down how they were called, and leave what they would leave. */
let root: string;
const old = new Date('2020-01-01');

const lock = (versions: Record<string, { version: string; optional?: boolean }>) =>
  JSON.stringify({ packages: { '': { version: '1.0.0' }, ...versions } });
const locked = {
  'node_modules/a': { version: '1.0.0' },
  'node_modules/for-another-machine': { version: '2.0.0', optional: true },
};

function write(path: string, text = '', time = old) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
  utimesSync(join(root, path), time, time);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vlm-detective setup-'));
  mkdirSync(join(root, 'scripts'));
  copyFileSync('scripts/setup.mjs', join(root, 'scripts', 'setup.mjs'));
  for (const path of [
    'cli/main.ts',
    'annotate/work.ts',
    'eval/index.ts',
    'scenes/index.ts',
    'src/index.ts',
    'src/deep/er.ts',
    'package.json',
    'tsdown.config.ts',
  ])
    write(path);
  write('package-lock.json', lock(locked));
  const build = 'mkdir -p dist/cli && touch dist/index.js dist/cli/main.js';
  const install = `mkdir -p node_modules && cp installed.json node_modules/.package-lock.json && ${build}`;
  write('installed.json', lock({ 'node_modules/a': { version: '1.0.0' } }));
  for (const [name, work] of [
    ['npm', install],
    ['node', build],
  ] as const) {
    write(`bin/${name}`, `#!/bin/sh\necho ${name} "$@" >> calls\n[ -f broken ] && exit 7\n${work}\n`);
    chmodSync(join(root, 'bin', name), 0o755);
  }
});

function setUp() {
  rmSync(join(root, 'calls'), { force: true });
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` };
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts', 'setup.mjs')], {
    env,
    encoding: 'utf8',
  });
  const calls = existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [];
  return { status, stdout, calls: calls.map((call) => call.split(' ').slice(0, 2).join(' ')) };
}

// the commands that stand in for npm and node are shell scripts
describe.skipIf(process.platform === 'win32')('scripts/setup.mjs', () => {
  it('installs a fresh clone, which also builds it, and the next time does nothing', () => {
    expect(setUp()).toEqual({ status: 0, calls: ['npm ci'], stdout: expect.stringMatching(/^installing .*\n$/) });
    expect(setUp()).toEqual({ status: 0, calls: [], stdout: '' });
  });

  it.each(['src/deep/er.ts', 'eval/index.ts', 'package.json', 'tsdown.config.ts'])(
    'builds after a change of %s, and installs nothing',
    (path) => {
      setUp();
      write(path, 'changed', new Date(Date.now() + 5000));
      expect(setUp().calls).toEqual(['node scripts/build.mjs']);
    },
  );

  it('builds where the built files are gone', () => {
    setUp();
    rmSync(join(root, 'dist'), { recursive: true });
    expect(setUp().calls).toEqual(['node scripts/build.mjs']);
  });

  it('installs where the lock file has another version, or a package that is not there', () => {
    setUp();
    write('package-lock.json', lock({ ...locked, 'node_modules/a': { version: '1.0.1' } }));
    expect(setUp().calls).toContain('npm ci');
    write('package-lock.json', lock({ ...locked, 'node_modules/b': { version: '1.0.0' } }));
    expect(setUp().calls).toContain('npm ci');
  });

  it('installs where an install broke off', () => {
    setUp();
    rmSync(join(root, 'node_modules', '.package-lock.json'));
    expect(setUp().calls).toEqual(['npm ci']);
  });

  it('ends with the exit code of what failed', () => {
    write('broken');
    expect(setUp()).toMatchObject({ status: 7, calls: ['npm ci'] });
  });
});
