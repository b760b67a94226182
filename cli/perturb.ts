import { createHash } from 'node:crypto';
import { seededRandom } from '../scenes/random.js';
import { DetectiveError } from '../src/base/errors.js';
import { shuffle } from '../src/perturb/choose.js';
import { createPerturber } from '../src/perturb/create-perturber.js';
import {
  type PerturbationType,
  type Perturbed,
  type Perturber,
  perturbationTypes,
} from '../src/perturb/perturbation.js';
import { type Item, readItems } from './items.js';
import { type RunOptions, runItems } from './run-items.js';

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
export async function runPerturb(options: PerturbOptions): Promise<void> {
  const types = parseTypes(options.types);
  const perturber = createPerturber(options.perturber);
  const items = await readItems(undefined, { input: options.input });
  await runItems<Result>(
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
