import { asLongJob, breather } from '../base/breathe.js';
import { orQuiet, quiet } from '../base/quiet.js';
import { correctedBlocks, type StreamCall, UpstreamFailure } from './correct-stream.js';

/** Where nothing goes out for so long, what says nothing does: proxies and browsers give up a silent connection. */
const keepAliveMs = 15_000;

/**
 * An event stream, corrected as it is read: nothing is read from the upstream before it is asked for, and a client that
 * goes away ends the correction and the upstream's stream.
 *
 * @param stallMs An upstream that sends nothing for so long is given up. 0 for never.
 * @param over Called at its end, or when it is given up.
 */
export function correctedStream(
  body: ReadableStream<Uint8Array>,
  call: StreamCall,
  { stallMs, over }: { stallMs: number; over?: (() => void) | undefined },
): ReadableStream<Uint8Array> {
  asLongJob();
  const gone = new AbortController();
  const signal = call.signal ? AbortSignal.any([call.signal, gone.signal]) : gone.signal;
  const reader = body.getReader();
  const blocks = correctedBlocks(readChunks(reader, stallMs, signal), call, signal);
  let next: Promise<IteratorResult<Uint8Array>> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!next) {
          next = blocks.next();
          // A reader that goes away during a silence leaves it to nobody.
          next.catch(() => over?.());
        }
        const one = await orQuiet(next, keepAliveMs);
        if (one === quiet) return controller.enqueue(call.framing.filler);
        next = undefined;
        if (!one.done) return controller.enqueue(one.value);
        over?.();
        controller.close();
      },
      cancel(reason) {
        over?.();
        gone.abort(reason);
        reader.cancel(reason).catch(() => {});
        blocks.return(undefined).catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
}

/** Longer than this and Node's timers fire at once: then there is no limit. */
const longestTimer = 2 ** 31 - 1;

/**
 * The chunks of an upstream body, read only as fast as they are asked for. However fast they come, others get their turn.
 *
 * @throws UpstreamFailure where it breaks off or sends nothing for `stallMs`; the signal's reason once that has fired.
 */
async function* readChunks(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  stallMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const breathe = breather(signal);
  let stalled = false;
  // a read under way ends at once, whether the upstream listens or not
  const cancel = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener('abort', cancel);
  try {
    for (;;) {
      signal.throwIfAborted();
      const stall = () => {
        stalled = true;
        cancel();
      };
      const timer = stallMs > 0 && stallMs <= longestTimer ? setTimeout(stall, stallMs) : undefined;
      const { done, value } = await reader
        .read()
        .catch((cause: unknown) => {
          signal.throwIfAborted();
          throw new UpstreamFailure('the upstream broke off the stream', { cause });
        })
        .finally(() => clearTimeout(timer));
      signal.throwIfAborted();
      if (stalled) throw new UpstreamFailure(`the upstream sent nothing for ${Math.round(stallMs / 1000)} seconds`);
      if (done) return;
      yield value;
      await breathe();
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}
