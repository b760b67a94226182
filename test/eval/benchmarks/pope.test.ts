import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluateBenchmark } from '../../../eval/benchmarks/evaluate.js';
import { opope, substringMatch, wordMatch } from '../../../eval/benchmarks/opope.js';
import { pope } from '../../../eval/benchmarks/pope.js';
import { popeYesNo } from '../../../eval/benchmarks/yes-no.js';
import { figure, once, pick, printed, published, quick, share, write } from './published.js';

const five = ['Accuracy', 'Precision', 'Recall', 'F1 score', 'Yes ratio'];

const question = (id: number, label: string, image = `COCO_val2014_00000000000${id}.jpg`) => ({
  question_id: id,
  image,
  text: 'Is there a dog in the image?',
  label,
});

describe('POPE', () => {
  // evaluate.py keeps "There is no dog" of the third answer, finds no "No", "not" or "no" in the 4th ("NO"), the 6th
  // ("isn't") and the 7th (""), and drops the second sentence of the 10th. So TP 4, FP 3, TN 2, FN 1, and by its
  // formulas accuracy 6/10, precision 4/7, recall 4/5, F1 2PR/(P+R), yes ratio 7/10.
  const labels = ['yes', 'yes', 'no', 'no', 'yes', 'no', 'yes', 'no', 'no', 'yes'];
  const replies = [
    ...['Yes', 'No, it does not.', 'There is no dog. Yes', 'NO', 'yes, a dog'],
    ...["It isn't there", '', 'not that I see', 'Nothing', 'I see a dog. No cat'],
  ];
  const expected = ['0.6', '0.5714285714285714', '0.8', '0.6666666666666666', '0.7'];

  test("prints its script's figures to the last digit, from lines and from an array, by order and by id", async () => {
    const rows = labels.map((label, at) => question(at + 1, label));
    const annotations = [await write('coco_pope_random.json', rows), await write('pope.json', JSON.stringify(rows))];
    const byOrder = await write(
      'answers.jsonl',
      replies.map((answer) => ({ question: 'x', answer })),
    );
    const byId = await write('answers.jsonl', replies.map((text, at) => ({ question_id: at + 1, text })).reverse());
    for (const path of annotations)
      for (const answers of [byOrder, byId]) {
        const report = await evaluateBenchmark(pope, { annotations: path, answers, ...once });
        expect(printed(report, five)).toEqual(expected);
      }
  });

  test('says what the rule for words does, and what clear answers alone give', async () => {
    expect(['NO', 'no!', "isn't", '', 'none'].map(popeYesNo)).toEqual(['yes', 'yes', 'yes', 'yes', 'yes']);
    const rows = labels.map((label, at) => question(at + 1, label));
    const report = await evaluateBenchmark(pope, {
      annotations: await write('coco_pope_random.json', rows),
      answers: await write(
        'a.jsonl',
        replies.map((answer) => ({ answer })),
      ),
      ...once,
    });
    expect(report.notes.join(' ')).toMatch(
      /5 of 10 answers have not just one of the words yes and no; 2 are read otherwise/,
    );
    // left: Yes, No, NO, yes, and "No cat" for a dog that is there
    expect(figure(report, 'Accuracy', 'clear answers only, by the words yes and no').value).toBe(3 / 5);
  });

  test('gives the rate of made-up objects beside recall, with intervals from whole pictures', async () => {
    const rows = Array.from({ length: 60 }, (_, at) => question(at + 1, at % 2 ? 'yes' : 'no', `COCO_${at % 6}.jpg`));
    const replies = rows.map((_, at) => ({ answer: share(at) < 0.5 ? 'yes' : 'no' }));
    const report = await evaluateBenchmark(pope, {
      annotations: await write('coco_pope_random.json', rows),
      answers: await write('a.jsonl', replies),
      ...quick,
    });
    for (const name of ['False yes rate', 'Recall']) {
      const { value, low, high } = figure(report, name);
      expect(low!).toBeLessThanOrEqual(value!);
      expect(high!).toBeGreaterThanOrEqual(value!);
      expect(high! - low!).toBeGreaterThan(0);
    }
  });

  test('refuses questions and answers that it cannot use, with their lines', async () => {
    const run = async (rows: unknown[], answers: unknown[]) =>
      evaluateBenchmark(pope, {
        annotations: await write('p.json', rows),
        answers: await write('a.jsonl', answers),
        ...once,
      });
    const rows = [question(1, 'yes'), question(2, 'no')];
    await expect(run([question(1, 'yes'), question(2, 'maybe')], [])).rejects.toThrow(/p\.json line 2: "label"/);
    await expect(run([question(1, 'yes'), question(1, 'no')], [])).rejects.toThrow(
      /line 2: the question_id 1 is there twice/,
    );
    await expect(run([{ ...rows[0], text: 'What is it?' }], [])).rejects.toThrow(/line 1: "text" asks for no object/);
    await expect(run(rows, [{ answer: 'yes' }])).rejects.toThrow(/1 answers without an "id" for 2 items/);
    await expect(
      run(rows, [
        { id: 1, answer: 'yes' },
        { id: 3, answer: 'no' },
      ]),
    ).rejects.toThrow(/a\.jsonl line 2: pope has no item "3" in this file/);
    await expect(
      run(rows, [
        { id: 1, answer: 'yes' },
        { id: '1', answer: 'no' },
      ]),
    ).rejects.toThrow(/line 2: "1" is answered twice, also on line 1/);
    await expect(run(rows, [{ id: 1, answer: 'yes' }, { answer: 'no' }])).rejects.toThrow(/line 2: no "id", but other/);
    await expect(run(rows, [{ id: 1 }])).rejects.toThrow(/line 1: has neither "answer" nor "text"/);
  });

  test('tells versions apart by their content, whatever the file is called', async () => {
    const version = async (rows: unknown[], name = 'coco_pope_adversarial.json') =>
      (await pope.load(await write(name, rows))).version;
    const many = (count: number, over = 500) =>
      Array.from({ length: count }, (_, at) => question(at + 1, 'no', `COCO_val2014_${at % over}.jpg`));
    const slip = (row: ReturnType<typeof question>) => ({ ...row, text: 'Is there an elephant in the imange?' });
    expect(await version(many(2910), 'coco_pope_random.jsonl')).toMatch(/2,910 rows.*LLaVA's line/);
    expect(await version(many(3000).map((row, at) => (at < 57 ? slip(row) : row)))).toMatch(
      /57 questions say "imange": as DAMO-NLP-SG\/VCD keeps it/,
    );
    expect(await version(many(3000))).toMatch(/^COCO adversarial, 3,000 rows over 500 images: the size of the current/);
    expect(await version(many(300, 50))).toMatch(/subset of 50 images/);
    expect(await version([{ ...question(1, 'yes'), text: 'Is there a sky in the image?' }])).toMatch(/^A-OKVQA/);
    expect(await version([question(1, 'yes', '2354786.jpg')])).toMatch(/^GQA/);
  });

  // the figures that evaluate.py's formulas give, run in Python on the published file and these answers
  const golden: Readonly<Record<string, readonly string[]>> = {
    random: ['0.7183333333333334', '0.675040085515767', '0.842', '0.7493325422723227', '0.6236666666666667'],
    popular: ['0.7183333333333334', '0.6744805540756527', '0.844', '0.7497779093870298', '0.6256666666666667'],
    adversarial: ['0.7183333333333334', '0.6744805540756527', '0.844', '0.7497779093870298', '0.6256666666666667'],
  };

  test('gives the same figures as the script on the three published files, one by one and as a folder', async () => {
    const one = published('pope/output/coco/coco_pope_random.json');
    if (!one) return;
    const yes = ['Yes', 'Yes, there is.', 'yes it is', 'It is.'];
    const no = ['No', 'No, there is not.', 'NO', 'There is no such thing. Yes'];
    const all: { id: string; answer: string }[] = [];
    for (const [place, split] of Object.keys(golden).entries()) {
      const annotations = one.replace('random', split);
      const { items, version } = await pope.load(annotations);
      expect(version).toMatch(/: the current RUCAIBox\/POPE file/);
      const answers = items.map(({ label, id }, at) => {
        const index = at + 3000 * place;
        const right = share(index + 1) < 0.75;
        return { id, answer: pick(index + 7919, (label === 'yes') === right ? yes : no) };
      });
      const report = await evaluateBenchmark(pope, { annotations, answers: await write('a.jsonl', answers), ...once });
      expect(printed(report, five)).toEqual(golden[split]);
      all.push(...answers.map(({ id, answer }) => ({ id: `${split}/${id}`, answer })));
    }
    const report = await evaluateBenchmark(pope, {
      annotations: dirname(one),
      answers: await write('a.jsonl', all),
      ...once,
    });
    expect(report.items).toBe(9000);
    for (const split of Object.keys(golden)) expect(printed(report, five, split)).toEqual(golden[split]);
  });
});

describe('OPOPE', () => {
  test('keeps the substring match of the original beside one of words', () => {
    expect(substringMatch('cat', 'Some cattle.')).toBe(true);
    expect(wordMatch('cat', 'Some cattle.')).toBe(false);
    expect(substringMatch('dining table', 'A coffee table.')).toBe(true);
    expect(wordMatch('dining table', 'A dining table.')).toBe(true);
    expect(substringMatch('airplane', 'Two jets.')).toBe(false);
    expect(wordMatch('airplane', 'Two jets.')).toBe(true);
    expect(wordMatch('person', 'Three men walk.')).toBe(true);
    expect(wordMatch('sky', 'Blue skies and sky.')).toBe(true);
  });

  // opope_eval.py: TP 1 (dog), FP 1 (cat in cattle), TN 1 (car), FN 1 (airplane, written as jet)
  test("prints its script's figures, and those of the words", async () => {
    const image = 'COCO_val2014_000000000007.jpg';
    const rows = [
      { question_id: 1, image, text: 'Is there a dog in the image?', label: 'yes' },
      { question_id: 2, image, text: 'Is there a cat in the image?', label: 'no' },
      { question_id: 3, image, text: 'Is there an airplane in the image?', label: 'yes' },
      { question_id: 4, image, text: 'Is there a truck in the image?', label: 'no' },
    ];
    const report = await evaluateBenchmark(opope, {
      annotations: await write('coco_pope_random.json', rows),
      answers: await write('a.jsonl', [
        { image_id: 7, caption: 'A dog and cattle under a jet.' },
        { image_id: 8, caption: 'Of another picture.' },
      ]),
      ...once,
    });
    expect(report.others).toBe(1);
    expect(printed(report, five)).toEqual(['0.5', '0.5', '0.5', '0.5', '0.5']);
    expect(printed(report, five, 'word match')).toEqual(['1.0', '1.0', '1.0', '1.0', '0.5']);
  });

  // the script's rule run in Python over the captions of InstructBLIP that POPE has questions about: 8 pictures
  test('gives the figures of the original on real captions', async () => {
    const annotations = published('pope/output/coco/coco_pope_popular.json');
    const answers = published('opera-vlm-captions/instructblip_greedy.jsonl');
    if (!annotations || !answers) return;
    expect(await readFile(answers, 'utf8')).toContain('"caption"');
    const report = await evaluateBenchmark(opope, { annotations, answers, ...once });
    expect(report.answered).toBe(8);
    expect(printed(report, five)).toEqual(['0.6875', '0.8', '0.5', '0.6153846153846154', '0.3125']);
  });
});
