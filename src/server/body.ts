import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { HttpError } from './http-error.js';

const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Encodings one over another are undone one by one; more of them than this are somebody's joke. */
const maxEncodings = 2;

/**
 * A body with its content-encoding undone; undefined for an encoding that is not known. An error of the body, or of a
 * decoder, ends what comes out.
 */
export function decoded(body: Readable, encoding: string | undefined): Readable | undefined {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > maxEncodings || names.some((name) => !Object.hasOwn(decoders, name))) return undefined;
  let source = body;
  for (const name of names.reverse()) {
    const from = source;
    const decoder = decoders[name]!() as unknown as Readable;
    from.once('error', (error) => decoder.destroy(error));
    decoder.once('close', () => from.destroy());
    source = from.pipe(decoder as unknown as NodeJS.WritableStream) as unknown as Readable;
  }
  return source;
}

/** @throws HttpError 413 where the body has more bytes than the limit. */
export async function readBytes(body: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

export function tooLarge(limit: number): HttpError {
  const size = limit >= 1 << 20 ? `${(limit / (1 << 20)).toFixed(1)} MiB` : `${limit} bytes`;
  // what is left of it is not read
  return new HttpError(413, `the body has more than the ${size} allowed`, { connection: 'close' });
}
