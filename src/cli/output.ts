import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { DetectiveError } from '../errors.js';

export interface Output {
  /** Whether a run that is resumed has done this item. */
  has(id: string): boolean;
  write(result: object): Promise<void>;
  writeText(text: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Where results go: standard output, or a file that a broken run can go on with.
 *
 * @throws DetectiveError `bad-argument` for --resume without --output, or a file that is there without --resume.
 */
export async function openOutput({ output, resume }: { output?: string; resume: boolean }): Promise<Output> {
  if (resume && output === undefined)
    throw new DetectiveError('bad-argument', '--resume needs --output, the file to go on with');
  let done = new Set<string>();
  if (output !== undefined && existsSync(output)) {
    if (!resume)
      throw new DetectiveError('bad-argument', `${output} exists: add --resume to go on with it, or remove it`);
    done = await readDone(output);
  }
  const stream = output === undefined ? process.stdout : createWriteStream(output, { flags: 'a' });
  const write = async (text: string) => {
    if (!stream.write(text)) await once(stream, 'drain');
  };
  return {
    has: (id) => done.has(id),
    write: (result) => write(`${JSON.stringify(result)}\n`),
    writeText: (text) => write(`${text}\n`),
    async close() {
      if (output === undefined) return;
      stream.end();
      await finished(stream);
    },
  };
}

/** The ids that a broken run has written. A line that it could not finish is cut off. */
async function readDone(path: string): Promise<Set<string>> {
  const done = new Set<string>();
  const file = await open(path, 'r+');
  try {
    let whole = 0;
    for await (const line of createInterface({ input: file.createReadStream({ autoClose: false, start: 0 }) })) {
      try {
        const { id } = JSON.parse(line) as { id?: unknown };
        if (typeof id !== 'string') throw new Error('no id');
        done.add(id);
      } catch {
        break;
      }
      whole += Buffer.byteLength(line) + 1;
    }
    const { size } = await file.stat();
    if (size < whole) {
      const last = Buffer.from('\n');
      await file.write(last, 0, 1, size);
    } else if (size > whole) {
      await file.truncate(whole);
    }
  } finally {
    await file.close();
  }
  return done;
}
