/** TLDR's eight ways in which words can be wrong (arXiv 2410.04734, table 1). */
export const perturbationTypes = [
  'spatial',
  'attribute',
  'binding',
  'object',
  'counting',
  'small-object',
  'ocr',
  'counterfactual',
] as const;

export type PerturbationType = (typeof perturbationTypes)[number];

/** What is wrong with flagged words: one of the eight, or none of them. */
export type FlagType = PerturbationType | 'other';

/** Names that models and data sets give to the same, beside the eight themselves. */
const aliases: readonly [FlagType, RegExp][] = [
  ['counting', /count|number|numer|quantit|cardinal/],
  ['ocr', /ocr|text|print|letter|read|transcri|spell/],
  ['binding', /bind|swap/],
  ['spatial', /spatial|position|location|place|relation|direction|orient|layout|scene/],
  ['small-object', /small/],
  ['counterfactual', /counterfact|negat|absen|polarity|existence-denied/],
  ['attribute', /attribut|colou?r|size|shape|material|state|action|activity|pose|event|emotion|textur|pattern/],
  ['object', /object|entity|thing|exist|person|animal|categor|identi|fabricat|halluc/],
];

/** The type that a model's own word for it means: `Counting error` is counting; what it does not tell is other. */
export function flagTypeOf(name: string): FlagType {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  const exact = perturbationTypes.find((type) => type === plain);
  return exact ?? aliases.find(([, words]) => words.test(plain))?.[0] ?? 'other';
}
