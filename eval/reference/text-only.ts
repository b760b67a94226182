import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { splitWords } from '../../src/text/words.js';
import type { ScoredAnswer } from '../benchmarks/scored-answer.js';

const captionsFile = z.object({ annotations: z.array(z.object({ image_id: z.number(), caption: z.string() })) });

/**
 * A detector that never sees the picture: how usual a word is after the one before it, in the captions that people wrote for
 * other COCO pictures (val2017). A word's reward is the share of words in those captions that are no more usual in their
 * place, an answer's score their mean; the threshold is the median, .5. Pairs of words, backed off to single ones by Jelinek and Mercer's interpolation.
 *
 * @param data The data folder. @param tested Numbers of the COCO pictures that are judged: their captions are not read.
 * @returns Null where the captions are not in the folder.
 */
export async function textOnlyDetector(
  data: string,
  tested: ReadonlySet<number>,
): Promise<((text: string) => ScoredAnswer) | null> {
  const path = join(data, 'benchmarks/coco-captions-val2017/annotations/captions_val2017.json');
  const raw = await readFile(path, 'utf8').catch(() => null);
  const file = raw === null ? null : captionsFile.safeParse(JSON.parse(raw));
  if (!file?.success) return null;
  const captions = file.data.annotations.flatMap(({ image_id, caption }) => (tested.has(image_id) ? [] : [caption]));
  return usualness(captions);
}

/** The detector learnt on some captions. */
export function usualness(captions: readonly string[]): (text: string) => ScoredAnswer {
  const single = new Map<string, number>();
  const pairs = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  let total = 0;
  const pairsOf = (text: string) => {
    const words = splitWords(text).map(({ start, end }) => text.slice(start, end).toLowerCase());
    return words.map((word, at) => [words[at - 1] ?? '', word] as const);
  };
  for (const caption of captions)
    for (const [before, word] of pairsOf(caption)) {
      add(single, word);
      add(pairs, `${before} ${word}`);
      if (before === '') add(single, '');
      total++;
    }
  const chance = (before: string, word: string) =>
    (0.7 * (pairs.get(`${before} ${word}`) ?? 0)) / Math.max(1, single.get(before) ?? 0) +
    (0.3 * ((single.get(word) ?? 0) + 1)) / (total + single.size + 1);
  const known = Float64Array.from(
    captions.flatMap((caption) => pairsOf(caption).map((pair) => chance(...pair))),
  ).sort();
  return (text) => {
    const words = splitWords(text);
    const tokens = words.map(({ start, end }, at) => {
      const before = at === 0 ? '' : text.slice(words[at - 1]!.start, words[at - 1]!.end).toLowerCase();
      return { start, end, reward: shareUpTo(known, chance(before, text.slice(start, end).toLowerCase())) };
    });
    const score = tokens.length === 0 ? null : tokens.reduce((sum, { reward }) => sum + reward, 0) / tokens.length;
    return { tokens, threshold: 0.5, score };
  };
}

/** The share of sorted numbers that are at most the value. */
function shareUpTo(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return sorted.length === 0 ? 0.5 : low / sorted.length;
}
