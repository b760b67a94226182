import { createColors } from 'picocolors';
import type { AppliedEdit, RoundReport } from '../src/agent/correction.js';
import type { TokenReward } from '../src/scorer/scorer.js';
import { wordRewards } from '../src/text/words.js';

/** Text whose control and direction characters, which could rewrite the screen, are replaced. */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '�');
}

/** The text with each word shaded by its reward: red where flagged, yellow near it. Without colours flagged words stand in [brackets]. */
export function shadeWords(text: string, tokens: readonly TokenReward[], threshold: number, colour: boolean): string {
  let out = '';
  let last = 0;
  for (const { start, end, reward } of wordRewards(text, tokens)) {
    const word = printable(text.slice(start, end));
    out += printable(text.slice(last, start)) + shade(word, reward, threshold, colour);
    last = end;
  }
  return out + printable(text.slice(last));
}

function shade(word: string, reward: number | null, threshold: number, colour: boolean): string {
  const colours = createColors(colour);
  if (reward === null) return colours.dim(word);
  if (reward <= threshold) return !colour ? `[${word}]` : colours.bgRed(colours.white(word));
  return reward <= threshold + (1 - threshold) * 0.5 ? colours.yellow(word) : word;
}

/** The flagged words with their rewards, in a line. */
export function wordLegend(text: string, tokens: readonly TokenReward[], threshold: number): string {
  const words = wordRewards(text, tokens).filter(({ reward }) => reward !== null);
  if (words.length === 0) return 'no word was judged';
  const flagged = words.filter(({ reward }) => reward! <= threshold);
  const limit = `threshold ${threshold.toFixed(2)}`;
  if (flagged.length === 0) return `every judged word passes (${limit})`;
  const said = flagged.map(
    ({ text, reward, reason }) =>
      `${printable(text)} ${reward!.toFixed(2)}${reason === undefined ? '' : `: ${printable(reason)}`}`,
  );
  return `flagged: ${said.join(', ')} (${limit})`;
}

/** The original with its edits, as -removed- +added+. */
export function showEdits(original: string, edits: readonly AppliedEdit[], colour: boolean): string {
  let out = '';
  let last = 0;
  for (const edit of edits) {
    out += printable(original.slice(last, edit.start)) + removed(edit.from, colour) + added(edit.to, colour);
    last = edit.end;
  }
  return out + printable(original.slice(last));
}

/** What a round flagged, and what became of it. */
export function showRound({ round, flagged, accepted, rejected }: RoundReport, colour: boolean): string {
  const spans = flagged.map((span) => {
    const edit = accepted.find((candidate) => candidate.span.id === span.id);
    if (edit)
      return `${removed(span.text, colour)}${edit.replacement === '' ? ' deleted' : ` ${added(edit.replacement, colour)}`}`;
    const tried = rejected.filter((candidate) => candidate.text === span.text).length;
    return `${printable(span.text)} kept${tried > 0 ? ', no replacement helps' : ''}`;
  });
  return `round ${round}: ${spans.join('; ')}`;
}

function removed(text: string, colour: boolean): string {
  if (text === '') return '';
  const colours = createColors(colour);
  return colour ? colours.red(colours.strikethrough(printable(text))) : `[-${printable(text)}-]`;
}

function added(text: string, colour: boolean): string {
  if (text === '') return '';
  return colour ? createColors(true).green(printable(text)) : `{+${printable(text)}+}`;
}
