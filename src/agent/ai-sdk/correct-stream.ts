import { randomUUID } from 'node:crypto';
import type { AppliedEdit } from '../correction.js';
import { reportField } from '../http/compact-report.js';
import { withholds } from '../http/correct-answers.js';
import { shiftCitations } from './answers.js';
import type { CallSettings } from './call-settings.js';
import type { Part } from './contract.js';
import { isCallersAbort, withheld } from './failures.js';
import { readCall } from './read-call.js';
import { textBlocks } from './text-blocks.js';

/** A part of a stream, as far as it is looked at. */
interface StreamPart extends Part {
  id?: string;
  delta?: string;
  citations?: unknown;
  finishReason?: { unified?: string };
  providerMetadata?: Record<string, unknown>;
}

/** Milliseconds without a part after which a V4 stream gets a `ping`, so that no proxy takes it for dead. */
const pingAfterMs = 10_000;

/** Parts that take a place of their own in the answer. */
const placed =
  /^(text-start|reasoning-start|reasoning-file|tool-call|tool-result|tool-approval-request|file|source|custom)$/;

/**
 * The stream with its texts corrected: sentence by sentence, or each as a whole. Ids, order and all other parts stay; the
 * report is in the `providerMetadata` of the `finish` part. Cancelling it cancels the model's stream and the correction.
 */
export function correctStream(source: ReadableStream<Part>, settings: CallSettings): ReadableStream<Part> {
  const reader = (source as ReadableStream<StreamPart>).getReader();
  const gone = new AbortController();
  const parts = correctedParts(reader, settings, gone.signal);
  const pings = settings.model.specificationVersion === 'v4';
  let next: Promise<IteratorResult<StreamPart, void>> | undefined;
  return new ReadableStream<Part>(
    {
      async pull(controller) {
        next ??= parts.next();
        const part = pings ? await orPing(next) : await next;
        if (part === 'ping') return controller.enqueue({ type: 'ping' });
        next = undefined;
        if (part.done) controller.close();
        else controller.enqueue(part.value);
      },
      async cancel(reason) {
        gone.abort(reason);
        await reader.cancel(reason);
        parts.return().catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
}

async function orPing<T>(work: Promise<T>): Promise<T | 'ping'> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<'ping'>((resolve) => {
    timer = setTimeout(() => resolve('ping'), pingAfterMs);
  });
  return Promise.race([work, quiet]).finally(() => clearTimeout(timer));
}

async function* correctedParts(
  reader: ReadableStreamDefaultReader<StreamPart>,
  settings: CallSettings,
  gone: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  const { params, model, options, headers } = settings;
  const { abortSignal } = params;
  const signal = abortSignal ? AbortSignal.any([gone, abortSignal]) : gone;
  const id = randomUUID();
  const reading = readCall(params, model.modelId, true);
  const texts = textBlocks(reading, settings, params.responseFormat?.type === 'json', signal);
  const types: string[] = [];
  /** Metadata of parts whose words are held back: it goes out with the next words. */
  const carried = new Map<string, StreamPart['providerMetadata']>();
  let finish = 'other';
  let announced = false;
  let broken: { error: unknown } | undefined;

  const report = () => {
    const made = settings.clean(texts.reports({ id, types, finish }));
    announced = true;
    settings.announce({ id, answers: made.reports, details: made.details });
    return made.reports;
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
  async function* sayHeld(): AsyncGenerator<StreamPart, void> {
    for (const { id: block, delta } of await texts.pauseAll()) yield* say({ type: 'text-delta', id: block }, delta);
  }

  try {
    for (;;) {
      const read = await reader.read().catch((error: unknown) => ({ error }));
      if ('error' in read) {
        broken = read;
        // what the model had said by then is judged and said all the same
        if (!signal.aborted) yield* sayHeld();
        throw read.error;
      }
      if (read.done) break;
      const part = read.value;
      if (placed.test(part.type)) types.push(part.type);
      if (part.type === 'text-start') {
        await texts.open(part.id ?? '', types.length - 1);
        yield part;
      } else if (part.type === 'text-delta' && typeof part.delta === 'string') {
        yield* say(part, await texts.push(part.id ?? '', part.delta));
      } else if (part.type === 'text-end') {
        const block = part.id ?? '';
        yield* say({ type: 'text-delta', id: block }, await texts.end(block));
        yield ended(part, texts.edits(block), carried.get(block));
      } else if (part.type === 'finish') {
        finish = part.finishReason?.unified ?? finish;
        yield* sayHeld();
        yield { ...part, providerMetadata: { ...part.providerMetadata, [reportField]: { reports: report() } } };
      } else {
        if (part.type === 'tool-input-start' || part.type === 'tool-call') yield* sayHeld();
        yield part;
      }
    }
    yield* sayHeld();
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
