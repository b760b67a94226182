import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { seededRandom } from '../../scenes/random.js';
import { DetectiveError } from '../../src/base/errors.js';
import { shuffle } from '../../src/perturb/choose.js';
import { createPerturber } from '../../src/perturb/create-perturber.js';
import {
  type PerturbationType,
  type Perturbed,
  type Perturber,
  perturbationTypes,
} from '../../src/perturb/perturbation.js';
import type { Io } from '../io.js';
import { type Item, readItems } from '../items.js';
import { wholeNumber } from '../parse-options.js';
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
  $ vlm-detective perturb --input captions.jsonl --perturber openai:gpt-5.1 --output training.jsonl`,
    );

export interface PerturbOptions extends Pick<RunOptions, 'output' | 'resume' | 'concurrency'> {
  input: string;
  types?: string;
  perCaption: number;
  seed: number;
  perturber: string;
}

interface Result {
  item: Item;
  perturbed: Perturbed[];
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
      work: async (item, signal) => ({ item, perturbed: await perturbItem(item, types, perturber, options, signal) }),
      toJson: (_, result) => toLines(result),
      show: () => '',
    },
  );
}

async function perturbItem(
  { id, response }: Item,
  types: readonly PerturbationType[],
  perturber: Perturber,
  { seed, perCaption }: PerturbOptions,
  signal: AbortSignal,
): Promise<Perturbed[]> {
  const random = seededRandom(
    createHash('sha256')
      .update(JSON.stringify([seed, id, response]))
      .digest()
      .readUInt32LE(),
  );
  const found: Perturbed[] = [];
  for (const type of shuffle(random, types)) {
    if (found.length === perCaption) break;
    signal.throwIfAborted();
    const perturbed = await perturber.perturb(response, type, random, signal);
    if (perturbed) found.push(perturbed);
  }
  return found;
}

function toLines({ item, perturbed }: Result): object[] {
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
