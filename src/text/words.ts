import type { FlagType } from './flag-type.js';
import { graphemes, isPlain, segments } from './graphemes.js';
import { matches } from './matches.js';
import type { Range } from './range.js';
import type { TokenReward } from './token-reward.js';

const letters = '\\p{L}\\p{M}\\p{N}\\u200c\\u200d';
// built by constructor: the v flag is newer than the compile target
const wordPattern = new RegExp(
  `\\p{RGI_Emoji}|[\\p{L}\\p{N}_][${letters}_]*(?:(?:['’‑\\-](?=\\p{L})|(?<=\\p{N})[\\-.,:\\/](?=\\p{N})|(?<=\\p{L})-(?=\\p{N}))[${letters}_]+)*|\\p{Extended_Pictographic}\\p{M}*`,
  'gv',
);
/** What `wordPattern` finds where all is ASCII, in a fifth of the time. */
const plainWord =
  /[A-Za-z0-9_]+(?:(?:['-](?=[A-Za-z])|(?<=[0-9])[-.,:/](?=[0-9])|(?<=[A-Za-z])-(?=[0-9]))[A-Za-z0-9_]+)*/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are ASCII too
const ascii = /^[\x00-\x7f]*$/;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
let byWord: Intl.Segmenter | undefined;

/**
 * The words of a text: letters, marks and digits with what joins them inside (don't, ice-cream, 3.5, 12:08), and each
 * emoji. Scripts without spaces are cut by `Intl.Segmenter`. Punctuation is no word. No word splits a grapheme.
 */
export function splitWords(text: string): Range[] {
  const words: Range[] = [];
  if (ascii.test(text)) {
    for (const { index, 0: word } of matches(text, plainWord)) words.push({ start: index, end: index + word.length });
    return words;
  }
  let cells: Iterator<Range & { wordLike: boolean }> | undefined;
  let cell: (Range & { wordLike: boolean }) | undefined;
  for (const match of matches(text, wordPattern)) {
    const start = match.index;
    const end = start + match[0].length;
    if (!unspaced.test(match[0])) {
      words.push({ start, end });
      continue;
    }
    if (!cells) {
      byWord ??= new Intl.Segmenter('en', { granularity: 'word' });
      cells = segments(text, byWord);
      cell = cells.next().value;
    }
    while (cell && cell.end <= start) cell = cells.next().value;
    while (cell && cell.start < end) {
      if (cell.wordLike) words.push({ start: Math.max(start, cell.start), end: Math.min(end, cell.end) });
      if (cell.end > end) break;
      cell = cells.next().value;
    }
  }
  return isPlain(text) ? words : wholeGraphemes(text, words);
}

/** Words that begin and end where graphemes do; of two that share a grapheme, one is made. */
function wholeGraphemes(text: string, words: readonly Range[]): Range[] {
  const whole: Range[] = [];
  const cells = graphemes(text);
  let cell = cells.next();
  for (const word of words) {
    while (!cell.done && cell.value.end <= word.start) cell = cells.next();
    if (cell.done) break;
    const { start } = cell.value;
    let { end } = cell.value;
    while (!cell.done && cell.value.start < word.end) {
      end = cell.value.end;
      if (end >= word.end) break;
      cell = cells.next();
    }
    const last = whole.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else whole.push({ start, end });
  }
  return whole;
}

export interface WordReward extends Range {
  text: string;
  /** The lowest judged reward of its tokens; null where none was judged. `type` and `reason` are that token's. */
  reward: number | null;
  type?: FlagType;
  reason?: string;
}

/** The words of a text with the lowest reward of the tokens that overlap each. Tokens are in reading order. */
export function wordRewards(text: string, tokens: readonly TokenReward[]): WordReward[] {
  let first = 0;
  return splitWords(text).map(({ start, end }) => {
    while (first < tokens.length && tokens[first]!.end <= start) first++;
    let lowest: TokenReward | undefined;
    for (let i = first; i < tokens.length && tokens[i]!.start < end; i++) {
      const token = tokens[i]!;
      if (token.reward === null || token.end <= start) continue;
      if (lowest === undefined || token.reward < lowest.reward!) lowest = token;
    }
    return { start, end, text: text.slice(start, end), reward: lowest?.reward ?? null, ...why(lowest) };
  });
}

/** What a token, word or span says of itself beside its reward. */
export function why({ type, reason }: { type?: FlagType | undefined; reason?: string | undefined } = {}): {
  type?: FlagType;
  reason?: string;
} {
  return { ...(type === undefined ? {} : { type }), ...(reason === undefined ? {} : { reason }) };
}
