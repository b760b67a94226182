import { rewriteCallHeader } from '../../models/address.js';
import { settingPrefix } from '../call-options.js';

/** Of one connection, not of the message (RFC 9110, 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Header names and values in turn, as Node reads them off the wire. */
export type RawHeaders = readonly string[];

function connectionNames(raw: RawHeaders): string[] {
  const names: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() !== 'connection') continue;
    for (const name of raw[at + 1]!.split(',')) names.push(name.trim().toLowerCase());
  }
  return names;
}

/** The end-to-end headers, as they came: spelling, order, and several of one name. */
function endToEnd(raw: RawHeaders, unwanted: (name: string) => boolean): string[] {
  const named = connectionNames(raw);
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase();
    if (!hopByHop.has(name) && !named.includes(name) && !unwanted(name)) kept.push(raw[at]!, raw[at + 1]!);
  }
  return kept;
}

/**
 * What the upstream gets of a call's headers: the caller's key and all, without those of the connection and those for this
 * server.
 *
 * @param read True where the body was read and is sent on whole, and the answer is to be read here.
 */
export function requestHeaders(raw: RawHeaders, read: boolean): string[] {
  const headers = endToEnd(
    raw,
    (name) =>
      name === 'host' ||
      name === 'expect' ||
      name === rewriteCallHeader ||
      name.startsWith(settingPrefix) ||
      (read && (name === 'accept-encoding' || name === 'content-length')),
  );
  return read ? [...headers, 'accept-encoding', 'identity'] : headers;
}

/** What the caller gets of an upstream's headers, without those that are unwanted. */
export const responseHeaders = (raw: RawHeaders, unwanted: (name: string) => boolean = () => false): string[] =>
  endToEnd(raw, unwanted);
