import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { vlmDetective } from '../../cli/command-line.js';
import { write } from './published.js';

let server: Server | undefined;
afterAll(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

const questions = ['yes', 'no', 'yes', 'no'].map((label, at) => ({
  question_id: at + 1,
  image: `COCO_val2014_${at}.jpg`,
  text: 'Is there a dog in the image?',
  label,
}));
const replies = ['Yes.', 'No.', 'No.', 'Yes.'].map((answer) => ({ answer }));

describe('vlm-detective eval benchmark', () => {
  test('prints a table, Markdown or one JSON object', async () => {
    const annotations = await write('coco_pope_random.json', questions);
    const answers = await write('a.jsonl', replies);
    const run = (...more: string[]) =>
      vlmDetective(['eval', 'benchmark', 'pope', '--annotations', annotations, '--answers', answers, ...more]);
    const [plain, markdown, json] = await Promise.all([run(), run('--markdown'), run('--json', '--resamples', '50')]);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(/COCO random, 4 rows.*[\s\S]*4 of 4 items answered[\s\S]*Accuracy +0\.500 \(/);
    expect(plain.stdout).toMatch(/False yes rate .*hallucination/);
    expect(markdown.stdout).toContain('| Accuracy | 0.500 (');
    const report = JSON.parse(json.stdout);
    expect(report).toMatchObject({ benchmark: 'pope', items: 4, answered: 4, resamples: 50 });
    expect(report.figures[0]).toMatchObject({ name: 'Accuracy', value: 0.5, unit: 'share' });
    expect(report.files[0].sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('writes the items of a benchmark for detectors, and takes what `score` makes of them', async () => {
    const folder = dirname(await write('x', ''));
    await vlmDetective([
      'scenes',
      '--count',
      '2',
      '--captions',
      '1',
      '--seed',
      '7700000',
      '--size',
      '400x400',
      '--out',
      join(folder, 'scenes'),
    ]);
    const captions = (await readFile(join(folder, 'scenes/captions.jsonl'), 'utf8')).trim().split('\n');
    const records = captions.map((line) => {
      const { id, image, response, claims } = JSON.parse(line);
      const grounding = [...response.matchAll(/\S+/g)].map(({ 0: word, index }) => [
        word,
        claims.some(
          (claim: { start: number; end: number; good: boolean }) =>
            !claim.good && claim.start < index + word.length && claim.end > index,
        ),
      ]);
      const wrong = grounding.some(([, bad]) => bad);
      return {
        sample_id: id,
        caption: response,
        grounding,
        contains_hallucination: wrong,
        image_path: image,
        references: [],
      };
    });
    const annotations = await write('hat.json', JSON.stringify(records));
    const [items, scored] = [join(folder, 'items.jsonl'), join(folder, 'scored.jsonl')];
    const hat = ['eval', 'benchmark', 'hat', '--annotations', annotations];
    const written = await vlmDetective([...hat, '--items', items, '--images', join(folder, 'scenes')]);
    expect(written).toMatchObject({ code: 0, stdout: '' });
    expect(written.stderr).toMatch(/4 items in .*items\.jsonl/);
    expect((await vlmDetective(['score', '--input', items, '--json', '--output', scored])).code).toBe(0);
    const report = JSON.parse((await vlmDetective([...hat, '--answers', scored, '--json', '--resamples', '0'])).stdout);
    expect(report).toMatchObject({ items: 4, answered: 4 });
    const ap = report.figures.find(({ name }: { name: string }) => name === 'AP of bad words');
    expect(ap.over).toBe(records.flatMap(({ grounding }) => grounding.filter(([, bad]) => bad)).length);
    expect(ap.value).toBeGreaterThan(30);
    const unwritable = await vlmDetective([...hat, '--items', '/nowhere/items.jsonl']);
    expect(unwritable).toMatchObject({ code: 2, stderr: expect.stringMatching(/cannot be written .*check --items/) });
  });

  test('lists what there is, and what each wants', async () => {
    const { stdout } = await vlmDetective(['eval', 'benchmark']);
    expect(stdout).toMatch(/^pope +yes\/no questions[\s\S]*--with synonyms=PATH: CHAIR/);
    const listed = JSON.parse((await vlmDetective(['eval', 'benchmark', '--json'])).stdout);
    expect(listed.map(({ name }: { name: string }) => name)).toContain('hallusionbench');
  });

  test('says in a line what is missing or wrong, and ends with 2', async () => {
    const annotations = await write('pope.json', questions);
    const answers = await write('a.jsonl', [
      { id: 1, answer: 'Yes' },
      { id: 9, answer: 'No' },
    ]);
    const cases: [string[], RegExp][] = [
      [['nope'], /unknown benchmark "nope": use one of/],
      [['pope', '--answers', answers], /pope needs --annotations: a \*_pope_\*\.json/],
      [['pope', '--annotations', annotations], /pope needs --answers: JSON lines such as/],
      [['pope', '--annotations', annotations, '--answers', answers], /a\.jsonl line 2: pope has no item "9"/],
      [['pope', '--annotations', annotations, '--answers', answers, '--with', 'x=y'], /pope takes no file "x"/],
      [['pope', '--annotations', annotations, '--answers', answers, '--with', 'x'], /it must be like name=PATH/],
      [['chair', '--annotations', annotations, '--answers', answers], /chair needs --with synonyms=PATH/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await vlmDetective(['eval', 'benchmark', ...args]);
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    }
  });

  test('asks a judge once, keeps its replies, and needs none with them', async () => {
    let calls = 0;
    server = createServer((request, response) => {
      calls++;
      request.resume();
      const message = { role: 'assistant', content: 'Nothing wrong. Rating: 5' };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: 'x', choices: [{ index: 0, finish_reason: 'stop', message }] }));
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const judge = `openai:judge-1@http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const types = [
      'attribute',
      'adversarial',
      'comparison',
      'counting',
      'relation',
      'environment',
      'holistic',
      'other',
    ];
    const rows = types.map((question_type) => ({
      ...{ question_type, question_topic: 'x', image_id: 'i', image_src: 'https://example.org/i.jpg' },
      ...{ image_content: ['Dog'], question: 'What?', gt_answer: 'A dog.', model_answer: 'A dog.' },
    }));
    const file = await write('m.json', JSON.stringify(rows));
    const judgements = join(dirname(file), 'judgements.jsonl');
    const args = [
      'eval',
      'benchmark',
      'mmhal-bench',
      '--annotations',
      file,
      '--answers',
      file,
      '--judgements',
      judgements,
    ];
    const first = await vlmDetective([...args, '--judge', judge, '--json']);
    expect(JSON.parse(first.stdout)).toMatchObject({ judge: expect.stringContaining('judge-1'), answered: 8 });
    expect(JSON.parse(first.stdout).figures[0].printed).toBe('5.00');
    expect(calls).toBe(8);
    const again = await vlmDetective([...args, '--json']);
    expect(JSON.parse(again.stdout).figures).toEqual(JSON.parse(first.stdout).figures);
    await vlmDetective([...args, '--judge', judge, '--json']);
    expect(calls).toBe(8);
  });
});
