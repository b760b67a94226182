import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Bytes of a handler that wait for the correction before the handler is asked to wait as well. */
const waterMark = 64 * 1024;

/**
 * Has what a handler writes to a Node response pass through `replace` on its way out, where `wanted` says so once the
 * status and the headers are known. Back-pressure, callbacks and `drain` work as before; a client that goes away is told
 * by `gone`, and what is written after that is dropped.
 */
export function interceptResponse(
  response: ServerResponse,
  wanted: (response: ServerResponse) => boolean,
  replace: (original: Response, gone: AbortSignal) => Promise<Response>,
): void {
  const real = {
    writeHead: response.writeHead.bind(response) as (status: number) => ServerResponse,
    flushHeaders: response.flushHeaders.bind(response),
    write: response.write.bind(response) as (chunk: unknown, ...rest: unknown[]) => boolean,
    end: response.end.bind(response) as (...args: unknown[]) => ServerResponse,
  };
  const gone = new AbortController();
  let state: 'undecided' | 'passing' | 'holding' | 'ended' = 'undecided';
  let sending = false;
  let source: ReadableStreamDefaultController<Uint8Array> | undefined;
  let blocked = false;

  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });

  /** On the first word of the handler: from now on its words either pass or are held. */
  function decide(): void {
    if (state !== 'undecided') return;
    if (response.headersSent || !wanted(response)) {
      state = 'passing';
      return;
    }
    state = 'holding';
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          source = controller;
        },
        pull() {
          if (blocked) process.nextTick(() => response.emit('drain'));
          blocked = false;
        },
        cancel() {
          source = undefined;
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: waterMark }),
    );
    const { statusCode: status, statusMessage: statusText = '' } = response;
    const original = new Response(body, { status, statusText, headers: headersOf(response) });
    send(original).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  }

  async function send(original: Response): Promise<void> {
    const corrected = await replace(original, gone.signal);
    if (corrected !== original) writeHeaders(response, corrected);
    sending = true;
    if (/^text\/event-stream\b/i.test(String(response.getHeader('content-type')))) real.flushHeaders();
    for await (const chunk of corrected.body ?? []) {
      if (gone.signal.aborted) return;
      real.write(chunk);
      // the drain of the handler's words may wake it too
      while (response.writableNeedDrain && !gone.signal.aborted) await drained(response, gone.signal);
    }
    real.end();
  }

  function hold(chunk: unknown, encoding: unknown): boolean {
    if (chunk === null || chunk === undefined || source === undefined) return true;
    const bytes =
      typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : Buffer.from(chunk as Uint8Array);
    if (bytes.length > 0) source.enqueue(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    blocked = (source.desiredSize ?? 0) <= 0;
    return !blocked;
  }

  Object.assign(response, {
    writeHead(status: number, ...rest: unknown[]) {
      // Node itself asks for the head before the first byte
      if (sending) return real.writeHead(status);
      const [message, headers] = typeof rest[0] === 'string' ? [rest[0], rest[1]] : [undefined, rest[0]];
      response.statusCode = status;
      if (message !== undefined) response.statusMessage = message;
      for (const [name, value] of headerPairs(headers)) response.setHeader(name, value);
      decide();
      return state === 'passing' ? real.writeHead(status) : response;
    },
    flushHeaders() {
      decide();
      if (state === 'passing') real.flushHeaders();
    },
    write(chunk: unknown, ...rest: unknown[]) {
      decide();
      if (state === 'passing') return real.write(chunk, ...rest);
      callLater(rest);
      return state === 'ended' || hold(chunk, encodingIn(rest));
    },
    end(...args: unknown[]) {
      decide();
      if (state === 'passing') return real.end(...args);
      const done = args.find((arg) => typeof arg === 'function');
      if (done) response.once('finish', done as () => void);
      if (state === 'ended') return response;
      state = 'ended';
      if (typeof args[0] !== 'function') hold(args[0], encodingIn(args.slice(1)));
      source?.close();
      return response;
    },
  });
}

const encodingIn = ([encoding]: unknown[]) => (typeof encoding === 'string' ? encoding : 'utf8');

function callLater(args: readonly unknown[]): void {
  const callback = args.find((arg) => typeof arg === 'function');
  if (callback) process.nextTick(callback as () => void);
}

/** The headers of `writeHead`, which takes an object, pairs, or names and values in turn. */
function headerPairs(headers: unknown): [string, number | string | readonly string[]][] {
  if (Array.isArray(headers)) {
    if (Array.isArray(headers[0])) return headers;
    return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1]] as [string, string]] : []));
  }
  return Object.entries((headers ?? {}) as OutgoingHttpHeaders).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
}

function headersOf(response: ServerResponse): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.getHeaders())) {
    if (name !== 'set-cookie' && value !== undefined) headers.set(name, String(value));
  }
  return headers;
}

/** Cookies stay as they are: they cannot be told apart in a joined header. */
function writeHeaders(response: ServerResponse, { status, statusText, headers }: Response): void {
  response.statusCode = status;
  response.statusMessage = statusText;
  for (const name of response.getHeaderNames()) {
    if (name !== 'set-cookie' && !headers.has(name)) response.removeHeader(name);
  }
  for (const [name, value] of headers) if (name !== 'set-cookie') response.setHeader(name, value);
}

function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      gone.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    gone.addEventListener('abort', done);
    if (gone.aborted) done();
  });
}
