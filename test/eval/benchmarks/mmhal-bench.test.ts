import { describe, expect, test } from 'vitest';
import { evaluateBenchmark } from '../../../eval/benchmarks/evaluate.js';
import { judgePrompts } from '../../../eval/benchmarks/judge.js';
import { mmhalBench, ratingIn } from '../../../eval/benchmarks/mmhal-bench.js';
import { figure, once, pick, printed, published, quick, write } from './published.js';

const types = ['attribute', 'adversarial', 'comparison', 'counting', 'relation', 'environment', 'holistic', 'other'];
const rows = Array.from({ length: 16 }, (_, at) => ({
  question_type: types[at % 8],
  question_topic: 'outdoor',
  image_id: `i${at}`,
  image_src: `https://example.org/${at}.jpg`,
  image_content: ['Dog', 'Tree'],
  question: `What about ${at}?`,
  gt_answer: 'It is a dog.',
  model_answer: '',
}));

describe('MMHal-Bench', () => {
  test('takes just one "rating: N" of a reply, else 0, as the original does', () => {
    expect(ratingIn('Fine. Rating: 6')).toEqual({ rating: 6, clear: true });
    expect(ratingIn('RATING: 3, very')).toEqual({ rating: 3, clear: true });
    expect(ratingIn('Rating: 2. I repeat, rating: 2')).toEqual({ rating: 2, clear: true });
    expect(ratingIn('Rating: 1 or rating: 4')).toEqual({ rating: 0, clear: false });
    expect(ratingIn('Rating: 10')).toEqual({ rating: 1, clear: true });
    expect(ratingIn('Good')).toEqual({ rating: 0, clear: false });
  });

  // eval_gpt_mmhal.py: ratings 6 and 2 for each type: mean 4.00, half below 3, 4.0 for each type
  test("prints its script's figures, with informativeness beside the hallucination rate", async () => {
    const report = await evaluateBenchmark(mmhalBench, {
      annotations: await write('m.json', JSON.stringify(rows)),
      answers: await write(
        'a.json',
        JSON.stringify(
          rows.map((row, at) => ({ ...row, model_answer: 'A cat.', judgement: `Rating: ${at < 8 ? 6 : 2}` })),
        ),
      ),
      ...quick,
    });
    expect(printed(report, ['Average score', 'Hallucination rate'])).toEqual(['4.00', '0.50']);
    expect(figure(report, 'Informative and not hallucinated')).toMatchObject({ kind: 'coverage', value: 0.5 });
    for (const type of types) expect(printed(report, ['Average score'], type)).toEqual(['4.0']);
    const { low, high } = figure(report, 'Hallucination rate');
    expect(low!).toBeLessThan(0.5);
    expect(high!).toBeGreaterThan(0.5);
  });

  test('shows a judge what the original shows, in the prompt of prompts/ or one of the caller', async () => {
    const read = await mmhalBench.load(await write('m.json', JSON.stringify(rows)));
    const answered = [{ item: read.items[0]!, answer: { answer: 'A {{question}} cat.' } }];
    const [ours] = mmhalBench.judge!.requests(answered, judgePrompts(mmhalBench.judge!));
    for (const part of ['Dog, Tree', 'What about 0?', 'It is a dog.', 'A {{question}} cat.', 'Rating: N'])
      expect(ours!.prompt).toContain(part);
    const own = { rating: '[{{contents}}] {{question}} {{reference}} {{answer}}' };
    const [theirs] = mmhalBench.judge!.requests(answered, judgePrompts(mmhalBench.judge!, own));
    expect(theirs!.prompt).toBe('[Dog, Tree] What about 0? It is a dog. A {{question}} cat.');
  });

  test('refuses another order, and answers that nobody judged', async () => {
    await expect(mmhalBench.load(await write('m.json', JSON.stringify(rows.slice(1))))).rejects.toThrow(
      /record 1\): "question_type" is adversarial where the published order has attribute/,
    );
    const answers = await write('a.jsonl', [{ id: 0, answer: 'x' }]);
    const annotations = await write('m.json', JSON.stringify(rows));
    await expect(evaluateBenchmark(mmhalBench, { annotations, answers, ...once })).rejects.toThrow(
      /no judgement of answer 0: give a judge, recorded judgements, or "judgement"/,
    );
  });

  // the script's parsing and means run in Python over these replies
  test('gives the same figures as the script on the published file', async () => {
    const annotations = published('mmhal-bench/eval/data/mmhal-bench_answer_template.json');
    if (!annotations) return;
    const { items } = await mmhalBench.load(annotations);
    const replies = [
      ...['Rating: 6', 'the rating: 5', 'Rating: 3.', 'RATING: 0', 'Rating: 2, so Rating: 2'],
      ...['Rating: 1 or Rating: 4', 'no number', 'Rating: 4'],
    ];
    const report = await evaluateBenchmark(mmhalBench, {
      annotations,
      answers: await write(
        'a.jsonl',
        items.map(({ id }) => ({ id, answer: 'x' })),
      ),
      judgements: new Map(items.map(({ id }, at) => [`mmhal-bench/${id}`, pick(at + 5, replies)])),
      ...once,
    });
    expect(report.version).toBe('96 questions: the size of the published set');
    expect(printed(report, ['Average score', 'Hallucination rate'])).toEqual(['2.56', '0.49']);
    expect(types.flatMap((type) => printed(report, ['Average score'], type)).join(',')).toBe(
      '2.0,2.42,3.33,1.25,3.5,2.92,1.67,3.42',
    );
  });
});
