import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { keyHeader } from '../call-options.js';
import { HttpError } from '../http-error.js';
import type { Caller } from './gate.js';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Holds callers to the server's own key: in `x-detective-key`; on the server's own endpoints, where no upstream needs
 * these headers, also as a bearer token or in `x-api-key`. The comparison takes the same time for every wrong key.
 *
 * @throws HttpError 401
 */
export function checkKey(headers: IncomingHttpHeaders, key: string | undefined, ownEndpoint: boolean): void {
  if (key === undefined) return;
  const offered = [headers[keyHeader]];
  if (ownEndpoint) offered.push(headers['x-api-key'], headers.authorization?.replace(/^bearer\s+/i, ''));
  const wanted = digest(key);
  const matches = offered.map((one) => typeof one === 'string' && timingSafeEqual(digest(one), wanted));
  if (!matches.includes(true)) {
    throw new HttpError(401, `send the key of this server in the header ${keyHeader}`, {
      'www-authenticate': 'Bearer realm="vlm-detective"',
    });
  }
}

/** Who a call is from, by its connection and by all the keys that it brings. */
export function callerOf({ headers, socket }: IncomingMessage): Caller {
  const keys = [headers[keyHeader], headers['x-api-key'], headers.authorization];
  const key = createHash('sha256').update(JSON.stringify(keys)).digest('base64url');
  return { address: socket.remoteAddress ?? '', key };
}
