import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, errors } from 'undici';
import { DetectiveError } from '../../base/errors.js';
import { providers } from '../../models/address.js';
import { protocolAtRoot } from '../../wire/protocols.js';
import { HttpError } from '../http-error.js';

export interface UpstreamAnswer {
  status: number;
  /** Names and values in turn. */
  rawHeaders: string[];
  /** As it came, content-encoding included. It may be destroyed at any time; one that is not read to its end has to be. */
  body: Readable;
}

export interface UpstreamCall {
  method: string;
  /** Path and query, from `/v1/` on. */
  path: string;
  headers: string[];
  body: Buffer | Readable | null;
  signal: AbortSignal;
  /** Of the caller; they tell which provider is meant where none is set. */
  from: IncomingHttpHeaders;
}

export interface Upstream {
  /** The address of a call, without its path. */
  originOf(path: string, headers: IncomingHttpHeaders): string;
  /** @throws HttpError 502 where it cannot be reached, 504 where it does not answer in time; the signal's reason. */
  send(call: UpstreamCall): Promise<UpstreamAnswer>;
  close(): Promise<void>;
}

/**
 * The server that calls are passed on to: the one that is set, else the provider by protocol. Connections are kept.
 *
 * @throws DetectiveError `bad-argument` for an address that is no http(s) URL, or has a query.
 */
export function createUpstream({
  address,
  timeoutMs,
  stallMs,
}: {
  address?: string;
  timeoutMs: number;
  stallMs: number;
}): Upstream {
  const set = address === undefined ? undefined : upstreamBase(address);
  const agent = new Agent({
    headersTimeout: timeoutMs,
    bodyTimeout: stallMs,
    connect: { timeout: Math.min(10_000, timeoutMs) },
    connections: null,
  });
  const originOf: Upstream['originOf'] = (path, headers) => {
    if (set !== undefined) return set;
    const provider = protocolAtRoot('POST', path)?.provider;
    if (provider !== undefined) return providers[provider].origin;
    // of the other calls, the providers' own headers and paths tell
    if (headers['anthropic-version'] !== undefined || /^\/v1\/messages\//.test(path)) return providers.anthropic.origin;
    const isGoogles = headers['x-goog-api-key'] !== undefined || /^\/v1(?:alpha|beta\d*)\//.test(path);
    return providers[isGoogles ? 'gemini' : 'openai'].origin;
  };
  return {
    originOf,
    async send({ method, path, headers, body: sent, signal, from }) {
      const url = new URL(originOf(path, from));
      try {
        const answer = await agent.request({
          origin: url.origin,
          path: (url.pathname === '/' ? '' : url.pathname) + path,
          method: method as Dispatcher.HttpMethod,
          headers,
          body: sent,
          signal,
          responseHeaders: 'raw',
        });
        // whoever reads a body meets its error; in one that is dropped it would end the process
        const body: Readable = answer.body.on('error', () => {});
        return { status: answer.statusCode, rawHeaders: answer.headers as unknown as string[], body };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw upstreamError(error);
      }
    },
    close: () => agent.destroy(),
  };
}

/** An error of the connection to the upstream, or of the body that comes over it, as the caller gets it. */
export function upstreamError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const late =
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    error instanceof errors.ConnectTimeoutError;
  return late
    ? new HttpError(504, 'the upstream did not answer in time')
    : new HttpError(502, 'the upstream cannot be reached, or broke off');
}

function upstreamBase(address: string): string {
  const usable = URL.canParse(address) ? new URL(address) : undefined;
  if (!usable || !/^https?:$/.test(usable.protocol) || usable.search !== '' || usable.username !== '') {
    throw new DetectiveError(
      'bad-argument',
      `the upstream ${JSON.stringify(address.slice(0, 200))} must look like https://api.openai.com or http://localhost:8000/v1`,
    );
  }
  // callers' paths begin with /v1 themselves
  return `${usable.origin}${usable.pathname.replace(/\/+$/, '').replace(/\/v1(?:alpha|beta\d*)?$/, '')}`;
}
