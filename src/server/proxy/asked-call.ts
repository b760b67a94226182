import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { rewriteCallHeader } from '../../models/address.js';
import { type JsonObject, parseObject } from '../../wire/json-path.js';
import type { CallReading } from '../../wire/protocol.js';
import type { WireProtocol } from '../../wire/protocols.js';
import type { Call, ServerContext } from '../context.js';
import { plainBody } from '../limits/body.js';
import type { Holding } from '../limits/memory.js';
import { inlinePictures } from '../pictures/pictures.js';

export interface AskedCall {
  body: JsonObject;
  url: string;
  reading: CallReading;
}

/**
 * A call, read from its body, where there is a picture in it that its answer can be held to. `unread` where nobody knows: the
 * body is no JSON, or in an encoding that is not known.
 */
export async function readCall(
  bytes: Buffer,
  { headers, url = '' }: IncomingMessage,
  protocol: WireProtocol,
  limit: number,
  holding: Holding,
): Promise<AskedCall | 'unread' | undefined> {
  if (headers[rewriteCallHeader] !== undefined || bytes.length === 0) return undefined;
  const plain = await plainBody(bytes, headers['content-encoding'], limit, holding);
  if (plain === undefined) return 'unread';
  // megabytes of base64 are ASCII, and those are copied much faster than they are decoded
  const body = parseObject(plain.toString(isAscii(plain) ? 'latin1' : 'utf8'));
  if (body === undefined) return 'unread';
  const reading = protocol.readRequest(body, url);
  const { images, unreadImages, files = [] } = reading;
  return images.length + unreadImages.length + files.length === 0 ? undefined : { body, url, reading };
}

/** What a call asks with its remote pictures put in, where that is allowed. */
export async function withRemotePictures(
  context: ServerContext,
  call: Call,
  { body, url, reading }: AskedCall,
  protocol: WireProtocol,
): Promise<CallReading> {
  if (reading.unreadImages.length === 0) return reading;
  const inlined = await inlinePictures(context, call, body);
  return inlined === body ? reading : protocol.readRequest(inlined, url);
}
