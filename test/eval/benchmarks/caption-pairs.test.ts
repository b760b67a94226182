import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { evaluateBenchmark } from '../../../eval/benchmarks/evaluate.js';
import { haloQuest, verdictIn } from '../../../eval/benchmarks/haloquest.js';
import { judgePrompts } from '../../../eval/benchmarks/judge.js';
import { sugarCrepe } from '../../../eval/benchmarks/sugarcrepe.js';
import { valse } from '../../../eval/benchmarks/valse.js';
import { vsr } from '../../../eval/benchmarks/vsr.js';
import { winoground, winogroundScores } from '../../../eval/benchmarks/winoground.js';
import { seededRandom } from '../../../scenes/random.js';
import { figure, once, published, quick, share, write } from './published.js';

describe('SugarCrepe', () => {
  const pair = (n: number) => ({ filename: `${n}.jpg`, caption: `A dog ${n}.`, negative_caption: `A cat ${n}.` });
  const file = JSON.stringify({ 0: pair(0), 1: pair(1), 2: pair(2), 3: pair(3) }, null, 4);

  // the original counts pos_score > neg_score: of (.9, .1), (.5, .5), (.2, .3) and (.8, .7) two are right
  test('is right where the caption scores strictly higher; pairs with one text judged are counted, not guessed', async () => {
    const scores = [
      [0.9, 0.1],
      [0.5, 0.5],
      [0.2, 0.3],
      [0.8, 0.7],
    ];
    const lines = scores.flatMap(([caption, foil], n) => [
      { id: `swap_obj/${n}/caption`, score: caption },
      { id: `swap_obj/${n}/foil`, score: foil },
    ]);
    const annotations = await write('swap_obj.json', file);
    const report = await evaluateBenchmark(sugarCrepe, {
      annotations,
      answers: await write('s.jsonl', lines),
      ...once,
    });
    expect(figure(report, 'Accuracy, all pairs').value).toBe(50);
    expect(figure(report, 'Judged pairs')).toMatchObject({ value: 100, kind: 'coverage' });
    const part = await evaluateBenchmark(sugarCrepe, {
      annotations,
      answers: await write('s.jsonl', [...lines.slice(0, 5), { id: 'swap_obj/2/foil', abstained: 'no scene' }]),
      ...once,
    });
    expect(figure(part, 'Judged pairs').value).toBeCloseTo(200 / 3, 9);
    expect(figure(part, 'Accuracy, all pairs').over).toBe(2);
  });

  test('takes the tokens of `score --json` where there is no score', async () => {
    const line = (side: string, response: string, reward: number) => ({
      id: `swap_obj/0/${side}`,
      response,
      threshold: 0.5,
      tokens: [
        { start: 2, end: 5, reward },
        { start: 0, end: 1, reward: null },
      ],
    });
    const report = await evaluateBenchmark(sugarCrepe, {
      annotations: await write('swap_obj.json', file),
      answers: await write('s.jsonl', [line('caption', 'A dog 0.', 0.8), line('foil', 'A cat 0.', 0.3)]),
      ...once,
    });
    expect(figure(report, 'Accuracy, all pairs').value).toBe(100);
  });

  test('refuses a bad record with its line, and files that are none', async () => {
    const broken = file.replace('"negative_caption": "A cat 2."', '"negative": "A cat 2."');
    await expect(sugarCrepe.load(await write('swap_obj.json', broken))).rejects.toThrow(
      /swap_obj\.json line 12 \("2"\): "negative_caption"/,
    );
    await expect(sugarCrepe.load(await write('swap_obj.json', '[1]'))).rejects.toThrow(/not an object of records/);
    await expect(sugarCrepe.load(await write('swap_obj.json', '{"0": '))).rejects.toThrow(/cut off/);
    await expect(sugarCrepe.load('/nowhere')).rejects.toThrow(/\/nowhere cannot be read/);
  });

  test('reads the seven published files: 7,511 pairs', async () => {
    const path = published('sugarcrepe/data');
    if (!path) return;
    const read = await sugarCrepe.load(path);
    expect(read.items).toHaveLength(2 * 7511);
    expect(read.version).toBe(
      'add_att 692, add_obj 2062, replace_att 788, replace_obj 1652, replace_rel 1406, swap_att 666, swap_obj 245',
    );
    const answers = await write(
      's.jsonl',
      read.items.map(({ id }, at) => ({ id, score: share(at) })),
    );
    const report = await evaluateBenchmark(sugarCrepe, { annotations: path, answers, ...quick });
    // the rule in three lines, over the same fixed scores
    let right = 0;
    for (let at = 0; at < read.items.length; at += 2) if (share(at) > share(at + 1)) right++;
    expect(figure(report, 'Accuracy, all pairs').value).toBe((100 * right) / 7511);
    expect(report.groups.map(({ name }) => name)).toEqual([
      ...['add_att', 'add_obj', 'replace_att', 'replace_obj', 'replace_rel', 'swap_att', 'swap_obj'],
      ...['all of add', 'all of replace', 'all of swap'],
    ]);
  });
});

describe('VALSE', () => {
  const pair = (n: number, votes: number) => ({
    image_file: `v7w_${n}.jpg`,
    caption: `There are ${n} cars.`,
    foil: `There are ${n + 1} cars.`,
    mturk: { caption: votes, foil: 3 - votes, other: 0 },
  });

  // valid: a, b, c. (.9, .6) ranked right, caption aligned, foil not refused; (.4, .2) ranked right, foil refused;
  // (.3, .7) all wrong. acc_r 2/3, p_c 1/3, p_f 1/3, acc 1/3. AUROC: captions .9 .4 .3 above foils .6 .2 .7: 5 of 9
  test('gives the five figures of the paper over the valid pairs', async () => {
    const annotations = await write(
      'counting-hard.json',
      JSON.stringify({ a: pair(1, 3), b: pair(2, 2), c: pair(3, 2), d: pair(4, 1) }),
    );
    const scores: Record<string, readonly [number, number]> = { a: [0.9, 0.6], b: [0.4, 0.2], c: [0.3, 0.7] };
    const lines = Object.entries(scores).flatMap(([key, [caption, foil]]) => [
      { id: `counting-hard/${key}/caption`, score: caption },
      { id: `counting-hard/${key}/foil`, score: foil },
    ]);
    const report = await evaluateBenchmark(valse, { annotations, answers: await write('s.jsonl', lines), ...once });
    expect(report.notes.join(' ')).toMatch(/1 pairs with fewer than 2 of three votes/);
    const third = 100 / 3;
    for (const [name, value] of Object.entries({
      acc_r: 2 * third,
      acc: third,
      p_c: third,
      p_f: third,
      AUROC: 500 / 9,
    }))
      expect(figure(report, name).value, name).toBeCloseTo(value, 9);
    // a file of scores for all pairs, as the original writes it
    const all = [...lines, { id: 'counting-hard/d/foil', score: 1 }];
    const same = await evaluateBenchmark(valse, { annotations, answers: await write('s.jsonl', all), ...once });
    expect(same).toMatchObject({ figures: report.figures, others: 1 });
    const unknown = [{ id: 'counting-hard/z/foil', score: 1 }];
    await expect(
      evaluateBenchmark(valse, { annotations, answers: await write('s.jsonl', unknown), ...once }),
    ).rejects.toThrow(/has no item "counting-hard\/z\/foil"/);
  });

  test('a file in which no pair is validated is refused: it names the file and what is asked of a pair', async () => {
    const annotations = await write('counting-hard.json', JSON.stringify({ a: pair(1, 1), b: pair(2, 0) }));
    await expect(valse.load(annotations)).rejects.toThrow(
      /counting-hard\.json: none of its 2 pairs has 2 of three votes/,
    );
  });

  test('reads the published files, and as many valid pairs as three lines of Python count', async () => {
    const path = published('valse/data');
    if (!path) return;
    const read = await valse.load(path);
    const names = [
      'counting-adversarial',
      'counting-hard',
      'counting-small-quant',
      'existence',
      'foil-it',
      'plurals',
      'relations',
    ];
    let valid = 0;
    for (const name of names) {
      const raw = JSON.parse(await readFile(`${path}/${name}.json`, 'utf8')) as Record<
        string,
        { mturk: { caption: number } }
      >;
      valid += Object.values(raw).filter(({ mturk }) => mturk.caption >= 2).length;
    }
    expect(read.items).toHaveLength(2 * valid);
    expect(valid).toBeGreaterThan(4000);
  });
});

describe('VSR', () => {
  const rows = [1, 0, 1, 0].map((label, n) => ({
    image: `${n}.jpg`,
    caption: `The dog is at the left of cat ${n}.`,
    label,
    relation: n < 2 ? 'left of' : 'on',
  }));

  test('takes what a model said, or a score against the threshold; what was not judged is wrong', async () => {
    const annotations = await write('test.jsonl', rows);
    const said = ['True', 'no', 'I cannot tell', false].map((answer, n) => ({ id: `test/${n}`, answer }));
    const report = await evaluateBenchmark(vsr, { annotations, answers: await write('a.jsonl', said), ...once });
    expect(figure(report, 'Accuracy').value).toBe(75);
    expect(figure(report, 'Judged statements').value).toBe(75);
    const scored = [0.9, 0.6, 0.3, 0.1].map((score, n) => ({ id: `test/${n}`, score, threshold: 0.5 }));
    const again = await evaluateBenchmark(vsr, { annotations, answers: await write('a.jsonl', scored), ...once });
    expect(figure(again, 'Accuracy').value).toBe(50);
    // true .9 and .3 above false .6 and .1: 3 of 4
    expect(figure(again, 'AUROC').value).toBe(75);
  });

  test('reads the published random test split: 2,195 statements, half of them true', async () => {
    const path = published('vsr/data/splits/random/test.jsonl');
    if (!path) return;
    const read = await vsr.load(path);
    expect(read.items).toHaveLength(2195);
    const labels = (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { label: number }).label);
    const yes = await write(
      'a.jsonl',
      read.items.map(({ id }) => ({ id, answer: 'yes' })),
    );
    const report = await evaluateBenchmark(vsr, { annotations: path, answers: yes, ...once });
    expect(figure(report, 'Accuracy').value).toBe((100 * labels.filter((label) => label === 1).length) / 2195);
  });
});

describe('Winoground', () => {
  test('text, image and group scores as section 4.2 of the paper defines them; ties fail', () => {
    expect(winogroundScores({ c0i0: 0.9, c1i0: 0.1, c1i1: 0.8, c0i1: 0.2 })).toEqual({
      text: true,
      image: true,
      group: true,
    });
    // the right caption wins for each picture, but caption 1 likes picture 0 better
    expect(winogroundScores({ c0i0: 0.9, c1i0: 0.6, c1i1: 0.5, c0i1: 0.4 })).toEqual({
      text: true,
      image: false,
      group: false,
    });
    expect(winogroundScores({ c0i0: 0.5, c1i0: 0.6, c1i1: 0.7, c0i1: 0.4 })).toEqual({
      text: false,
      image: true,
      group: false,
    });
    expect(winogroundScores({ c0i0: 0.5, c1i0: 0.5, c1i1: 0.7, c0i1: 0.4 })).toEqual({
      text: false,
      image: true,
      group: false,
    });
  });

  test('chance is 25, 25 and 16.7 per cent, as the paper says', async () => {
    const rows = Array.from({ length: 4000 }, (_, id) => ({
      ...{ id, image_0: `ex_${id}_img_0`, image_1: `ex_${id}_img_1` },
      ...{ caption_0: 'a b', caption_1: 'b a', collapsed_tag: id % 2 ? 'Object' : 'Relation' },
    }));
    const annotations = await write('examples.jsonl', rows);
    const { items } = await winoground.load(annotations);
    const random = seededRandom(7);
    const answers = await write(
      's.jsonl',
      items.map(({ id }) => ({ id, score: random() })),
    );
    const report = await evaluateBenchmark(winoground, { annotations, answers, ...once });
    expect(figure(report, 'Text score').value!).toBeCloseTo(25, -0.5);
    expect(figure(report, 'Image score').value!).toBeCloseTo(25, -0.5);
    expect(figure(report, 'Group score').value!).toBeCloseTo(16.7, -0.5);
    expect(report.groups.map(({ name }) => name)).toEqual(['Object', 'Relation']);
    const short = await evaluateBenchmark(winoground, {
      annotations,
      answers: await write(
        's.jsonl',
        items.slice(0, 7).map(({ id }) => ({ id, score: 1 })),
      ),
      ...once,
    });
    expect(figure(short, 'Judged examples')).toMatchObject({ value: 50, over: 2 });
  });
});

describe('HaloQuest', () => {
  const head = ',image_name,url,image type,hallucination type,question,groundtruth responses,split';
  const csv = [
    head,
    '0,a.png,https://x,generated,insufficient context,"What shoes, if any?","Not visible; We can not see",eval',
    '1,b.png,https://x,real,false premises,"What design',
    'is on the collar?",There is no collar,eval',
    '2,c.png,https://x,real,visual challenge,How many?,Three,eval',
    '3,d.png,https://x,real,visual challenge,How many now?,Two,eval',
  ].join('\n');

  test('takes one verdict of a reply', () => {
    expect(verdictIn('It agrees.\nVerdict: correct')).toBe('correct');
    expect(verdictIn('**Verdict: Incorrect**')).toBe('incorrect');
    expect(verdictIn('Verdict: **correct**. Verdict: correct')).toBe('correct');
    expect(verdictIn('Verdict: correct? No. Verdict: incorrect')).toBeNull();
    expect(verdictIn('It is correct')).toBeNull();
  });

  test('gives the share that is correct by kind, and beside the hallucination rate what could be answered', async () => {
    const annotations = await write('haloquest-eval.csv', csv);
    const verdicts = ['correct', 'incorrect', 'correct', 'maybe'];
    const answers = verdicts.map((verdict, id) => ({ id, answer: 'x', judgement: `Verdict: ${verdict}` }));
    const report = await evaluateBenchmark(haloQuest, {
      annotations,
      answers: await write('a.jsonl', answers),
      ...once,
    });
    expect(figure(report, 'Correct').value).toBe(50);
    expect(figure(report, 'Hallucination rate')).toMatchObject({ value: 50, kind: 'hallucination' });
    expect(figure(report, 'Correct where an answer can be given')).toMatchObject({
      value: 50,
      kind: 'coverage',
      over: 2,
    });
    expect(figure(report, 'Correct', 'false premises').value).toBe(0);
    const read = await haloQuest.load(annotations);
    expect(read.items.map(({ line }) => line)).toEqual([2, 3, 5, 6]);
    const [asked] = haloQuest.judge!.requests(
      [{ item: read.items[0]!, answer: { answer: 'Red.' } }],
      judgePrompts(haloQuest.judge!),
    );
    for (const part of ['What shoes, if any?', 'Not visible; We can not see', 'Red.', 'Verdict: correct'])
      expect(asked!.prompt).toContain(part);
    await expect(
      evaluateBenchmark(haloQuest, { annotations, answers: await write('a.jsonl', [{ id: 0, answer: 'x' }]), ...once }),
    ).rejects.toThrow(/no judgement of answer 0/);
  });

  test('refuses a bad row with its line', async () => {
    await expect(
      haloQuest.load(await write('h.csv', csv.replace('real,false premises', 'real,true premises'))),
    ).rejects.toThrow(/h\.csv line 3: "hallucination type"/);
    await expect(haloQuest.load(await write('h.csv', `${head}\n`))).rejects.toThrow(/has no record/);
    await expect(haloQuest.load(await write('h.csv', `${csv}\n4,"x`))).rejects.toThrow(/not comma-separated values/);
  });

  test('reads the published file: 608 questions of three kinds', async () => {
    const path = published('haloquest/haloquest-eval.csv');
    if (!path) return;
    const read = await haloQuest.load(path);
    const items = read.items as unknown as { kind: string; picture: string }[];
    const count = (kind: string, picture: string) =>
      items.filter((item) => item.kind === kind && item.picture === picture).length;
    // counted with Python's csv module
    expect([count('false premises', 'generated'), count('false premises', 'real')]).toEqual([208, 96]);
    expect([count('visual challenge', 'generated'), count('visual challenge', 'real')]).toEqual([110, 73]);
    expect([count('insufficient context', 'generated'), count('insufficient context', 'real')]).toEqual([73, 48]);
  });
});
