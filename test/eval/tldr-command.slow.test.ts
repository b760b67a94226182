import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationReport } from '../../eval/tldr/report.js';
import { noise, vlmDetective, workFolder, writeItems } from '../cli/command-line.js';
import { tinyModel } from '../fixtures/tiny/tiny-model.js';

let folder: string;
let scorer: string;
beforeAll(async () => {
  folder = await workFolder();
  scorer = `tldr:${await tinyModel()}`;
  const row = (id: string, image: string, colour: string, isWrong: boolean) => ({
    id,
    image,
    response: `A ${colour} wall.`,
    claims: [{ start: 2, end: 2 + colour.length, kind: 'colour', good: !isWrong }],
    ...(isWrong ? { perturbation: 'attribute' } : {}),
  });
  writeItems(
    folder,
    [
      row('1', 'red.png', 'red', false),
      row('2', 'red.png', 'green', true),
      row('3', 'green.png', 'green', false),
      row('4', 'green.png', 'red', true),
    ],
    'captions.jsonl',
  );
});

const run = (...args: string[]) => vlmDetective(['eval', 'tldr', '--scorer', scorer, ...args], { cwd: folder });

describe('vlm-detective eval tldr', () => {
  it('measures a model on labelled answers, and blind on the pictures of others', async () => {
    const { code, stdout, stderr } = await run('--input', 'captions.jsonl', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout) as EvaluationReport;
    const [own, blind] = report.sets;
    expect(report.sets.map(({ set, answers, wrong }) => [set, answers, wrong])).toEqual([
      ['captions.jsonl', 4, 2],
      ['wrong picture', 4, 2],
    ]);
    // it knows colours: right on the pictures that the answers are about, and just wrong on the others
    expect(own!.scorer.claimAuroc.value).toBe(1);
    expect(own!.scorer.wordAp.value).toBe(1);
    expect(blind!.scorer.claimAuroc.value).toBe(0);
    expect(own!.byPerturbation).toMatchObject([{ type: 'attribute', wrong: 2, right: 2, wordAp: { value: 1 } }]);
    expect(own!.byKind).toMatchObject([{ kind: 'colour', claims: 4, bad: 2, auroc: { value: 1 } }]);
    expect(own!.baselines.map(({ name }) => name)).toEqual(['random', 'all good', 'all bad', 'random claims']);
  });

  it('draws fresh scenes, in training and held-out styles, the same for the same seed', async () => {
    const [first, second] = await Promise.all([run('--count', '2', '--json'), run('--count', '2', '--json')]);
    expect(first.code).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    const { sets, seed } = JSON.parse(first.stdout) as EvaluationReport;
    expect(seed).toBe(5_000_000);
    expect(sets.map(({ set, answers }) => [set, answers])).toEqual([
      ['fresh scenes', 4],
      ['held-out style', 4],
      ['held-out sentence shapes', 4],
      ['wrong picture', 4],
    ]);
  });

  it('prints tables for people, and says aloud that NLVR is not there', async () => {
    const { code, stdout, stderr } = await run('--input', 'captions.jsonl', '--markdown', '--nlvr', 'nowhere');
    expect(code).toBe(0);
    expect(stderr).toBe('vlm-detective: NLVR was skipped: nowhere does not exist.\n');
    expect(stdout).toMatch(/\| AP of bad words \| 1\.000 \| /);
    expect(stdout).toMatch(/- NLVR was skipped: nowhere does not exist\./);
    const plain = await run('--input', 'captions.jsonl');
    expect(plain.stdout).toMatch(/^ {2}AP of bad words +1\.000 /m);
  });

  it('counts an answer that fails, says why, and ends with 1', async () => {
    const claims = [{ start: 2, end: 5, kind: 'colour', good: true }];
    writeItems(
      folder,
      ['red.png', 'none.png'].map((image) => ({ id: image, image, response: 'A red wall.', claims })),
      'broken.jsonl',
    );
    const { code, stdout, stderr } = await run('--input', 'broken.jsonl', '--json');
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as EvaluationReport).sets[0]).toMatchObject({ answers: 2, failed: 1 });
    expect(stderr).toMatch(/broken\.jsonl: 1 answer failed; the first: .*none\.png does not exist/);
    expect(stderr).not.toMatch(noise);
  });

  it.each([
    [['--input', 'bad.jsonl'], /bad\.jsonl line 1: not valid JSON/],
    [['--input', 'nowhere.jsonl'], /nowhere\.jsonl cannot be read/],
    [['--style', 'crayon'], /unknown style "crayon"/],
    [['--count', '0'], /whole number of 1 or more/],
    [['--json', '--markdown'], /cannot be used with/],
    [['--input', 'captions.jsonl', '--style', 'noto'], /cannot be used with/],
  ])('refuses %j with 2', async (args, message) => {
    writeFileSync(join(folder, 'bad.jsonl'), 'no\n');
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(noise);
  });
});
