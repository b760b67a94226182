/** The upstream broke off: it closed the connection, sent nothing for too long, or stopped inside an event. */
export class UpstreamFailure extends Error {}

/** Longer than this and Node's timers fire at once: then there is no limit. */
const longestTimer = 2 ** 31 - 1;

/**
 * The chunks of an upstream body, read only as fast as they are asked for.
 *
 * @throws UpstreamFailure where it breaks off or sends nothing for `stallMs`; the signal's reason once that has fired.
 */
export async function* readChunks(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  stallMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (;;) {
    const next = await readWithin(reader, stallMs, signal).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason;
      throw error;
    });
    if (next.done) return;
    yield next.value;
  }
}

async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>, stallMs: number, signal: AbortSignal) {
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const stopped = new Promise<never>((_, reject) => {
    const stalled = new UpstreamFailure(`the upstream sent nothing for ${Math.round(stallMs / 1000)} seconds`);
    if (stallMs > 0 && stallMs <= longestTimer) timer = setTimeout(() => reject(stalled), stallMs);
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([
      reader.read().catch((error: unknown) => {
        throw new UpstreamFailure('the upstream broke off the stream', { cause: error });
      }),
      stopped,
    ]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
