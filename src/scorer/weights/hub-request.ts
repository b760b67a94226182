import { DetectiveError, errorMessage } from '../../base/errors.js';
import { type HubAddress, printHubAddress } from './hub-address.js';

export interface Hub {
  /** Without a slash at its end. */
  base: URL;
  token: string | undefined;
  fetch: typeof fetch;
  signal: AbortSignal | undefined;
}

const maxRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** @throws DetectiveError `bad-argument` for a hub that is no plain http(s) URL, or a token that would go in clear. */
export function openHub(
  base: string,
  token: string | undefined,
  signal: AbortSignal | undefined,
  fetcher: typeof fetch = fetch,
): Hub {
  const url = URL.canParse(base) ? new URL(base) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw new DetectiveError(
      'bad-argument',
      'the hub must be a plain URL like https://huggingface.co, without a user name, a query or a fragment',
    );
  if (token && url.protocol === 'http:' && !loopback.test(url.hostname))
    throw new DetectiveError(
      'bad-argument',
      `HF_TOKEN is not sent to ${url.origin}, which is not encrypted: use https, or unset HF_TOKEN`,
    );
  if (token && /[^\x21-\x7e]/.test(token))
    throw new DetectiveError('bad-argument', 'HF_TOKEN holds characters that no token has: set it again');
  url.pathname = url.pathname.replace(/\/+$/, '');
  return { base: url, token, fetch: fetcher, signal };
}

/**
 * GET of `OWNER/REPO/resolve/REVISION/FILE` from byte `from` on. Redirects are followed here, so that the token goes to
 * the hub's own origin only. Replies: 200, 206, or 416 (there is nothing from that byte on).
 *
 * @throws DetectiveError `bad-input` naming the address and the cure for any other, `bad-model` where the hub answers
 * with another commit, `aborted`.
 */
export async function getFile(hub: Hub, address: HubAddress, file: string, from = 0): Promise<Response> {
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  let url = fileUrl(hub, address, file);
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const response = await send(hub, address, file, { url, method: 'GET', headers });
    checkCommit(address, file, response);
    if (!redirects.has(response.status)) return whole(hub, address, file, response);
    drop(response);
    url = redirected(address, file, url, response.headers.get('location'));
  }
  throw unavailable(address, file, `more than ${maxRedirects} redirects`);
}

/** The bytes of a file, by what the hub says of it without sending it; null where it does not say. */
export async function sizeOf(hub: Hub, address: HubAddress, file: string): Promise<number | null> {
  const response = await send(hub, address, file, { url: fileUrl(hub, address, file), method: 'HEAD', headers: {} });
  drop(response);
  const said = response.headers.get('x-linked-size') ?? (response.ok ? response.headers.get('content-length') : null);
  return said !== null && /^\d{1,15}$/.test(said) ? Number(said) : null;
}

/** Lets an answer go that nobody reads. One that broke off has nothing more to say. */
export function drop({ body }: Response): void {
  body?.cancel().catch(() => {});
}

function fileUrl({ base }: Hub, { owner, repo, revision }: HubAddress, file: string): URL {
  return new URL(`${base.href.replace(/\/$/, '')}/${owner}/${repo}/resolve/${revision}/${encodeURIComponent(file)}`);
}

async function send(
  { base, token, fetch, signal }: Hub,
  address: HubAddress,
  file: string,
  { url, method, headers: more }: { url: URL; method: 'GET' | 'HEAD'; headers: Record<string, string> },
): Promise<Response> {
  // a compressed reply would have other bytes and other ranges
  const headers = { 'accept-encoding': 'identity', 'user-agent': 'vlm-detective', ...more };
  const authorization = token && url.origin === base.origin ? { authorization: `Bearer ${token}` } : {};
  try {
    return await fetch(url, {
      method,
      headers: { ...headers, ...authorization },
      redirect: 'manual',
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw stopped(cause);
    throw unavailable(address, file, `${url.host}: ${errorMessage((cause as Error).cause ?? cause)}`, cause);
  }
}

function redirected(address: HubAddress, file: string, from: URL, location: string | null): URL {
  const to = location !== null && URL.canParse(location, from) ? new URL(location, from) : null;
  if (!to || !/^https?:$/.test(to.protocol)) throw unavailable(address, file, 'a redirect to nowhere');
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw unavailable(address, file, `a redirect from https to http, at ${to.host}`);
  return to;
}

function checkCommit({ revision, ...rest }: HubAddress, file: string, response: Response): void {
  const commit = response.headers.get('x-repo-commit');
  if (commit === null || commit === revision) return;
  drop(response);
  throw new DetectiveError(
    'bad-model',
    `${printHubAddress({ ...rest, revision })}: the hub sends ${file} of another commit (${printable(commit)})`,
  );
}

async function whole({ token }: Hub, address: HubAddress, file: string, response: Response): Promise<Response> {
  const { status } = response;
  if (((status === 200 || status === 206) && response.body) || status === 416) return response;
  drop(response);
  const reason = response.headers.get('x-error-code');
  const said = `HTTP ${status}${reason ? `, ${printable(reason)}` : ''}`;
  if (status === 401 || status === 403)
    throw unavailable(
      address,
      file,
      `${said}: ${token ? 'HF_TOKEN may not read it, or there is no such repository' : 'it is private, gated, or not there; if it is private set HF_TOKEN'}`,
    );
  if (status === 404) throw unavailable(address, file, `${said}: there is no such repository, commit or file`);
  throw unavailable(address, file, status === 429 ? `${said}: too many requests, wait a while` : said);
}

const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '').slice(0, 60);

export function stopped(cause?: unknown): DetectiveError {
  return new DetectiveError('aborted', 'the download was stopped: run it again to go on', { cause });
}

export function unavailable(address: HubAddress, file: string, reason: string, cause?: unknown): DetectiveError {
  return new DetectiveError(
    'bad-input',
    `${file} of ${printHubAddress(address)} cannot be fetched (${reason}): run it again to go on where it stopped`,
    { cause },
  );
}
