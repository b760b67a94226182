import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildCommandLine } from './cli/process.js';

vi.setConfig({ hookTimeout: 600_000, testTimeout: 120_000 });

const root = join(import.meta.dirname, '..');
const online = spawnSync('npm', ['ping'], { timeout: 30_000, encoding: 'utf8' }).status === 0;
if (!online) console.warn('SKIPPED: the packed package, because no npm registry answers');

/** Then the build leaves what it takes in elsewhere than a user's would. */
const linked = lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

let user: string;

/** As a stranger runs it: nothing of this checkout, no setting, no other host. */
function run(command: string, ...args: string[]) {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: user, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** As `du -sm` counts: whole blocks, in MiB. */
const megabytes = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + Math.ceil(statSync(join(entry.parentPath, entry.name)).size / 4096) * 4096, 0) /
  2 ** 20;

describe.skipIf(!online || linked)('the packed package, in an empty folder (skipped without a registry)', () => {
  beforeAll(async () => {
    await buildCommandLine();
    user = mkdtempSync(join(tmpdir(), 'vlm-detective-packed-'));
    if (!existsSync(join(root, 'engine'))) spawnSync(process.execPath, ['scripts/pack-engine.mjs', '4'], { cwd: root });
    const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', user], {
      cwd: root,
    });
    expect(packed.status).toBe(0);
    const tarball = readdirSync(user).find((name) => name.endsWith('.tgz'))!;
    writeFileSync(join(user, 'package.json'), '{"private": true}');
    expect(run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball)).toMatchObject({ status: 0 });
    cpSync(join(root, 'models', 'demo.png'), join(user, 'demo.png'));
  });
  afterAll(() => rmSync(user, { recursive: true, force: true }));

  it('weighs less than 60 MB with all that it needs, and brings no engine of native code', () => {
    expect(megabytes(join(user, 'node_modules'))).toBeLessThan(60);
    expect(existsSync(join(user, 'node_modules', 'onnxruntime-node'))).toBe(false);
    const names = readdirSync(join(user, 'node_modules', 'vlm-detective', 'dist', 'node_modules'));
    const licences = readFileSync(join(user, 'node_modules/vlm-detective/dist/THIRD_PARTY_LICENCES.txt'), 'utf8');
    for (const name of names.filter((name) => !name.startsWith('@'))) expect(licences).toContain(`${name} `);
  });

  it('shows the demo, and judges a picture, on the engine that it carries', () => {
    const demo = run('npx', 'vlm-detective', 'demo');
    expect(demo).toMatchObject({ status: 0, stderr: '' });
    expect(demo.stdout).toMatch(/There are two dogs to the left of a red car\./);
    expect(existsSync(join(user, 'vlm-detective-demo.html'))).toBe(true);
  });

  it('is imported and required', () => {
    const names = 'console.log(typeof correct, typeof startServer)';
    const esm = `import { correct } from 'vlm-detective'; import { startServer } from 'vlm-detective/server'; ${names}`;
    expect(run('node', '--input-type=module', '-e', esm).stdout).toBe('function function\n');
    const cjs = `const { correct } = require('vlm-detective'); const { startServer } = require('vlm-detective/server'); ${names}`;
    expect(run('node', '-e', cjs).stdout).toBe('function function\n');
  });

  it('says in one message what drawing scenes needs', () => {
    const { status, stderr } = run('npx', 'vlm-detective', 'scenes', '--count', '1', '--out', 'x');
    expect(status).toBe(2);
    expect(stderr).toMatch(/npm install .*@fontsource\/roboto@\S+ .*@iconify-json\/noto@\S+ .*dejavu-fonts-ttf@/);
  });
});
