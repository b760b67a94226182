import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { seededRandom } from '../../scenes/random.js';
import { DetectiveError } from '../../src/base/errors.js';
import { isShortAnswer, perturbAnswer } from '../../src/perturb/answer.js';
import { shuffle } from '../../src/perturb/choose.js';
import { createPerturber } from '../../src/perturb/create-perturber.js';
import {
  type PerturbationType,
  type Perturbed,
  type Perturber,
  perturbationTypes,
} from '../../src/perturb/perturbation.js';
import { trueNegation } from '../../src/perturb/true-negation.js';
import type { Io } from '../io.js';
import { type Item, readItems } from '../items.js';
import { share, wholeNumber } from '../parse-options.js';
import { type RunOptions, runItems } from '../run-items.js';

export const define = (parent: Command): Command =>
  parent
    .command('perturb')
    .description(
      'Turn true captions into a TLDR training set: each with minimally wrong twins, and labels of their words.',
    )
    .requiredOption(
      '--input <file>',
      'JSON lines of {"id", "image", "caption" or "response", "prompt"?}; image paths relative to the file; - for standard input',
    )
    .option(
      '--types <names>',
      'comma separated: spatial, attribute, binding, object, counting, small-object, ocr, counterfactual (default: all)',
    )
    .option('--per-caption <n>', 'wrong twins a caption at most, each of another type', wholeNumber(1), 1)
    .option(
      '--true-negations <share>',
      'of the captions, this share also true with a denial (There is no cat.), against the leak of "not"',
      share,
      0,
    )
    .option('--seed <n>', 'the same seed gives the same twins', wholeNumber(0), 0)
    .option('--perturber <name>', 'rules, openai:MODEL, anthropic:MODEL, gemini:MODEL or openai:MODEL@URL', 'rules')
    .option('--output <file>', 'write the JSON lines to a file')
    .option('--resume', 'go on with a broken run: keep what is in --output and do the rest')
    .option('--concurrency <n>', 'captions in hand at once', wholeNumber(1), 4)
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective perturb --input captions.jsonl --output training.jsonl
  $ vlm-detective perturb --input captions.jsonl --types counting,spatial --per-caption 2 --seed 7
  $ vlm-detective perturb --input vqa.jsonl --per-caption 1 --output vqa-training.jsonl   # lines with "prompt": a question
  $ vlm-detective perturb --input captions.jsonl --perturber openai:gpt-5.1 --output training.jsonl`,
    );

export interface PerturbOptions extends Pick<RunOptions, 'output' | 'resume' | 'concurrency'> {
  input: string;
  types?: string;
  perCaption: number;
  trueNegations: number;
  seed: number;
  perturber: string;
}

interface Result {
  item: Item;
  perturbed: Perturbed[];
  /** The caption with a true denial behind it. */
  denial: string | null;
}

/**
 * `vlm-detective perturb`: for each caption its perturbed twins and, after them, itself, a JSON line each. Twins are of
 * different types, and depend on the seed, the id and the caption only. The caption comes last, so that a run that broke
 * before it is done again by --resume.
 */
export async function run(io: Io, options: PerturbOptions): Promise<number> {
  const types = parseTypes(options.types);
  const perturber = createPerturber(options.perturber);
  const items = await readItems(io, undefined, { input: options.input });
  return runItems<Result>(
    io,
    items,
    { ...options, json: true },
    {
      work: (item, signal) => perturbItem(item, types, perturber, options, signal),
      toJson: (_, result) => toLines(result),
      show: () => '',
    },
  );
}

async function perturbItem(
  item: Item,
  types: readonly PerturbationType[],
  perturber: Perturber,
  { seed, perCaption, trueNegations }: PerturbOptions,
  signal: AbortSignal,
): Promise<Result> {
  const { id, response, prompt } = item;
  const random = seededRandom(
    createHash('sha256')
      .update(JSON.stringify([seed, id, response]))
      .digest()
      .readUInt32LE(),
  );
  const isAnswer = prompt?.trimEnd().endsWith('?') === true && isShortAnswer(response);
  const perturbed: Perturbed[] = [];
  for (const type of shuffle(random, types)) {
    if (perturbed.length === perCaption) break;
    signal.throwIfAborted();
    const twin = isAnswer
      ? perturbAnswer(prompt, response, type, random)
      : await perturber.perturb(response, type, random, signal);
    if (twin) perturbed.push(twin);
  }
  const denial = !isAnswer && random() < trueNegations ? trueNegation(response, random) : null;
  return { item, perturbed, denial };
}

function toLines({ item, perturbed, denial }: Result): object[] {
  const { id, image, prompt, response: original } = item;
  const shared = { image, ...(prompt === undefined ? {} : { prompt }) };
  return [
    ...perturbed.map(({ text, type, bad, repaired }) => ({
      id: `${id}#${type}`,
      ...shared,
      response: text,
      perturbation: type,
      original,
      labels: [
        ...bad.map(({ start, end }) => ({ start, end, good: false })),
        ...repaired.map(({ start, end }) => ({ start, end, good: false, repair: true })),
      ].sort((a, b) => a.start - b.start),
    })),
    ...(denial === null
      ? []
      : [{ id: `${id}#true-negation`, ...shared, response: denial, perturbation: null, original, labels: [] }]),
    { id, ...shared, response: original, perturbation: null, original, labels: [] },
  ];
}

function parseTypes(names: string | undefined): readonly PerturbationType[] {
  if (names === undefined) return perturbationTypes;
  const types = names.split(',').map((name) => name.trim());
  const known: readonly string[] = perturbationTypes;
  const unknown = types.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new DetectiveError(
      'bad-argument',
      `unknown type ${JSON.stringify(unknown.slice(0, 100))}: use ${known.join(', ')}`,
    );
  return [...new Set(types)] as PerturbationType[];
}
