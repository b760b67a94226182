import type { IncomingMessage } from 'node:http';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { HttpError } from '../http-error.js';
import type { Holding } from './memory.js';

const decoders: Readonly<Record<string, (body: Readable) => Readable>> = {
  gzip: (body) => through(body, createGunzip()),
  'x-gzip': (body) => through(body, createGunzip()),
  deflate: (body) => Readable.from(inflated(body), { objectMode: false }),
  br: (body) => through(body, createBrotliDecompress()),
};

function through(body: Readable, decoder: Transform): Readable {
  body.once('error', (error) => decoder.destroy(error));
  decoder.once('close', () => body.destroy());
  return body.pipe(decoder);
}

/** zlib's format, as the standard has it, or the bare one that some send under its name: the first byte tells. */
async function* inflated(body: Readable): AsyncGenerator<Buffer> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  const first = await chunks.next();
  if (first.done) return;
  const all = async function* () {
    yield first.value;
    yield* chunks;
  };
  const decoder = (first.value[0]! & 0x0f) === 8 ? createInflate() : createInflateRaw();
  // an error of the body ends the decoder
  pipeline(all, decoder, () => {});
  yield* decoder;
}

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
  for (const name of names.reverse()) source = decoders[name]!(source);
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
