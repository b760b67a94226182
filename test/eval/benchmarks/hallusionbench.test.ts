import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { evaluateBenchmark } from '../../../eval/benchmarks/evaluate.js';
import { correctnessIn, hallusionBench } from '../../../eval/benchmarks/hallusionbench.js';
import { judgePrompts } from '../../../eval/benchmarks/judge.js';
import { figure, once, pick, printed, published, share, write } from './published.js';

const five = ['aAcc', 'fAcc', 'qAcc', 'easy aAcc', 'hard aAcc'];

const row = (category: string, figure: number, question: number, visual: number, gt: number) => ({
  category,
  subcategory: 'chart',
  visual_input: String(visual),
  set_id: '0',
  figure_id: String(figure),
  sample_note: '',
  question_id: String(question),
  question: `Is it so, ${figure} ${question}?`,
  gt_answer_details: 'It is.',
  gt_answer: String(gt),
  filename: visual === 0 ? null : `./${category}/chart/0_${figure}.png`,
});

// VS without a picture (figure 0), its original (1) and an edited one (2), two questions each
const rows = [
  ...[row('VS', 0, 0, 0, 1), row('VS', 0, 1, 0, 0), row('VS', 1, 0, 1, 1), row('VS', 1, 1, 1, 0)],
  ...[row('VS', 2, 0, 2, 0), row('VS', 2, 1, 2, 1)],
];

describe('HallusionBench', () => {
  /*
   * By utils.py: unclear without a picture is right, so that the six answers are right, right, right, wrong, wrong, right.
   * aAcc 4/6. Figures 1 and 2 have a wrong answer each, figure 0 of VS does not count: fAcc 0/2. Question 0 fails on
   * figure 2, question 1 on figure 1: qAcc 0/2. Without edited pictures question 0 is right: easy 1/2. With edited ones
   * question 1 is right: hard 1/2. Said yes: right on a "yes" or wrong on a "no": rows 1, 3, 4, 5, 6: 5/6, of truly 3/6.
   * Both wrong answers are to a "no". Question 0: unclear without a picture, wrong with: vision. Question 1: right
   * without, wrong with the original picture: vision.
   */
  const verdicts = ['2', '1', '1', '0', '0', '1'];

  test("prints its script's figures by a judge's verdicts", async () => {
    const report = await evaluateBenchmark(hallusionBench, {
      annotations: await write('h.json', JSON.stringify(rows)),
      answers: await write(
        'a.json',
        JSON.stringify(
          rows.map((one, at) => ({ ...one, model_prediction: 'So.', gpt4v_output_gpt_check: verdicts[at], same: '0' })),
        ),
      ),
      ...once,
    });
    expect(printed(report, five)).toEqual(['66.6667', '0.0', '0.0', '50.0', '50.0']);
    expect(figure(report, 'Yes percentage difference').value).toBeCloseTo(5 / 6 - 3 / 6, 12);
    expect(figure(report, 'False positive ratio').value).toBe(1);
    expect(figure(report, 'Visual illusion')).toMatchObject({ value: 100, over: 2 });
  });

  test('without a judge reads the words yes and no, and calls that another metric', async () => {
    const replies = ['I cannot say', 'No.', 'YES', 'No', 'no', 'Yes or no'];
    const report = await evaluateBenchmark(hallusionBench, {
      annotations: await write('h.json', JSON.stringify(rows)),
      answers: await write(
        'a.jsonl',
        replies.map((answer) => ({ answer })),
      ),
      ...once,
    });
    // right: 2, 3, 4, 5; not knowing does not count here
    expect(printed(report, ['aAcc', 'fAcc'])).toEqual(['66.6667', '50.0']);
    expect(report.notes.join(' ')).toMatch(/another metric than the published one.* 2 of 6 answers have not just one/);
  });

  test('asks a judge about each answer, and whether it agrees with that without a picture', async () => {
    const read = await hallusionBench.load(await write('h.json', JSON.stringify(rows)));
    const answered = read.items.map((item) => ({ item, answer: { prediction: `I say ${item.figure}.` } }));
    const requests = hallusionBench.judge!.requests(answered, judgePrompts(hallusionBench.judge!));
    expect(requests.map(({ key }) => key)).toContain('hallusionbench/same/VS_chart_0_2_1');
    expect(requests).toHaveLength(6 + 4);
    expect(requests.find(({ key }) => key.endsWith('same/VS_chart_0_2_1'))!.prompt).toMatch(
      /I say 2\.[\s\S]*I say 0\./,
    );
    const judgements = new Map(
      requests.map(({ key }, at) => [
        key,
        key.includes('/same/') ? 'different' : ['Correct.', 'Incorrect', 'unclear'][at % 3]!,
      ]),
    );
    const measured = hallusionBench.measure(read, answered, { ...once, judgements });
    expect(measured.figures.map(({ name }) => name)).toContain('Language hallucination');
    judgements.delete('hallusionbench/correct/VS_chart_0_2_1');
    expect(() => hallusionBench.measure(read, answered, { ...once, judgements })).toThrow(
      /only some answers are judged/,
    );
  });

  test('looks for "incorrect" before "correct"', () => {
    expect(['That is incorrect.', 'Correct', 'Unclear', ''].map(correctnessIn)).toEqual(['0', '1', '2', '2']);
  });

  test('refuses a record that is none, and a question that is there twice', async () => {
    const load = async (list: unknown[]) => hallusionBench.load(await write('h.json', JSON.stringify(list)));
    await expect(load([rows[0], { ...rows[1], gt_answer: '2' }])).rejects.toThrow(
      /h\.json line 1 \(record 2\): "gt_answer"/,
    );
    await expect(load([rows[0], rows[0]])).rejects.toThrow(/record 2\): the question VS_chart_0_0_0 is there twice/);
  });

  // evaluation.py (744007c) run on the published file with these verdicts
  const golden = {
    all: ['59.3446', '10.6936', '26.3736', '50.989', '51.1628'],
    VD: ['57.1912', '12.6087', '29.6029', '58.1227', '50.7299'],
    VS: ['61.71', '6.8966', '21.3483', '39.8876', '51.9231'],
  };

  test('gives the same figures as the script on the published file', async () => {
    const annotations = published('hallusionbench/HallusionBench.json');
    if (!annotations) return;
    const given = JSON.parse(await readFile(annotations, 'utf8')) as object[];
    const answers = given.map((one, at) => ({
      ...one,
      model_prediction: 'So.',
      gpt4v_output_gpt_check: pick(at + 3, ['1', '1', '1', '1', '0', '0', '2']),
      same: share(at + 17) < 0.5 ? '1' : '0',
    }));
    const report = await evaluateBenchmark(hallusionBench, {
      annotations,
      answers: await write('a.json', JSON.stringify(answers)),
      ...once,
    });
    expect(report.version).toMatch(/^1,129 questions, 591 of them visually dependent: the size of tianyi-lab/);
    expect(printed(report, five)).toEqual(golden.all);
    expect(printed(report, five, 'VD')).toEqual(golden.VD);
    expect(printed(report, five, 'VS')).toEqual(golden.VS);
    expect(figure(report, 'Yes percentage difference').value).toBe(0.05403011514614703);
    expect(figure(report, 'False positive ratio').value).toBe(0.5664488017429193);
    const consistency = ['Consistency Test (inconsistent)', 'Consistency Test (wrong)'];
    const blamed = ['Language hallucination', 'Visual illusion', 'Mixed'];
    expect(printed(report, [...consistency, ...blamed])).toEqual([
      '85.8382',
      '3.4682',
      '22.8758',
      '64.7059',
      '12.4183',
    ]);
    expect(figure(report, 'fAcc').over).toBe(346);
    expect(figure(report, 'qAcc').over).toBe(455);
  });
});
