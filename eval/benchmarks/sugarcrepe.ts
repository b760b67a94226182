import * as z from 'zod';
import type { Annotations, Answered, Benchmark, MeasureOptions } from './benchmark.js';
import { judgedPairs, type PairItem, pairAccuracy, pairFigures, pairItems, scoredPairs } from './caption-pairs.js';
import { readKeyedFiles } from './keyed-files.js';
import { pythonShare } from './round.js';
import { type ScoredAnswer, scoredAnswers } from './scored-answer.js';

/** The published files with their number of pairs. */
const published: Readonly<Record<string, number>> = {
  add_att: 692,
  add_obj: 2062,
  replace_att: 788,
  replace_obj: 1652,
  replace_rel: 1406,
  swap_att: 666,
  swap_obj: 245,
};

const example = '{"0": {"filename": "000000085329.jpg", "caption": "A drawing.", "negative_caption": "A tattoo."}}';
const record = z.object({
  filename: z.string().min(1),
  caption: z.string().min(1),
  negative_caption: z.string().min(1),
});

async function load(path: string): Promise<Annotations<PairItem>> {
  const files = await readKeyedFiles(path, record, example);
  const items = files.flatMap(({ part, records }) =>
    records.flatMap(({ key, value, line }) =>
      pairItems({
        pair: `${part}/${key}`,
        part,
        line,
        image: value.filename,
        caption: value.caption,
        foil: value.negative_caption,
      }),
    ),
  );
  const parts = files.map(({ part, records }) => {
    const known = published[part];
    return `${part} ${records.length}${known === records.length ? '' : known === undefined ? ' (not a published file)' : ` (published: ${known})`}`;
  });
  return { items, version: parts.join(', '), files: files.map(({ file }) => file), notes: [] };
}

function measure(
  _read: Annotations<PairItem>,
  answered: readonly Answered<PairItem, ScoredAnswer>[],
  options: MeasureOptions,
) {
  const scored = scoredPairs('sugarcrepe', answered);
  const parts = [...new Set(scored.pairs.map(({ part }) => part))];
  const kinds = [...new Set(parts.map((part) => part.split('_')[0]!))].filter(
    (kind) => parts.filter((part) => part.startsWith(`${kind}_`)).length > 1,
  );
  const accuracyOf = (name: string, belongs: (part: string) => boolean) => {
    const pairs = scored.pairs.filter(({ part }) => belongs(part));
    return {
      name,
      figures: pairFigures(
        pairs,
        (weights) => ({ Accuracy: pairAccuracy(pairs, weights) }),
        options,
        // main_eval.py prints the accuracy of each file, and no other
        (_, value, over) => (parts.includes(name) ? pythonShare(value, over) : undefined),
      ),
    };
  };
  return {
    figures: [
      ...pairFigures(
        scored.pairs,
        (weights) => ({ 'Accuracy, all pairs': pairAccuracy(scored.pairs, weights) }),
        options,
        () => undefined,
      ),
      judgedPairs(scored),
    ],
    groups: [
      ...parts.map((name) => accuracyOf(name, (part) => part === name)),
      ...kinds.map((kind) => accuracyOf(`all of ${kind}`, (part) => part.startsWith(`${kind}_`))),
    ],
    notes: [
      'A pair is right where the caption scores strictly above its negative, as in the original’s text_retrieval. The score of a text is its recorded one, else the soft score of its tokens.',
      'The published tables have an accuracy for each file; "all of" pools the pairs of the files, where some papers take the mean of the files’ accuracies.',
    ],
  };
}

/** SugarCrepe (Hsieh et al., arXiv 2306.14610): COCO captions against negatives that read as well as they do. */
export const sugarCrepe: Benchmark<PairItem, ScoredAnswer> = {
  name: 'sugarcrepe',
  about: '7,511 COCO captions, each with a fluent negative: replaced, swapped or added words',
  source: {
    published: 'RAIVNLab/sugar-crepe data/*.json',
    licence: 'MIT',
    version: '0047054, 7,511 pairs in seven files',
    paper: 'arXiv 2306.14610',
  },
  annotations: 'the data folder, or one of its files',
  answer: { ...scoredAnswers, example: '{"id": "swap_obj/0/caption", "score": 0.93}' },
  load,
  measure,
};
