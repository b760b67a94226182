import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { DetectiveError, errorMessage } from '../base/errors.js';
import { encodeAllForApi } from '../image/decode.js';
import { rewritePrompt } from '../rewriters/rewrite-prompt.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import { validateReply } from '../rewriters/validate-edits.js';
import { type BatchProvider, batchLine } from './batch-lines.js';
import { openResults } from './batch-results.js';
import { hashedNumbers } from './hashed-numbers.js';

export interface BatchRewriterOptions {
  provider: BatchProvider;
  model: string;
  /** Where the requests that have no result yet are written, as JSON lines. Further files are called FILE.2, FILE.3. */
  requests: string;
  /** The providers' result files of earlier cycles, in any order. */
  results: readonly string[];
  /** Pixels that no side of a picture exceeds. Default 1024. */
  imageSide?: number | undefined;
  /** Lines in a file at most. Default 50,000, OpenAI's limit. */
  maxLines?: number;
  /** Bytes in a file at most. Default 190 MB; OpenAI takes 200. */
  maxBytes?: number;
}

export interface BatchRewriter extends Rewriter {
  /** Puts the files in their places. */
  finish(): Promise<{ files: string[]; requests: number; answered: number }>;
  /** Removes what was not finished. */
  discard(): Promise<void>;
}

/**
 * A rewriter that asks nobody: what it is asked it looks up in the results of a provider's batch, and what is not there it
 * writes down for the next one. Each round of a correction is one cycle; a run that writes no requests is the last. A
 * request is known by the SHA-256 of its model, prompt and pictures, so the same run leads to the same requests.
 *
 * @throws DetectiveError `bad-input` for results that cannot be read, `bad-argument` where the file cannot be written.
 */
export async function batchRewriter(options: BatchRewriterOptions): Promise<BatchRewriter> {
  const { provider, model, requests: path, imageSide, maxLines = 50_000, maxBytes = 190_000_000 } = options;
  const replies = await openResults(options.results);
  const asked = hashedNumbers();
  const files: string[] = [];
  let file: FileHandle | null = null;
  let lines = 0;
  let bytes = 0;
  let answered = 0;
  let writing = Promise.resolve();

  const nameOf = (index: number) => (index === 0 ? path : `${path}.${index + 1}`);
  async function next(): Promise<FileHandle> {
    await file?.close();
    const name = nameOf(files.length);
    try {
      file = await open(`${name}.part`, 'w');
    } catch (cause) {
      throw new DetectiveError('bad-argument', `${name} cannot be written: ${errorMessage(cause)}`, { cause });
    }
    files.push(name);
    lines = 0;
    bytes = 0;
    return file;
  }
  await next();

  async function write(line: string): Promise<void> {
    const size = Buffer.byteLength(line) + 1;
    const target = lines > 0 && (lines >= maxLines || bytes + size > maxBytes) ? await next() : file!;
    await target.appendFile(`${line}\n`);
    lines++;
    bytes += size;
  }

  return {
    name: `batch:${provider}:${model}`,
    async rewrite(request) {
      if (request.spans.length === 0) return { edits: [] };
      const { text, masked } = rewritePrompt(request);
      const images = await encodeAllForApi(request.images, imageSide);
      const hash = createHash('sha256').update(JSON.stringify([provider, model, text]));
      for (const { base64 } of images) hash.update(base64);
      const id = hash.digest('hex').slice(0, 48);
      const reply = await replies(id);
      if (reply !== undefined) {
        answered++;
        const checked = validateReply(reply, request, masked);
        return { edits: 'value' in checked ? checked.value : [] };
      }
      if (asked.get(id) === undefined) {
        asked.set(id, 1);
        const line = batchLine(provider, model, id, text, images);
        writing = writing.then(() => write(line));
        await writing;
      }
      return { edits: [] };
    },
    async finish() {
      await writing;
      await file?.close();
      file = null;
      for (const name of files) await rename(`${name}.part`, name);
      return { files, requests: asked.size, answered };
    },
    async discard() {
      if (!file) return;
      await file.close();
      for (const name of files) await rm(`${name}.part`, { force: true });
    },
  };
}
