import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import { DetectiveError, isDetectiveError } from '../base/errors.js';
import { imageName, loadImage, maxImageBytes } from './load.js';
import { isPublicAddress } from './public-address.js';

export interface RemoteImageOptions {
  /** Only from these hosts, each with or without a port. Default: from any. */
  hosts?: readonly string[];
  /** `host:port` of picture stores of your own network: they may be at addresses that are not public. */
  privateHosts?: readonly string[];
  /** For the whole fetch, redirects included. Milliseconds; default 10,000. */
  timeoutMs?: number;
  /** Default 20 MiB. */
  maxBytes?: number;
  /** Called with the number of bytes as they come; what it throws ends the fetch. */
  onBytes?: (count: number) => void;
  signal?: AbortSignal;
  /** The addresses of a host name. Default: the system's resolver. */
  resolve?: (host: string) => Promise<string[]>;
}

const maxRedirects = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches the bytes of a picture from an `http(s):` URL, and from public addresses only.
 *
 * Each hop is checked by itself: scheme, credentials, port (80 and 443), host, and every address that the host resolves
 * to; the connection goes to an address that was checked, not to the name, so a DNS answer that changes in between
 * changes nothing. At most 3 redirects. What comes must be a JPEG, PNG, WebP, GIF or AVIF by its first bytes.
 *
 * @throws DetectiveError `bad-image` where a hop is not allowed, or no picture comes in time; `aborted`; what `onBytes`
 * throws.
 */
export async function fetchRemoteImage(url: string | URL, options: RemoteImageOptions = {}): Promise<Uint8Array> {
  const name = imageName(String(url));
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 10_000);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const { Agent, buildConnector: connector, request } = await import('undici');
  const connect = guardedConnector(options, name, connector, signal);
  let stopped: { by: unknown } | undefined;
  const onBytes = (count: number) => {
    try {
      options.onBytes?.(count);
    } catch (error) {
      stopped = { by: error };
      throw error;
    }
  };
  const dispatcher = new Agent({ connect, maxHeaderSize: 16_384, pipelining: 0 });
  try {
    let at = parseUrl(String(url), name);
    for (let hop = 0; hop <= maxRedirects; hop++) {
      checkUrl(at, options, name);
      const answer = await request(at, {
        dispatcher,
        signal,
        headers: { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'vlm-detective' },
      });
      if (!redirects.has(answer.statusCode)) {
        const bytes = await readPicture(answer, options.maxBytes ?? maxImageBytes, name, onBytes);
        await loadImage(bytes);
        return bytes;
      }
      await answer.body.dump({ limit: 4096 });
      const { location } = answer.headers;
      if (typeof location !== 'string') throw bad(`${name} redirects to nowhere`);
      at = parseUrl(location, name, at);
    }
    throw bad(`${name} redirects more than ${maxRedirects} times`);
  } catch (error) {
    if (options.signal?.aborted) {
      throw new DetectiveError('aborted', `fetching ${name} was aborted`, { cause: options.signal.reason });
    }
    if (stopped) throw stopped.by;
    if (isDetectiveError(error)) throw error;
    if (timeout.aborted) throw bad(`${name} did not come in time`);
    // not in the error's own words: they would tell a caller about the network behind this machine
    throw new DetectiveError('bad-image', `${name} could not be fetched`, { cause: error });
  } finally {
    dispatcher.destroy().catch(() => {});
  }
}

function parseUrl(url: string, name: string, base?: URL): URL {
  if (!URL.canParse(url, base)) throw bad(`${name} is no valid URL, or redirects to one that is none`);
  return new URL(url, base);
}

function checkUrl(url: URL, { hosts, privateHosts }: RemoteImageOptions, name: string): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused(name, 'only http: and https: are allowed');
  if (url.username !== '' || url.password !== '') throw refused(name, 'a user or a password in a URL is not allowed');
  if (isPrivateHost(url, privateHosts)) return;
  // WHATWG URLs leave out the port where it is the scheme's own
  if (url.port !== '') throw refused(name, 'only the ports 80 and 443 are allowed');
  const names = [url.hostname, withPort(url)];
  if (hosts && !hosts.some((host) => names.includes(host.toLowerCase()))) {
    throw refused(name, 'its host is not on the list of allowed ones');
  }
}

const withPort = ({ hostname, port, protocol }: URL) => `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;

const isPrivateHost = (url: URL, privateHosts: readonly string[] | undefined): boolean =>
  privateHosts?.some((host) => host.toLowerCase() === withPort(url)) ?? false;

/** A look-up has no signal of its own. */
function whileWanted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Looks the host up once, checks every address, and has only those to connect to. */
function guardedConnector(
  options: RemoteImageOptions,
  name: string,
  connector: typeof buildConnector,
  signal: AbortSignal,
): buildConnector.connector {
  const resolve = options.resolve ?? systemResolve;
  return (target, callback) => {
    const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
    const url = new URL(`${target.protocol}//${target.host ?? target.hostname}`);
    const anyAddress = isPrivateHost(url, options.privateHosts);
    whileWanted(isIP(host) ? Promise.resolve([host]) : resolve(host), signal).then(
      (found) => {
        if (found.length === 0 || !found.every((address) => isIP(address))) {
          return callback(bad(`${name} could not be fetched`), null);
        }
        if (!anyAddress && !found.every(isPublicAddress)) {
          return callback(refused(name, 'its host is not at a public address'), null);
        }
        connector({ timeout: 5000, lookup: answering(found) })({ ...target, hostname: host }, callback);
      },
      (error: Error) => callback(error, null),
    );
  };
}

/** A look-up that knows the answer. */
function answering(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, callback) => {
    if (all) callback(null, found);
    else callback(null, found[0]?.address ?? '', found[0]?.family);
  };
}

async function systemResolve(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

async function readPicture(
  answer: Dispatcher.ResponseData,
  maxBytes: number,
  name: string,
  onBytes: (count: number) => void,
): Promise<Uint8Array> {
  if (answer.statusCode !== 200) throw bad(`${name} could not be fetched: status ${answer.statusCode}`);
  if (answer.headers['content-encoding'] !== undefined) throw bad(`${name} came in an encoding that was not asked for`);
  const tooLarge = () => bad(`${name} has more than the ${maxBytes} bytes allowed`);
  if (Number(answer.headers['content-length']) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    onBytes(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refused(name: string, why: string): DetectiveError {
  return bad(`${name} is not fetched: ${why}`);
}

function bad(message: string): DetectiveError {
  return new DetectiveError('bad-image', message);
}
