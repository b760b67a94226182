import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { rewriteCallHeader } from '../models/address.js';
import { type JsonObject, parseObject } from '../wire/json-path.js';
import type { CallReading } from '../wire/protocol.js';
import type { WireProtocol } from '../wire/protocols.js';
import { plainBody } from './body.js';
import type { Call, ServerContext } from './context.js';
import type { Holding } from './memory.js';
import { inlinePictures } from './pictures.js';

export interface AskedCall {
  body: JsonObject;
  reading: CallReading;
}

/** A call, read from its body, where there is a picture in it that its answer can be held to. */
export async function readCall(
  bytes: Buffer,
  { headers }: IncomingMessage,
  protocol: WireProtocol,
  limit: number,
  holding: Holding,
): Promise<AskedCall | undefined> {
  if (headers[rewriteCallHeader] !== undefined) return undefined;
  const plain = await plainBody(bytes, headers['content-encoding'], limit, holding);
  if (plain === undefined) return undefined;
  // megabytes of base64 are ASCII, and those are copied much faster than they are decoded
  const body = parseObject(plain.toString(isAscii(plain) ? 'latin1' : 'utf8'));
  if (body === undefined) return undefined;
  const reading = protocol.readRequest(body);
  const { images, unreadImages, files = [] } = reading;
  return images.length + unreadImages.length + files.length === 0 ? undefined : { body, reading };
}

/** What a call asks with its remote pictures put in, where that is allowed. */
export async function withRemotePictures(
  context: ServerContext,
  call: Call,
  { body, reading }: AskedCall,
  protocol: WireProtocol,
): Promise<CallReading> {
  if (reading.unreadImages.length === 0) return reading;
  const inlined = await inlinePictures(context, call, body);
  return inlined === body ? reading : protocol.readRequest(inlined);
}
