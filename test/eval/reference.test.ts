import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { textOnlyDetector, usualness } from '../../eval/reference/text-only.js';
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

test('a detector that sees the text only finds what people seldom write, and has no threshold from what is tested', () => {
  const judge = usualness(['A dog on a bed.', 'A dog on a mat.', 'A cat on a bed.']);
  const rewards = (text: string) => judge(text).tokens!.map(({ reward }) => reward!);
  const [usual, odd] = [rewards('A dog on a bed.'), rewards('A dog under a zebra.')];
  expect(odd.at(-1)!).toBeLessThan(Math.min(...usual));
  expect(Math.max(...usual)).toBeLessThanOrEqual(1);
  expect(rewards('')).toEqual([]);
});

test('its row stands in the table, learnt on captions of pictures that are not judged', async () => {
  const annotations = [
    { image_id: 99, caption: 'A dog.' },
    { image_id: 7, caption: 'A dog and a cat.' },
  ];
  await put(
    join(data, 'benchmarks/coco-captions-val2017/annotations/captions_val2017.json'),
    JSON.stringify({ annotations }),
  );
  const { code, stdout } = await vlmDetective(['eval', 'reference', '--data', data, '--runs', runs, '--markdown']);
  expect(code).toBe(0);
  // "and a cat" stands only in the caption of picture 7, which is judged: it must be strange
  expect(stdout).toMatch(/\| text only \| 100\.0 [^|]*n=2 \|/);
  expect(await textOnlyDetector(runs, new Set())).toBeNull();
});
