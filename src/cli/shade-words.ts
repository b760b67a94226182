import colours from 'picocolors';
import type { AppliedEdit } from '../agent/correction.js';
import type { TokenReward } from '../scorer/scorer.js';
import { wordRewards } from '../text/words.js';

const plain = () => process.argv.includes('--no-color') || !colours.isColorSupported;

/** Control characters of an answer must not reach the terminal. */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '�');
}

/** The text with each word shaded by its reward: red where flagged, yellow near it. Without colours flagged words stand in [brackets]. */
export function shadeWords(text: string, tokens: readonly TokenReward[], threshold: number): string {
  let out = '';
  let last = 0;
  for (const { start, end, reward } of wordRewards(text, tokens)) {
    const word = printable(text.slice(start, end));
    out += printable(text.slice(last, start)) + shade(word, reward, threshold);
    last = end;
  }
  return out + printable(text.slice(last));
}

function shade(word: string, reward: number | null, threshold: number): string {
  if (reward === null) return plain() ? word : colours.dim(word);
  if (plain()) return reward <= threshold ? `[${word}]` : word;
  if (reward <= threshold) return colours.bgRed(colours.white(word));
  if (reward <= threshold + (1 - threshold) * 0.5) return colours.yellow(word);
  return word;
}

/** The flagged words with their rewards, in a line. */
export function wordLegend(text: string, tokens: readonly TokenReward[], threshold: number): string {
  const flagged = wordRewards(text, tokens).filter(({ reward }) => reward !== null && reward <= threshold);
  if (flagged.length === 0) return `every judged word passes (threshold ${threshold.toFixed(2)})`;
  return `flagged: ${flagged.map((word) => `${printable(word.text)} ${word.reward!.toFixed(2)}`).join(', ')} (threshold ${threshold.toFixed(2)})`;
}

/** The original with its edits, as -removed- +added+. */
export function showEdits(original: string, edits: readonly AppliedEdit[]): string {
  const removed = (text: string) =>
    text === '' ? '' : plain() ? `[-${text}-]` : colours.red(colours.strikethrough(text));
  const added = (text: string) => (text === '' ? '' : plain() ? `{+${text}+}` : colours.green(text));
  let out = '';
  let last = 0;
  for (const edit of edits) {
    out += printable(original.slice(last, edit.start)) + removed(printable(edit.from)) + added(printable(edit.to));
    last = edit.end;
  }
  return out + printable(original.slice(last));
}
