import { beforeAll, expect, it } from 'vitest';
import { tinyModel } from '../fixtures/tiny/tiny-model.js';
import { vlmDetective, workFolder } from './command-line.js';

let folder: string;
let scorer: string[];
beforeAll(async () => {
  folder = await workFolder();
  scorer = ['--scorer', `tldr:${await tinyModel()}`];
});

it('an answer of 20,000 characters, corrected at both ends', async () => {
  const filling = 'It is a fine day. '.repeat(1111);
  const answer = `A green dog. ${filling}A blue cat.`;
  const args = ['correct', 'red.png', '--text', '-', '--json', ...scorer];
  const { code, stdout, stderr } = await vlmDetective(args, { cwd: folder, stdin: answer });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ status: 'clean', response: `A dog. ${filling}A cat.` });
  expect(answer.length).toBeGreaterThan(20_000);
});
