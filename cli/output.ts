import { type FileHandle, open, realpath } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { DetectiveError, errorMessage } from '../src/base/errors.js';
import { readLines } from '../src/base/lines.js';
import { type HashedNumbers, hashedNumbers } from '../src/bulk/hashed-numbers.js';
import type { Io } from './io.js';

export interface Output {
  /** Whether a run that is resumed has done this item. Of several items with one id, as many as were written. */
  takeDone(id: string): boolean;
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
  try {
    if (resume && input !== undefined && input !== '-' && (await realpath(input)) === (await realpath(output)))
      throw new DetectiveError('bad-argument', `${output} is both --input and --output: give the results another file`);
    const done = resume ? await readDone(file, output) : hashedNumbers();
    return {
      takeDone(id) {
        const left = done.get(id) ?? 0;
        if (left > 0) done.set(id, left - 1);
        return left > 0;
      },
      write: (text) => file.appendFile(text),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
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
    const reason =
      code === 'EEXIST'
        ? 'exists: add --resume to go on with it, or remove it'
        : code === 'ENOENT'
          ? 'cannot be made: its folder does not exist'
          : code === 'EISDIR'
            ? 'is a folder: give a file'
            : `cannot be written (${errorMessage(cause)})`;
    throw new DetectiveError('bad-argument', `${path} ${reason}`, { cause });
  }
}

/** How often each id was written by the broken run. A last line that it could not finish is cut off. */
async function readDone(file: FileHandle, path: string): Promise<HashedNumbers> {
  const done = hashedNumbers();
  let whole = 0;
  let unended = false;
  for await (const line of readLines(file.createReadStream({ autoClose: false, start: 0 }))) {
    const id = idOf(line.text);
    if (id === null) {
      if (!line.ended && looksTorn(line.text)) break;
      throw new DetectiveError(
        'bad-argument',
        `${path} line ${line.number} is no result of an earlier run: give --output another file, or mend that line`,
      );
    }
    done.set(id, (done.get(id) ?? 0) + 1);
    whole = line.offset;
    unended = !line.ended;
  }
  await file.truncate(whole);
  if (unended) await file.appendFile('\n');
  return done;
}

function idOf(text: string | null): string | null {
  try {
    const { id } = JSON.parse(text ?? '') as { id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

/** The beginning of a result; null where it ends inside a character. */
function looksTorn(text: string | null): boolean {
  const begin = '{"id":"';
  return text === null || text.startsWith(begin) || begin.startsWith(text);
}
