import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type * as z from 'zod';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import type { SourceFile } from './benchmark.js';

/** One record of a file, as JSON says it. */
export interface JsonRecord {
  json: unknown;
  /** Where it starts, 1-based. */
  line: number;
  /** `answers.jsonl line 12`, with the record's number where several may stand in a line. */
  name: string;
}

export interface Records<Value> {
  records: { value: Value; line: number; name: string }[];
  file: SourceFile;
}

/** The largest text that Node keeps in one string is 512 Mi units; COCO's largest file has 333 MB. */
const maxBytes = 480 * 1024 * 1024;

/**
 * Reads a file of records in any layout that benchmarks come in: JSON lines, one JSON array however printed, or JSON
 * objects one after the other.
 *
 * @param inside A file may also be one object with the records as the values of this key.
 * @throws DetectiveError `bad-input` with the line of the first record that is not as the schema says; where the file
 * cannot be read; where it has no record.
 */
export async function readRecords<Value>(
  path: string,
  schema: z.ZodType<Value>,
  example: string,
  inside?: string,
): Promise<Records<Value>> {
  const { text, file } = await readText(path);
  const records = parseRecords(text, path, schema, example, inside);
  return { records, file };
}

/**
 * The records of one array in a file that is a JSON object, as COCO's, each checked and let go before the next, so that
 * files of several hundred megabytes can be read.
 *
 * @param key Of the array; it must not occur before it with an array after it.
 * @throws DetectiveError `bad-input` as {@link readRecords}, or where there is no such array.
 */
export function* recordsUnder<Value>(
  text: string,
  path: string,
  key: string,
  schema: z.ZodType<Value>,
  example: string,
): Generator<{ value: Value; line: number; name: string }> {
  const open = new RegExp(`"${key}"\\s*:\\s*\\[`).exec(text);
  if (!open) throw new DetectiveError('bad-input', `${path} has no list "${key}": is it the annotation file?`);
  for (const { json, line, name } of splitJson(text, path, example, open.index + open[0].length))
    yield { value: checkRecord(json, schema, name, example), line, name };
}

/** {@link readRecords} of a text that is already here; `path` is what it is called in errors. */
export function parseRecords<Value>(
  text: string,
  path: string,
  schema: z.ZodType<Value>,
  example: string,
  inside?: string,
): Records<Value>['records'] {
  let found = [...splitJson(text, path, example)];
  const held =
    found.length === 1 && inside !== undefined ? (found[0]!.json as Record<string, unknown>)?.[inside] : null;
  if (typeof held === 'object' && held !== null)
    found = Object.entries(held).map(([key, json]) => ({ json, line: 1, name: `${path} "${inside}" ${key}` }));
  const records = found.map(({ json, line, name }) => ({
    value: checkRecord(json, schema, name, example),
    line,
    name,
  }));
  if (records.length === 0)
    throw new DetectiveError('bad-input', `${path} has no record: each should look like ${example}`);
  return records;
}

/** @throws DetectiveError `bad-input` saying what of the record is wrong. */
export function checkRecord<Value>(json: unknown, schema: z.ZodType<Value>, name: string, example: string): Value {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const where = issue.path.length > 0 ? `"${issue.path.join('.')}" ` : '';
  throw new DetectiveError('bad-input', `${name}: ${where}${issue.message}; it should look like ${example}`);
}

/**
 * A whole file as text, a byte order mark left out.
 *
 * @throws DetectiveError `bad-input` where it cannot be read, is a folder, is too large or is not UTF-8.
 */
export async function readText(path: string): Promise<{ text: string; file: SourceFile }> {
  const bad = (reason: string, cause?: unknown) => new DetectiveError('bad-input', `${path} ${reason}`, { cause });
  let bytes: Buffer;
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw bad(`is over ${maxBytes / 1024 / 1024} MiB: is it the annotation file?`);
    bytes = await readFile(path);
  } catch (cause) {
    if (cause instanceof DetectiveError) throw cause;
    throw bad(`cannot be read (${errorMessage(cause)}): check the path`, cause);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), file: { path, sha256 } };
  } catch (cause) {
    throw bad('is not UTF-8 text: is it the annotation file?', cause);
  }
}

const quote = 34;
const backslash = 92;

/**
 * Cuts a text into its top-level JSON values, or into the elements of its one array.
 *
 * @param within Where the elements of an array begin, after its bracket, in a text that goes on after it.
 */
function* splitJson(text: string, path: string, example: string, within?: number): Generator<JsonRecord> {
  const inArray = within !== undefined || /^\s*\[/.test(text);
  const from = within ?? (inArray ? text.indexOf('[') + 1 : 0);
  let count = 0;
  let line = 1;
  let start = -1;
  let startLine = 1;
  let lastLine = 0;
  let depth = 0;
  let ended = false;
  let feed = -1;
  for (let at = 0; at < from; at++) if (text.charCodeAt(at) === 10) line++;
  const fail = (reason: string, lineNumber: number) =>
    new DetectiveError('bad-input', `${path} line ${lineNumber}: ${reason}; each record should look like ${example}`);
  const take = (end: number): JsonRecord => {
    count++;
    const name = `${path} line ${startLine}${inArray || startLine === lastLine ? ` (record ${count})` : ''}`;
    lastLine = startLine;
    const source = text.slice(start, end);
    start = -1;
    try {
      return { json: JSON.parse(source), line: startLine, name };
    } catch (error) {
      throw new DetectiveError(
        'bad-input',
        `${name}: not valid JSON (${errorMessage(error)}); it should look like ${example}`,
      );
    }
  };
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10) line++;
    if (code <= 32) {
      // a bare word or number ends here; JSON lines of them end with their line
      if (depth === 0 && start >= 0 && (code === 10 || !inArray)) yield take(at);
      continue;
    }
    if (ended) throw fail('something stands after the end of the array', line);
    if (start < 0) {
      if (code === 44 && inArray) continue;
      if (code === 93 && inArray) {
        if (within !== undefined) return;
        ended = true;
        continue;
      }
      start = at;
      startLine = line;
    }
    if (code === quote) {
      const close = endOfString(text, at);
      if (close < 0) throw fail('a string is not closed: was the file cut off?', startLine);
      // line feeds within a string are wrong, but a record that has one is still to be named by its line
      if (feed < at) feed = nextFeed(text, at);
      for (; feed < close; feed = nextFeed(text, feed + 1)) line++;
      at = close;
      if (depth === 0) yield take(at + 1);
    } else if (code === 123 || code === 91) depth++;
    else if (code === 125 || code === 93) {
      if (depth === 0) {
        // the bracket of the array right after a bare value
        yield take(at);
        at--;
        continue;
      }
      if (--depth === 0) yield take(at + 1);
    } else if (code === 44 && depth === 0) yield take(at);
  }
  if (start >= 0) {
    if (depth > 0) throw fail('the record is not closed: was the file cut off?', startLine);
    yield take(text.length);
  }
  if (inArray && !ended) throw fail('the array is not closed: was the file cut off?', line);
}

function nextFeed(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

/** Where the quote stands that closes the string opened at `open`; -1 where none does. */
function endOfString(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return close;
  }
  return -1;
}
