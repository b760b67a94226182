import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DetectiveError, errorMessage } from '../../base/errors.js';
import { withLock } from '../../base/file-lock.js';
import { modelFile, modelsFolder, type PublishedModel } from './evidence-models.js';

export interface PullOptions {
  /** A file on this machine, or another URL, in place of the published one: the same SHA-256 is asked of it. */
  from?: string;
  /** Where models lie. Default {@link modelsFolder}. */
  folder?: string;
  signal?: AbortSignal;
  /** Bytes that are here so far. */
  onProgress?: (bytes: number) => void;
  fetch?: typeof fetch;
}

/**
 * Fetches a published model once. What was there already, whole, is left alone; a download that broke off goes on where
 * it stopped. The file appears under its name only after its SHA-256 was found right.
 *
 * @returns Where it lies, and whether it had to be fetched.
 * @throws DetectiveError `bad-model` where the bytes are not the published ones, `bad-input` where they cannot be read or
 * fetched, or another process is at it, `aborted`.
 */
export async function pullModel(
  model: PublishedModel,
  options: PullOptions = {},
): Promise<{ file: string; fetched: boolean }> {
  const file = modelFile(model, options.folder ?? modelsFolder());
  if ((await sha256Of(file)) === model.sha256) return { file, fetched: false };
  await mkdir(dirname(file), { recursive: true });
  const part = `${file}.part`;
  return withLock(`${part}.lock`, pulledElsewhere, async () => {
    // another process may just have done it
    if ((await sha256Of(file)) === model.sha256) return { file, fetched: false };
    const source = options.from ?? model.url;
    if (/^https?:/i.test(source)) await download(model, source, part, options);
    else await copy(source, part);
    const found = await sha256Of(part);
    if (found !== model.sha256) {
      await rm(part, { force: true });
      throw new DetectiveError(
        'bad-model',
        `${printableSource(source)} is not the published ${model.name} (SHA-256 ${found?.slice(0, 12)}…, not ${model.sha256.slice(0, 12)}…): fetch it again, or give the right file with --from`,
      );
    }
    await rename(part, file);
    return { file, fetched: true };
  });
}

/** What is said where another process pulls the same. */
export const pulledElsewhere = (holder: string, lock: string) =>
  `${holder} is fetching the same folder or file: wait for it (or remove ${lock} if that is something else)`;

/** The SHA-256 of a file, or null where there is none. */
export async function sha256Of(file: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch {
    return null;
  }
  return hash.digest('hex');
}

async function copy(source: string, part: string): Promise<void> {
  try {
    await copyFile(source, part);
  } catch (cause) {
    throw new DetectiveError('bad-input', `${source} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}

/** A reply with more bytes than the model has is some other file: reading on would only fill the disk. */
const slack = 1;

async function download(model: PublishedModel, url: string, part: string, options: PullOptions): Promise<void> {
  const { signal, onProgress } = options;
  const here = (await stat(part).catch(() => null))?.size ?? 0;
  const from = here < model.bytes ? here : 0;
  const response = await (options.fetch ?? fetch)(url, {
    headers: from > 0 ? { range: `bytes=${from}-` } : {},
    ...(signal ? { signal } : {}),
  }).catch((cause) => {
    throw unreachable(url, errorMessage(cause.cause ?? cause), cause, signal);
  });
  if (!response.ok || !response.body) throw unreachable(url, `HTTP ${response.status}`, undefined, signal);
  const resumed = response.status === 206;
  const output = await open(part, resumed ? 'a' : 'w');
  let bytes = resumed ? from : 0;
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > model.bytes + slack) break;
      await output.write(chunk);
      onProgress?.(bytes);
    }
  } catch (cause) {
    throw unreachable(url, `it broke off after ${bytes} of ${model.bytes} bytes`, cause, signal);
  } finally {
    await output.close();
  }
}

function unreachable(url: string, reason: string, cause: unknown, signal: AbortSignal | undefined): DetectiveError {
  if (signal?.aborted)
    return new DetectiveError('aborted', 'the download was stopped: run it again to go on', { cause });
  return new DetectiveError(
    'bad-input',
    `${printableSource(url)} cannot be fetched (${reason}): run it again to go on, or fetch the file elsewhere and give its path with --from`,
    { cause },
  );
}

/** A URL without what may be secret in it. */
function printableSource(source: string): string {
  return /^https?:/i.test(source) ? source.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//') : source;
}
