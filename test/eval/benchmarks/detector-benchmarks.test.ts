import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateBenchmark } from '../../../eval/benchmarks/evaluate.js';
import { bestThreshold, type HalLocItem, halloc } from '../../../eval/benchmarks/halloc.js';
import { type HatItem, hat } from '../../../eval/benchmarks/hat.js';
import { type MhalItem, mhalDetect } from '../../../eval/benchmarks/mhal-detect.js';
import { rewardOf } from '../../../eval/benchmarks/scored-answer.js';
import { anyCharacter } from '../../fixtures/any-character.js';
import { runs } from '../../fixtures/runs.js';
import { figure, once, published, quick, share, write } from './published.js';

/** Words as tokens, with a reward each; words that are not named have 0.9. */
function scored(id: string, response: string, rewards: Record<string, number | null> = {}, threshold = 0.5) {
  const tokens = [...response.matchAll(/\S+/g)].map(({ 0: text, index: start }) => {
    const reward = text in rewards ? rewards[text]! : 0.9;
    return { text, start, end: start + text.length, reward };
  });
  return { id, response, tokens, threshold, scorer: 'test' };
}

describe('HAT', () => {
  const record = (id: string, caption: string, bad: readonly string[]) => ({
    sample_id: id,
    caption,
    grounding: caption.split(' ').map((word) => [word, bad.includes(word)]),
    contains_hallucination: bad.length > 0,
    image_path: `${id}.jpg`,
    references: ['A dog.'],
  });
  const records = [
    record('a', 'A red bus.', ['red']),
    record('b', 'A dog runs.', []),
    record('c', 'Two big cats', ['cats']),
  ];
  // rewards: red .2 (bad), runs. .4 (good), cats .3 (bad), big .1 (good), the other 5 good words .9
  const lines = [
    scored('a', 'A red bus.', { red: 0.2 }),
    scored('b', 'A dog runs.', { 'runs.': 0.4 }),
    scored('c', 'Two big cats', { big: 0.1, cats: 0.3 }),
  ];

  test('gives the figures that the definitions give by hand', async () => {
    const report = await evaluateBenchmark(hat, {
      annotations: await write('hat.json', JSON.stringify(records)),
      answers: await write('scored.jsonl', lines),
      ...once,
    });
    // in order of reward: good, BAD (1/2), BAD (2/3), good, …: AP = (1/2 + 2/3) / 2
    expect(figure(report, 'AP of bad words').value).toBeCloseTo((100 * (1 / 2 + 2 / 3)) / 2, 9);
    // each bad word against 7 good ones: red is above one of them, and so is cats
    expect(figure(report, 'AUROC of words').value).toBeCloseTo((100 * 12) / 14, 9);
    expect(figure(report, 'Precision of flagged words').value).toBe(50);
    expect(figure(report, 'Recall of bad words').value).toBe(100);
    expect(figure(report, 'Judged words')).toMatchObject({ value: 100, kind: 'coverage', over: 9 });
    // captions by their lowest: c .1 wrong, a .2 wrong, b .4 right; in c the lowest word is not the marked one
    expect(figure(report, 'AP of captions with a made-up word').value).toBe(100);
    expect(figure(report, 'Localization accuracy').value).toBe(50);
  });

  test('counts a word that was not judged, and does not call it good', async () => {
    const [a, ...others] = lines;
    const unjudged = { ...a!, tokens: a!.tokens.map((token) => ({ ...token, reward: null })) };
    const report = await evaluateBenchmark(hat, {
      annotations: await write('hat.json', JSON.stringify(records)),
      answers: await write('scored.jsonl', [unjudged, ...others]),
      ...once,
    });
    expect(figure(report, 'Judged words').value).toBeCloseTo((100 * 6) / 9, 9);
    expect(figure(report, 'AP of bad words').over).toBe(1);
  });

  test('refuses marks that do not fit, other texts, and lines without tokens, each by name', async () => {
    const run = async (rows: unknown[], answers: unknown[]) =>
      evaluateBenchmark(hat, {
        annotations: await write('hat.json', JSON.stringify(rows, null, 1)),
        answers: await write('scored.jsonl', answers),
        ...once,
      });
    await expect(run([{ ...records[0], caption: 'A red  bus.' }], lines)).rejects.toThrow(
      /hat\.json line 2 .*joined by spaces/,
    );
    await expect(run([{ ...records[0], contains_hallucination: false }], lines)).rejects.toThrow(/does not agree/);
    await expect(run([records[0], records[0]], lines)).rejects.toThrow(/was there before/);
    await expect(run(records, [scored('a', 'A blue bus.')])).rejects.toThrow(/another text/);
    await expect(run(records, [{ id: 'a', score: 0.3 }])).rejects.toThrow(/no "tokens"/);
    await expect(run(records, [{ id: 'a' }])).rejects.toThrow(/neither "tokens" nor a "score"/);
    const far = { id: 'a', tokens: [{ start: 0, end: 99, reward: 1 }] };
    await expect(run(records, [far])).rejects.toThrow(/outside its 10 characters/);
    await expect(run(records, [lines[0], { ...lines[1], threshold: 0.7 }])).rejects.toThrow(/2 different thresholds/);
  });

  test('reads the published file: 400 captions, 135 with a made-up word, 268 words marked', async () => {
    const path = published('hat-aloha/data/hat-trainval.json');
    if (!path) return;
    const read = await hat.load(path);
    expect(read.version).toMatch(/400 captions, 135 .*published/);
    const raw = JSON.parse(await readFile(path, 'utf8')) as { grounding: [string, boolean][] }[];
    const marked = raw.flatMap(({ grounding }) => grounding.filter(([, bad]) => bad).map(([word]) => word));
    const items = read.items as Awaited<ReturnType<typeof hat.load>>['items'];
    const ours = items.flatMap((item) =>
      (item as unknown as { words: { start: number; end: number; bad: boolean }[]; response: string }).words
        .filter(({ bad }) => bad)
        .map(({ start, end }) => (item as unknown as { response: string }).response.slice(start, end)),
    );
    expect(ours).toEqual(marked);
    expect(marked).toHaveLength(268);
    // a detector that knows: everything is found; one that says the same of all words: AP is the share of bad ones
    const all = items as unknown as {
      id: string;
      response: string;
      words: { start: number; end: number; bad: boolean }[];
    }[];
    const answersOf = (reward: (bad: boolean) => number) =>
      write(
        'scored.jsonl',
        all.map(({ id, words }) => ({
          id,
          threshold: 0.5,
          tokens: words.map(({ bad, ...at }) => ({ ...at, reward: reward(bad) })),
        })),
      );
    const knowing = await evaluateBenchmark(hat, {
      annotations: path,
      answers: await answersOf((bad) => (bad ? 0.1 : 0.9)),
      ...once,
    });
    for (const name of ['AP of bad words', 'F1 of bad words', 'Localization accuracy'])
      expect(figure(knowing, name).value).toBe(100);
    const blind = await evaluateBenchmark(hat, { annotations: path, answers: await answersOf(() => 0.7), ...once });
    expect(figure(blind, 'AP of bad words').value).toBeCloseTo((100 * 268) / 5433, 6);
    expect(figure(blind, 'AUROC of words').value).toBe(50);
  });
});

describe('M-HalDetect', () => {
  const response = 'A 🐕 sits. It is red. It looks happy.';
  const segment = (text: string, label: string) => {
    const start = [...response.slice(0, response.indexOf(text))].length;
    return { start, end: start + [...text].length, text, label };
  };
  const record = {
    question: '<image>\nDescribe it.',
    response,
    image: 'COCO_val2014_000000292123.jpg',
    annotations: [
      segment('A 🐕 sits.', 'ACCURATE'),
      segment('It is red.', 'INACCURATE'),
      segment('It looks happy.', 'ANALYSIS'),
    ],
  };

  test('takes character offsets, and gives both readings of the labels', async () => {
    const report = await evaluateBenchmark(mhalDetect, {
      annotations: await write('val_raw.json', JSON.stringify([record])),
      answers: await write('scored.jsonl', [scored('0', response, { 'red.': 0.2, 'happy.': 0.3 })]),
      ...once,
    });
    expect(figure(report, 'Accuracy of segments', 'accurate against inaccurate segments').value).toBe(100);
    // the analysis is flagged too: 2 of 3 right; F1 of the bad 2/3, of the good 2/3
    const others = 'inaccurate segments against all others';
    expect(figure(report, 'Accuracy of segments', others).value).toBeCloseTo(200 / 3, 9);
    expect(figure(report, 'Macro F1 of segments', others).value).toBeCloseTo(200 / 3, 9);
    expect(figure(report, 'Recall of bad sentences', 'sentences').value).toBe(100);
    expect(figure(report, 'Precision of flagged sentences', 'sentences').value).toBe(50);
  });

  test('refuses offsets that do not fit their text', async () => {
    const moved = { ...record, annotations: [{ ...record.annotations[0]!, start: 1 }] };
    await expect(mhalDetect.load(await write('val_raw.json', JSON.stringify([moved])))).rejects.toThrow(
      /val_raw\.json line 1 .*offsets are of characters/,
    );
  });
});

describe('HalLoc', () => {
  const record = (id: string, split: string, text: string, annotations: object) => ({
    id,
    split,
    image_id: '1236.png',
    prompt: '<image>Describe it.',
    hallucinated_text: text,
    annotations,
  });
  const bag = { object: [{ obj: { name: 'bag', char_index: '2:5' } }] };
  const red = { attribute: [{ obj: { name: 'dog', char_index: '6:9' }, attr: { name: 'red', char_index: '2:5' } }] };
  const records = [
    record('v1', 'val', 'A bag here.', bag),
    record('v2', 'val', 'A red dog.', red),
    record('t1', 'test', 'A bag here.', bag),
    record('t2', 'test', 'A red dog.', red),
  ];

  test('chooses thresholds on validation by type, as the published script, and measures on the test split', async () => {
    const report = await evaluateBenchmark(halloc, {
      annotations: await write('halloc_caption.json', JSON.stringify(records)),
      answers: await write('scored.jsonl', [
        scored('v1', 'A bag here.', { bag: 0.4 }),
        scored('v2', 'A red dog.', { red: 0.3, 'dog.': 0.3 }),
        scored('t1', 'A bag here.', { bag: 0.35 }),
        scored('t2', 'A red dog.', { red: 0.5, 'dog.': 0.1 }),
      ]),
      ...once,
    });
    // total: bad 0.6 and 0.7 twice on validation, good 0.1: 0.1 is the lowest threshold that flags just them
    expect(report.notes.join(' ')).toMatch(/total 0\.100, object 0\.100, attribute 0\.600/);
    // at 0.1 all three wrong words of the test are flagged (0.65, 0.5, 0.9), and no good one
    expect(figure(report, 'F1').value).toBe(100);
    expect(figure(report, 'AP of made-up tokens').value).toBe(100);
    // of type attribute: dog. .9 and red .5 are, bag .65 and three words at .1 are not: 7 of 8 pairs in order, AP (1 + 2/3) / 2
    expect(figure(report, 'AUROC of tokens', 'attribute').value).toBeCloseTo(87.5, 9);
    expect(figure(report, 'AP of made-up tokens', 'attribute').value).toBeCloseTo((100 * (1 + 2 / 3)) / 2, 9);
    expect(figure(report, 'Judged tokens')).toMatchObject({ value: 100, kind: 'coverage', over: 6 });
    // attribute at 0.6: dog. (0.9) is flagged, and bag (0.65) is a false alarm; red (0.5) is missed
    expect(figure(report, 'Precision', 'attribute').value).toBe(50);
    expect(figure(report, 'Recall', 'attribute').value).toBe(50);
  });

  test('the best threshold is that of trying all thousand', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ bad: fc.double({ min: 0, max: 1, noNaN: true }), wrong: fc.boolean() }), {
          maxLength: 30,
        }),
        (tokens) => {
          const f1 = (threshold: number) => {
            const flagged = tokens.filter(({ bad }) => bad > threshold);
            const total = tokens.filter(({ wrong }) => wrong).length;
            const hits = flagged.filter(({ wrong }) => wrong).length;
            return flagged.length + total > 0 ? (2 * hits) / (flagged.length + total) : 0;
          };
          const best = Math.max(...Array.from({ length: 1000 }, (_, step) => f1(step / 1000)));
          expect(f1(bestThreshold([tokens]))).toBeCloseTo(best, 9);
        },
      ),
    );
  });

  test('reads a bare index as one character, counts characters and not code units, and refuses what lies outside', async () => {
    const one = record('a', 'val', '🐕 a b', { scene: [{ scene: { name: 'b', char_index: '4' } }] });
    const read = await halloc.load(await write('halloc_vqa.json', JSON.stringify([one])));
    const { spans, response } = read.items[0] as unknown as {
      spans: { start: number; end: number }[];
      response: string;
    };
    expect(spans.map(({ start, end }) => response.slice(start, end))).toEqual(['b']);
    const far = record('a', 'val', 'A bag', { object: [{ obj: { name: 'x', char_index: '4:9' } }] });
    await expect(halloc.load(await write('h.json', JSON.stringify([far])))).rejects.toThrow(/4:9 of "x" lies outside/);
    await expect(
      evaluateBenchmark(halloc, {
        annotations: await write('h.json', JSON.stringify(records)),
        answers: await write('scored.jsonl', [scored('t1', 'A bag here.')]),
        ...once,
      }),
    ).rejects.toThrow(/0 answers are about the validation split and 1 about the test split/);
  });
});

describe('for any text, marks stand on the characters that the file means', () => {
  // pieces of any Unicode, as Python counts them: by code point
  const piece = fc
    .string({ unit: anyCharacter, minLength: 1, maxLength: 8 })
    .filter((text) => !/\p{Surrogate}/u.test(text));
  const pieces = fc.array(piece, { minLength: 1, maxLength: 8 });
  const slices = ({ response }: { response: string }, marks: readonly { start: number; end: number }[]) =>
    marks.map(({ start, end }) => response.slice(start, end));
  /** Each piece with its offsets by code point. */
  const placed = (texts: readonly string[]) => {
    let at = 0;
    return texts.map((text) => {
      const start = at;
      at += [...text].length;
      return { text, start, end: at };
    });
  };

  test('HAT: words between spaces', async () => {
    const word = piece.filter((text) => !text.includes(' '));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(word, fc.boolean()), { minLength: 1, maxLength: 8 }), async (grounding) => {
        const record = {
          sample_id: 'a',
          caption: grounding.map(([text]) => text).join(' '),
          grounding,
          contains_hallucination: grounding.some(([, bad]) => bad),
          image_path: 'a.jpg',
          references: [],
        };
        const [item] = (await hat.load(await write('hat.json', JSON.stringify([record])))).items as HatItem[];
        expect(slices(item!, item!.words)).toEqual(grounding.map(([text]) => text));
        expect(item!.words.map(({ bad }) => bad)).toEqual(grounding.map(([, bad]) => bad));
      }),
      { numRuns: runs(50) },
    );
  });

  test('M-HalDetect: segments', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async (texts) => {
        const annotations = placed(texts).map((segment) => ({ ...segment, label: 'ACCURATE' }));
        const record = { question: '<image>\nDescribe it.', response: texts.join(''), image: 'a.jpg', annotations };
        const [item] = (await mhalDetect.load(await write('val_raw.json', JSON.stringify([record]))))
          .items as MhalItem[];
        expect(slices(item!, item!.segments)).toEqual(texts);
      }),
      { numRuns: runs(50) },
    );
  });

  test('HalLoc: spans, whose index is one number where they have one character', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async (texts) => {
        const object = placed(texts).map(({ text, start, end }) => ({
          obj: { name: text, char_index: end === start + 1 ? `${start}` : `${start}:${end}` },
        }));
        const record = {
          ...{ id: 'a', split: 'val', image_id: 1, prompt: '<image>Describe it.' },
          hallucinated_text: texts.join(''),
          annotations: { object },
        };
        const [item] = (await halloc.load(await write('halloc.json', JSON.stringify([record])))).items as HalLocItem[];
        expect(slices(item!, item!.spans)).toEqual(texts);
      }),
      { numRuns: runs(50) },
    );
  });
});

test('the reward of a run is the lowest of the tokens that it shares a character with', () => {
  const token = fc.tuple(fc.nat(40), fc.nat(6), fc.option(fc.double({ min: 0, max: 1, noNaN: true })));
  fc.assert(
    fc.property(
      fc.array(token, { maxLength: 20 }),
      fc.nat(40),
      fc.integer({ min: 1, max: 10 }),
      (raw, start, length) => {
        const tokens = raw.map(([at, size, reward]) => ({ start: at, end: at + size, reward }));
        const end = start + length;
        const characters = Array.from({ length }, (_, n) => start + n);
        const touching = tokens.filter(
          (one) => one.reward !== null && characters.some((c) => c >= one.start && c < one.end),
        );
        const lowest = touching.length === 0 ? null : Math.min(...touching.map(({ reward }) => reward!));
        expect(rewardOf(tokens, { start, end })).toBe(lowest);
      },
    ),
  );
});

test('intervals come from whole texts', async () => {
  const rows = Array.from({ length: 40 }, (_, at) => ({
    sample_id: `${at}`,
    caption: 'A red bus',
    grounding: [
      ['A', false],
      ['red', at % 2 === 0],
      ['bus', false],
    ],
    contains_hallucination: at % 2 === 0,
    image_path: 'x.jpg',
    references: [],
  }));
  const report = await evaluateBenchmark(hat, {
    annotations: await write('hat.json', JSON.stringify(rows)),
    answers: await write(
      's.jsonl',
      rows.map((row, at) => scored(row.sample_id, row.caption, { red: share(at), bus: share(at + 50) })),
    ),
    ...quick,
  });
  for (const { value, low, high, name } of report.figures) {
    if (name.startsWith('Judged')) continue;
    expect(low!, name).toBeLessThanOrEqual(value!);
    expect(high!, name).toBeGreaterThanOrEqual(value!);
  }
});
