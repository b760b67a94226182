import type { AppliedEdit } from '../../agent/correction.js';
import { orQuiet, quiet } from '../../base/quiet.js';
import { withholds } from '../../http/correct-answers.js';
import { reportField } from '../../http/report.js';
import { shiftCitations } from './answers.js';
import type { CallSettings } from './call-settings.js';
import type { Part, StreamPart } from './contract.js';
import { isCallersAbort, withheld } from './failures.js';
import { streamedTexts } from './streamed-texts.js';

/** Parts that the answer breaks off for. Sources and metadata stand beside the words, and do not. */
const breaksText = /^(?:tool-|reasoning-(?:start|file)|file$|custom$)/;

/** Milliseconds without a part after which a V4 stream gets a `ping`, so that no proxy takes it for dead. */
const pingAfterMs = 10_000;

/**
 * The stream with its texts corrected: sentence by sentence, or each as a whole. Ids, order and all other parts stay; the
 * report is in the `providerMetadata` of the `finish` part. Cancelling it cancels the model's stream and the correction.
 * `over` is called at its end, however it comes.
 */
export function correctStream(
  source: ReadableStream<Part>,
  settings: CallSettings,
  over: () => void,
): ReadableStream<Part> {
  const reader = (source as ReadableStream<StreamPart>).getReader();
  const gone = new AbortController();
  const parts = correctedParts(reader, settings, gone.signal);
  const pings = settings.model.specificationVersion === 'v4';
  let next: Promise<IteratorResult<StreamPart, void>> | undefined;
  return new ReadableStream<Part>(
    {
      async pull(controller) {
        if (!next) {
          next = parts.next();
          // a reader that goes away during a silence leaves it to nobody
          next.catch(over);
        }
        const part = pings ? await orQuiet(next, pingAfterMs) : await next;
        if (part === quiet) return controller.enqueue({ type: 'ping' });
        next = undefined;
        if (!part.done) return controller.enqueue(part.value);
        over();
        controller.close();
      },
      async cancel(reason) {
        over();
        gone.abort(reason);
        await reader.cancel(reason);
        parts.return().catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
}

async function* correctedParts(
  reader: ReadableStreamDefaultReader<StreamPart>,
  settings: CallSettings,
  gone: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  const { params, options, headers } = settings;
  const { abortSignal } = params;
  const texts = streamedTexts(settings, abortSignal ? AbortSignal.any([gone, abortSignal]) : gone);
  /** Metadata of parts whose words are held back: it goes out with the next words. */
  const carried = new Map<string, StreamPart['providerMetadata']>();
  let announced = false;
  let broken: { error: unknown } | undefined;

  const report = () => {
    announced = true;
    return texts.report();
  };
  async function* say(part: StreamPart, delta: string): AsyncGenerator<StreamPart, void> {
    if (isCallersAbort(abortSignal)) throw abortSignal?.reason;
    const block = part.id ?? '';
    const providerMetadata = part.providerMetadata ?? carried.get(block);
    carried.delete(block);
    if (delta !== '' || part.delta === '') {
      yield { ...part, delta, ...(providerMetadata ? { providerMetadata } : {}) };
      texts.sent(block);
    } else if (providerMetadata) carried.set(block, providerMetadata);
  }
  async function* sayHeld(why: 'pause' | 'end' | 'break'): AsyncGenerator<StreamPart, void> {
    for (const { id, delta } of await texts.release(why)) yield* say({ type: 'text-delta', id }, delta);
  }

  try {
    for (;;) {
      const read = await reader.read().catch((error: unknown) => ({ error }));
      if ('error' in read) {
        broken = read;
        // what the model had said by then is judged and said all the same
        if (!abortSignal?.aborted && !gone.aborted) yield* sayHeld('break');
        throw read.error;
      }
      if (read.done) break;
      const part = read.value;
      const block = part.id ?? '';
      texts.note(part);
      if (part.type === 'text-delta' && typeof part.delta === 'string') {
        yield* say(part, await texts.push(block, part.delta));
      } else if (part.type === 'text-end') {
        yield* say({ type: 'text-delta', id: block }, await texts.end(block));
        yield ended(part, texts.edits(block), carried.get(block));
      } else if (part.type === 'finish') {
        yield* sayHeld('end');
        yield { ...part, providerMetadata: { ...part.providerMetadata, [reportField]: { reports: report() } } };
      } else {
        // what was said before it stays before it
        if (part.type === 'error') yield* sayHeld('break');
        else if (breaksText.test(part.type)) yield* sayHeld('pause');
        yield part;
      }
    }
    yield* sayHeld('end');
  } catch (error) {
    if (broken?.error === error || isCallersAbort(abortSignal) || !withholds(error, options)) throw error;
    await reader.cancel(error).catch(() => {});
    yield { type: 'error', error: withheld(error, headers) } as StreamPart;
  } finally {
    if (!announced) report();
  }
}

function ended(part: StreamPart, edits: readonly AppliedEdit[], carried: StreamPart['providerMetadata']): StreamPart {
  return {
    ...part,
    ...(part.citations === undefined ? {} : { citations: shiftCitations(part.citations, edits) }),
    ...(carried && !part.providerMetadata ? { providerMetadata: carried } : {}),
  };
}
