import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { tinyModel } from '../fixtures/tiny/tiny-model.js';
import { vlmDetective, workFolder } from './command-line.js';

const recorded = join(import.meta.dirname, '../fixtures/command-line');

let folder: string;
let scorer: string[];
beforeAll(async () => {
  folder = await workFolder();
  scorer = ['--scorer', `tldr:${await tinyModel()}`];
  await copyFile(join(recorded, 'answers.jsonl'), join(folder, 'answers.jsonl'));
});

// what is changed on purpose is recorded anew with: npx vitest run -u test/cli/recorded.test.ts
it.each([
  ['score.jsonl', ['score', '--json']],
  ['score.txt', ['score']],
  ['correct.jsonl', ['correct', '--rewriter', 'local', '--json']],
  ['correct.txt', ['correct', '--rewriter', 'local']],
  ['hedged.jsonl', ['correct', '--rewriter', 'local', '--json', '--on-unresolved', 'hedge']],
])('the answers of the recorded conversations come out to the byte as %s: %j', async (file, args) => {
  const ended = await vlmDetective([...args, '--input', 'answers.jsonl', ...scorer], { cwd: folder });
  const [stdout, stderr] = [ended.stdout, ended.stderr].map((text) => text.replaceAll(`${folder}/`, ''));
  await expect(stdout).toMatchFileSnapshot(join(recorded, file));
  expect({ code: ended.code, stderr }).toEqual({
    code: 1,
    stderr: 'vlm-detective: item no picture: the image gone.png does not exist\n1 of 19 items failed\n',
  });
});
