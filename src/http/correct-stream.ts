import { errorMessage } from '../base/errors.js';
import { redact } from '../base/redact.js';
import { keepLoaded } from '../image/keep-loaded.js';
import { concat, eventSplitter } from '../wire/event-blocks.js';
import { getIn, type JsonObject } from '../wire/json-path.js';
import type { Protocol } from '../wire/protocol.js';
import { eventBlock, readEvent, type StreamEvent } from '../wire/stream-event.js';
import type { EventReading } from '../wire/stream-protocol.js';
import { withoutKeys } from './clean-report.js';
import type { CompactReport } from './compact-report.js';
import { withholds } from './correct-answers.js';
import { answerId, rememberReports } from './reports-by-id.js';
import type { ResponseReport } from './response-report.js';
import { type HeldBlock, isReleasable, renderBlock } from './stream-queue.js';
import { readChunks, UpstreamFailure } from './stream-source.js';
import { type StreamTextOptions, streamTexts } from './stream-texts.js';

export interface StreamCall extends Omit<StreamTextOptions, 'signal' | 'alternatives'> {
  protocol: Protocol;
  /** Of the call: what must not be quoted in a report. */
  headers: Headers;
  /** Of the caller. */
  signal?: AbortSignal;
  /** An upstream that sends nothing for so long, in milliseconds, is given up. */
  stallMs: number;
  /** Called at its end, or when it is given up. */
  over?(): void;
  announce(report: ResponseReport): void;
}

const blankLine = new TextEncoder().encode('\n\n');

/** More than this is never held back, in bytes: then what is held goes as it is. */
const mostHeld = 32 * 1024 * 1024;

/**
 * The body of a streamed answer with its texts corrected. Events keep their order, names and ids; events in which nothing
 * changes keep their bytes. An event goes out as soon as every text in it and before it is judged.
 */
export async function* correctedBlocks(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  call: StreamCall,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { protocol: wire, options, id } = call;
  const protocol = wire.stream;
  const texts = streamTexts({ ...call, signal, alternatives: wire.name === 'openai-chat' });
  const splitter = eventSplitter();
  const letGo = keepLoaded(call.reading.images);
  const queue: HeldBlock[] = [];
  let held = 0;
  let last: JsonObject | undefined;
  let answer: string | undefined;
  let closed = false;
  /** Why the stream did not come to its end, and whether words were withheld for it. */
  let broken: { reason: string; withheld: boolean } | undefined;

  const reports = () => {
    const { answers, details } = texts.reports();
    return withoutKeys({ reports: answers, details }, call.headers);
  };
  const finalReport = () => (texts.ended && texts.changed ? reports().reports : undefined);

  async function take(block: Uint8Array, whole: Uint8Array = block): Promise<void> {
    const event = readEvent(whole);
    const entry: HeldBlock = { block, places: [] };
    queue.push(entry);
    held += block.length;
    if (held > mostHeld) texts.giveUp('failed', `more than ${mostHeld} bytes would have to be held back`);
    if (!event) return;
    const reading = protocol.read(event);
    closed ||= reading.closes || reading.fails;
    last = event.data ?? last;
    if (event.data) {
      answer ??= answerId(event.data);
      Object.assign(entry, { event, reading });
      await texts.run(() => judge(entry, event, reading));
    }
    await texts.end(reading.ends);
  }

  async function judge(entry: HeldBlock, { data }: StreamEvent, reading: EventReading): Promise<void> {
    texts.note(reading.choices);
    for (const part of reading.texts) {
      const words = getIn(data, part.path);
      const whole = reading.whole.includes(part.channel);
      if (typeof words !== 'string' || (words === '' && !whole)) continue;
      const text = await texts.open(part, whole);
      if (!text) continue;
      const start = text.received.length;
      entry.places.push({ text, start, end: start + words.length, part });
      await text.push(words);
    }
    for (const repeat of reading.repeats) {
      const words = getIn(data, [...repeat.path, 'text']);
      if (typeof words !== 'string' || words === '') continue;
      const text = await texts.open(repeat);
      if (text && words.length > text.received.length && words.startsWith(text.received))
        await text.push(words.slice(text.received.length));
    }
    for (const { channel, reason } of reading.unjudged) texts.get(channel)?.giveUp('skipped', reason);
    for (const channel of reading.pauses) await texts.get(channel)?.pause();
  }

  function* release(): Generator<Uint8Array> {
    let ready = 0;
    while (ready < queue.length && isReleasable(queue[ready]!)) ready++;
    for (const entry of queue.splice(0, ready)) {
      signal.throwIfAborted();
      held -= entry.block.length;
      const bytes = render(entry);
      for (const { text, end } of entry.places) text.sent(end);
      yield bytes;
    }
  }

  function render(entry: HeldBlock): Uint8Array {
    try {
      return renderBlock(entry, protocol, texts.get, finalReport);
    } catch (error) {
      if (withholds(error, options)) throw error;
      return entry.block;
    }
  }

  /** What the upstream sent, judged block by block. A fault of the correction costs the correction, not the block. */
  async function* judged(): AsyncGenerator<Uint8Array> {
    const failOpen = (error: unknown) => {
      if (signal.aborted || withholds(error, options)) throw error;
      texts.giveUp('failed', errorMessage(error));
    };
    const chunks = readChunks(reader, call.stallMs, signal);
    for await (const chunk of chunks) {
      for (const block of splitter.push(chunk)) {
        await take(block).catch(failOpen);
        yield* release();
      }
      if (splitter.waiting <= mostHeld) continue;
      texts.giveUp('failed', `an event is longer than ${mostHeld} bytes`);
      yield* release();
      yield splitter.rest();
      return yield* chunks;
    }
    const rest = splitter.rest();
    if (rest.length > 0) {
      const whole = concat([rest, blankLine]);
      const event = readEvent(whole);
      if (event && !event.data && !closed && !event.raw.startsWith('[DONE]'))
        throw new UpstreamFailure('the upstream ended in the middle of an event');
      await take(rest, whole).catch(failOpen);
    }
    await texts.end('all').catch(failOpen);
    yield* release();
  }

  function breakOff(error: unknown, withheld: boolean): Uint8Array {
    const reason = redact(errorMessage(error), call.headers);
    broken = { reason, withheld };
    const message = withheld ? `vlm-detective withheld the rest of the answer: ${reason}` : reason;
    const { name, data } = protocol.error(message, withheld ? 'correction_failed' : 'upstream_failed', last);
    return eventBlock(data, name);
  }

  try {
    yield* judged();
  } catch (error) {
    if (signal.aborted) {
      texts.giveUp('aborted', 'the client went away');
      throw error;
    }
    if (!(error instanceof UpstreamFailure)) {
      yield breakOff(error, true);
      return;
    }
    const withheld = await texts.end('all').catch((cause: unknown) => cause);
    yield* release();
    yield withheld instanceof Error ? breakOff(withheld, true) : breakOff(error, false);
  } finally {
    reader.cancel().catch(() => {});
    const { reports: done, details } = reports();
    const answers = broken ? done.map((report) => brokenReport(report, broken!)) : done;
    if (answer !== undefined) rememberReports(answer, answers);
    const { model } = call.reading;
    letGo();
    call.announce({ id, protocol: wire.name, ...(model === undefined ? {} : { model }), answers, details });
  }
}

function brokenReport(
  report: CompactReport,
  { reason, withheld }: { reason: string; withheld: boolean },
): CompactReport {
  return withheld ? { ...report, status: 'failed', reason } : { ...report, reason: report.reason ?? reason };
}
