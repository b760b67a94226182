import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { DetectiveError, errorMessage } from '../src/base/errors.js';
import { takeLock } from '../src/base/file-lock.js';
import { readLines } from '../src/base/lines.js';
import { type HashedNumbers, hashedNumbers } from '../src/bulk/hashed-numbers.js';
import type { Io } from './io.js';
import { rawColumns } from './raw-columns.js';
import { printable } from './shade-words.js';

export interface Output {
  /**
   * Whether a run that is resumed has done this item. Of several items with one id, as many as were written. It says once
   * if such an item had another answer then.
   */
  takeDone(id: string, answer?: string): boolean;
  /** Resolves when the text is handed to the system. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

export interface OutputOptions {
  input?: string;
  output?: string;
  resume?: boolean;
}

/**
 * Where results go: standard output, or a file that a broken run can go on with.
 *
 * @throws DetectiveError `bad-argument` for --resume without --output, a file that is there without --resume, one that
 * holds something else than results, or one that cannot be written.
 */
export async function openOutput(io: Io, { input, output, resume = false }: OutputOptions): Promise<Output> {
  if (output === undefined) {
    if (resume) throw new DetectiveError('bad-argument', '--resume needs --output, the file to go on with');
    return { takeDone: () => false, write: (text) => writeTo(io.stdout, text), close: async () => {} };
  }
  const file = await openFile(output, resume);
  let unlock = async () => {};
  try {
    unlock = await lockOutput(file, output);
    if (resume && input !== undefined && input !== '-' && (await realpath(input)) === (await realpath(output)))
      throw new DetectiveError('bad-argument', `${output} is both --input and --output: give the results another file`);
    const done = resume ? await readDone(io, file, output) : undefined;
    return {
      takeDone: (id, answer) => done?.take(id, answer) ?? false,
      write: (text) => file.appendFile(text),
      async close() {
        await file.close();
        await unlock();
      },
    };
  } catch (error) {
    await file.close();
    await unlock();
    throw error;
  }
}

/** Two processes that write one file would do every item twice. */
async function lockOutput(file: FileHandle, path: string): Promise<() => Promise<void>> {
  if (!(await file.stat()).isFile()) return async () => {};
  try {
    return await takeLock(
      `${await realpath(path)}.lock`,
      (holder, lock) => `${holder} is writing ${path}: wait for it (or remove ${lock} if that is something else)`,
    );
  } catch (error) {
    // a folder in which nothing can be made: there was no lock before either
    if (['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) return async () => {};
    throw error;
  }
}

function writeTo(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => stream.write(text, (error) => (error ? reject(error) : resolve())));
}

async function openFile(path: string, resume: boolean): Promise<FileHandle> {
  try {
    return await open(path, resume ? 'a+' : 'ax');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isFolder = code === 'EISDIR' || (code === 'EEXIST' && (await stat(path)).isDirectory());
    const reason = isFolder
      ? 'is a folder: give a file'
      : code === 'EEXIST'
        ? 'exists: add --resume to go on with it, or remove it'
        : code === 'ENOENT'
          ? 'cannot be made: its folder does not exist'
          : `cannot be written (${errorMessage(cause)})`;
    throw new DetectiveError('bad-argument', `${path} ${reason}`, { cause });
  }
}

interface Done {
  take(id: string, answer: string | undefined): boolean;
}

/**
 * What was written by the broken run: how often each id, and which answers it had. A last line that it could not finish is
 * cut off.
 */
async function readDone({ stderr }: Io, file: FileHandle, path: string): Promise<Done> {
  const ids = hashedNumbers();
  const answers = hashedNumbers();
  const add = (numbers: HashedNumbers, name: string, by: number) => numbers.set(name, (numbers.get(name) ?? 0) + by);
  let whole = 0;
  let unended = false;
  let isSaid = false;
  for await (const line of readLines(file.createReadStream({ autoClose: false, start: 0 }))) {
    const result = resultOf(line.text);
    if (result === null) {
      if (!line.ended && looksTorn(line.text)) break;
      throw new DetectiveError(
        'bad-argument',
        `${path} line ${line.number} is no result of an earlier run: give --output another file, or mend that line`,
      );
    }
    add(ids, result.id, 1);
    add(answers, answerKey(result), 1);
    whole = line.offset;
    unended = !line.ended;
  }
  await file.truncate(whole);
  if (unended) await file.appendFile('\n');
  return {
    take(id, answer) {
      if ((ids.get(id) ?? 0) <= 0) return false;
      add(ids, id, -1);
      if (answer === undefined) return true;
      // a failed item's line has no answer
      const known = [answerKey({ id, answer }), answerKey({ id })].find((key) => (answers.get(key) ?? 0) > 0);
      if (known !== undefined) add(answers, known, -1);
      else if (!isSaid) {
        isSaid = true;
        stderr.write(
          `vlm-detective: item ${printable(id)} has another answer in --input than when ${path} was written, and there may be more: their old results stay; for new ones give --output another file\n`,
        );
      }
      return true;
    },
  };
}

const answerKey = ({ id, answer }: { id: string; answer?: string }) => JSON.stringify([id, answer]);

/** What a line of results is about; null for what is none. */
function resultOf(text: string | null): { id: string; answer?: string } | null {
  try {
    const line = JSON.parse(text ?? '') as { id?: unknown; original?: unknown; response?: unknown };
    const answer = line.original ?? line.response;
    const given = typeof answer === 'string' ? { answer } : {};
    if (typeof line.id === 'string') return { id: line.id, ...given };
    return typeof line.id === 'number' ? { id: rawColumns(text!).get('id')!, ...given } : null;
  } catch {
    return null;
  }
}

/** The beginning of a result; null where it ends inside a character. */
function looksTorn(text: string | null): boolean {
  const begin = '{"id":';
  return text === null || text.startsWith(begin) || begin.startsWith(text);
}
