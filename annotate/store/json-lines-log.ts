import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { readLines } from '../../src/base/lines.js';
import type { EventLog } from './event-log.js';
import { eventSchema, type StoreEvent } from './events.js';

/**
 * A log as a file of JSON lines, synced at each append. A last line that was torn is cut off: it was never acknowledged.
 *
 * @param readOnly Reads what is there now, also while another process writes.
 * @throws DetectiveError `bad-input` for any other line that is no event: nothing is written to a file that is not ours.
 */
export async function openJsonLinesLog(path: string, readOnly = false): Promise<EventLog> {
  const file = readOnly ? await openToRead(path) : await openSynced(path);
  try {
    const { starts, end } = await findEvents(file, path, readOnly);
    return jsonLinesLog(file, path, starts, end);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new DetectiveError('bad-input', `${path} cannot be read (${errorMessage(cause)}): check --store`, { cause });
  }
}

/** A new file is there for good only once its folder is synced, too. */
async function openSynced(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'a+', 0o600);
    const folder = await open(dirname(path), 'r').catch(() => undefined);
    await folder?.sync().catch(() => {});
    await folder?.close();
    return file;
  } catch (cause) {
    throw new DetectiveError('bad-input', `${path} cannot be opened (${errorMessage(cause)}): check --store`, {
      cause,
    });
  }
}

async function findEvents(
  file: FileHandle,
  path: string,
  readOnly: boolean,
): Promise<{ starts: number[]; end: number }> {
  const starts: number[] = [];
  let end = 0;
  const { size } = await file.stat();
  for await (const line of readLines(file.createReadStream({ autoClose: false, start: 0 }))) {
    if (!line.ended) break;
    try {
      const { at, kind } = JSON.parse(line.text!) as StoreEvent;
      if (typeof at !== 'number' || typeof kind !== 'string') throw new Error('no event');
    } catch {
      throw new DetectiveError(
        'bad-input',
        `${path} line ${line.number} is no event of an annotation store: give --store another folder, or mend that line from a copy`,
      );
    }
    starts.push(end);
    end = line.offset;
  }
  if (end < size && !readOnly) await file.truncate(end);
  return { starts, end };
}

function jsonLinesLog(file: FileHandle, path: string, starts: number[], size: number): EventLog {
  let end = size;
  let broken: DetectiveError | undefined;

  const lineAt = async (number: number) => {
    const start = starts[number];
    if (start === undefined) throw new RangeError(`there is no event ${number} in ${path}`);
    const { buffer } = await file.read(Buffer.alloc((starts[number + 1] ?? end) - start), { position: start });
    return parseEvent(buffer.toString('utf8'), path, number);
  };

  return {
    get length() {
      return starts.length;
    },
    async append(events) {
      if (broken) throw broken;
      const lines = events.map((event) => Buffer.from(`${JSON.stringify(event)}\n`));
      try {
        await file.appendFile(Buffer.concat(lines));
        await file.datasync();
      } catch (cause) {
        const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
        const why = full ? 'the disk is full: make room' : errorMessage(cause);
        const failed = new DetectiveError('store-failed', `${path} could not be written: ${why}`, { cause });
        // half a line must not stay, or the next one would be glued to it
        await file.truncate(end).catch(() => {
          broken = failed;
        });
        throw failed;
      }
      for (const line of lines) {
        starts.push(end);
        end += line.byteLength;
      }
    },
    get: lineAt,
    async *read() {
      const count = starts.length;
      if (count === 0) return;
      let number = 0;
      for await (const { text } of readLines(file.createReadStream({ autoClose: false, start: 0, end: end - 1 })))
        yield parseEvent(text ?? '', path, number++);
    },
    close: () => file.close(),
  };
}

function parseEvent(text: string, path: string, number: number): StoreEvent {
  const parsed = eventSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DetectiveError(
    'bad-input',
    `${path} line ${number + 1} is no event that this version knows (${issue?.path.join('.')} ${issue?.message}): use the version that wrote it`,
  );
}
