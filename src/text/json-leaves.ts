import type { Range } from './range.js';

/** A string or number in a JSON text. Offsets are of its raw form: for a string, between the quotes. */
export interface JsonLeaf {
  path: (string | number)[];
  value: string | number;
  start: number;
  end: number;
}

/** The string and number leaves of a JSON object or array, in order; null where the text is neither. Keys are no leaves. */
export function jsonLeaves(text: string): JsonLeaf[] | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  return scan(text);
}

/** The text with a space for each comma before a closing bracket, which many models write: the same length. */
export function withoutTrailingCommas(text: string): string {
  const parts: string[] = [];
  let from = 0;
  let comma = -1;
  for (const { raw, start } of tokens(text)) {
    if ((raw === '}' || raw === ']') && comma >= 0) {
      parts.push(text.slice(from, comma), ' ');
      from = comma + 1;
    }
    comma = raw === ',' ? start : -1;
  }
  return parts.join('') + text.slice(from);
}

const token = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}[\],:]|true|false|null/y;

function* tokens(text: string): Generator<{ raw: string; start: number }> {
  for (let at = 0; at < text.length; ) {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found === undefined) {
      at++;
      continue;
    }
    const end = found === '"' ? closingQuote(text, at) + 1 : at + found.length;
    yield { raw: text.slice(at, end), start: at };
    at = end;
  }
}

/** A loop, where a pattern would run out of stack on a string of millions of escapes. */
function closingQuote(text: string, open: number): number {
  for (let from = open + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return text.length - 1;
    let escapes = 0;
    while (quote - escapes > from && text[quote - escapes - 1] === '\\') escapes++;
    if (escapes % 2 === 0) return quote;
    from = quote + 1;
  }
}

/** Walks the tokens of a text that is known to parse. */
function scan(text: string): JsonLeaf[] {
  const leaves: JsonLeaf[] = [];
  const open: { array: boolean; key: string | number }[] = [];
  let keyNext = false;
  for (const { raw, start } of tokens(text)) {
    const top = open.at(-1);
    if (raw === '{' || raw === '[') {
      open.push({ array: raw === '[', key: raw === '[' ? 0 : '' });
      keyNext = raw === '{';
    } else if (raw === '}' || raw === ']') {
      open.pop();
      keyNext = false;
    } else if (raw === ',') {
      if (top?.array) top.key = (top.key as number) + 1;
      keyNext = top !== undefined && !top.array;
    } else if (raw === ':') {
      keyNext = false;
    } else if (keyNext && top) {
      top.key = JSON.parse(raw) as string;
    } else if (raw !== 'true' && raw !== 'false' && raw !== 'null') {
      const quoted = raw.startsWith('"') ? 1 : 0;
      leaves.push({
        path: open.map((level) => level.key),
        value: JSON.parse(raw) as string | number,
        start: start + quoted,
        end: start + raw.length - quoted,
      });
    }
  }
  return leaves;
}

/** The JSON text with one leaf replaced by a value of the same type; throws a `TypeError` on another type. */
export function replaceJsonLeaf(text: string, leaf: JsonLeaf, value: string | number): string {
  if (typeof value !== typeof leaf.value || (typeof value === 'number' && !Number.isFinite(value))) {
    throw new TypeError(
      `a JSON ${typeof leaf.value} can only be replaced by a ${typeof leaf.value}, not ${String(value)}`,
    );
  }
  const raw = typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : String(value);
  return text.slice(0, leaf.start) + raw + text.slice(leaf.end);
}

/** A part of a text that is JSON, with its Markdown fence where it has one. */
export interface JsonIsland {
  /** With the fence. */
  outer: Range;
  json: Range;
  /** It does not parse: cut off, or nearly JSON. */
  broken: boolean;
}

const islandStart = /\{\s*["']|(?<![\w)\]])\[\s*(?:\{\s*["']|"|\[)/g;

/**
 * The objects and arrays that stand in a text, alone, one after another or among words; what begins like JSON and does
 * not end or not parse is one too, but broken. Lists of bare numbers and `[words]` among words are none.
 */
export function jsonIslands(text: string): JsonIsland[] {
  const islands: JsonIsland[] = [];
  if (/^\s*[[{]/.test(text) && parses(text)) {
    const json = { start: text.search(/\S/), end: text.trimEnd().length };
    return [{ outer: json, json, broken: false }];
  }
  for (let from = 0; ; ) {
    islandStart.lastIndex = from;
    const match = islandStart.exec(text);
    if (!match) return islands;
    const start = match.index + match[0].search(/[{[]/);
    const end = closingBracket(text, start);
    const broken = !parses(text.slice(start, end));
    const opening = /(?:^|\n)[^\S\n]*```[^\n`]*\n\s*$/.exec(text.slice(Math.max(from, start - 80), start))?.[0];
    const closing = opening === undefined ? undefined : /^\s*```[^\S\n]*/.exec(text.slice(end, end + 80))?.[0];
    const outer =
      closing === undefined ? { start, end } : { start: start - opening!.length, end: end + closing.length };
    islands.push({ outer, json: { start, end }, broken });
    from = outer.end;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Where the bracket that opens at an offset is closed, or the end of the text. */
function closingBracket(text: string, open: number): number {
  const mark = /["{}[\]]/g;
  mark.lastIndex = open;
  let depth = 0;
  for (let match = mark.exec(text); match; match = mark.exec(text)) {
    if (match[0] === '"') mark.lastIndex = closingQuote(text, match.index) + 1;
    else if (match[0] === '{' || match[0] === '[') depth++;
    else if (--depth === 0) return match.index + 1;
  }
  return text.length;
}

/** The JSON of a text that is nothing else, in a Markdown fence or not; null for any other text. */
export function wholeJson(text: string): Range | null {
  const [island, ...others] = jsonIslands(text);
  if (!island || island.broken || others.length > 0) return null;
  const around = text.slice(0, island.outer.start) + text.slice(island.outer.end);
  return around.trim() === '' ? island.json : null;
}
