/**
 * The first five minutes with the packed package, in an empty folder with the npm registry alone, on several Nodes:
 *   npm pack && npx tsx bench/first-minutes.ts vlm-detective-0.1.0.tgz 20 22 24
 * Prints a row of Markdown for each: seconds of the clock, and MB as `du` counts them. Node itself comes from the npm
 * package `node`; neither its time nor its size is counted.
 */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [tarball, ...majors] = process.argv.slice(2);
if (!tarball || majors.length === 0) throw new Error('say which tarball, and which major versions of Node');
const demo = join(import.meta.dirname, '..', 'models', 'demo.png');
const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1);

function timed(cwd: string, path: string, command: string, ...args: string[]): string {
  const since = performance.now();
  const env = { ...process.env, PATH: path, NO_COLOR: '1' };
  const { status, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return seconds(since);
}

/** Until what it prints matches, after `said` was written to it. */
function until(cwd: string, path: string, args: string[], pattern: RegExp, said = ''): Promise<string> {
  const since = performance.now();
  const child = spawn('npx', ['vlm-detective', ...args], {
    cwd,
    env: { ...process.env, PATH: path },
    detached: true,
  });
  child.stdin.write(said);
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (bytes: Buffer) => {
      output += bytes.toString();
      if (!pattern.test(output)) return;
      process.kill(-child.pid!);
      resolve(seconds(since));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}: ${output}`)));
  });
}

const hello = {
  ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
};

console.log(
  '| Node | install, s | MB | `demo`, s | `correct`, s | `serve` until it listens, s | `mcp` until it answers, s |',
);
console.log('|---|---|---|---|---|---|---|');
for (const major of majors) {
  const folder = mkdtempSync(join(tmpdir(), `first-minutes-${major}-`));
  const home = join(folder, 'node');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{"private": true}');
  timed(home, process.env.PATH!, 'npm', 'install', '--no-audit', '--no-fund', `node@${major}`);
  const path = `${join(home, 'node_modules', '.bin')}:${process.env.PATH}`;
  const version = spawnSync('node', ['--version'], { env: { PATH: path }, encoding: 'utf8' }).stdout.trim();
  const user = join(folder, 'user');
  mkdirSync(user);
  writeFileSync(join(user, 'package.json'), '{"private": true}');
  const install = timed(user, path, 'npm', 'install', '--no-audit', '--no-fund', resolve(tarball));
  const size = spawnSync('du', ['-sm', 'node_modules'], { cwd: user, encoding: 'utf8' }).stdout.split('\t')[0];
  copyFileSync(demo, join(user, 'scene.png'));
  const answer = 'There are three dogs to the left of a green car.';
  const row = [
    version,
    install,
    size,
    timed(user, path, 'npx', 'vlm-detective', 'demo'),
    timed(user, path, 'npx', 'vlm-detective', 'correct', 'scene.png', '--text', answer),
    await until(user, path, ['serve', '--port', '0'], /listens on/),
    await until(user, path, ['mcp', '--root', '.'], /"id":1/, `${JSON.stringify(hello)}\n`),
  ];
  console.log(`| ${row.join(' | ')} |`);
  rmSync(folder, { recursive: true, force: true });
}
