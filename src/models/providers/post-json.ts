/**
 * Posts JSON and gives the JSON that comes back.
 *
 * @throws an Error with `status`, `headers` and `param` where the server refuses the call; a SyntaxError where it does not
 * answer in JSON; what `fetch` throws.
 */
export async function postJson<Reply>(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
  signal: AbortSignal,
  send: typeof fetch = globalThis.fetch,
): Promise<Reply | null> {
  const response = await send(url, {
    method: 'POST',
    // a redirect could lead the picture and the key elsewhere
    redirect: 'manual',
    signal,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw failure(response, text);
  return JSON.parse(text) as Reply | null;
}

/** What OpenAI, Anthropic and Google say of a refused call. Google says in the body how long to wait. */
interface ApiError {
  message?: unknown;
  param?: unknown;
  /** Of Google: `{ '@type': '….RetryInfo', retryDelay: '34s' }`. */
  details?: { retryDelay?: unknown }[];
}

function failure(response: Response, body: string): Error {
  let error: ApiError = {};
  try {
    const parsed: unknown = JSON.parse(body);
    // streaming front ends of Google send a list of one
    error = ([parsed].flat()[0] as { error?: ApiError } | null)?.error ?? {};
  } catch {}
  const { message, param, details } = error;
  const headers = new Headers(response.headers);
  const delays = Array.isArray(details) ? details.map((detail) => /^([\d.]+)s$/.exec(`${detail?.retryDelay}`)) : [];
  const seconds = delays.find(Boolean)?.[1];
  if (seconds !== undefined && !headers.has('retry-after')) headers.set('retry-after', seconds);
  const words =
    typeof message === 'string'
      ? message
      : (typeof error === 'string' ? error : body).slice(0, 300) || response.statusText;
  return Object.assign(new Error(words), { status: response.status, headers, param });
}
