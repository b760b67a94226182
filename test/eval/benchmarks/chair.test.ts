import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswers } from '../../../eval/benchmarks/answers.js';
import { chair } from '../../../eval/benchmarks/chair.js';
import { lemmasOf, objectWords, readSynonyms, tokenize } from '../../../eval/benchmarks/chair-words.js';
import { evaluateBenchmark, measureBenchmark } from '../../../eval/benchmarks/evaluate.js';
import { lemma } from '../../../eval/benchmarks/noun-lemma.js';
import { objHalBench } from '../../../eval/benchmarks/obj-halbench.js';
import { anyCharacter } from '../../fixtures/any-character.js';
import { runs } from '../../fixtures/runs.js';
import { figure, once, printed, published, quick, write } from './published.js';

const list = [
  'person, man, woman, people, child, baby, rider, passenger',
  ...[
    'dog, puppy',
    'bird',
    'bear',
    'bus',
    'vase',
    'skis, ski',
    'scissors',
    'tie, bow, bow tie',
    'chair, seat',
    'toilet',
  ],
  ...[
    'motorcycle, scooter,  motor bike, motorbike',
    'wine glass',
    'dining table, table',
    'car',
    'traffic light',
    'train, locomotive',
  ],
].join('\n');

const opera = "OPERA's script: WordNet lemmas by part of speech";
const rlaif = "RLAIF-V's script without a model: WordNet noun lemmas";
const figures = ['CHAIRs', 'CHAIRi', 'Recall', 'Len'];

const named = (text: string, rules: 'original' | 'opera' | 'rlaif-v', how: 'pattern' | 'wordnet' | 'wordnet-pos') => {
  const synonyms = readSynonyms(list, rules);
  return objectWords(lemmasOf(text, synonyms, how), synonyms).found.map(({ node }) => node);
};

describe('the words of CHAIR', () => {
  test('are single and double words, and what is young or grown up is no person', () => {
    expect(named('Dogs, a puppy and people', 'original', 'pattern')).toEqual(['dog', 'dog', 'person']);
    expect(named('A baby bear, an adult bird, a baby', 'original', 'pattern')).toEqual(['bear', 'bird', 'person']);
    expect(named('A passenger train and a passenger', 'original', 'pattern')).toEqual(['train', 'person']);
    expect(named('Wine glasses under traffic lights', 'original', 'pattern')).toEqual(['wine glass', 'traffic light']);
    expect(named('A bow tie', 'original', 'pattern')).toEqual(['tie']);
    expect(named('The seat of the toilet', 'original', 'pattern')).toEqual(['toilet']);
    expect(named('A seat', 'original', 'pattern')).toEqual(['chair']);
  });

  test('differ by lemmatiser, as the published scripts do', () => {
    // pattern: "bus" loses its s; WordNet: "vases" are "vas", "men" are a noun; by part of speech "seated" is a seat
    expect(named('a bus, vases, men, seated', 'original', 'pattern')).toEqual(['vase', 'person']);
    expect(named('a bus, vases, men, seated', 'rlaif-v', 'wordnet')).toEqual(['bus']);
    expect(named('a bus, vases, men, seated', 'opera', 'wordnet-pos')).toEqual(['bus', 'chair']);
    expect(named('Skiing people', 'opera', 'wordnet-pos')).toEqual(['skis', 'person']);
    // the doubled space of the list makes " motor bike" a word that no text has, but for RLAIF-V
    expect(named('a motor bike', 'original', 'pattern')).toEqual([]);
    expect(named('a motor bike', 'rlaif-v', 'wordnet')).toEqual(['motorcycle']);
  });

  test('are cut much as NLTK cuts', () => {
    expect(tokenize('The dog\'s bowl, at 12 o\'clock: "stop-sign".')).toEqual([
      ...['the', 'dog', "'s", 'bowl', ',', 'at', '12', "o'clock", ':', '"', 'stop-sign', '"', '.'],
    ]);
  });

  // NLTK 3.10 with WordNet 3.0 and pattern 2.6's rules, run in Python
  test('are made singular as NLTK and pattern do', () => {
    const words =
      'buses bus geese mice knives oxen children people women men scissors skis ties pitbulls sports glasses glass';
    const vocabulary = new Set(
      'bus goose mouse knife ox child people woman man scissors skis ski tie pitbull sports glas'.split(' '),
    );
    const by = (how: 'pattern' | 'wordnet') =>
      words
        .split(' ')
        .map((word) => lemma(word, vocabulary, how))
        .join(' ');
    expect(by('wordnet')).toBe(
      'bus bus goose mouse knife ox child people woman men scissors ski tie pitbulls sport glasses glass',
    );
    expect(by('pattern')).toBe(
      'bus bu goose mouse knife ox child person woman man scissors ski ty pitbull sport glass glas',
    );
  });

  test('never fail, whatever the text', () => {
    const synonyms = readSynonyms(list, 'opera');
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter }),
        fc.constantFrom('pattern', 'wordnet', 'wordnet-pos'),
        (text, how) => {
          const { found, length } = objectWords(lemmasOf(text, synonyms, how), synonyms);
          expect(found.length).toBeLessThanOrEqual(length);
        },
      ),
      { numRuns: runs(60) },
    );
  });
});

async function coco(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coco-'));
  const captions = [
    { image_id: 1, caption: 'A man and his dog.' },
    { image_id: 1, caption: 'A puppy.' },
    { image_id: 2, caption: 'A red car.' },
    { image_id: 3, caption: 'Nothing much.' },
  ];
  const instances = {
    annotations: [{ image_id: 2, category_id: 10 }],
    categories: [{ id: 10, name: 'traffic light' }],
  };
  await writeFile(join(folder, 'captions_val2014.json'), JSON.stringify({ annotations: captions }));
  await writeFile(join(folder, 'instances_val2014.json'), JSON.stringify(instances));
  return folder;
}

describe('CHAIR', () => {
  /*
   * By chair.py. Image 1 has person, dog: "dogs", "man" right, "bird" wrong. Image 2 has car and, by its instances,
   * traffic light: "traffic light" right. Image 3 has nothing, and its caption names nothing. CHAIRs 1/3, CHAIRi 1/4,
   * recall 3 of 4. Words and marks, double words as one: (9 + 3 + 2) / 3.
   */
  const answers = [
    { image_id: 1, caption: 'Two dogs, a man and a bird.' },
    { image_id: 2, caption: 'A traffic light.' },
    { image_id: 3, caption: 'Grass here' },
    { image_id: 77, caption: 'Of a picture that is not there.' },
  ];

  test("prints its script's figures, recall beside them, by captions and instances", async () => {
    const report = await evaluateBenchmark(chair, {
      annotations: await coco(),
      files: { synonyms: await write('synonyms.txt', list) },
      answers: await write('a.jsonl', answers),
      ...quick,
    });
    expect(printed(report, figures)).toEqual(['33.3', '25.0', '75.0', '4.7']);
    expect(printed(report, ['CHAIRi'], opera)).toEqual(['25.0']);
    expect(report).toMatchObject({ answered: 3, others: 1 });
    expect(figure(report, 'CHAIRs').high).toBeGreaterThan(33.3);
  });

  test("reads the first script's own caption file too", async () => {
    const imgToEval = Object.fromEntries(answers.map((answer) => [answer.image_id, { ...answer, SPICE: 0.1 }]));
    const report = await evaluateBenchmark(chair, {
      annotations: await coco(),
      files: { synonyms: await write('synonyms.txt', list) },
      answers: await write('a.json', JSON.stringify({ overall: { SPICE: 0.1 }, imgToEval })),
      ...once,
    });
    expect(printed(report, figures)).toEqual(['33.3', '25.0', '75.0', '4.7']);
  });

  test('says so where the objects are known from captions only', async () => {
    const report = await evaluateBenchmark(chair, {
      annotations: join(await coco(), 'captions_val2014.json'),
      files: { synonyms: await write('synonyms.txt', list) },
      answers: await write('a.jsonl', answers),
      ...once,
    });
    expect(printed(report, ['CHAIRs', 'CHAIRi'])).toEqual(['66.7', '50.0']);
    expect(report.version).toBe('3 COCO images, captions only');
    expect(report.notes[0]).toMatch(/no instance annotations were given/);
  });

  test("takes the words of another lemmatiser, such as OPERA's own", async () => {
    const report = await evaluateBenchmark(chair, {
      annotations: await coco(),
      files: { synonyms: await write('synonyms.txt', list) },
      answers: await write('a.jsonl', [{ image_id: 1, caption: 'He is seated.', lemmas: ['he', 'be', 'seat', 'dog'] }]),
      ...once,
    });
    for (const group of [undefined, opera, rlaif])
      expect(printed(report, ['CHAIRi', 'Len'], group)).toEqual(['50.0', '4.0']);
  });

  test('refuses what it cannot use', async () => {
    const synonyms = await write('synonyms.txt', list);
    await expect(chair.load(await coco())).rejects.toThrow(/list of words is missing/);
    await expect(chair.load(await coco(), { synonyms: await write('s.txt', '{}') })).rejects.toThrow(
      /s\.txt line 1: a list of words/,
    );
    const broken = await write('captions_x.json', '{"annotations": [\n{"image_id": 1,\n');
    await expect(chair.load(broken, { synonyms })).rejects.toThrow(/captions_x\.json line 2: the record is not closed/);
    const odd = await write('captions_y.json', '{"annotations": [\n{"image_id": "1", "caption": "x"}]}');
    await expect(chair.load(odd, { synonyms })).rejects.toThrow(/captions_y\.json line 2 \(record 1\): "image_id"/);
    const other = await write('captions_z.json', '{"captions": []}');
    await expect(chair.load(other, { synonyms })).rejects.toThrow(/captions_z\.json has no list "annotations"/);
    const unknown = await write(
      'i.json',
      '{"annotations":[{"image_id":1,"category_id":3}],"categories":[{"id":1,"name":"x"}]}',
    );
    await expect(chair.load(await coco(), { synonyms, instances: unknown })).rejects.toThrow(
      /i\.json line 1 \(record 1\): category_id 3 is not among the categories/,
    );
    await expect(chair.load(tmpdir(), { synonyms })).rejects.toThrow(/has no captions_\*\.json/);
  });

  /*
   * chair.py and RLAIF-V's copy run in Python with NLTK's tokenizer, WordNet 3.0 and pattern's rules, objects from the
   * captions only: of OPERA's 500 descriptions by each model 58 and 65 are of pictures in captions_val2017.json. Over
   * 16,008 texts the Python run and ours found other objects in one. Len is left out of the last digit: quotation marks
   * are cut otherwise.
   */
  const golden = [
    ['llava-1.5', 58, ['62.1', '26.4', '90.0'], ['62.1', '28.0', '89.9']],
    ['instructblip', 65, ['73.8', '37.5', '85.7'], ['73.8', '37.7', '85.0']],
  ] as const;

  test('gives the figures of the scripts on real descriptions by two models', async () => {
    const annotations = published('coco-captions-val2017/annotations/captions_val2017.json');
    const synonyms = published('chair/data/synonyms.txt');
    const refined = published('mmhal-bench/eval/data/synonyms_refine.txt');
    if (!annotations || !synonyms || !refined) return;
    const read = await chair.load(annotations, { synonyms });
    const refinedRead = { ...read, synonyms: await readFile(refined, 'utf8') };
    for (const [model, count, original, noun] of golden) {
      const path = published(`opera-vlm-captions/${model}_greedy.jsonl`);
      if (!path) continue;
      const matched = await readAnswers(chair, read, path);
      const options = { ...once, judgements: new Map() };
      const report = measureBenchmark(chair, read, matched, options);
      expect(report).toMatchObject({ answered: count, others: 500 - count });
      expect(printed(report, figures.slice(0, 3))).toEqual(original);
      const other = measureBenchmark(chair, refinedRead, matched, options);
      expect(printed(other, figures.slice(0, 3), rlaif)).toEqual(noun);
    }
  });
});

describe('Object HalBench', () => {
  const names = ['Response Hall', 'Object Hall', 'Object Recall', 'Average Length'];

  /*
   * By eval_gpt_obj_halbench.py: image 1 names dog and (once) bird, wrong; image 2 a traffic light; image 3 no COCO
   * object, so that it is not among the answers that count: 1/2 responses, 1/3 mentions, recall 2 of 4 (person, dog; car,
   * traffic light), length (7 + 4 + 4) / 3.
   */
  const answers = [
    { image_id: 1, answer: 'Two dogs and a bird, birds.', objects: ['dogs', 'little bird', 'birds'] },
    { image_id: 2, answer: 'There is a light.', objects: ['green traffic light'] },
    { image_id: 3, answer: 'Grass is all here.', objects: ['grass'] },
  ];

  test("prints its script's figures of the names that a model found", async () => {
    const report = await evaluateBenchmark(objHalBench, {
      annotations: await coco(),
      files: { synonyms: await write('synonyms.txt', list) },
      answers: await write('a.jsonl', answers),
      ...once,
    });
    expect(printed(report, names)).toEqual(['50.00', '33.33', '50.00', '4.67']);
    expect(figure(report, 'Response Hall', 'without a model: every word of the answer').printed).toBe('100.00');
  });

  test('has a model find the names, but not in an answer of three words', async () => {
    const read = await objHalBench.load(await coco(), { synonyms: await write('synonyms.txt', list) });
    const [first, second] = read.items;
    const answered = [
      { item: first!, answer: { caption: 'There is a dog here.' } },
      { item: second!, answer: { caption: 'A car.' } },
    ];
    const requests = objHalBench.judge!.requests(answered, (_what, { answer }) => answer!);
    expect(requests).toEqual([{ key: 'obj-halbench/1', prompt: 'There is a dog here.' }]);
    const measure = (reply: string) =>
      objHalBench.measure(read, answered, { ...once, judgements: new Map([['obj-halbench/1', reply]]) });
    for (const reply of ['["dog"]', 'Here:\n```json\n["dog"]\n```', 'The names are ["dog"]'])
      expect(measure(reply).figures[1]).toMatchObject({ name: 'Object Hall', value: 0, over: 1 });
    expect(() => measure('dog')).toThrow(/obj-halbench\/1 is no JSON list of names/);
  });
});
