import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyModel } from '../fixtures/tiny/tiny-model.js';
import { openaiDialect, silence, startModelServer } from '../rewriters/model-server.js';
import { noise, parsed, workFolder, writeItems } from './command-line.js';
import { bin, buildCommandLine, ended, start } from './process.js';

/** What only a process shows: the program that npm links, signals, pipes, colours. The rest calls `main`. */

let folder: string;
let scorer: string[];
beforeAll(async () => {
  await buildCommandLine();
  folder = await workFolder();
  scorer = ['--scorer', `tldr:${await tinyModel()}`];
});

const good = (id: string) => ({ id, image: 'red.png', response: 'A green dog.' });

describe('the program', () => {
  it('runs through the link that npm makes, and keeps its exit code', async () => {
    const link = join(folder, 'vlm-detective');
    symlinkSync(bin, link);
    const { code, stdout, stderr } = await ended(start(['score', '--nope'], { cwd: folder }, link));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/unknown option '--nope'/);
  });

  it('shades words with colours in a terminal, and not with --no-color', async () => {
    const args = ['score', 'red.png', '--text', 'A green dog', ...scorer];
    const colours = { cwd: folder, env: { NO_COLOR: '', FORCE_COLOR: '1' } };
    expect((await ended(start(args, colours))).stdout).toContain('\u001b[41m\u001b[37mgreen');
    expect((await ended(start([...args, '--no-color'], colours))).stdout).not.toContain('\u001b');
  });
});

describe('a signal', () => {
  it.each<[NodeJS.Signals, number | null]>([
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ])('%s leaves what is done', async (signal, code) => {
    const red = openaiDialect.reply(JSON.stringify({ edits: [{ span: 1, replacement: 'red', scope: 'span' }] }));
    const server = await startModelServer([red, red, silence]);
    try {
      const input = writeItems(folder, ['a', 'b', 'c', 'd'].map(good), `${signal}.jsonl`);
      const output = join(folder, `${signal}-out.jsonl`);
      const model = ['--concurrency', '1', '--rewriter', `openai:m@${server.url}/v1`];
      const child = start(['correct', '--input', input, '--output', output, ...scorer, ...model]);
      const end = ended(child);
      while (server.calls.length < 3 && child.exitCode === null) await sleep(10);
      child.kill(signal);
      expect((await end).code).toBe(code);
      expect(parsed(readFileSync(output, 'utf8')).map(({ id }) => id)).toEqual(['a', 'b']);
    } finally {
      await server.stop();
    }
  });

  it('SIGINT while it waits for standard input ends it at once', async () => {
    const child = start(['score', '--input', '-', '--json', ...scorer], { cwd: folder });
    child.stdin.on('error', () => {});
    child.stdin.write(`${JSON.stringify(good('a'))}\n`);
    child.stdout.once('data', () => child.kill('SIGINT'));
    const { code, stdout, stderr } = await ended(child);
    expect(code).toBe(130);
    expect(parsed(stdout)).toHaveLength(1);
    expect(stderr).not.toMatch(noise);
  });
});

describe('pipes', () => {
  it('answers each line of standard input before the next is sent', async () => {
    const child = start(['correct', '--input', '-', '--json', ...scorer], { cwd: folder });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const closed = once(child, 'close');
    for (const id of ['a', 'b', 'c']) {
      child.stdin.write(`${JSON.stringify(good(id))}\n`);
      expect(JSON.parse((await lines.next()).value as string)).toMatchObject({ id, response: 'A dog.' });
    }
    child.stdin.end();
    expect((await closed)[0]).toBe(0);
  });

  it('ends quietly when the reader of its output goes away', async () => {
    const input = writeItems(
      folder,
      Array.from({ length: 200 }, (_, n) => good(String(n))),
      'many.jsonl',
    );
    const report = join(folder, 'piped.html');
    const child = start(['correct', '--input', input, '--json', '--report', report, ...scorer]);
    child.stdout.once('data', () => child.stdout.destroy());
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'exit');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(() => readFileSync(`${report}.part`)).toThrow();
  });

  it('shows no progress bar where standard error is no terminal, however long it takes', async () => {
    const child = start(['score', '--input', '-', '--json', ...scorer], { cwd: folder });
    const end = ended(child);
    child.stdin.write(`${JSON.stringify(good('a'))}\n`);
    await once(child.stdout, 'data');
    await sleep(2300);
    child.stdin.end(`${JSON.stringify(good('b'))}\n`);
    expect(await end).toMatchObject({ code: 0, stderr: '' });
  });
});
