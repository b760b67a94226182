import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import { estimateAll } from '../stats/bootstrap.js';
import { edgeEstimate } from '../stats/exact.js';
import type { Annotations, Answered, Benchmark, Figure, MeasureOptions } from './benchmark.js';
import { type PairItem, pairAccuracy, pairItems, type ScoredPair, scoredPairs } from './caption-pairs.js';
import { readRecords } from './json-records.js';
import { type ScoredAnswer, scoredAnswers } from './scored-answer.js';

const example =
  '{"id": "RLAIF-V-1", "query": "Describe the image.", "response": ["A cat.", "A dog."], "human_ranking": [0, 1], "query_source": "…"}';

const record = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  query: z.string(),
  response: z.tuple([z.string().min(1), z.string().min(1)]),
  human_ranking: z.tuple([z.union([z.literal(0), z.literal(1)]), z.union([z.literal(0), z.literal(1)])]),
  image: z.string().optional(),
});

const parts = ['general', 'hallucination', 'reasoning'] as const;

/** Which of the three parts a pair is of, by how its id begins: get_dataset_from_id and group_mapping of cal.py. */
function partOf(id: string): (typeof parts)[number] {
  const prefix = /^[^_-]*/.exec(id)![0];
  if (/^(?:RLAIF|RLHF|hallucination)$/.test(prefix)) return 'hallucination';
  return /^(?:mathverse|mmmu)$/.test(prefix) ? 'reasoning' : 'general';
}

async function load(path: string): Promise<Annotations<PairItem>> {
  const { records, file } = await readRecords(path, record, example);
  const seen = new Map<string, number>();
  const items = records.flatMap(({ value, line, name }) => {
    const [first, second] = value.human_ranking;
    if (first === second)
      throw new DetectiveError('bad-input', `${name}: "human_ranking" must have one 0 (the better answer) and one 1`);
    // ids are not unique in the published file
    const times = (seen.get(value.id) ?? 0) + 1;
    seen.set(value.id, times);
    const [caption, foil] = first === 0 ? value.response : [value.response[1], value.response[0]];
    return pairItems({
      pair: times === 1 ? value.id : `${value.id}~${times}`,
      part: partOf(value.id),
      line,
      image: value.image ?? value.id,
      caption,
      foil,
    }).map((item) => ({ ...item, prompt: value.query.replace(/<image>\s*/g, '') }));
  });
  const size = records.length === 1250 ? 'the published size' : 'not the published 1,250';
  return { items, version: `${records.length} pairs: ${size}`, files: [file], notes: [] };
}

function accuracyOf(pairs: readonly ScoredPair[], name: string, options: MeasureOptions): Figure {
  const { accuracy } = estimateAll(pairs.length, (weights) => ({ accuracy: pairAccuracy(pairs, weights) }), options);
  return { name, kind: 'quality', unit: '%', over: pairs.length, ...edgeEstimate(accuracy, pairs.length, 100) };
}

function measure(
  _read: Annotations<PairItem>,
  answered: readonly Answered<PairItem, ScoredAnswer>[],
  options: MeasureOptions,
) {
  const { pairs, unjudged } = scoredPairs('vl-rewardbench', answered);
  const groups = parts
    .map((part) => ({ name: part, pairs: pairs.filter((pair) => pair.part === part) }))
    .filter((group) => group.pairs.length > 0);
  const weightsOf = (part: string, weights: Uint16Array | undefined) =>
    weights && Uint16Array.from(pairs.flatMap((pair, at) => (pair.part === part ? [weights[at]!] : [])));
  const { macro } = estimateAll(
    pairs.length,
    (weights) => ({
      macro:
        groups.reduce((sum, group) => sum + pairAccuracy(group.pairs, weightsOf(group.name, weights)), 0) /
        groups.length,
    }),
    options,
  );
  return {
    figures: [
      accuracyOf(pairs, 'Overall accuracy', options),
      { name: 'Macro average', kind: 'quality' as const, unit: '%' as const, over: pairs.length, ...macro },
    ],
    groups: groups.map((group) => ({ name: group.name, figures: [accuracyOf(group.pairs, 'Accuracy', options)] })),
    notes: [
      `A pair is right where the answer that people preferred scores above the other: the recorded "score", else the soft score of the tokens. Ties are wrong. ${unjudged} pairs had an answer that was not judged.`,
      'The published figures of generative judges are majorities of several replies, those that could not be read left out; a detector has one score, so that both kinds stand side by side only with that in mind.',
    ],
  };
}

/** VL-RewardBench (Li et al., arXiv 2411.17451): pairs of answers of which people prefer one. */
export const vlRewardBench: Benchmark<PairItem, ScoredAnswer> = {
  name: 'vl-rewardbench',
  about: 'pairs of answers of which one is better: general, hallucination, reasoning',
  source: {
    published: 'huggingface.co/datasets/MMInstruction/VL-RewardBench, its parquet file as JSON lines',
    licence: 'none seen',
    version: '1,250 pairs; cal.py 9b10abd of github.com/vl-rewardbench/VL_RewardBench',
    paper: 'arXiv 2411.17451',
  },
  annotations: 'the rows of the parquet file as JSON lines, the picture as a file name or left out',
  answer: { ...scoredAnswers, example: '{"id": "RLAIF-V-1/caption", "score": 0.8}' },
  load,
  measure,
};
