import { createHash } from 'node:crypto';
import { correct } from '../../src/agent/correct.js';
import { modelRewriter } from '../../src/rewriters/model-rewriter.js';
import { claimsScorer } from '../../src/scorer/claims/claims-scorer.js';
import { createScorer } from '../../src/scorer/create-scorer.js';
import { judgeScorer } from '../../src/scorer/judge/judge-scorer.js';
import type { ScoredResponse, Scorer } from '../../src/scorer/scorer.js';
import { flagSpans } from '../../src/text/spans.js';
import { spliceEdits } from '../../src/text/splice.js';
import { wordRewards } from '../../src/text/words.js';
import { crossCalibrated } from '../calibrate.js';
import { averagePrecision, calibrationError, type Judged, rank } from '../tldr/metrics.js';
import { type Dial, scorerEyes } from './eyes.js';
import { type ForeignItem, foreignItems, readForeignItems } from './foreign-items.js';
import { type SeerServer, startSeer } from './seer-server.js';
import type { SeerKind } from './wire-shapes.js';

/*
 * What `claims` and `judge` make of the same imperfect eyes, over the wire. The eyes are tldr-scenes and the pictures are
 * drawn: the figures say what the scorer loses or wins between the eyes and the words, and nothing about any real model.
 *
 *   npx tsx eval/seer/table.ts --count 150 --seed 7000000 [--items FILE.jsonl --kinds plain,chatty --split held] [--dial 'noise 1'] [--loop]
 */

const dials: readonly (Dial & { name: string; slip: number })[] = [
  { name: 'as they are', yesBias: 0, noise: 0, slip: 0.1 },
  { name: 'noise 1', yesBias: 0, noise: 1, slip: 0.2 },
  { name: 'bias 1, noise 1', yesBias: 1, noise: 1, slip: 0.2 },
  { name: 'bias 2, noise 1.5', yesBias: 2, noise: 1.5, slip: 0.3 },
  { name: 'noise 2', yesBias: 0, noise: 2, slip: 0.3 },
];

const argument = (name: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};

const fixed = (value: number) => value.toFixed(3);

const count = Number(argument('count') ?? 150);
const seed = Number(argument('seed') ?? 7_000_000);
const file = argument('items');
const kinds = (argument('kinds') ?? 'plain').split(',');

const tldr = memoized(await createScorer('tldr'));
const items = file
  ? readForeignItems(file, kinds, argument('split') ?? 'held').slice(0, count)
  : await collect(foreignItems(count, seed));
const universe = await judgeable(items);
console.log(
  `${universe.length} of ${items.length} answers judged by the eyes, ${universe.filter(({ item }) => item.bad.length > 0).length} with an error`,
);

for (const { name, slip, ...dial } of chosenDials(argument('dial') ?? '')) {
  const eyes = scorerEyes(tldr, dial);
  const clear = await apOf(async (item) => eyes.reads(item.image, item.response, item.prompt));
  const row = [`eyes ${fixed(clear.ap)} (ece ${clear.ece})`];
  for (const [label, kind, make] of [
    ['claims, log-probs', 'ollama', claims],
    ['claims, contrast', 'ollama', (seer: SeerServer) => claims(seer, 'ollama', { contrast: true })],
    ['claims, verdicts', 'lmstudio', claims],
    ['judge', 'ollama', judge],
  ] as const) {
    const seer = await startSeer({ kind, eyes });
    const scorer = make(seer);
    const { ap, ece, calls } = await apOf((item) => scorer.score(request(item)));
    row.push(`${label} ${fixed(ap)} (ece ${ece}, ${(calls / universe.length).toFixed(1)} calls)`);
    await seer.stop();
  }
  console.log(`${name}: ${row.join(' | ')}`);
  if (process.argv.includes('--loop')) await loops(dial, slip);
}
await tldr.close?.();

/** The dial of that name, else all whose name holds it. */
function chosenDials(wanted: string) {
  const named = dials.filter(({ name }) => name === wanted);
  return named.length > 0 ? named : dials.filter(({ name }) => name.includes(wanted));
}

function request({ image, prompt, response }: ForeignItem) {
  return { images: [image], response, ...(prompt ? { prompt } : {}) };
}

function claims(seer: SeerServer, kind: SeerKind = 'ollama', more: { contrast?: boolean } = {}): Scorer {
  return claimsScorer({
    provider: 'openai',
    model: 'seer',
    baseURL: `${seer.url}/v1`,
    apiKey: 'none',
    retries: 0,
    ...(kind === 'lmstudio' ? { method: 'verdicts' as const } : {}),
    ...more,
  });
}

function judge(seer: SeerServer): Scorer {
  return judgeScorer({ provider: 'openai', model: 'seer', baseURL: `${seer.url}/v1`, apiKey: 'none', retries: 0 });
}

/** AP of bad words and calibration, over the words that the eyes themselves judge; a word that is not judged passes. */
async function apOf(score: (item: ForeignItem) => Promise<ScoredResponse>) {
  const answers: Judged[][] = [];
  const judged: Judged[][] = [];
  let calls = 0;
  for (const { item, words } of universe) {
    const { response, tokens, usage } = await score(item);
    calls += usage?.calls ?? 0;
    const rewards = new Map(wordRewards(response, tokens).map(({ start, reward }) => [start, reward]));
    const all = words.map(({ start, end }) => ({
      reward: rewards.get(start) ?? null,
      good: !item.bad.some((range) => range.start < end && start < range.end),
    }));
    answers.push(all.map(({ reward, good }) => ({ reward: reward ?? 1, good })));
    judged.push(all.flatMap(({ reward, good }) => (reward === null ? [] : [{ reward, good }])));
  }
  const fitted = crossCalibrated(
    judged.map((words, at) => ({ picture: createHash('md5').update(universe[at]!.item.image).digest('hex'), words })),
  );
  return {
    ap: averagePrecision(rank(answers), 'bad'),
    ece: `${fixed(calibrationError(rank(judged)))}, calibrated ${fixed(calibrationError(rank(fitted)))}`,
    calls,
  };
}

/** The loop with the seer as scorer and rewriter, and one round of rewriting that nobody looks at again. */
async function loops(dial: Dial, slip: number): Promise<void> {
  const seer = await startSeer({ kind: 'ollama', eyes: scorerEyes(tldr, dial), slip });
  const scorer = claims(seer);
  const rewriter = modelRewriter({
    provider: 'openai',
    model: 'seer',
    baseURL: `${seer.url}/v1`,
    apiKey: 'none',
    retries: 0,
  });
  const tally = { loop: { fixed: 0, harmed: 0, changed: 0 }, once: { fixed: 0, harmed: 0, changed: 0 } };
  let [wrong, right] = [0, 0];
  for (const { item } of universe) {
    const isWrong = item.bad.length > 0;
    if (isWrong) wrong++;
    else right++;
    const { response: corrected } = await correct(request(item), { scorer, rewriter });
    const { tokens } = await scorer.score(request(item));
    const spans = flagSpans(item.response, tokens, 0.5);
    const { edits } = await rewriter.rewrite({ ...request(item), spans, rejected: [] }).catch(() => ({ edits: [] }));
    const once = spliceEdits(item.response, spans, edits).text;
    for (const [way, text] of [
      ['loop', corrected],
      ['once', once],
    ] as const) {
      if (isWrong && text === item.truth) tally[way].fixed++;
      else if (isWrong && text !== item.response) tally[way].changed++;
      if (!isWrong && text !== item.response) tally[way].harmed++;
    }
  }
  await seer.stop();
  for (const way of ['loop', 'once'] as const) {
    const { fixed, changed, harmed } = tally[way];
    console.log(
      `   ${way}: ${fixed} of ${wrong} wrong answers put exactly right, ${changed} changed otherwise; ${harmed} of ${right} right answers changed`,
    );
  }
}

async function judgeable(all: readonly ForeignItem[]) {
  const found = [];
  for (const item of all) {
    const { response, tokens, abstained } = await tldr.score(request(item));
    if (abstained !== undefined) continue;
    const words = wordRewards(response, tokens).filter(({ reward }) => reward !== null);
    if (words.length > 0) found.push({ item, words });
  }
  return found;
}

/** The same text about the same picture is scored once. */
function memoized(scorer: Scorer): Scorer {
  const kept = new Map<string, Promise<ScoredResponse>>();
  return {
    ...scorer,
    score(request) {
      const [image] = request.images as [Buffer];
      const key = `${image.length} ${image.subarray(-64).toString('base64')} ${request.prompt ?? ''}\n${request.response}`;
      const found = kept.get(key) ?? scorer.score(request);
      kept.set(key, found);
      return found;
    },
  };
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}
