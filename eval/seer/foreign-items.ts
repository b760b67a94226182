import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { seededRandom } from '../../scenes/random.js';
import { diffWords } from '../../src/text/edits.js';
import type { Range } from '../../src/text/range.js';
import { foreignCaption, type PlantedError } from '../acceptance/foreign-captions.js';
import { drawForeignScene, sampleForeignScene } from '../acceptance/foreign-scene.js';

/** An answer about a picture, with the answer as it should be. */
export interface ForeignItem {
  id: string;
  image: Buffer;
  prompt?: string;
  response: string;
  truth: string;
  /** Words of the response that are wrong. */
  bad: Range[];
}

const errors: readonly (PlantedError | null)[] = [
  'object',
  'colour',
  'count',
  'spatial',
  'size',
  null,
  null,
  null,
  null,
  null,
];

/** Fresh scenes of another renderer, with captions in another wording than the training's: half of them wrong in one place. */
export async function* foreignItems(count: number, seed: number): AsyncGenerator<ForeignItem> {
  for (let n = 0, made = 0; made < count; n++) {
    const random = seededRandom(seed + n);
    const scene = sampleForeignScene(random);
    const caption = foreignCaption(scene, random, errors[n % errors.length]!);
    if (!caption) continue;
    made++;
    yield {
      id: `foreign-${seed + n}`,
      image: await drawForeignScene(scene, random),
      ...labelled(caption.text, caption.truth),
    };
  }
}

/**
 * Items of a JSONL file of `{id, image, prompt?, response, kind, split, expected}`: `expected` are the answers that are right, the
 * nearest first.
 */
export function readForeignItems(path: string, kinds: readonly string[], split: string): ForeignItem[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.flatMap((line): ForeignItem[] => {
    const { id, image, prompt, response, expected, kind, split: half } = JSON.parse(line);
    const file = join(dirname(path), image);
    if (!kinds.includes(kind) || half !== split || !expected?.length || !existsSync(file)) return [];
    return [{ id, image: readFileSync(file), ...(prompt ? { prompt } : {}), ...labelled(response, expected[0]) }];
  });
}

function labelled(response: string, truth: string): Pick<ForeignItem, 'response' | 'truth' | 'bad'> {
  const bad = response === truth ? [] : diffWords(response, truth).filter(({ start, end }) => end > start);
  return { response, truth, bad: bad.map(({ start, end }) => ({ start, end })) };
}
