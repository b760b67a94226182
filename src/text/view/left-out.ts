import { numberWords } from '../lexicon/numbers.js';
import { matches } from '../matches.js';
import type { Range } from '../range.js';

/** A part of an answer that says nothing about the picture. A block stands for itself: a sentence ends before it. */
export interface LeftOut extends Range {
  block: boolean;
}

const thoughts = 'think|thinking|thought|thoughts|reasoning|reason|scratchpad|reflection|inner_monologue|analysis';
const thoughtOpeners = new RegExp(
  `<(?:${thoughts})(?: [^<>\\n]{0,80})?>|\\[THINK\\]|◁think▷|<\\|begin_of_thought\\|>|<\\|channel\\|>analysis<\\|message\\|>`,
  'gi',
);
const thoughtClosers = new RegExp(`</(?:${thoughts})>|\\[/THINK\\]|◁/think▷|<\\|end_of_thought\\|>`, 'gi');

/** Reasoning in the answer itself; unclosed to the end, and from the beginning where only its end is there. */
function* reasoning(text: string): Generator<Range> {
  const closers = matches(text, thoughtClosers);
  let from = 0;
  let next = 0;
  for (const open of matches(text, thoughtOpeners)) {
    if (open.index < from) continue;
    while (next < closers.length && closers[next]!.index < open.index) {
      const end = closers[next]!.index + closers[next++]![0].length;
      if (end <= from) continue;
      yield { start: from, end };
      from = end;
    }
    const close = closers[next];
    const analysis = /^<\|channel\|>/i.test(open[0]) ? text.indexOf('<|end|>', open.index) : -1;
    const end = analysis >= 0 ? analysis : close ? close.index + close[0].length : text.length;
    yield { start: open.index, end };
    from = end;
  }
  const last = closers.at(-1);
  if (last && last.index >= from) yield { start: from, end: last.index + last[0].length };
}

/** From an opening to its own closing; what is never closed is left to be read. */
const pairs: readonly (readonly [open: RegExp, close: (open: string) => string])[] = [
  [/<!--/g, () => '-->'],
  [/<(?:script|style|pre|svg|math|template)\b[^<>]{0,400}>/gi, (open) => `</${/\w+/.exec(open)![0]}>`],
  [/\$\$(?=[^$])/g, () => '$$'],
  [/\\\[/g, () => '\\]'],
  [/\\begin\{\w{1,20}\*?\}/g, (open) => open.replace('begin', 'end')],
];

function* paired(text: string): Generator<Range> {
  for (const [opening, closing] of pairs) {
    const unclosed = new Set<string>();
    let from = 0;
    for (const { index, 0: open } of matches(text, opening)) {
      const close = closing(open);
      if (index < from || unclosed.has(close)) continue;
      const at = text.indexOf(close, index + open.length);
      if (at < 0) unclosed.add(close);
      else {
        from = at + close.length;
        yield { start: index, end: from };
      }
    }
  }
}

const fence = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})[ \t]*([^`\n]*)$/;

/** Fenced code; of a fence that only says that the answer is Markdown, or holds lines of words, what is not words. */
function* code(text: string): Generator<Range> {
  let offset = 0;
  let open: { mark: string; start: number; inside: number; prose: boolean; language: string } | null = null;
  let indented = null as Range | null;
  let blank = true;
  for (const line of text.split('\n')) {
    const end = offset + line.length;
    const found = fence.exec(line.length < 400 ? line : line.slice(0, 400));
    if (open) {
      if (found && found[1]!.startsWith(open.mark) && found[2]!.trim() === '') {
        const lines = open.prose ? [] : linesOfWords(text.slice(open.inside, offset), open.language);
        if (lines.length > 0) yield { start: open.start, end: open.inside };
        for (const line of lines) yield { start: open.inside + line, end: open.inside + line + 1 };
        yield { start: open.prose || lines.length > 0 ? offset : open.start, end };
        open = null;
      }
    } else if (found) {
      const language = found[2]!.trim().toLowerCase();
      open = { mark: found[1]!, start: offset, inside: end + 1, prose: /^(?:markdown|md)$/.test(language), language };
      if (open.prose) yield { start: offset, end };
    } else if (/^(?: {4}|\t)/.test(line) && (blank || indented) && looksLikeCode(line.trim())) {
      indented = { start: indented?.start ?? offset, end };
    } else if (indented) {
      yield indented;
      indented = null;
    }
    blank = line.trim() === '';
    offset = end + 1;
  }
  if (open && !open.prose) yield { start: open.start, end: text.length };
  if (indented) yield indented;
}

/**
 * Where the lines of a fence end, if all of them are words for a reader: anything but code where the fence says that it is
 * text, and where it says nothing, items such as `two tomatoes`. None where they are not.
 */
function linesOfWords(inside: string, language: string): number[] {
  if (inside.length > 4000) return [];
  const lines = inside.split('\n').filter((line) => line.trim() !== '');
  const isText = /^(?:text|txt|plain|plaintext|caption|description)$/.test(language);
  const isWords = (line: string) => (isText ? !codeLine.test(line.trim().slice(0, 300)) : wordedItem.test(line));
  if (!(isText || language === '') || lines.length === 0 || !lines.every(isWords)) return [];
  return matches(inside, /\n/g).map(({ index }) => index);
}

const wordedItem = new RegExp(
  `^[ \\t]*(?:[-*+•][ \\t]+)?(?:an?|the|no|\\d{1,2}|${numberWords.join('|')})(?: \\p{L}[\\p{L}'’-]*){1,8}[.,;]?[ \\t]*$`,
  'iu',
);

/** `a)`, `b)` at the head of lines, and `(1)`, `(2)` wherever they stand, from the first on. */
function* itemLabels(text: string): Generator<Range> {
  for (const pattern of [/^[ \t]*\(?([a-z])\)(?=[ \t])/gm, /(?<![\p{L}\p{N}])\(([a-h]|[1-9]|1\d)\)(?=[ \t])/gu]) {
    const labels = matches(text, pattern);
    let next = 0;
    const run: Range[] = [];
    for (const { index, 0: label, 1: sign } of labels) {
      const value = /\d/.test(sign!) ? Number(sign) - 1 : sign!.charCodeAt(0) - 97;
      if (value !== next) continue;
      next++;
      run.push({ start: index, end: index + label.length });
    }
    if (run.length > 1) yield* run;
  }
}

const codeLine =
  /^(?:import|from|def|class|return|const|let|var|function|if \(|for \(|while \(|print\(|#include|\/\/|elif|else:|try:|\$ |>>> )|[;{}]$|\w\(.*\)|\w\s*(?:[-+*/|&]?=|=>|:=|->|::)\s*\S|^<\/?\w/;

function looksLikeCode(line: string): boolean {
  return line !== '' && !/^(?:[-*+•]|\d{1,9}[.)])\s/.test(line) && codeLine.test(line.slice(0, 300));
}

/** Whether what stands in backticks is words of the sentence: `green`, `two dogs`, and no call, path or assignment. */
export function isPhrase(content: string): boolean {
  return /^\s*["'“‘]?\p{L}[\p{L}\p{M}]*(?:(?:[ ,]+|['’-])[\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*[.!?,]?["'”’]?\s*$|^\s*\d{1,3}\s*$/u.test(
    content,
  );
}

const notSo = '(?:\\[ \\]|[❌✗✘✖☐☒🚫⛔]\\ufe0f?)';

const blocks: readonly RegExp[] = [
  // items that are crossed out or not ticked: what they say is not so
  new RegExp(`^[ \\t>]*(?:(?:[-*+]|\\d{1,3}[.)])[ \\t]+)?${notSo}[ \\t]+[^\\n]*`, 'gmu'),
  new RegExp(`^(?!\\s*\\|)[^\\n.!?]{1,200}[ \\t:=–—-]${notSo}[ \\t]*$`, 'gmu'),
  /^ {0,3}\[\^[^\]\n]{1,40}\]:[^\n]*/gm,
  /^ {0,3}\[[^\]\n]{1,80}\]:[ \t]+(?:https?:|<|\/|#|mailto:)[^\n]*/gm,
];

const extensions =
  'png|jpe?g|gif|webp|bmp|tiff?|svg|heic|avif|pdf|txt|csv|tsv|jsonl?|ya?ml|xml|html?|css|jsx?|tsx?|mjs|cjs|py|ipynb|java|cpp|docx?|xlsx?|pptx?|zip|tar|gz|mp[34]|wav|avi|mov|webm|onnx|exe|sh|bat|ini|log|sql|toml|safetensors|md';
const number = '[-+]?\\d[\\d.]{0,15}%?(?:px)?';

const inline: readonly RegExp[] = [
  // addresses
  /(?<![\p{L}\p{N}])(?:[a-z][a-z0-9+.-]{1,15}:\/\/|www\.|mailto:|data:(?:image|text|application)\/)[^\s<>"'`“”’)\]|]*[^\s<>"'`“”’)\]|.,;:!?*_~]\/?/giu,
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}_%+-][\p{L}\p{N}._%+-]{0,63}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/gu,
  /(?<![\w.@/-])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|io|ai|dev|gov|edu)(?![\w-])(?:\/[\w./?=&%#-]{0,300}[\w/])?/gi,
  // paths and file names
  /(?<![\p{L}\p{N}.)/<])(?:~|\.{1,2})?\/[\w@.-]{1,100}(?:\/[\w@.-]{1,100}){1,20}\/?/gu,
  /(?<![\p{L}\p{N}])[A-Za-z]:\\[^\s"'`<>|*?]{1,300}/gu,
  new RegExp(
    `(?<![\\p{L}\\p{N}])(?:[\\w@-]{1,60}\\/){0,12}[\\w-]{1,80}(?:\\.[\\w-]{1,20}){0,3}\\.(?:${extensions})(?![\\p{L}\\p{N}])`,
    'gu',
  ),
  // hashtags, handles, identifiers
  /(?<![\p{L}\p{N}&/#])#(?:[\p{L}_][\p{L}\p{M}\p{N}_]{0,80}|(?<!\b(?:is|was|number|order|invoice|receipt|ticket|bill)\s#)\d{1,12}(?![\p{L}\p{N}]))/giu,
  /(?<![\p{L}\p{N}.])@[A-Za-z_]\w{1,38}/gu,
  /(?<!\w)[A-Za-z0-9]{1,40}(?:_{1,2}[A-Za-z0-9]{1,40}){1,12}(?!\w)/g,
  /(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])/gi,
  /(?<!\w)(?=[0-9a-f]{0,40}\d)(?=[0-9a-f]{0,40}[a-f])[0-9a-f]{12,64}(?!\w)/g,
  /(?<![\p{L}\p{N}])(?:ids?|uuid|guid|sku|isbn|doi|ref\.?|serial(?: (?:no\.?|number))?)\s{0,2}[:#=]\s{0,2}#?(?=[\w./-]{0,40}\d)[\w./-]{1,60}/giu,
  // code and formulas in a sentence
  /(?<![\w.])[A-Za-z_]\w{0,40}(?:\.\w{1,40}){0,6}\([^()\n]{0,80}=[^()\n]{0,80}\)/g,
  /(?<![\w.])[A-Za-z_]\w{0,40}(?:\.\w{1,40}){0,6}\(\)/g,
  /\\\([^\n]{1,400}?\\\)/g,
  /(?<![\\$\p{L}\p{N}])\$(?=[^$\n]{0,200}[\\^_={}])[^$\s][^$\n]{0,198}\$(?!\d)/gu,
  // citations
  /\[\^?\d{1,3}(?:\s?[,;–-]\s?\^?\d{1,3}){0,12}\](?!\()/g,
  /\[\^[\w-]{1,40}\]/g,
  /\[(?:citation|source)(?: needed| \d{1,3})?\]/gi,
  /【[^】\n]{0,60}†[^】\n]{0,60}】/g,
  /\((?:see |cf\. |e\.g\.,? )?\p{Lu}[\p{L}'’-]{1,40}(?:,? (?:et al\.?|(?:and|&) \p{Lu}[\p{L}'’-]{1,40}))?,? \d{4}[a-z]?(?:[;,] [^()\n]{1,120})?\)/gu,
  /(?<=[\p{L}\p{P}])[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,4}(?![\p{L}\p{N}])/gu,
  // labels of steps and figures
  /(?<![\p{L}\p{N}])(?:Step|STEP|Figure|Fig\.|Table|Option|Question|Section|Chapter|Phase|Panel|Image|Picture|Photo|Slide|Page|Part|Task|Example|Scene)\s{1,2}#?\d{1,3}(?=\s{0,3}(?:[:.)\]*_–—]|-\s|$))[:.)\]]?/gmu,
  /(?<![\p{L}\p{N}])[Ss]tep\s{1,2}(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten)(?![\p{L}\p{N}])[:.)]?/gu,
  /[0-9#*]\ufe0f?\u20e3/gu,
  // coordinates, boxes, scores
  new RegExp(`[\\[(<{]\\s{0,3}${number}(?:\\s{0,3}[,;]\\s{0,3}${number}){1,9}\\s{0,3}[\\])>}]`, 'g'),
  /<(box|bbox|quad|poly|point|loc)>[^<]{0,200}<\/\1>/gi,
  /<\|[^|<>\n]{1,40}\|>|<(?:loc|seg|bin|point|x|y)_?\d{1,5}>/gi,
  new RegExp(
    `(?<![\\p{L}\\p{N}])(?:[xywh]|[xy](?:\\d|min|max)|width|height|left|top|right|bottom)\\s{0,2}[=:]\\s{0,2}["']?${number}["']?`,
    'giu',
  ),
  new RegExp(
    `\\(?(?<![\\p{L}\\p{N}])(?:confidence|score|probability|prob|conf|similarity|likelihood)(?: score| level)?\\s{0,2}(?:[:=]|of|is|at)\\s{0,2}${number}\\)?`,
    'giu',
  ),
  /\(\s{0,2}(?:\d?\.\d{1,6}|\d{1,3}(?:\.\d{1,4})?\s?%)\s{0,2}\)/g,
  /\(?(?<![\p{L}\p{N}.])\d{1,3}(?:\.\d{1,4})?\s?%\s(?:confiden(?:ce|t)|sure|certain(?:ty)?|likel(?:y|ihood)|probab(?:le|ility))\)?/giu,
];

/** What of a text is no statement about a picture, in order and disjoint. Line breaks are U+000A. */
export function leftOut(text: string): LeftOut[] {
  const found: LeftOut[] = [];
  for (const range of reasoning(text)) found.push({ ...range, block: true });
  for (const range of code(text)) found.push({ ...range, block: true });
  for (const range of paired(text)) found.push({ ...range, block: true });
  for (const range of itemLabels(text)) found.push({ ...range, block: true });
  for (const pattern of blocks) collect(pattern, true);
  for (const pattern of inline) collect(pattern, false);

  function collect(pattern: RegExp, block: boolean) {
    for (const { index, 0: part } of matches(text, pattern))
      found.push({ start: index, end: index + part.length, block });
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: LeftOut[] = [];
  for (const range of found) {
    const last = merged.at(-1);
    if (last && range.start < last.end) {
      last.end = Math.max(last.end, range.end);
      last.block ||= range.block;
    } else merged.push({ ...range });
  }
  return merged;
}
