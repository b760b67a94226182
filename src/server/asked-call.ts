import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { rewriteCallHeader } from '../models/price.js';
import { type JsonObject, parseObject } from '../wire/json-path.js';
import type { CallReading, Protocol } from '../wire/protocol.js';
import { decoded, readBytes } from './body.js';
import type { Call, ServerContext } from './context.js';
import { inlinePictures } from './pictures.js';

export interface AskedCall {
  body: JsonObject;
  reading: CallReading;
}

/** A call, read from its body, where there is a picture in it that its answer can be held to. */
export async function readCall(
  bytes: Buffer,
  { headers }: IncomingMessage,
  protocol: Protocol,
  limit: number,
): Promise<AskedCall | undefined> {
  if (headers[rewriteCallHeader] !== undefined) return undefined;
  const encoding = headers['content-encoding'];
  let plain: Buffer = bytes;
  if (encoding !== undefined) {
    const source = decoded(Readable.from([bytes]), encoding);
    if (source === undefined) return undefined;
    plain = await readBytes(source, limit);
  }
  // megabytes of base64 are ASCII, and those are copied much faster than they are decoded
  const body = parseObject(plain.toString(isAscii(plain) ? 'latin1' : 'utf8'));
  if (body === undefined) return undefined;
  const reading = protocol.readRequest(body);
  return reading.images.length + reading.unreadImages.length === 0 ? undefined : { body, reading };
}

/** What a call asks with its remote pictures put in, where that is allowed. */
export async function withRemotePictures(
  { options, log }: ServerContext,
  { signal }: Call,
  { body, reading }: AskedCall,
  protocol: Protocol,
): Promise<CallReading> {
  const { imageUrls, maxImages } = options;
  if (imageUrls === undefined || reading.unreadImages.length === 0) return reading;
  const inlined = await inlinePictures(body, { ...imageUrls, signal }, { maxImages, log });
  return inlined === body ? reading : protocol.readRequest(inlined);
}
