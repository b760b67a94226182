import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package-root.js';
import { chatCompletion } from '../http/wire-bodies.js';
import { sendJson, serve } from '../http/wire-server.js';
import { chatCall, post, until } from './proxy-server.js';

const open: ChildProcess[] = [];
afterEach(() => {
  for (const child of open.splice(0)) child.kill('SIGKILL');
});

function run(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(packageRoot(), 'cli/main.ts'), 'serve', ...args], {
    cwd: packageRoot(),
    env: { ...process.env, OPENAI_API_KEY: '', ANTHROPIC_API_KEY: '', ...env },
  });
  open.push(child);
  const said = { out: '', error: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.error += chunk;
  });
  return { child, said, exited: once(child, 'close') as Promise<[number | null, string | null]> };
}

describe('vlm-detective serve', () => {
  it('listens, serves, finishes what it began at SIGTERM, and exits with 0', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const upstream = await serve(async (request, response) => {
      if (request.url !== '/v1/models') await held;
      sendJson(response, chatCompletion({ content: 'A dog.' }));
    });
    const { child, said, exited } = run(['--port', '0', '--upstream', upstream.origin, '--max-pixels', '100']);
    await until(() => said.out.includes('listening'), 240_000);
    const { url } = JSON.parse(said.out.split('\n')[0]!) as { url: string };
    await until(() => said.error.includes(url), 240_000);
    expect((await fetch(`${url}/v1/models`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('process_cpu_seconds_total');
    const asked = post(`${url}/v1/chat/completions`, chatCall());
    await until(() => upstream.seen.length === 2);
    child.kill('SIGTERM');
    await until(() => said.out.includes('shutting down'));
    await expect(fetch(`${url}/healthz`, { headers: { connection: 'close' } })).rejects.toThrow();
    release();
    expect((await asked).status).toBe(200);
    expect(await exited).toEqual([0, null]);
    for (const line of said.out.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  }, 300_000);

  it('refuses what it cannot use, with a word of cure', async () => {
    const wrong: [string[], Record<string, string>, RegExp][] = [
      [['--upstream', 'example.com'], {}, /must look like https:/],
      [['--port', '0'], { VLM_DETECTIVE_KEY: 'short' }, /16 characters or more/],
      [['--allow-image-urls', 'http://a/'], {}, /host names with commas/],
    ];
    for (const [args, env, message] of wrong) {
      const { said, exited } = run(args, env);
      expect(await exited).toEqual([2, null]);
      expect(said.error).toMatch(message);
    }
  }, 300_000);
});
