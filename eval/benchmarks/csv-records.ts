import type * as z from 'zod';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { checkRecord, type Records, readText } from './json-records.js';

/**
 * Reads a file of comma-separated values whose first line names the columns.
 *
 * @param example A record as an object, for messages.
 * @throws DetectiveError `bad-input` with the line of the first record that is not as the schema says; where the file
 * cannot be read; where it has no record.
 */
export async function readCsv<Value>(path: string, schema: z.ZodType<Value>, example: string): Promise<Records<Value>> {
  const { parse } = await import('csv-parse/sync');
  const { text, file } = await readText(path);
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  try {
    rows = parse(text, { columns: true, info: true, skip_empty_lines: true, bom: true });
  } catch (cause) {
    throw new DetectiveError('bad-input', `${path}: not comma-separated values (${errorMessage(cause)})`, { cause });
  }
  if (rows.length === 0) throw new DetectiveError('bad-input', `${path} has no record: each should be like ${example}`);
  const records = rows.map(({ record, info }) => {
    // info tells the line that the record ends on
    const line = info.lines - Object.values(record).join('').split('\n').length + 1;
    const name = `${path} line ${line}`;
    return { value: checkRecord(record, schema, name, example), line, name };
  });
  return { records, file };
}
