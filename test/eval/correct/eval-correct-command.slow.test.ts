import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { noise, vlmDetective, workFolder, writeItems } from '../../cli/command-line.js';
import { buildCommandLine, ended, start } from '../../cli/process.js';
import { tinyModel } from '../../fixtures/tiny/tiny-model.js';

let folder: string;
let scorer: string;
beforeAll(async () => {
  await buildCommandLine();
  folder = await workFolder();
  scorer = `tldr:${await tinyModel()}`;
});

const args = (...more: string[]) => [
  'eval',
  'correct',
  '--scorer',
  scorer,
  '--rewriter',
  'local',
  '--resamples',
  '50',
  ...more,
];
const run = (...more: string[]) => vlmDetective(args(...more), { cwd: folder });
const lines = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0);
const pages = (out: string) =>
  ['report.html', 'report.json'].map((name) => readFileSync(join(folder, out, name), 'utf8'));

describe('vlm-detective eval correct', () => {
  it('sets five strategies side by side on fresh scenes, with a page of its own', async () => {
    const { code, stdout, stderr } = await run('--scenes', '5', '--out', 'scenes');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'the report is scenes/report.html\n' });
    expect(stdout).toMatch(/^5 answers with \d+ claims; \d answers wrong/);
    expect(stdout).toMatch(/none +one-round +response-level +best-of-n +loop/);
    expect(stdout).toMatch(/harm rate: right claims made wrong, %/);
    expect(stdout).toMatch(/seconds an answer/);
    const [page] = pages('scenes');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(lines(join(folder, 'scenes', 'run.jsonl'))).toBe(6);
    const again = await run('--scenes', '5', '--out', 'scenes');
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/exists: add --resume/);
  });

  it('killed at any moment and resumed gives the bytes of a run that was not', async () => {
    await run('--scenes', '7', '--out', 'whole');
    for (const after of [0, 3]) {
      const out = `killed-${after}`;
      const ledger = join(folder, out, 'run.jsonl');
      const child = start(args('--scenes', '7', '--out', out, '--concurrency', '3'), { cwd: folder });
      const over = ended(child);
      while (lines(ledger) < 1 + after && child.exitCode === null) await sleep(2);
      child.kill('SIGKILL');
      await over;
      const { code } = await run('--scenes', '7', '--out', out, '--resume', '--concurrency', '2');
      expect(code).toBe(0);
      expect(pages(out), out).toEqual(pages('whole'));
    }
  }, 240_000);

  it('ends with 1 where a figure misses its bound, and says which', async () => {
    const { code, stderr } = await run('--scenes', '4', '--fail-under', 'fixed=1.1', '--fail-under', 'harmed=1');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^vlm-detective: loop\.fixed is [\d.]+, under the bound of 1\.1\n$/);
    expect((await run('--scenes', '4', '--fail-under', 'one-round.loss=1')).code).toBe(0);
  });

  it('judges recorded answers by the objects that their lines name, and by the scenes that `scenes` wrote', async () => {
    writeItems(
      folder,
      [
        { id: '1', image: 'red.png', response: 'A red dog.', objects: ['dog'], others: ['A dog.'] },
        { id: '2', image: 'green.png', response: 'A cat on a red wall.', objects: ['dog'] },
      ],
      'answers.jsonl',
    );
    const recorded = await run('--input', 'answers.jsonl', '--json');
    expect({ code: recorded.code, stderr: recorded.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(recorded.stdout)).toMatchObject({ answers: 2, claims: 2, wrongClaims: 1, failed: 0 });
    await vlmDetective(['scenes', '--count', '3', '--out', 'drawn', '--size', '200x200'], { cwd: folder });
    const drawn = await run('--input', 'drawn/captions.jsonl', '--json', '--rewriter', 'simulated:1');
    expect(drawn.code).toBe(0);
    const { answers, wrongAnswers } = JSON.parse(drawn.stdout) as { answers: number; wrongAnswers: number };
    expect(answers).toBeGreaterThan(8);
    expect(wrongAnswers).toBe(answers / 2);
  });

  it('lets a model behind an API describe the scenes, stops at its budget, and goes on', async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        asked++;
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            choices: [{ message: { role: 'assistant', content: 'A red dog and a red cat.' }, finish_reason: 'stop' }],
            usage: { prompt_tokens: 100, completion_tokens: 10 },
          }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const api = ['--scenes', '6', '--generator', `openai:some-model@${url}`, '--out', 'api', '--concurrency', '1'];
    const stopped = await run(...api, '--budget-tokens', '500');
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toMatch(/stopped after \d answers: the budget of 500 tokens is used up \(\d+\)/);
    const whole = await run(...api, '--resume', '--json');
    server.close();
    expect(whole.code).toBe(0);
    const summary = JSON.parse(whole.stdout) as { answers: number; claims: number };
    expect(summary).toMatchObject({ answers: 6, claims: 12 });
    // one answer an item, and three more for best of n
    expect(asked).toBeGreaterThanOrEqual(24);
  });

  it.each([
    [['--strategies', 'magic'], /unknown strategy "magic": use none, one-round/],
    [['--resume'], /--resume needs --out/],
    [['--rewriter', 'simulated:2'], /simulated:2 must have a share from 0 to 1/],
    [['--generator', 'crystal-ball'], /unknown generator "crystal-ball"/],
    [['--benchmark', 'chair'], /--benchmark needs --input/],
    [['--fail-under', 'beauty=1'], /it must be like fixed=0.4/],
    [['--input', 'none.jsonl'], /none\.jsonl cannot be read/],
    [['--input', 'truthless.jsonl'], /truthless\.jsonl line 1: nothing says what is true of red\.png/],
  ])('refuses %j with 2', async (more, message) => {
    writeFileSync(join(folder, 'truthless.jsonl'), '{"id": 1, "image": "red.png", "response": "A dog."}\n');
    const { code, stdout, stderr } = await run(...more);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(noise);
  });
});
