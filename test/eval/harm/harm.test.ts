import { describe, expect, it } from 'vitest';
import { dresses } from '../../../eval/harm/dresses.js';
import { dressed, type HarmItem, sceneHarmItems } from '../../../eval/harm/items.js';
import { editCounts, measureHarm, outcomeOf } from '../../../eval/harm/measure.js';
import { harmTables } from '../../../eval/harm/report.js';
import { factsOf } from '../../../eval/harm/statements.js';
import { type HarmSummary, summariseHarm } from '../../../eval/harm/summary.js';
import { shareOf } from '../../../eval/stats/exact.js';
import { extentOf } from '../../../scenes/captions/geometry.js';
import { seededRandom } from '../../../scenes/random.js';
import { sampleScene } from '../../../scenes/sample.js';
import { trainingStyles } from '../../../scenes/scene.js';
import type { Rewriter } from '../../../src/rewriters/rewriter.js';
import type { Scorer } from '../../../src/scorer/scorer.js';
import { nouns } from '../../../src/text/lexicon/nouns.js';
import { splitWords } from '../../../src/text/words.js';

/** Flags these words wherever they stand. */
const flagging = (...words: string[]): Scorer => ({
  name: 'flagging',
  threshold: 0.5,
  score: async ({ response }) => ({
    response,
    scorer: 'flagging',
    tokens: splitWords(response).map(({ start, end }) => {
      const text = response.slice(start, end);
      return { text, start, end, reward: words.includes(text) ? 0.1 : 0.9 };
    }),
  }),
});
const replacingBy = (replacement: string): Rewriter => ({
  name: 'replacing',
  rewrite: async ({ spans }) => ({ edits: spans.map(({ id }) => ({ span: id, replacement })) }),
});

const image = Uint8Array.of(0);
const item = (picture: string, dress: string, response: string, right = response): HarmItem => ({
  id: `${picture} ${dress} ${response}`,
  image,
  picture,
  response,
  right: [right],
  dress,
  family: dress,
  ...(right === response ? {} : { error: 'object' }),
});
/** Two pictures of a dog, two dresses: four true answers, and each with a cat for the dog. */
const items: HarmItem[] = ['1', '2'].flatMap((picture) =>
  [
    ['plain', 'A dog sits there.'],
    ['list', '- A dog sits there.'],
  ].flatMap(([dress, text]) => [
    item(picture, dress!, text!),
    item(picture, dress!, text!.replace('dog', 'cat'), text!),
  ]),
);

async function measured(scorer: Scorer, rewriter: Rewriter): Promise<HarmSummary> {
  async function* source() {
    yield* items;
  }
  const records = await measureHarm(source(), { scorer, rewriter, concurrency: 3 });
  expect(records.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
  return summariseHarm(records, { scorer: scorer.name, rewriter: rewriter.name, seed: 1, resamples: 200 });
}

const hits = ({ hits, of }: { hits: number; of: number }) => [hits, of];

describe('harm of a corrector that is known', () => {
  it('finds no harm and every repair of a perfect one', async () => {
    const { all, f05, harmed } = await measured(flagging('cat'), replacingBy('dog'));
    expect([all.changed, all.exact, all.removed, all.wrong, all.left].map(hits)).toEqual([
      [0, 4],
      [4, 4],
      [0, 4],
      [0, 4],
      [0, 4],
    ]);
    expect([all.precision, all.recall].map(hits)).toEqual([
      [4, 4],
      [4, 4],
    ]);
    expect(f05.value).toBe(1);
    expect(harmed).toEqual([]);
    // four answers without harm do not say that there is none: 1 - 0.025^(1/4)
    expect(all.changed.low).toBe(0);
    expect(all.changed.high).toBeCloseTo(0.6024, 4);
    expect(all.judged).toBe(1);
  });

  it('finds neither harm nor repair of a blind one, which reads each answer once', async () => {
    const { all, f05 } = await measured(flagging(), replacingBy('dog'));
    expect([all.changed, all.exact, all.wrong, all.left].map(hits)).toEqual([
      [0, 4],
      [0, 4],
      [0, 4],
      [4, 4],
    ]);
    expect(all.precision.share).toBeNull();
    expect(all.recall.share).toBe(0);
    expect(f05.value).toBe(0);
    expect(all.passes).toBe(1);
  });

  it('finds nothing but harm of a vandal', async () => {
    const { all, f05, harmed, dresses: rows } = await measured(flagging('dog', 'cat'), replacingBy('shark'));
    expect([all.changed, all.exact, all.wrong].map(hits)).toEqual([
      [4, 4],
      [0, 4],
      [4, 4],
    ]);
    expect([all.precision, all.recall].map(hits)).toEqual([
      [0, 8],
      [0, 4],
    ]);
    expect(f05.value).toBe(0);
    expect(all.changed.low).toBeCloseTo(0.3976, 4);
    expect(harmed.map(({ edits }) => edits.map(({ from, to }) => [from, to]))).toEqual(
      Array.from({ length: 4 }, () => [['dog', 'shark']]),
    );
    expect(rows.map(({ name, changed }) => [name, ...hits(changed)])).toEqual([
      ['plain', 2, 2],
      ['list', 2, 2],
    ]);
  });

  it('counts what failed apart, and shows the worst dress first', async () => {
    const harmsLists: Scorer = {
      ...flagging(),
      score: async (request) => {
        if (request.response.includes('cat')) throw new Error('out of order');
        return flagging(...(request.response.startsWith('-') ? ['dog'] : [])).score(request);
      },
    };
    const summary = await measured(harmsLists, replacingBy('shark'));
    expect(summary.all.failed).toBe(4);
    expect(summary.firstFailure).toContain('out of order');
    expect(summary.dresses.map(({ name, changed }) => [name, ...hits(changed)])).toEqual([
      ['list', 2, 2],
      ['plain', 0, 2],
    ]);
    expect(harmTables(summary)[2]!.rows[0]![0]).toBe('list');
  });
});

describe('what became of an answer', () => {
  const response = 'I see two red dogs. They run.';
  const right = ['I see two blue dogs. They run.', 'I see two azure dogs. They run.'] as [string, string];
  it.each([
    ['I see two blue dogs. They run.', 'exact'],
    ['I see two azure dogs. They run.', 'exact'],
    ['I see two dogs. They run.', 'removed'],
    ['I see two red dogs. They run.', 'left'],
    ['I see two green dogs. They run.', 'wrong'],
    ['I see two blue dogs. They sleep.', 'wrong'],
    ['They run.', 'removed'],
    ['I see two dogs.', 'wrong'],
  ])('%s is %s', (corrected, outcome) => {
    expect(outcomeOf({ response, right }, corrected)).toBe(outcome);
  });

  it('counts edits by place and replacement, against the right answer that fits best', () => {
    const count = (corrected: string) => editCounts({ response, right }, corrected);
    expect(count(right[1])).toEqual({ right: 1, spurious: 0, missed: 0 });
    expect(count('I see two azure dogs. They sleep.')).toEqual({ right: 1, spurious: 1, missed: 0 });
    expect(count('I see two green dogs. They run.')).toEqual({ right: 0, spurious: 1, missed: 1 });
    expect(count(response)).toEqual({ right: 0, spurious: 0, missed: 1 });
  });
});

describe('the interval of a share', () => {
  it.each([
    [0, 10, 0, 0.3085],
    [3, 10, 0.0667, 0.6525],
    [10, 10, 0.6915, 1],
    [5, 1000, 0.0016, 0.0116],
  ])('of %i in %i is that of Clopper and Pearson', (some, of, low, high) => {
    const share = shareOf(Array.from({ length: of }, (_, index) => [index < some ? 1 : 0, 1] as const));
    expect(share.low).toBeCloseTo(low, 4);
    expect(share.high).toBeCloseTo(high, 4);
  });

  it('is wider where answers about one picture stand and fall together, and all there is where there are none', () => {
    const spread = shareOf(Array.from({ length: 10 }, () => [5, 10] as const));
    const together = shareOf(Array.from({ length: 10 }, (_, index) => [index < 5 ? 10 : 0, 10] as const));
    expect(together.share).toBe(spread.share);
    expect(together.high - together.low).toBeGreaterThan(2 * (spread.high - spread.low));
    expect(shareOf([[3, 60]]).high).toBeGreaterThan(0.9);
    expect(shareOf([])).toMatchObject({ share: null, low: 0, high: 1 });
  });
});

describe('the answers', () => {
  it('say what is true of the scene, and in their twins one thing that is not', async () => {
    const namesOf = new Map(
      nouns.flatMap(({ singular, plural, synonyms }) =>
        [[singular, plural], ...synonyms].flat().map((name) => [name.replaceAll('-', ' '), singular] as const),
      ),
    );
    const errors = new Set<string>();
    for (let seed = 7_100_000; seed < 7_100_060; seed++) {
      const scene = await sampleScene(seed, { styles: trainingStyles });
      const find = (call: unknown) =>
        scene.groups.find(({ noun, colour }) => {
          const words = String(call);
          if (namesOf.get(words) === noun) return true;
          return words.startsWith(`${colour} `) && namesOf.get(words.slice(`${colour} `.length)) === noun;
        });
      const holds = ({ item: name, quantity, hue, side, relation, other }: Record<string, unknown>) => {
        const group = find(name);
        if (!group) return false;
        const { x, y } = extentOf(group);
        const sides = { left: x < 0.5, right: x > 0.5, top: y < 0.5, bottom: y > 0.5 };
        if (quantity !== undefined) return quantity === group.count;
        if (hue !== undefined) return hue === group.colour;
        if (side !== undefined) return sides[side as keyof typeof sides];
        const there = extentOf(find(other)!);
        const ways: Record<string, boolean> = {
          'on the left of': x < there.x,
          'on the right of': x > there.x,
          above: y < there.y,
          below: y > there.y,
        };
        return ways[String(relation)]!;
      };
      for (const { right, wrong } of factsOf(scene, seededRandom(seed), 3)) {
        expect(holds(right.fields), `${seed}: ${right.text}`).toBe(true);
        if (!wrong) continue;
        errors.add(wrong.error);
        expect(holds(wrong.statement.fields), `${seed}: ${wrong.statement.text}`).toBe(false);
      }
    }
    expect([...errors].sort()).toEqual(['colour', 'count', 'object', 'place', 'relation']);
  });

  it('wear at least 40 dresses, in which the twins differ by the error alone', async () => {
    expect(dresses.length).toBeGreaterThanOrEqual(40);
    expect(new Set(dresses.map(({ name }) => name)).size).toBe(dresses.length);
    const scene = await sampleScene(7_100_003, { styles: trainingStyles });
    const facts = factsOf(scene, seededRandom(3), 3);
    for (const dress of dresses) {
      const [truth, twin] = dressed(facts, dress, 5);
      expect(outcomeOf(truth!, truth!.response)).toBe('kept');
      expect(twin!.response).not.toBe(truth!.response);
      expect(outcomeOf(twin!, truth!.response), dress.name).toBe('exact');
      expect(editCounts(twin!, truth!.response), dress.name).toMatchObject({ spurious: 0, missed: 0 });
    }
  });

  it('are the same for the same seed', async () => {
    const read = async () => {
      const texts: string[] = [];
      for await (const { id, response } of sceneHarmItems({ count: 1, seed: 7_100_005, styles: trainingStyles }))
        texts.push(`${id} ${response}`);
      return texts;
    };
    const texts = await read();
    expect(texts).toHaveLength(2 * new Set(dresses.map(({ family }) => family)).size);
    expect(await read()).toEqual(texts);
  });
});
