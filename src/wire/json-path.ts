/** A JSON object as it came off the wire: nothing about it is known yet. */
export type JsonObject = Record<string, unknown>;
export type JsonPath = readonly (string | number)[];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of an array, with their places; empty where the value is no array. */
export function objectsOf(value: unknown): { index: number; value: JsonObject }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, index) => (isObject(item) ? [{ index, value: item }] : []));
}

/** What stands at a path, or undefined. Own properties only. */
export function getIn(value: unknown, path: JsonPath): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** A copy of the value with another value at a path; what is off the path is shared, not copied. */
export function setIn<T>(value: T, path: JsonPath, leaf: unknown): T {
  const [key, ...rest] = path;
  if (key === undefined) return leaf as T;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  copy[key] = setIn(copy[key], rest, leaf);
  return copy as T;
}

/** Parses a JSON object, behind a byte order mark or not; undefined where the text is none. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A text at a path, where there is one that is not empty. */
export function textAt(value: unknown, path: JsonPath): string | undefined {
  const found = getIn(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/**
 * A JSON text with other values in it. `before` is what the text parses to and `after` what it is to say; all of the text
 * that stands for the same value in both stays as it is (numbers past 2^53, `1.0`, double keys, white space, escapes).
 */
export function rewriteJson(text: string, before: unknown, after: unknown): string {
  const edits: { start: number; end: number; by: string }[] = [];
  const start = skip(text, 0);

  function compare(at: number, old: unknown, next: unknown): void {
    if (Object.is(old, next)) return;
    if (
      text[at] === '{' &&
      isObject(old) &&
      isObject(next) &&
      Object.keys(old).every((key) => Object.hasOwn(next, key))
    ) {
      const { members, end } = membersOf(text, at);
      // of a key that stands twice, the last counts
      for (const [key, place] of new Map(members)) compare(place, old[key as string], next[key as string]);
      const added = Object.keys(next).filter((key) => !Object.hasOwn(old, key));
      const by = added.map((key) => `${JSON.stringify(key)}:${JSON.stringify(next[key])}`).join(',');
      if (by !== '') edits.push({ start: end, end, by: members.length > 0 ? `,${by}` : by });
    } else if (text[at] === '[' && Array.isArray(old) && Array.isArray(next) && old.length === next.length) {
      for (const [index, place] of membersOf(text, at).members) {
        compare(place, old[index as number], next[index as number]);
      }
    } else edits.push({ start: at, end: endOf(text, at), by: JSON.stringify(next) });
  }

  compare(start, before, after);
  edits.sort((a, b) => a.start - b.start);
  let out = '';
  let from = 0;
  for (const { start: at, end, by } of edits) {
    out += text.slice(from, at) + by;
    from = end;
  }
  return out + text.slice(from);
}

/** The offset of the next character that is no white space (nor a byte order mark, at the beginning). */
function skip(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r\ufeff'.includes(text[at]!)) at++;
  return at;
}

/** The keys or indices of the object or array at an offset, each with the offset of its value; `end`: of its bracket. */
function membersOf(text: string, open: number): { members: [string | number, number][]; end: number } {
  const members: [string | number, number][] = [];
  const close = text[open] === '{' ? '}' : ']';
  let at = skip(text, open + 1);
  while (at < text.length && text[at] !== close) {
    let key: string | number = members.length;
    if (close === '}') {
      const keyEnd = endOf(text, at);
      key = JSON.parse(text.slice(at, keyEnd)) as string;
      at = skip(text, skip(text, keyEnd) + 1);
    }
    members.push([key, at]);
    at = skip(text, endOf(text, at));
    if (text[at] === ',') at = skip(text, at + 1);
  }
  return { members, end: at };
}

/** Where the string at an offset ends. Megabytes of base64 are passed over at once. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** Where the value at an offset ends. A loop, where recursion would run out of stack on deep or long texts. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') {
      at = endOfString(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && ', \t\n\r'.includes(character)) return at;
  }
  return text.length;
}

/** Keys that hold what a call shows, of all protocols; some servers read them in capitals too. */
const holders = ['messages', 'input', 'contents'];

/**
 * Why readers of a JSON object may differ on what it says: a key that stands twice in one object, of which some take the first
 * and some the last, or one of `holders` in other letters. Undefined where all read the same. The text must be valid.
 */
export function readInTwoWays(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    if (character !== '"') continue;
    const end = endOfString(text, at);
    const keys = open.at(-1);
    if (keys && text[skip(text, end)] === ':') {
      const key = JSON.parse(text.slice(at, end)) as string;
      if (keys.has(key)) return `the key ${JSON.stringify(key.slice(0, 40))} stands twice`;
      keys.add(key);
      const small = key.toLowerCase();
      if (open.length === 1 && key !== small && holders.includes(small))
        return `the key ${JSON.stringify(key)} is written in capitals`;
    }
    at = end - 1;
  }
  return undefined;
}
