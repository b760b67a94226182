/**
 * The values of a JSON object by key, each as it stands in the text: numbers of any length, spellings and all. Of a key that
 * stands there twice, the last.
 *
 * @param json Valid JSON, an object.
 */
export function rawColumns(json: string): Map<string, string> {
  const columns = new Map<string, string>();
  let at = skipBlanks(json, skipBlanks(json, 0) + 1);
  while (json[at] === '"') {
    const keyEnd = endOfString(json, at);
    const key = JSON.parse(json.slice(at, keyEnd)) as string;
    const begin = skipBlanks(json, skipBlanks(json, keyEnd) + 1);
    const end = endOfValue(json, begin);
    columns.set(key, json.slice(begin, end));
    at = skipBlanks(json, end);
    if (json[at] === ',') at = skipBlanks(json, at + 1);
  }
  return columns;
}

const isBlank = (character: string | undefined) =>
  character === ' ' || character === '\t' || character === '\n' || character === '\r';

function skipBlanks(json: string, at: number): number {
  while (isBlank(json[at])) at++;
  return at;
}

/** Behind the string whose quote is here. */
function endOfString(json: string, quote: number): number {
  for (let end = json.indexOf('"', quote + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
  return json.length;
}

function endOfValue(json: string, begin: number): number {
  if (json[begin] === '"') return endOfString(json, begin);
  const marks = /["[\]{},\s]/g;
  marks.lastIndex = begin;
  let depth = 0;
  for (let found = marks.exec(json); found; found = marks.exec(json)) {
    const [mark] = found;
    if (mark === '"') marks.lastIndex = endOfString(json, found.index);
    else if (mark === '[' || mark === '{') depth++;
    else if (depth === 0) return found.index;
    else if ((mark === ']' || mark === '}') && --depth === 0) return found.index + 1;
  }
  return json.length;
}
