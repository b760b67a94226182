import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { HttpError } from '../http-error.js';
import type { Holding } from './memory.js';

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

/** @throws HttpError 413 where the body has more bytes than the limit; what `onBytes` throws. */
export async function readBytes(
  body: AsyncIterable<Buffer>,
  limit: number,
  onBytes: (count: number) => void = () => {},
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    onBytes(chunk.length);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

export const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** After its first time a body has to come at this rate at least, on the whole. Bytes a second. */
const leastRate = 8 * 1024;

/**
 * The body of a request, as it came. No place is held meanwhile: it comes at the caller's speed.
 *
 * @throws HttpError 413 where it is too long, 408 where it comes too slowly, 503 where all calls together hold too much.
 */
export async function readBody(
  incoming: IncomingMessage,
  { maxBodyBytes, clientTimeoutMs }: { maxBodyBytes: number; clientTimeoutMs: number },
  holding: Holding,
): Promise<Buffer> {
  if (Number(incoming.headers['content-length']) > maxBodyBytes) throw tooLarge(maxBodyBytes);
  const began = performance.now();
  let received = 0;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const check = () => {
      const left = began + clientTimeoutMs + (received / leastRate) * 1000 - performance.now();
      if (left > 0) timer = setTimeout(check, left + 1);
      else reject(new HttpError(408, 'the body of the request comes too slowly', { connection: 'close' }));
    };
    check();
  });
  const onBytes = (count: number) => {
    received += count;
    holding.take(count);
  };
  try {
    // not destroyed with the reading of it: a refusal has to go out over the same connection
    const chunks = incoming.iterator({ destroyOnReturn: false });
    return await Promise.race([readBytes(chunks, maxBodyBytes, onBytes), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What a body says, its content-encoding undone; undefined for an encoding that is not known.
 *
 * @throws HttpError 400 where it is not in that encoding, 413 where it is too long, 503 as `readBody`.
 */
export async function plainBody(
  bytes: Buffer,
  encoding: string | undefined,
  limit: number,
  holding: Holding,
): Promise<Buffer | undefined> {
  if (encoding === undefined) return bytes;
  const source = decoded(Readable.from([bytes]), encoding);
  try {
    return source && (await readBytes(source, limit, (count) => holding.take(count)));
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, `the body is not the ${encoding.slice(0, 40)} that its content-encoding says`);
  }
}

/** A body is refused, and what is still to come is thrown away: bytes and milliseconds at most. */
const drained = { bytes: 256 << 20, ms: 30_000 };

/**
 * Reads on and throws away what a caller still sends, within bounds: a connection that is closed before takes the answer
 * with it.
 */
export async function drain(incoming: IncomingMessage): Promise<void> {
  if (incoming.readableEnded || incoming.destroyed) return;
  await new Promise<void>((resolve) => {
    let size = 0;
    const done = () => {
      clearTimeout(timer);
      incoming.off('data', onData);
      resolve();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > drained.bytes) done();
    };
    const timer = setTimeout(done, drained.ms);
    incoming.on('data', onData).once('end', done).once('close', done);
    incoming.resume();
  });
}

export function tooLarge(limit: number): HttpError {
  const size = limit >= 1 << 20 ? `${(limit / (1 << 20)).toFixed(1)} MiB` : `${limit} bytes`;
  return new HttpError(413, `the body has more than the ${size} allowed`);
}
