import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { type Line, readLines } from '../../src/base/lines.js';
import { checkSameRun, parseHeader, type RunHeader } from './header.js';

/** A line of a ledger. */
export interface LedgerRecord {
  id: string;
}

/** A ledger that records are added to, in the order of the items. */
export interface Ledger {
  /** How many records an earlier run left. */
  done: number;
  add(record: LedgerRecord): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a ledger to write: a new one with its header, or, with `resume`, the one that is there. A last line that a
 * killed run could not finish is cut off.
 *
 * @throws DetectiveError `bad-argument` where the file is there without `resume`, was begun with other settings, or
 * cannot be written; `bad-input` where it is no ledger.
 */
export async function openLedger(path: string, header: RunHeader, resume: boolean): Promise<Ledger> {
  const file = await openFile(path, resume);
  try {
    const { records, bytes } = await readWhole(file, path, header);
    await file.truncate(bytes);
    if (bytes === 0) await file.appendFile(`${JSON.stringify(header)}\n`);
    return {
      done: records,
      add: (record) => file.appendFile(`${JSON.stringify(record)}\n`),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openFile(path: string, resume: boolean): Promise<FileHandle> {
  try {
    return await open(path, resume ? 'a+' : 'ax+');
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    const reason = exists
      ? 'exists: add --resume to go on with that run, or choose another --out'
      : `cannot be written (${errorMessage(cause)})`;
    throw new DetectiveError('bad-argument', `${path} ${reason}`, { cause });
  }
}

/** The whole records of an earlier run, and how many bytes they and the header take. */
async function readWhole(file: FileHandle, path: string, header: RunHeader) {
  let records = -1;
  let bytes = 0;
  for await (const line of readLines(file.createReadStream({ autoClose: false, start: 0 }))) {
    if (!line.ended) break;
    if (records < 0) checkSameRun(parseHeader(line.text, path), header, path);
    else parseRecord(line, path);
    records++;
    bytes = line.offset;
  }
  return { records: Math.max(0, records), bytes };
}

/**
 * Reads a ledger line by line: the header first, then its records. Holds one line at a time. A last line without its end
 * is left out.
 *
 * @throws DetectiveError `bad-input` where it cannot be read or a line is no record.
 */
export async function readLedger<R extends LedgerRecord>(
  path: string,
): Promise<{ header: RunHeader; records: AsyncGenerator<R> }> {
  const lines = readLines(createReadStream(path));
  let first: IteratorResult<Line>;
  try {
    first = await lines.next();
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new DetectiveError(
      'bad-input',
      `${path} ${missing ? 'does not exist' : `cannot be read (${errorMessage(cause)})`}: give the folder of a run`,
      { cause },
    );
  }
  const header = parseHeader(first.done ? null : first.value.text, path);
  async function* records(): AsyncGenerator<R> {
    for await (const line of lines) if (line.ended) yield parseRecord<R>(line, path);
  }
  return { header, records: records() };
}

function parseRecord<R extends LedgerRecord>({ text, number }: Line, path: string): R {
  try {
    const record = JSON.parse(text ?? '') as R;
    if (typeof record?.id === 'string') return record;
  } catch {}
  throw new DetectiveError('bad-input', `${path} line ${number} is no record of a run: mend or remove the file`);
}
