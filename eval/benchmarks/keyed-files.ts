import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type * as z from 'zod';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import type { SourceFile } from './benchmark.js';
import { checkRecord, readText } from './json-records.js';

export interface KeyedFile<Value> {
  /** The file's name without its ending. */
  part: string;
  records: { key: string; value: Value; line: number }[];
  file: SourceFile;
}

/**
 * A file that is one JSON object of records by key, or a folder of such files, read in the order of their names.
 *
 * @throws DetectiveError `bad-input` naming the file, the line and the record.
 */
export async function readKeyedFiles<Value>(
  path: string,
  schema: z.ZodType<Value>,
  example: string,
): Promise<KeyedFile<Value>[]> {
  return await Promise.all((await jsonFilesOf(path, '.json')).map((file) => readKeyed(file, schema, example)));
}

/** The path itself, or the files with this ending in the folder. @throws DetectiveError `bad-input` where there are none. */
export async function jsonFilesOf(path: string, ending: string): Promise<string[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    (cause: unknown) => {
      throw new DetectiveError('bad-input', `${path} cannot be read (${errorMessage(cause)}): check the path`, {
        cause,
      });
    },
  );
  if (!isFolder) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith(ending)).sort();
  if (names.length === 0)
    throw new DetectiveError('bad-input', `${path} has no ${ending} file: is it the data folder?`);
  return names.map((name) => join(path, name));
}

async function readKeyed<Value>(path: string, schema: z.ZodType<Value>, example: string): Promise<KeyedFile<Value>> {
  const { text, file } = await readText(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new DetectiveError('bad-input', `${path}: not valid JSON (${errorMessage(error)}): was the file cut off?`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new DetectiveError('bad-input', `${path} is not an object of records by key, as ${example}`);
  const lineOf = lineFinder(text);
  const records = Object.entries(json).map(([key, record]) => {
    const line = lineOf(key);
    return { key, line, value: checkRecord(record, schema, `${path} line ${line} (${JSON.stringify(key)})`, example) };
  });
  if (records.length === 0) throw new DetectiveError('bad-input', `${path} has no record, as ${example}`);
  return { part: basename(path).replace(/\.jsonl?$/, ''), records, file };
}

/** Where the records' keys stand, asked in their order. */
function lineFinder(text: string): (key: string) => number {
  let at = 0;
  let line = 1;
  return (key) => {
    const found = text.indexOf(`${JSON.stringify(key)}:`, at);
    const place = found < 0 ? at : found;
    for (; at < place; at++) if (text.charCodeAt(at) === 10) line++;
    return line;
  };
}
