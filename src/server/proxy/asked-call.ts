import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { rewriteCallHeader } from '../../models/address.js';
import { type JsonObject, parseObject, readInTwoWays } from '../../wire/json-path.js';
import type { CallReading } from '../../wire/protocol.js';
import type { WireProtocol } from '../../wire/protocols.js';
import type { Call, ServerContext } from '../context.js';
import { plainBody } from '../limits/body.js';
import type { Holding } from '../limits/memory.js';
import { inlinePictures } from '../pictures/pictures.js';

const noJson =
  'the call is no JSON, or in a content-encoding that is not known, so its answer cannot be judged: send JSON, as it is or by gzip, deflate or br';

export interface AskedCall {
  body: JsonObject;
  url: string;
  reading: CallReading;
}

/**
 * A call, read from its body, where there is a picture in it that its answer can be held to. `unread`, and why, where nobody
 * knows: the body is no JSON, or in an encoding that is not known, or, where that is asked, other readers may see something else in it.
 */
export async function readCall(
  bytes: Buffer,
  { headers, url = '' }: IncomingMessage,
  protocol: WireProtocol,
  limit: number,
  holding: Holding,
  strict: boolean,
): Promise<AskedCall | { unread: string } | undefined> {
  if (headers[rewriteCallHeader] !== undefined || bytes.length === 0) return undefined;
  const plain = await plainBody(bytes, headers['content-encoding'], limit, holding);
  if (plain === undefined) return { unread: noJson };
  // megabytes of base64 are ASCII, and those are copied much faster than they are decoded
  const text = plain.toString(isAscii(plain) ? 'latin1' : 'utf8');
  const body = parseObject(text);
  if (body === undefined) return { unread: noJson };
  const twoWays = strict ? readInTwoWays(text) : undefined;
  if (twoWays !== undefined)
    return { unread: `the call may be read in two ways, so its answer cannot be judged: ${twoWays}` };
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
