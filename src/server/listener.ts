import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asOneJob } from '../base/breathe.js';
import { isDetectiveError } from '../base/errors.js';
import type { Call, ServerContext } from './context.js';
import { errorBody, HttpError } from './http-error.js';
import { callerOf, checkKey } from './limits/access-key.js';
import { drain, hasBody } from './limits/body.js';
import { errorCode } from './log.js';
import { passThrough, protocolOfRoute, proxyChat } from './proxy/proxy.js';
import { upstreamError } from './proxy/upstream.js';

/** The server's own endpoints, each by its route in the log and the metrics; undefined where a path is none of them. */
export type OwnEndpoints = (pathname: string) =>
  | {
      route: string;
      handle(incoming: IncomingMessage, outgoing: ServerResponse, call: Call): Promise<void>;
    }
  | undefined;

export interface Listener {
  (incoming: IncomingMessage, outgoing: ServerResponse): void;
  /** Requests in hand, each with what breaks it off. */
  readonly inHand: ReadonlySet<AbortController>;
}

/** Answers every request, whatever happens, and writes a line about it. */
export function createListener(context: ServerContext, own: OwnEndpoints, isClosing: () => boolean): Listener {
  const inHand = new Set<AbortController>();

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const started = performance.now();
    const gone = new AbortController();
    inHand.add(gone);
    const id = randomUUID();
    const headers = ['x-vlm-detective-request', id, ...(isClosing() ? ['connection', 'close'] : [])];
    const holding = context.memory.hold();
    const call: Call = { id, signal: gone.signal, caller: callerOf(incoming), holding, headers };
    const url = incoming.url ?? '/';
    let protocol: ReturnType<typeof protocolOfRoute>;
    let route = 'other';
    let failure: unknown;
    endUnread(outgoing, context.options.clientTimeoutMs);
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) gone.abort(new Error('the client went away'));
    });
    try {
      if (hosts(incoming.rawHeaders) > 1) throw new HttpError(400, 'the request has two Host headers');
      const pathname = pathOf(url);
      // they tell a page of another origin what the headers were
      if (/^TRAC[EK]$/.test(incoming.method ?? '')) throw new HttpError(405, `${incoming.method} is not answered`);
      protocol = protocolOfRoute(incoming.method, pathname);
      const endpoint = protocol ? undefined : own(pathname);
      route = protocol ?? endpoint?.route ?? 'other';
      if (endpoint) await endpoint.handle(incoming, outgoing, call);
      else {
        if (protocol === undefined && !/^\/v1(?:alpha|beta\d*)?\//.test(pathname))
          throw new HttpError(404, 'there is nothing here: calls go to /v1/…, see /docs');
        checkKey(incoming.headers, context.options.key, false);
        if (protocol === undefined && context.options.failClosed && looksLikeChat(incoming.method, pathname))
          throw new HttpError(403, 'answers of this path are not judged here, and unjudged ones are withheld');
        const exchange = { incoming, outgoing, call, path: url };
        if (protocol) await proxyChat(context, exchange, protocol);
        else await passThrough(context, exchange);
      }
    } catch (error) {
      failure = error;
      holding.release();
      await refuse(incoming, outgoing, error, call, protocol);
    } finally {
      inHand.delete(gone);
      holding.release();
      // what nobody reads would keep the connection busy
      if (!incoming.complete) incoming.resume();
      const ms = performance.now() - started;
      const left = gone.signal.aborted && !(failure instanceof HttpError);
      const status = left ? 499 : outgoing.statusCode;
      context.metrics.requests.inc({ route, status });
      context.metrics.duration.observe({ route }, ms / 1000);
      const answers = call.report?.answers;
      context.log(failure !== undefined || status >= 500 ? 'warn' : 'info', 'request', {
        id,
        method: incoming.method ?? '',
        route,
        status,
        ms: Math.round(ms * 10) / 10,
        ...(failure === undefined || left ? {} : { code: errorCode(failure) }),
        ...(answers
          ? {
              report: call.report?.id ?? '',
              corrected: answers.map((one) => one.status).join(' '),
              edits: answers.reduce((sum, one) => sum + one.edits.length, 0),
            }
          : {}),
      });
    }
  }

  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    asOneJob(() => answer(incoming, outgoing)).catch((error: unknown) => {
      context.log('error', 'request failed', { code: errorCode(error) });
      outgoing.destroy();
    });
  };
  return Object.assign(listener, { inHand });
}

/**
 * A path as whoever stands behind may read it: what is encoded decoded, double slashes and path parameters left out. So no
 * spelling of a route passes by what holds for it.
 *
 * @throws HttpError 400 for a path that may lead elsewhere: with dots in any spelling, or encoded twice.
 */
export function pathOf(url: string): string {
  const raw = url.replace(/[?#].*$/s, '');
  const ambiguous = () =>
    new HttpError(400, 'the path may be read in two ways: no dots, back slashes, encoded slashes or double encodings');
  const decoded = raw.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // names of models have slashes
  const slashed = /%2f/i.test(raw) && !/^\/v1\/models\//.test(raw);
  const dots = decoded.split('/').some((segment) => /^\.{1,2}(?:;|$)/.test(segment));
  if (!raw.startsWith('/') || slashed || dots || /[\\]|[^ -~\x80-\xff]|%[0-9a-f]{2}/i.test(decoded)) throw ambiguous();
  return decoded.replace(/;[^/]*/g, '').replace(/\/{2,}/g, '/');
}

/** A path that may be another spelling of a route, for whoever stands behind. */
const looksLikeChat = (method: string | undefined, pathname: string) =>
  method === 'POST' && /\/(?:completions|responses|messages)\/*$/i.test(pathname);

const hosts = (raw: readonly string[]) =>
  raw.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;

/** Ends an answer that waits to be read and is not, be it for so many milliseconds. */
function endUnread(outgoing: ServerResponse, ms: number): void {
  outgoing.setTimeout(ms);
  outgoing.on('timeout', () => {
    if (outgoing.writableLength > 0) outgoing.destroy();
    else outgoing.setTimeout(ms);
  });
}

async function refuse(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  error: unknown,
  call: Call,
  protocol: Parameters<typeof errorBody>[2],
): Promise<void> {
  if (outgoing.headersSent || outgoing.destroyed) {
    outgoing.destroy();
    return;
  }
  const { status, message, headers } = asHttpError(error);
  const body = JSON.stringify(errorBody(status, message, protocol));
  const length = String(Buffer.byteLength(body));
  const head = ['content-type', 'application/json', 'content-length', length, ...Object.entries(headers).flat()];
  const isComing = hasBody(incoming) && !incoming.complete;
  if (isComing && headers.connection === undefined) head.push('connection', 'close');
  outgoing.writeHead(status, [...call.headers, ...head]);
  if (isComing && status !== 408) {
    outgoing.write(body);
    await drain(incoming);
    outgoing.end();
  } else outgoing.end(body);
}

function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (isDetectiveError(error)) {
    const callers = ['bad-argument', 'bad-image', 'bad-input'].includes(error.code);
    return new HttpError(callers ? 400 : error.code === 'unresolved' ? 422 : 500, error.message);
  }
  if (error instanceof Error && /^UND_ERR_|^E[A-Z]+$/.test(errorCode(error))) return upstreamError(error);
  return new HttpError(500, 'something went wrong in here');
}
