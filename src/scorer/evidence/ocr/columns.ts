import type { Column, TextLine } from './text-line.js';

/** Characters kept of each column, and the least probability that is worth keeping. */
const kept = 8;
const leastProbability = 1e-4;
/** Where no character at all is this unlikely, neighbouring columns say the same. */
const surelyGap = 0.999;

/**
 * What the recogniser's output says: the likeliest text (CTC: repeats count once, class 0 is a gap), and the likeliest
 * characters of every column.
 *
 * @param output Probabilities, one row of `classes` for each column.
 */
export function readColumns(
  output: Float32Array,
  classes: number,
  characters: readonly string[],
): Pick<TextLine, 'text' | 'confidence' | 'columns'> {
  const columns: Column[] = [];
  let text = '';
  let sum = 0;
  let count = 0;
  let last = 0;
  for (let from = 0; from + classes <= output.length; from += classes) {
    const likely: [index: number, probability: number][] = [];
    let best = 0;
    for (let index = 0; index < classes; index++) {
      const probability = output[from + index]!;
      if (probability > output[from + best]!) best = index;
      if (probability > leastProbability) likely.push([index, probability]);
    }
    if (best !== 0 && best !== last) {
      text += characters[best]!;
      sum += output[from + best]!;
      count++;
    }
    last = best;
    const gap = output[from]! > surelyGap;
    const before = columns.at(-1);
    if (gap && before && before[0]![0] === '' && before[0]![1] > surelyGap) continue;
    likely.sort((a, b) => b[1] - a[1]);
    columns.push(likely.slice(0, kept).map(([index, probability]) => [characters[index]!, probability] as const));
  }
  return { text, confidence: count > 0 ? sum / count : 0, columns };
}
