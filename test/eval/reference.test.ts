import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { vlmDetective } from '../cli/command-line.js';

let data: string;
let runs: string;

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
const lines = (records: readonly unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reference-'));
  [data, runs] = [join(folder, 'data'), join(folder, 'runs')];
  for (const id of ['000000000007', '000000000008'])
    await put(join(data, 'coco-photos/permissive', `${id}.jpg`), 'not read here');
  for (const part of ['add_att', 'add_obj'])
    await put(
      join(data, `benchmarks/sugarcrepe/data/${part}.json`),
      JSON.stringify({ 0: { filename: '000000000007.jpg', caption: 'A dog.', negative_caption: 'A dog and a cat.' } }),
    );
  await put(
    join(runs, 'detectors/mine/sugarcrepe.jsonl'),
    lines([
      { id: 'add_att/0/caption', score: 0.2 },
      { id: 'add_att/0/foil', score: 0.4 },
      { id: 'add_obj/0/caption', score: 0.8 },
      { id: 'add_obj/0/foil', score: 0.4 },
    ]),
  );
  const vsr = ['000000000007', '000000000008', '000000000009'].map((image, at) => ({
    image: `${image}.jpg`,
    image_link: '',
    caption: `The dog is ${at === 1 ? 'under' : 'on'} the bed.`,
    label: at === 1 ? 0 : 1,
    relation: 'on',
    subj: 'dog',
    obj: 'bed',
  }));
  await put(join(data, 'benchmarks/vsr/data/splits/random/test.jsonl'), lines(vsr));
  await put(
    join(runs, 'detectors/mine/vsr.jsonl'),
    lines([0.9, 0.2, 0.1].map((score, at) => ({ id: `test/${at}`, score }))),
  );
});

test('recorded detectors stand beside chance, on items whose photographs are here; published figures are marked', async () => {
  const { code, stdout, stderr } = await vlmDetective([
    'eval',
    'reference',
    '--data',
    data,
    '--runs',
    runs,
    '--markdown',
  ]);
  expect([code, stderr]).toEqual([0, '']);
  // the third statement's photograph is not here: the two others are right
  // of all pairs one is right, of add_obj the one; none is of replace_obj
  expect(stdout).toMatch(
    /\| mine \| 50\.0 [^|]*n=2 \| 100\.0 [^|]*n=1 \| – \| 100\.0 n=4 \| 100\.0 \([\d.]+–100\.0\) n=2 \|/,
  );
  expect(stdout).toMatch(/\| random \| [\d.]+.* n=2 \|/);
  expect(stdout).toMatch(/### published, not run here: self-correction/);
  const paper = join(runs, 'paper');
  const json = await vlmDetective(['eval', 'reference', '--data', data, '--runs', runs, '--json', '--paper', paper]);
  expect(JSON.parse(json.stdout).tables[0].title).toMatch(/photographs/);
  const report = JSON.parse(await readFile(join(paper, 'report.json'), 'utf8'));
  expect(report.run.versions['sha256 of mine, vsr']).toMatch(/^[0-9a-f]{64}$/);
});

test('folders without runs, and data that are not there, are errors that name them', async () => {
  const none = await vlmDetective(['eval', 'reference', '--data', data, '--runs', join(data, 'benchmarks')]);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('neither detectors/ nor correctors/')]);
  const nowhere = await vlmDetective(['eval', 'reference', '--data', join(runs, 'x'), '--runs', runs]);
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('cannot be read')]);
});
