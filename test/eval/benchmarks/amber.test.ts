import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { amber, judgeDescription } from '../../../eval/benchmarks/amber.js';
import { type AmberData, loadAmber } from '../../../eval/benchmarks/amber-data.js';
import { amberNouns } from '../../../eval/benchmarks/amber-nouns.js';
import { evaluateBenchmark } from '../../../eval/benchmarks/evaluate.js';
import { pythonFixed, pythonRound } from '../../../eval/benchmarks/round.js';
import { figure, once, pick, printed, published, quick, share, write } from './published.js';

const generative = ['CHAIR', 'Cover', 'Hal', 'Cog'];
const four = ['Accuracy', 'Precision', 'Recall', 'F1'];

const relation = {
  ...{ road: ['path', 'street'], person: ['man', 'woman'], lake: ['water'], sea: ['water', 'wave'] },
  ...{ dog: [], cloud: [], sun: [], ship: ['boat'], camera: [], can: [] },
};

async function amberFolder(annotations: unknown[], queries: unknown[] = []): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'amber-'));
  await mkdir(join(folder, 'query'));
  await writeFile(join(folder, 'annotations.json'), JSON.stringify(annotations, null, 4));
  await writeFile(join(folder, 'relation.json'), JSON.stringify(relation));
  await writeFile(join(folder, 'safe_words.txt'), 'camera\nrange\n');
  if (queries.length > 0) await writeFile(join(folder, 'query', 'query_generative.json'), JSON.stringify(queries));
  return folder;
}

describe('AMBER, descriptions', () => {
  /*
   * By inference.py. Answer 1, of road, person, lake; expected dog, sea: kept nouns street (covers road), man (covers
   * person), water (with lake first: covers lake), dog (wrong, expected), camera (safe), cloud (wrong); "table" is not in
   * the vocabulary. Answer 2, of two ships; expected sun: ship (covers only the first), ship. CHAIR 2/8, Cover (3+1)/5,
   * Hal 1/2, Cog 1/3, with 0.001 in each denominator.
   */
  const annotations = [
    { id: 1, type: 'generative', truth: ['road', 'person', 'lake'], hallu: ['dog', 'sea'] },
    { id: 2, type: 'generative', truth: ['ship', 'ship'], hallu: ['sun'] },
  ];
  const nouns = [
    ['street', 'man', 'water', 'dog', 'camera', 'cloud', 'table'],
    ['ship', 'ship'],
  ];

  test("prints its script's figures of given nouns", async () => {
    const report = await evaluateBenchmark(amber, {
      annotations: await amberFolder(annotations),
      answers: await write(
        'a.jsonl',
        nouns.map((nouns, at) => ({ id: at + 1, response: 'x', nouns })),
      ),
      ...once,
    });
    expect(printed(report, generative)).toEqual(['25.0', '80.0', '50.0', '33.3']);
    expect(figure(report, 'Cover').kind).toBe('coverage');
  });

  test('finds the same nouns in a text, and puts Cover beside CHAIR with intervals', async () => {
    const report = await evaluateBenchmark(amber, {
      annotations: await amberFolder(annotations),
      answers: await write('a.jsonl', [
        { id: 1, response: 'A street with two men near the water. The dogs can be seen; a camera, clouds, a table.' },
        { id: 2, response: 'Ships beside a ship.' },
      ]),
      ...quick,
    });
    expect(printed(report, generative)).toEqual(['28.6', '60.0', '50.0', '33.3']);
    // "men" is a word of its own to WordNet, so that the original does not take it for "man" either
    expect(amberNouns('Two men and a man, women', new Set(['man', 'woman']))).toEqual(['man', 'woman']);
    expect(amberNouns('It can be seen. A can, the cans', new Set(['can']))).toEqual(['can', 'can']);
    expect(figure(report, 'CHAIR').low).not.toBeNull();
  });

  test('forgives what the word vectors of the original hold to be alike, where they are given', async () => {
    const read: Pick<AmberData, 'relation' | 'safeWords'> = { relation, safeWords: new Set(['camera']) };
    const item = { id: '1', line: 1, type: 'generative' as const, truth: ['road'], hallu: ['sun'] };
    expect(judgeDescription(item, ['lake', 'cloud'], read)).toEqual({
      hallucinated: ['lake', 'cloud'],
      covered: 0,
      expected: 0,
    });
    const similar = { lake: ['path'], cloud: ['sun'] };
    expect(judgeDescription(item, ['lake', 'cloud'], { ...read, similar })).toEqual({
      hallucinated: ['cloud'],
      covered: 1,
      expected: 1,
    });
  });
});

describe('AMBER, questions', () => {
  // said No thrice, twice rightly; truth no thrice; "no" and "Yes." are no answers to the script: right 3 of 6
  const annotations = ['no', 'no', 'yes', 'yes', 'no', 'yes'].map((truth, at) => ({
    id: at + 1,
    type: 'discriminative-hallucination',
    truth,
  }));
  const responses = ['No', 'No', 'No', 'Yes', 'no', 'Yes.'];

  test("prints its script's figures, No being the positive class, and F1 from rounded parts", async () => {
    const answers = await write(
      'a.jsonl',
      responses.map((response, at) => ({ id: at + 1, response })),
    );
    const report = await evaluateBenchmark(amber, { annotations: await amberFolder(annotations), answers, ...once });
    // P = R = 66.6 (2/3.001 is 66.64): 2 * .666 * .666 / (1.332 + .0001) = 66.6; existence adds .001: 66.5
    expect(printed(report, four)).toEqual(['50.0', '66.6', '66.6', '66.6']);
    expect(printed(report, four, 'Existence')).toEqual(['50.0', '66.6', '66.6', '66.6']);
    expect(printed(report, ['Accuracy'], 'all questions, answers read by the words yes and no')).toEqual(['83.3']);
    expect(report.notes.join(' ')).toContain('2 of 6 are something else, and wrong');
  });

  test('refuses what is no annotation with its line, and answers to nothing', async () => {
    const bad = [
      { id: 1, type: 'generative', truth: ['road'], hallu: [] },
      { id: 2, type: 'discriminative', truth: 'yes' },
    ];
    await expect(loadAmber(await amberFolder(bad))).rejects.toThrow(/annotations\.json line 10 \(record 2\): "type"/);
    await expect(loadAmber(await amberFolder([annotations[0], annotations[0]]))).rejects.toThrow(
      /the id 1 is there twice/,
    );
    const folder = await amberFolder(annotations);
    const answers = await write('a.jsonl', [{ id: 99, response: 'No' }]);
    await expect(evaluateBenchmark(amber, { annotations: folder, answers, ...once })).rejects.toThrow(
      /line 1: amber has no item "99" in this file/,
    );
    await expect(loadAmber('/nowhere/annotations.json')).rejects.toThrow(/cannot be read/);
  });
});

describe('AMBER, the published files', () => {
  // inference.py's loop run in Python on these answers, its tagger replaced by given nouns, its vectors by a list
  const golden: Readonly<Record<string, readonly string[]>> = {
    Existence: ['50.0', '100.0', '50.0', '66.6'],
    Attribute: ['50.0', '66.7', '50.0', '57.2'],
    State: ['49.3', '65.6', '48.6', '55.8'],
    Number: ['50.6', '67.6', '52.6', '59.2'],
    Action: ['52.7', '70.5', '51.3', '59.4'],
    Relation: ['50.0', '57.3', '49.8', '53.3'],
  };

  test('give the same figures as the script, generative and discriminative', async () => {
    const path = published('amber/data/annotations.json');
    if (!path) return;
    const read = await loadAmber(dirname(path));
    expect(read.version).toMatch(/^15,220 items, 1,004 of them generative: the size of junyangwang0410\/AMBER/);
    expect(read.items[0]).toMatchObject({ image: 'AMBER_1.jpg', prompt: 'Describe this image.' });
    const vocabulary = [...new Set([...Object.keys(read.relation), ...Object.values(read.relation).flat()])].sort();
    const answers = read.items.map((item, at) => {
      if (item.type !== 'generative') {
        const right = share(at + 1) < 0.75;
        const yes = (item.truth === 'yes') === right;
        return {
          id: item.id,
          response: pick(at + 7919, yes ? ['Yes', 'Yes', 'Yes', 'yes'] : ['No', 'No', 'No', 'No.']),
        };
      }
      const nouns = [
        ...item.truth.filter((_, place) => share(at * 31 + place) < 0.6),
        ...item.hallu.filter((_, place) => share(at * 37 + place) < 0.2),
        ...[0, 1, 2].filter((j) => share(at * 43 + j + 9) < 0.2).map((j) => pick(at * 41 + j, vocabulary)),
      ];
      return { id: item.id, response: '', nouns };
    });
    const answerFile = await write('a.jsonl', answers);
    const report = await evaluateBenchmark(amber, { annotations: path, answers: answerFile, ...once });
    expect(report.answered).toBe(15_220);
    expect(printed(report, generative)).toEqual(['29.6', '57.9', '92.3', '18.5']);
    expect(printed(report, four)).toEqual(['50.0', '79.6', '50.0', '61.4']);
    for (const [group, expected] of Object.entries(golden)) expect(printed(report, four, group)).toEqual(expected);
    const described = answers.filter(({ nouns }) => nouns !== undefined);
    const similar = Object.fromEntries(vocabulary.map((word, at) => [word, vocabulary.slice(at + 1, at + 9)]));
    const again = await evaluateBenchmark(amber, {
      annotations: path,
      files: { similar: await write('similar.json', JSON.stringify(similar)) },
      answers: await write('a.jsonl', described),
      ...once,
    });
    expect(printed(again, generative)).toEqual(['24.3', '59.9', '82.7', '22.2']);
  });
});

test('figures are rounded as Python rounds them', () => {
  // what Python 3 gives for round(x, 1)
  const halves = [0.25, 0.75, 0.35, 2.675, 66.65, 62.5, -0.25, 12.05];
  expect(halves.map((value) => pythonRound(value, 1))).toEqual([0.2, 0.8, 0.3, 2.7, 66.7, 62.5, -0.2, 12.1]);
  expect(pythonFixed(0.125, 2)).toBe('0.12');
  expect(pythonFixed(Number.NaN, 1)).toBe('nan');
});
