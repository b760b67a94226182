import { DetectiveError } from '../../src/base/errors.js';
import type { Answered, Benchmark, BenchmarkAnswer, MeasureOptions } from './benchmark.js';
import { captionAnswer } from './caption-answer.js';
import { countMentions, counts, percentFigure, trueObjects } from './chair.js';
import { lemmasOf, objectWords, readSynonyms, type Synonyms } from './chair-words.js';
import { type CocoItem, type CocoTruth, loadCocoTruth } from './coco-truth.js';
import { type PooledFigure, pooledFigures } from './figures.js';
import { pythonFixed } from './round.js';

export interface ObjHalAnswer extends BenchmarkAnswer {
  caption: string;
  /** The things that a model found named in the answer. */
  objects?: readonly string[] | undefined;
  /** The same after the original's own lemmatiser and tagger, each once; used as they are. */
  refined?: readonly string[] | undefined;
}

type Pair = Answered<CocoItem, ObjHalAnswer>;

const keyOf = (item: CocoItem) => `obj-halbench/${item.id}`;

/** The original takes an answer of so few words to name nothing, and asks no model. */
const isShort = (caption: string) => caption.trim().split(/\s+/).length <= 3;

/**
 * The list of names in a model's reply: JSON in a fence, or on its last line.
 *
 * @throws DetectiveError `bad-input` where there is none.
 */
export function namesIn(reply: string, key: string): string[] {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(reply)?.[1];
  for (const text of [fenced, reply.trim().split('\n').at(-1), reply.slice(reply.indexOf('['))]) {
    try {
      const names: unknown = JSON.parse(text ?? '');
      if (Array.isArray(names)) return names.filter((name): name is string => typeof name === 'string');
    } catch {}
  }
  throw new DetectiveError('bad-input', `the judgement ${key} is no JSON list of names: have it judged again`);
}

/**
 * The COCO things among the names, each word once. A double word anywhere in a name counts alone; else the last word
 * does, since the words before it mostly say what kind of thing it is.
 */
export function cocoNames(names: readonly string[], synonyms: Synonyms): string[] {
  const words = names.flatMap((name) => {
    const lemmas = lemmasOf(name, synonyms, 'wordnet');
    const doubles = lemmas.flatMap((word, at) => {
      const double = synonyms.doubleWords.get(`${word} ${lemmas[at + 1]}`);
      return double === undefined ? [] : [double];
    });
    return doubles.length > 0 ? doubles : lemmas.slice(-1);
  });
  return [...new Set(words)];
}

function nodesOf(words: readonly string[], { nodes }: Synonyms): string[] {
  return words.filter((word) => word !== 'seat' || !words.includes('toilet')).flatMap((word) => nodes.get(word) ?? []);
}

const figures: readonly PooledFigure[] = [
  percentFigure('Response Hall', 'hallucination', counts.bad, counts.naming, 2),
  percentFigure('Object Hall', 'hallucination', counts.badMentions, counts.mentions, 2),
  percentFigure('Object Recall', 'coverage', counts.recalled, counts.objects, 2),
  percentFigure('Answers that name a COCO object', 'coverage', counts.naming, counts.captions, 2),
  {
    name: 'Average Length',
    kind: 'description',
    unit: 'points',
    of: (sums) => sums[counts.words]! / sums[counts.captions]!,
    over: (sums) => sums[counts.captions]!,
    printed: (sums) => pythonFixed(sums[counts.words]! / sums[counts.captions]!, 2),
  },
];

function figuresOf(
  pairs: readonly Pair[],
  nodesIn: (pair: Pair) => string[],
  synonyms: Synonyms,
  options: MeasureOptions,
) {
  const rows = pairs.map((pair) => {
    const words = pair.answer.caption.trim().split(' ').length;
    return countMentions(nodesIn(pair), trueObjects(pair.item, synonyms, 'wordnet'), words);
  });
  return pooledFigures(rows, figures, options);
}

/** Object HalBench (Yu et al., RLHF-V, arXiv 2312.00849): CHAIR with a model that finds the names, 300 COCO pictures. */
export const objHalBench: Benchmark<CocoItem, ObjHalAnswer, CocoTruth> = {
  name: 'obj-halbench',
  about: 'CHAIR over 300 COCO pictures, the objects named found by a model',
  source: {
    published:
      'RLHF-V/RLAIF-V and RLHF-V/RLHF-V eval/data/synonyms_refine.txt, obj_halbench_300_with_image.jsonl, eval/eval_gpt_obj_halbench.py; cocodataset.org annotations_trainval2014.zip',
    licence: 'RLAIF-V Apache-2.0 for code, CC BY-NC 4.0 for data; COCO annotations CC BY 4.0',
    version: 'RLAIF-V 1a95383',
    paper: 'arXiv 2312.00849',
  },
  annotations: "a captions_*.json of COCO, or COCO's annotations folder (instances_*.json are read there too)",
  files: { synonyms: "RLHF-V's eval/data/synonyms_refine.txt", 'instances?': 'an instances_*.json of COCO' },
  othersIgnored: true,
  answer: {
    schema: captionAnswer,
    inside: 'imgToEval',
    example: '{"image_id": 226988, "answer": "A woman with a pizza.", "objects": ["woman", "pizza"]}',
  },
  judge: {
    published: 'gpt-3.5-turbo-0613',
    prompts: { names: ['judge/object-names', ['question', 'answer']] },
    requests: (answered, render) =>
      answered
        .filter(({ answer }) => !answer.objects && !answer.refined && !isShort(answer.caption))
        .map(({ item, answer }) => ({
          key: keyOf(item),
          prompt: render('names', { question: item.prompt ?? 'Describe the image.', answer: answer.caption }),
        })),
  },
  load: loadCocoTruth,
  measure({ synonyms: text }, answered, options) {
    const synonyms = readSynonyms(text, 'rlaif-v');
    const byModel = ({ item, answer }: Pair): string[] => {
      if (answer.refined) return nodesOf([...new Set(answer.refined)], synonyms);
      if (answer.objects) return nodesOf(cocoNames(answer.objects, synonyms), synonyms);
      if (isShort(answer.caption)) return [];
      return nodesOf(cocoNames(namesIn(options.judgements.get(keyOf(item))!, keyOf(item)), synonyms), synonyms);
    };
    const byWords = ({ answer }: Pair) =>
      objectWords(lemmasOf(answer.caption, synonyms, 'wordnet'), synonyms).found.map(({ node }) => node);
    const unknown = answered.filter(
      ({ item, answer }) =>
        !answer.refined && !answer.objects && !isShort(answer.caption) && !options.judgements.has(keyOf(item)),
    );
    if (unknown.length > 0 && unknown.length < answered.filter(({ answer }) => !isShort(answer.caption)).length)
      throw new DetectiveError(
        'bad-input',
        `obj-halbench: nobody said what the answer about ${unknown[0]!.item.id} names: give all answers "objects" or judgements, or none for the figures without a model`,
      );
    const withModel = unknown.length === 0;
    const plain = figuresOf(answered, byWords, synonyms, options);
    return {
      figures: withModel ? figuresOf(answered, byModel, synonyms, options) : plain,
      groups: withModel ? [{ name: 'without a model: every word of the answer', figures: plain }] : [],
      notes: [
        withModel
          ? 'The named objects are those that the model found, each word once, as in the original.'
          : 'No model: the objects are looked for among all words of the answer. This is the original’s way without --use_gpt, not the published metric.',
        'Response Hall is over the answers that name a COCO object at all. For spaCy’s tagger a rule stands in: the last word of a name counts, or a double word in it. Give "refined" with each answer, the words as the original saves them, for its very figures.',
      ],
    };
  },
};
