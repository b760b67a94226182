import { createReadStream } from 'node:fs';
import { DetectiveError, errorMessage } from '../base/errors.js';
import { readLines } from '../base/lines.js';
import { readResultLine } from './batch-lines.js';
import { hashedNumbers } from './hashed-numbers.js';

/** A file's number and a place in it make one number: files up to a tebibyte, and eight thousand of them. */
const fileSpan = 2 ** 40;

/**
 * The replies in the result files of batches, by the id of their request; null where it failed, undefined where there is
 * none. The replies stay in the files, which must not change: only where each stands is held.
 *
 * @throws DetectiveError `bad-input` for results that cannot be read.
 */
export async function openResults(
  paths: readonly string[],
): Promise<(id: string) => Promise<string | null | undefined>> {
  const replies = hashedNumbers();
  const failures = hashedNumbers();
  for (const [file, path] of paths.entries()) {
    let begin = 0;
    for await (const { text, number, offset } of linesFrom(path, 0)) {
      const at = begin;
      begin = offset;
      if (text?.trim() === '') continue;
      const result = readResultLine(text ?? '');
      if (!result) throw new DetectiveError('bad-input', `${path} line ${number} is no result of a batch`);
      // a request that failed in one cycle may have succeeded in another
      if (result.reply === null) failures.set(result.id, 1);
      else replies.set(result.id, file * fileSpan + at);
    }
  }
  return async (id) => {
    const place = replies.get(id);
    if (place === undefined) return failures.get(id) === undefined ? undefined : null;
    const path = paths[Math.floor(place / fileSpan)]!;
    for await (const { text } of linesFrom(path, place % fileSpan)) {
      const result = readResultLine(text ?? '');
      if (result?.id === id) return result.reply;
      break;
    }
    throw new DetectiveError('bad-input', `${path} changed while it was read: run this again`);
  };
}

async function* linesFrom(path: string, start: number) {
  try {
    yield* readLines(createReadStream(path, { start }));
  } catch (cause) {
    throw new DetectiveError('bad-input', `${path} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}
