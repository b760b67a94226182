import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { noise, parsed, vlmDetective, workFolder, writeItems } from '../cli/command-line.js';

let folder: string;
beforeAll(async () => {
  folder = await workFolder();
});

interface Label {
  start: number;
  end: number;
  good: boolean;
  repair?: boolean;
}

it('writes each caption after its twins, with labels of their words, alike for one seed', async () => {
  const input = writeItems(folder, [
    { id: 'a', image: 'red.png', caption: 'A dog is sitting on a wooden table.' },
    { id: 'b', image: 'red.png', response: 'Two cats.', prompt: 'What is there?' },
    { id: 'c', image: 'red.png', caption: 'Hm.' },
  ]);
  const args = ['perturb', '--input', input, '--per-caption', '8', '--seed', '3'];
  const { code, stdout, stderr } = await vlmDetective(args);
  expect([code, stderr]).toEqual([0, '']);
  const lines = parsed(stdout);
  expect(lines.filter(({ perturbation }) => perturbation === null).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(lines.map(({ id }) => id.split('#')[0])).toEqual([...lines.map(({ id }) => id.split('#')[0])].sort());
  const twins = lines.filter(({ perturbation }) => perturbation !== null);
  expect(new Set(twins.map(({ perturbation }) => perturbation))).toEqual(
    new Set(['spatial', 'attribute', 'object', 'counting', 'counterfactual']),
  );
  for (const { response, original, labels } of twins) {
    expect(response).not.toBe(original);
    expect((labels as Label[]).some(({ repair }) => !repair)).toBe(true);
    for (const { start, end, good } of labels as Label[]) {
      expect(good).toBe(false);
      expect(response!.slice(start, end)).toMatch(/^\p{L}+$/u);
    }
  }
  expect(lines.find(({ id }) => id === 'b')).toEqual({
    id: 'b',
    image: join(folder, 'red.png'),
    prompt: 'What is there?',
    response: 'Two cats.',
    perturbation: null,
    original: 'Two cats.',
    labels: [],
  });
  expect((await vlmDetective(args)).stdout).toBe(stdout);
  expect((await vlmDetective([...args.slice(0, -1), '4'])).stdout).not.toBe(stdout);
});

it('tells bad lines by their number and does the rest', async () => {
  const input = writeItems(folder, ['{"id": "x"', { image: 'red.png' }, { image: 'red.png', caption: 'Two cats.' }]);
  const { code, stdout, stderr } = await vlmDetective(['perturb', '--input', input, '--types', 'counting']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/line 1: not valid JSON/);
  expect(stderr).toMatch(/line 2: "response" is missing/);
  expect(stderr).not.toMatch(noise);
  expect(parsed(stdout).map(({ id }) => id)).toEqual(['1', '2', '3#counting', '3']);
});

it('goes on where a broken run ended', async () => {
  const input = writeItems(folder, [
    { id: 'a', image: 'red.png', caption: 'Two cats.' },
    { id: 'b', image: 'red.png', caption: 'Two dogs.' },
  ]);
  const output = join(folder, 'resumed.jsonl');
  const args = ['perturb', '--input', input, '--types', 'counting', '--output', output];
  expect((await vlmDetective(args)).code).toBe(0);
  const whole = readFileSync(output, 'utf8');
  const lines = whole.split('\n');
  writeFileSync(output, `${lines.slice(0, 2).join('\n')}\n`);
  expect((await vlmDetective([...args, '--resume'])).code).toBe(0);
  expect(readFileSync(output, 'utf8')).toBe(whole);
});

it.each([
  [['--types', 'colour'], /unknown type "colour": use spatial, attribute/],
  [['--perturber', 'gpt'], /unknown perturber "gpt": use rules, openai:MODEL/],
  [['--perturber', 'openai:m'], /set OPENAI_API_KEY/],
  [['--per-caption', '0'], /whole number of 1 or more/],
])('refuses %j', async (more, message) => {
  const input = writeItems(folder, [{ image: 'red.png', caption: 'Two cats.' }]);
  const { code, stderr, stdout } = await vlmDetective(['perturb', '--input', input, ...more]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});
