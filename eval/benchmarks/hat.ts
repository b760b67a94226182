import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import type { Range } from '../../src/text/range.js';
import { estimateAll } from '../stats/bootstrap.js';
import { edgeEstimate } from '../stats/exact.js';
import { averagePrecision, type Judged, rank } from '../tldr/metrics.js';
import type { Annotations, Answered, Benchmark, Figure, MeasureOptions } from './benchmark.js';
import { detectionFigures, judgedText } from './detection-figures.js';
import { readRecords } from './json-records.js';
import {
  type JudgedItem,
  rewardOf,
  type ScoredAnswer,
  scoredAnswers,
  sharedThreshold,
  tokensOf,
} from './scored-answer.js';

export interface HatItem extends JudgedItem {
  /** The words between spaces, and whether a person marked them as made up. */
  words: readonly (Range & { bad: boolean })[];
  references: readonly string[];
}

const example =
  '{"sample_id": "253a…", "caption": "A red bus.", "grounding": [["A", false], ["red", true], ["bus.", false]], "contains_hallucination": true, "image_path": "COCO_val2014_….jpg", "references": ["…"]}';

const record = z.object({
  sample_id: z.string().min(1),
  caption: z.string().min(1),
  grounding: z.array(z.tuple([z.string().min(1), z.boolean()])).min(1),
  contains_hallucination: z.boolean(),
  image_path: z.string().min(1),
  references: z.array(z.string()),
});

async function load(path: string): Promise<Annotations<HatItem>> {
  const { records, file } = await readRecords(path, record, example);
  const seen = new Set<string>();
  const items = records.map(({ value, line, name }): HatItem => {
    const { sample_id: id, caption, grounding } = value;
    const fail = (reason: string) => new DetectiveError('bad-input', `${name}: ${reason}`);
    if (seen.has(id)) throw fail(`the "sample_id" ${JSON.stringify(id)} was there before`);
    seen.add(id);
    if (grounding.map(([word]) => word).join(' ') !== caption)
      throw fail('the words of "grounding", joined by spaces, are not the "caption"');
    if (value.contains_hallucination !== grounding.some(([, bad]) => bad))
      throw fail('"contains_hallucination" does not agree with the marks of "grounding"');
    let start = 0;
    const words = grounding.map(([word, bad]) => {
      const at = { start, end: start + word.length, bad };
      start = at.end + 1;
      return at;
    });
    return { id, line, image: value.image_path, response: caption, words, references: value.references };
  });
  const wrong = items.filter(({ words }) => words.some(({ bad }) => bad)).length;
  const known = items.length === 400 && wrong === 135 ? 'the published trainval file' : 'not the published file of 400';
  return {
    items,
    version: `${items.length} captions, ${wrong} with a made-up word: ${known}`,
    files: [file],
    notes: [],
  };
}

function measure(
  _read: Annotations<HatItem>,
  answered: readonly Answered<HatItem, ScoredAnswer>[],
  options: MeasureOptions,
) {
  const threshold = sharedThreshold('hat', answered);
  const captions = answered.map(({ item, answer }) => {
    const tokens = tokensOf('hat', item, answer);
    return item.words.map((word) => ({ reward: rewardOf(tokens, word), good: !word.bad }));
  });
  return {
    figures: [
      ...detectionFigures(captions.map(judgedText), 'words', threshold, options),
      ...captionFigures(captions, options),
    ],
    groups: [],
    notes: [
      `A word is what stands between spaces; its reward is the lowest of its tokens. Flagged: at or below ${threshold}.`,
      'No script for HAT is published with the file: AP of captions and localization are by the definitions of the ALOHa paper (arXiv 2404.02904), with the lowest reward of a caption as its score. ALOHa scores objects, so its own figures are not over the same words.',
    ],
  };
}

type Words = readonly { reward: number | null; good: boolean }[];

/** Over whole captions: do wrong ones score lower, and is the lowest word of a wrong one a marked one (ALOHa's LA)? */
function captionFigures(captions: readonly Words[], options: MeasureOptions): Figure[] {
  const judged = captions.flatMap((words) => {
    const known = words.filter((word): word is Judged => word.reward !== null);
    if (known.length === 0) return [];
    const reward = Math.min(...known.map((word) => word.reward));
    const lowest = known.filter((word) => word.reward === reward);
    return [
      {
        reward,
        good: words.every(({ good }) => good),
        // several words as low as each other: the share of them that is marked
        located: lowest.filter(({ good }) => !good).length / lowest.length,
      },
    ];
  });
  const ranked = rank(judged.map((caption) => [caption]));
  const wrong = judged.filter(({ good }) => !good).length;
  const { ap, located } = estimateAll(
    judged.length,
    (weights) => {
      let hit = 0;
      let all = 0;
      for (const [at, caption] of judged.entries()) {
        if (caption.good) continue;
        const weight = weights ? weights[at]! : 1;
        hit += weight * caption.located;
        all += weight;
      }
      return { ap: 100 * averagePrecision(ranked, 'bad', weights), located: (100 * hit) / all };
    },
    options,
  );
  return [
    { name: 'AP of captions with a made-up word', kind: 'quality', unit: '%', over: wrong, ...ap },
    { name: 'Localization accuracy', kind: 'quality', unit: '%', over: wrong, ...edgeEstimate(located, wrong, 100) },
  ];
}

/** HAT (Petryk et al., ALOHa, arXiv 2404.02904): machine captions of COCO pictures with each made-up word marked by people. */
export const hat: Benchmark<HatItem, ScoredAnswer> = {
  name: 'hat',
  about: '400 machine captions of COCO pictures with the made-up words marked by people',
  source: {
    published: 'DavidMChan/aloha data/hat-trainval.json',
    licence: 'none stated',
    version: '7da6b90, 400 captions',
    paper: 'arXiv 2404.02904',
  },
  annotations: 'hat-trainval.json',
  answer: scoredAnswers,
  load,
  measure,
};
