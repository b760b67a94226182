import { estimateAll } from '../stats/bootstrap.js';
import { edgeEstimate } from '../stats/exact.js';
import { auroc, rank } from '../tldr/metrics.js';
import type { Answered, Figure, MeasureOptions } from './benchmark.js';
import { type JudgedItem, type ScoredAnswer, scoreOf } from './scored-answer.js';

/** One of the two texts of a pair; its id is the pair's with `/caption` or `/foil`. */
export interface PairItem extends JudgedItem {
  pair: string;
  side: 'caption' | 'foil';
  /** The file, or the kind of foil, that figures are grouped by. */
  part: string;
}

/** The scores of both texts; a pair with one that was not judged is not here. */
export interface ScoredPair {
  part: string;
  caption: number;
  foil: number;
}

/** The two items of a pair. */
export function pairItems(
  pair: Pick<PairItem, 'pair' | 'part' | 'line'> & { image: string; caption: string; foil: string },
): PairItem[] {
  const { pair: name, part, line, image } = pair;
  return (['caption', 'foil'] as const).map((side) => ({
    id: `${name}/${side}`,
    line,
    image,
    response: pair[side],
    pair: name,
    side,
    part,
  }));
}

/** The pairs whose two texts were judged, and how many others have an answer to at least one. */
export function scoredPairs(
  name: string,
  answered: readonly Answered<PairItem, ScoredAnswer>[],
): { pairs: ScoredPair[]; unjudged: number } {
  const found = new Map<string, { part: string; caption?: number | null; foil?: number | null }>();
  for (const { item, answer } of answered) {
    const pair = found.get(item.pair) ?? { part: item.part };
    pair[item.side] = scoreOf(name, item, answer);
    found.set(item.pair, pair);
  }
  const pairs: ScoredPair[] = [];
  for (const { part, caption, foil } of found.values())
    if (typeof caption === 'number' && typeof foil === 'number') pairs.push({ part, caption, foil });
  return { pairs, unjudged: found.size - pairs.length };
}

/** Share of pairs whose caption scores above its foil; ties are wrong, as the scripts have it. In per cent. */
export function pairAccuracy(pairs: readonly ScoredPair[], weights?: Uint16Array): number {
  let right = 0;
  let all = 0;
  for (const [at, { caption, foil }] of pairs.entries()) {
    const weight = weights ? weights[at]! : 1;
    if (caption > foil) right += weight;
    all += weight;
  }
  return (100 * right) / all;
}

/** AUROC of captions above foils, over all texts, in per cent. */
export function pairAuroc(pairs: readonly ScoredPair[], weights?: Uint16Array): number {
  const ranked = rank(
    pairs.map(({ caption, foil }) => [
      { reward: caption, good: true },
      { reward: foil, good: false },
    ]),
  );
  return 100 * auroc(ranked, weights);
}

/**
 * Named statistics of pairs as figures in per cent; pairs are resampled.
 *
 * @param printed How the original script prints a statistic, where it prints it.
 */
export function pairFigures<Name extends string>(
  pairs: readonly ScoredPair[],
  statistics: (weights?: Uint16Array) => Readonly<Record<Name, number>>,
  options: MeasureOptions,
  printed: (name: Name, value: number, over: number) => string | undefined,
): Figure[] {
  const estimates = estimateAll(pairs.length, statistics, options);
  return (Object.keys(estimates) as Name[]).map((name) => {
    const estimate = edgeEstimate(estimates[name], pairs.length, 100);
    const { value } = estimate;
    const asPrinted = value === null ? undefined : printed(name, value, pairs.length);
    return {
      name,
      kind: 'quality',
      unit: '%',
      over: pairs.length,
      ...estimate,
      ...(asPrinted === undefined ? {} : { printed: asPrinted }),
    };
  });
}

/** How many of the pairs were judged: what stands beside every accuracy. */
export function judgedPairs({ pairs, unjudged }: { pairs: readonly ScoredPair[]; unjudged: number }): Figure {
  const over = pairs.length + unjudged;
  return {
    name: 'Judged pairs',
    kind: 'coverage',
    unit: '%',
    over,
    value: (100 * pairs.length) / over,
    low: null,
    high: null,
  };
}
