import { DetectiveError } from '../../../base/errors.js';
import { keyFor, printableUrl } from '../../../models/address.js';
import { type RetryOptions, withRetries } from '../../../models/retry.js';

export interface ServerOptions extends Pick<RetryOptions, 'retries' | 'minTimeout'> {
  /** Sent as a bearer token. Default: the environment's key, to https servers and to this machine only. */
  apiKey?: string;
  /** For each try, in milliseconds, to the last byte of the answer. Default 60 s. */
  timeoutMs?: number;
}

export interface ServerRequest {
  method?: 'GET' | 'POST';
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
}

export interface ServerReply {
  headers: Headers;
  bytes: Buffer<ArrayBuffer>;
}

/** An inference server at one address. */
export interface Server {
  /** Its address as it may be printed. */
  readonly url: string;
  /**
   * Sends a request, and again after what passes: time-outs, broken connections, 408, 409, 429 and 5xx.
   *
   * @throws DetectiveError `scorer-failed` naming the server, the status and the cure; `aborted`.
   */
  call(path: string, request?: ServerRequest): Promise<ServerReply>;
  /** As `call`, with JSON both ways. A reply that is no JSON (such as one with NaN in it) is undefined. */
  callJson(path: string, body: unknown, signal?: AbortSignal, headers?: Record<string, string>): Promise<unknown>;
}

/** A reply of more bytes is given up. */
const maxReplyBytes = 256 * 1024 * 1024;
const maxErrorBytes = 64 * 1024;

/**
 * @param url Of the server, with or without `/v1`.
 * @param keyVariable The environment variable that holds its key.
 * @throws DetectiveError `bad-argument` unless the URL is http(s).
 */
export function openServer(url: string, keyVariable: string, options: ServerOptions = {}): Server {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new DetectiveError('bad-argument', 'the address of an inference server must look like http://localhost:8000');
  const parsed = new URL(url);
  const base = `${parsed.origin}${parsed.pathname.replace(/\/+$/, '').replace(/\/v[12]$/, '')}`;
  const apiKey = keyFor(keyVariable, { baseURL: base, ...(options.apiKey ? { apiKey: options.apiKey } : {}) });
  const shown = printableUrl(base);

  const call: Server['call'] = (path, { method = 'POST', body, headers = {}, signal } = {}) =>
    withRetries(
      shown,
      async (attempt) => {
        const response = await fetch(`${base}${path}`, {
          method,
          // a redirect could lead the picture and the key elsewhere
          redirect: 'error',
          signal: attempt,
          headers: { ...headers, ...(apiKey && apiKey !== 'none' ? { authorization: `Bearer ${apiKey}` } : {}) },
          ...(body === undefined ? {} : { body }),
        });
        const bytes = await readBody(response, response.ok ? maxReplyBytes : maxErrorBytes);
        if (!response.ok)
          throw Object.assign(new Error(complaintOf(bytes)), { status: response.status, headers: response.headers });
        return { headers: response.headers, bytes };
      },
      { retries: 2, ...options, signal, secrets: [apiKey, process.env[keyVariable]], failure: 'scorer-failed' },
    );

  return {
    url: shown,
    call,
    async callJson(path, body, signal, headers = {}) {
      const { bytes } = await call(path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return parseJson(bytes);
    },
  };
}

export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function readBody(response: Response, limit: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) throw new DetectiveError('scorer-failed', `a reply of more than ${limit} bytes was given up`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What the server says is wrong: vLLM, Triton and KServe each have their own place for it. */
function complaintOf(bytes: Buffer): string {
  const json = parseJson(bytes) as { error?: unknown; message?: unknown; detail?: unknown } | undefined;
  const { error } = json ?? {};
  const nested = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error;
  const found = [nested, json?.message, json?.detail].find((one) => typeof one === 'string');
  return typeof found === 'string' ? found : bytes.toString('utf8', 0, 300);
}
