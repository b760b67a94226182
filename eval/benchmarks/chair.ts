import type { Answered, Benchmark, BenchmarkAnswer, Figure, MeasureOptions } from './benchmark.js';
import { captionAnswer } from './caption-answer.js';
import { type ChairRules, lemmasOf, objectWords, readSynonyms, type Synonyms } from './chair-words.js';
import { type CocoItem, type CocoTruth, loadCocoTruth } from './coco-truth.js';
import { type PooledFigure, pooledFigures } from './figures.js';
import type { Lemmatiser } from './noun-lemma.js';
import { pythonFixed } from './round.js';

export interface ChairAnswer extends BenchmarkAnswer {
  caption: string;
  /** The caption's words from another lemmatiser, as OPERA's; used in place of ours. */
  lemmas?: readonly string[] | undefined;
}

/** Rules and lemmatiser of a published script. */
interface Script {
  name: string;
  rules: ChairRules;
  lemmatiser: Lemmatiser;
}

export const chairScripts: readonly [Script, ...Script[]] = [
  { name: 'original script: pattern.en singularize', rules: 'original', lemmatiser: 'pattern' },
  { name: "OPERA's script: WordNet lemmas by part of speech", rules: 'opera', lemmatiser: 'wordnet-pos' },
  { name: "RLAIF-V's script without a model: WordNet noun lemmas", rules: 'rlaif-v', lemmatiser: 'wordnet' },
];

/** The things that stand in a picture, by its people's captions and its instances. */
export function trueObjects(item: CocoItem, synonyms: Synonyms, lemmatiser: Lemmatiser): Set<string> {
  const objects = new Set(item.categories.map((category) => synonyms.nodes.get(category) ?? category));
  for (const caption of item.captions)
    for (const { node } of objectWords(lemmasOf(caption, synonyms, lemmatiser), synonyms).found) objects.add(node);
  return objects;
}

/** Columns of a caption's counts. */
export const counts = {
  captions: 0,
  bad: 1,
  mentions: 2,
  badMentions: 3,
  recalled: 4,
  objects: 5,
  words: 6,
  naming: 7,
};
const width = 8;

export function countMentions(nodes: readonly string[], objects: ReadonlySet<string>, words: number): Float64Array {
  const row = new Float64Array(width);
  const bad = nodes.filter((node) => !objects.has(node)).length;
  row[counts.captions] = 1;
  row[counts.bad] = bad > 0 ? 1 : 0;
  row[counts.mentions] = nodes.length;
  row[counts.badMentions] = bad;
  row[counts.recalled] = new Set(nodes.filter((node) => objects.has(node))).size;
  row[counts.objects] = objects.size;
  row[counts.words] = words;
  row[counts.naming] = nodes.length > 0 ? 1 : 0;
  return row;
}

/** A ratio of two counts as per cent, printed with so many digits. */
export function percentFigure(
  name: string,
  kind: PooledFigure['kind'],
  part: number,
  whole: number,
  digits: number,
): PooledFigure {
  const of = (sums: Float64Array) => (100 * sums[part]!) / sums[whole]!;
  const printed = (sums: Float64Array) => pythonFixed((sums[part]! / sums[whole]!) * 100, digits);
  return { name, kind, unit: '%', of, hits: (sums) => sums[part]!, over: (sums) => sums[whole]!, printed };
}

const figures: readonly PooledFigure[] = [
  percentFigure('CHAIRs', 'hallucination', counts.bad, counts.captions, 1),
  percentFigure('CHAIRi', 'hallucination', counts.badMentions, counts.mentions, 1),
  percentFigure('Recall', 'coverage', counts.recalled, counts.objects, 1),
  {
    name: 'Len',
    kind: 'description',
    unit: 'points',
    of: (sums) => sums[counts.words]! / sums[counts.captions]!,
    over: (sums) => sums[counts.captions]!,
    // OPERA scales it by 0.01 and all figures by 100
    printed: (sums) => pythonFixed(((0.01 * sums[counts.words]!) / sums[counts.captions]!) * 100, 1),
  },
];

function figuresOf(
  { synonyms: text }: CocoTruth,
  answered: readonly Answered<CocoItem, ChairAnswer>[],
  { rules, lemmatiser }: Script,
  options: MeasureOptions,
): Figure[] {
  const synonyms = readSynonyms(text, rules);
  const rows = answered.map(({ item, answer }) => {
    const { found, length } = objectWords(answer.lemmas ?? lemmasOf(answer.caption, synonyms, lemmatiser), synonyms);
    const nodes = found.map(({ node }) => node);
    return countMentions(nodes, trueObjects(item, synonyms, lemmatiser), length);
  });
  return pooledFigures(rows, figures, options);
}

/** CHAIR (Rohrbach et al., arXiv 1809.02156): the COCO objects that a caption names and the picture does not have. */
export const chair: Benchmark<CocoItem, ChairAnswer, CocoTruth> = {
  name: 'chair',
  about: 'COCO objects that a caption names and the picture does not have',
  source: {
    published:
      'cocodataset.org annotations_trainval2014.zip; words: LisaAnne/Hallucination data/synonyms.txt; scripts there, in Maxlinn/CHAIR-metric-standalone and in shikiw/OPERA chair.py',
    licence: 'COCO annotations CC BY 4.0; CHAIR BSD-2-Clause by its README',
    version: 'LisaAnne/Hallucination 6e4d33c',
    paper: 'arXiv 1809.02156',
  },
  annotations: "a captions_*.json of COCO, or COCO's annotations folder (instances_*.json are read there too)",
  files: { synonyms: "CHAIR's data/synonyms.txt", 'instances?': 'an instances_*.json of COCO' },
  othersIgnored: true,
  answer: {
    schema: captionAnswer,
    inside: 'imgToEval',
    example: '{"image_id": 226988, "caption": "A woman with a pizza."}',
  },
  load: loadCocoTruth,
  measure(read, answered, options) {
    const [first, ...others] = chairScripts;
    return {
      figures: figuresOf(read, answered, first, options),
      groups: others.map((script) => ({ name: script.name, figures: figuresOf(read, answered, script, options) })),
      notes: [
        `The figures are those of the ${first.name}; the groups have the rules and lemmatisers of two other scripts. Which one a paper used changes its figures.`,
        'Words are cut by a rule much like NLTK’s. For OPERA’s tagger a rule stands in: words in -ed and -ing are verbs. To have its very figures, give each answer the words of its own lemmatiser as "lemmas".',
      ],
    };
  },
};
