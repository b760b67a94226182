import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { root } from './fixtures/documented.js';
import { installPacked, notPacked, runIn } from './fixtures/packed.js';

vi.setConfig({ hookTimeout: 600_000, testTimeout: 120_000 });
if (notPacked) console.warn(`SKIPPED: the packed package, because ${notPacked}`);

let user: string;
const run = (command: string, ...args: string[]) => runIn(user, command, ...args);

/** As `du -sm` counts: whole blocks, in MiB. */
const megabytes = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + Math.ceil(statSync(join(entry.parentPath, entry.name)).size / 4096) * 4096, 0) /
  2 ** 20;

describe.skipIf(notPacked)('the packed package, in an empty folder (skipped without a registry)', () => {
  beforeAll(async () => {
    user = await installPacked();
  });
  afterAll(() => rmSync(user, { recursive: true, force: true }));

  it('weighs less than 60 MB with all that it needs, and brings no engine of native code', () => {
    expect(megabytes(join(user, 'node_modules'))).toBeLessThan(60);
    expect(existsSync(join(user, 'node_modules', 'onnxruntime-node'))).toBe(false);
    const names = readdirSync(join(user, 'node_modules', 'vlm-detective', 'dist', 'node_modules'));
    const licences = readFileSync(join(user, 'node_modules/vlm-detective/dist/THIRD_PARTY_LICENCES.txt'), 'utf8');
    for (const name of names.filter((name) => !name.startsWith('@'))) expect(licences).toContain(`${name} `);
  });

  it('has a bill of materials of all that it brings', () => {
    const { stdout } = runIn(root, 'node', 'scripts/write-sbom.mjs');
    const { components } = JSON.parse(stdout) as { components: { name: string; version: string }[] };
    const listed = components.map(({ name, version }) => `${name}@${version}`);
    const locked = JSON.parse(readFileSync(join(user, 'node_modules/.package-lock.json'), 'utf8')).packages;
    const installed = Object.entries<{ version: string }>(locked)
      .map(([path, { version }]) => `${path.replace(/^node_modules\//, '')}@${version}`)
      .filter((name) => !name.startsWith('vlm-detective@'));
    expect(installed.length).toBeGreaterThan(5);
    const nameOf = (component: string) => component.replace(/@[^@]*$/, '');
    expect(installed.map(nameOf).filter((name) => !listed.map(nameOf).includes(name))).toEqual([]);
    const licences = readFileSync(join(user, 'node_modules/vlm-detective/dist/THIRD_PARTY_LICENCES.txt'), 'utf8');
    const taken = [...licences.matchAll(/^(\S+) (\d\S*) \(.*\)$/gm)].map(([, name, version]) => `${name}@${version}`);
    expect(taken.length).toBeGreaterThan(20);
    expect(taken.filter((name) => !listed.includes(name))).toEqual([]);
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

  it('has its types checked to the last declaration with no SDK installed', () => {
    const doors = ['', '/scorer', '/server', '/perturb', '/scenes', '/eval', '/testing', '/hono', '/express'];
    writeFileSync(join(user, 'doors.mts'), doors.map((door) => `import 'vlm-detective${door}';\n`).join(''));
    for (const [module, moduleResolution] of [
      ['node16', 'node16'],
      ['preserve', 'bundler'],
    ]) {
      const compilerOptions = {
        ...{ module, moduleResolution, target: 'es2023', lib: ['es2023'], strict: true, skipLibCheck: false },
        ...{ types: ['node'], typeRoots: [join(root, 'node_modules/@types')], noEmit: true },
      };
      writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['doors.mts'] }));
      expect(run('node', join(root, 'node_modules/typescript/bin/tsc'))).toMatchObject({ status: 0, stdout: '' });
    }
  });

  it('asks Redis for work once what its message names is installed', () => {
    const work = () => run('npx', 'vlm-detective', 'worker', '--queue', 'redis://127.0.0.1:1', '--rewriter', 'local');
    const { status, stderr } = work();
    expect(status).toBe(2);
    const [, names = ''] = /\(npm install ([^)]+)\)/.exec(stderr) ?? [];
    const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', ...names.split(' ')];
    expect(run('npm', ...install)).toMatchObject({ status: 0 });
    expect(work()).toMatchObject({ status: 1, stderr: expect.stringMatching(/no Redis answers.*ECONNREFUSED/) });
  });

  it.each([
    'scenes --count 1 --out x',
    'eval tldr --count 1',
    'eval harm --count 1 --rewriter local',
    'eval correct --scenes 2 --rewriter local',
  ])('says in one message what %s needs', (command) => {
    const ask = () => run('npx', 'vlm-detective', ...command.split(' '));
    const { status, stdout, stderr } = ask();
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(
      /^vlm-detective: drawing scenes needs .* npm install .*@fontsource\/roboto@\S+ .*@iconify-json\/noto@\S+ .*dejavu-fonts-ttf@/,
    );
    expect(ask().stderr).toBe(stderr); // nothing is left in the way of a second try
  });
});
