import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plainPng, sigmoid, tinyModel } from '../fixtures/tiny/tiny-model.js';

describe('a process with a scorer in it', () => {
  it('does not keep Node alive when nobody closes it', async () => {
    const { code, stdout } = await runScript(
      await tinyModel(),
      `
      const { tokens } = await scorer.score({ images: [picture], response: 'red' });
      console.log(tokens[0].reward.toFixed(3));`,
    );
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(sigmoid(8).toFixed(3));
  }, 120_000);

  it('lets the process exit with its own code in the middle of a run', async () => {
    const { code, stderr } = await runScript(
      await tinyModel({ slow: true }),
      `
      await scorer.score({ images: [picture], response: 'red' });
      void scorer.score({ images: [picture], response: 'a red' });
      setTimeout(() => process.exit(7), 20);`,
    );
    expect({ code, stderr }).toEqual({ code: 7, stderr: '' });
  }, 120_000);
});

async function runScript(folder: string, body: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const picture = join(folder, 'red.png');
  await writeFile(picture, await plainPng('#f00'));
  const script = `
    const { tldrScorer } = await import(${JSON.stringify(new URL('../../src/scorer.ts', import.meta.url).href)});
    const scorer = await tldrScorer(${JSON.stringify(folder)});
    const picture = ${JSON.stringify(picture)};${body}`;
  return new Promise((resolve) => {
    const flags = ['--import', 'tsx', '--input-type=module', '-e', script];
    const options = { cwd: join(import.meta.dirname, '../..'), timeout: 120_000 };
    const child = execFile(process.execPath, flags, options, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}
