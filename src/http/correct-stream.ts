import { breather } from '../base/breathe.js';
import { DetectiveError, errorMessage } from '../base/errors.js';
import { redact } from '../base/redact.js';
import type { Framing, StreamEvent } from '../wire/framing.js';
import { getIn, type JsonObject } from '../wire/json-path.js';
import type { EventReading } from '../wire/protocol.js';
import type { WireProtocol } from '../wire/protocols.js';
import { withholds } from './correct-answers.js';
import { type CompactReport, type KeepReports, type ResponseReport, withoutKeys } from './report.js';
import { type HeldBlock, isReleasable, renderBlock } from './stream-queue.js';
import { type StreamTextOptions, streamTexts } from './stream-texts.js';

/** The upstream broke off: it closed the connection, sent nothing for too long, or stopped inside an event. */
export class UpstreamFailure extends Error {}

export interface StreamCall extends Omit<StreamTextOptions, 'signal' | 'alternatives'> {
  protocol: WireProtocol;
  framing: Framing;
  /** Of the call: what must not be quoted in a report. */
  headers: Headers;
  /** Of the caller. */
  signal?: AbortSignal;
  announce(report: ResponseReport): void;
  keep?: KeepReports;
}

/** More than this is never held back, in bytes: then what is held goes as it is. */
const mostHeld = 32 * 1024 * 1024;

/**
 * The body of a streamed answer with its texts corrected. Events keep their order, names and ids; events in which nothing
 * changes keep their bytes. An event goes out as soon as every text in it and before it is judged. Whatever comes in goes
 * out, as it came where it cannot be judged, unless it is withheld (`failClosed`), and then an error event says so.
 */
export async function* correctedBlocks(
  chunks: AsyncGenerator<Uint8Array>,
  call: StreamCall,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { protocol, framing, options, id } = call;
  const texts = streamTexts({ ...call, signal, alternatives: protocol.alternatives });
  const splitter = framing.splitter();
  const breathe = breather(signal);
  const queue: HeldBlock[] = [];
  let held = 0;
  let last: JsonObject | undefined;
  let answer: string | undefined;
  let isFirst = true;
  let closed = false;
  /** Whether any event was one of the protocol's. */
  let understood = false;
  /** Why some of the stream went out unjudged. */
  let unread: string | undefined;
  /** Why the stream did not come to its end, and whether words were withheld for it. */
  let broken: { reason: string; withheld: boolean } | undefined;

  const reports = () => {
    const { answers, details } = texts.reports();
    return withoutKeys({ reports: answers, details }, call.headers);
  };
  const finalReport = () => (texts.ended && texts.changed ? reports().reports : undefined);

  /** @throws DetectiveError where words that are not judged have to be withheld. */
  function passUnread(reason: string): void {
    if (options.failClosed) throw new DetectiveError('bad-input', reason);
    unread ??= reason;
  }
  function giveUp(reason: string): void {
    passUnread(reason);
    texts.giveUp('failed', reason);
  }

  async function take(block: Uint8Array, event = framing.read(block)): Promise<void> {
    const entry: HeldBlock = { block, places: [], repeats: [] };
    queue.push(entry);
    held += block.length;
    if (held > mostHeld) giveUp(`more than ${mostHeld} bytes would have to be held back`);
    if (framing.isForeign(block, event)) passUnread('a part of the stream is no event that can be read');
    if (!event) return;
    const reading = protocol.readEvent(event);
    closed ||= reading.closes || reading.fails;
    last = event.data ?? last;
    if (event.data) {
      const { data } = event;
      understood ||= saysSomething(reading);
      answer ??= protocol.answerId(data);
      const read = { ...event, data };
      Object.assign(entry, { event: read, reading });
      await texts.run(() => judge(entry, read, reading));
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
      if (!text) {
        passUnread('the answer has too many texts');
        continue;
      }
      const start = text.received.length;
      entry.places.push({ text, start, end: start + words.length, part });
      await texts.push(part.channel, words);
    }
    for (const repeat of reading.repeats) {
      const words = getIn(data, [...repeat.path, 'text']);
      if (typeof words !== 'string' || words === '') continue;
      const text = await texts.open(repeat);
      if (!text) continue;
      if (words.length > text.received.length && words.startsWith(text.received))
        await texts.push(repeat.channel, words.slice(text.received.length));
      entry.repeats.push({ text, end: Math.min(words.length, text.received.length) });
    }
    for (const { channel, reason } of reading.unjudged) texts.get(channel)?.giveUp('skipped', reason);
    for (const channel of reading.pauses) await texts.get(channel)?.pause();
  }

  function* release(): Generator<Uint8Array> {
    if (options.failClosed && !understood) return;
    let ready = 0;
    while (ready < queue.length && isReleasable(queue[ready]!)) ready++;
    for (const entry of queue.splice(0, ready)) {
      signal.throwIfAborted();
      held -= entry.block.length;
      const bytes = render(entry);
      for (const { text, end } of entry.places) text.sent(end);
      isFirst = false;
      yield bytes;
    }
  }

  function render(entry: HeldBlock): Uint8Array {
    try {
      return renderBlock(entry, call, texts.get, finalReport);
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
    for await (const chunk of chunks) {
      for (const block of splitter.push(chunk)) {
        await take(block).catch(failOpen);
        yield* release();
        await breathe();
      }
      if (splitter.waiting <= mostHeld) continue;
      giveUp(`an event is longer than ${mostHeld} bytes`);
      yield* release();
      yield splitter.rest();
      return yield* chunks;
    }
    const rest = splitter.rest();
    if (rest.length > 0) {
      const { event, whole } = framing.readRest(rest);
      if (event && !whole && !closed) throw new UpstreamFailure('the upstream ended in the middle of an event');
      await take(rest, event).catch(failOpen);
    }
    if (splitter.open && !closed && last) throw new UpstreamFailure('the upstream ended in the middle of its answer');
    await texts.end('all').catch(failOpen);
    yield* releaseAll();
  }

  /** At the end, whatever happened before: nothing stays behind. */
  function* releaseAll(): Generator<Uint8Array> {
    if (!understood && last !== undefined) passUnread(`no event of the stream is one of ${protocol.name}`);
    understood = true;
    yield* release();
    if (queue.length > 0) giveUp('the answer was not judged to its end');
    yield* release();
    for (const { block } of queue.splice(0)) yield block;
  }

  function breakOff(error: unknown, withheld: boolean): Uint8Array {
    const reason = redact(errorMessage(error), call.headers);
    broken = { reason, withheld };
    const message = withheld ? `vlm-detective withheld the rest of the answer: ${reason}` : reason;
    const { name, data } = protocol.errorEvent(message, withheld ? 'correction_failed' : 'upstream_failed', last);
    return framing.lastBlock(data, name, isFirst);
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
    try {
      await texts.end('all');
      yield* releaseAll();
    } catch (cause) {
      if (signal.aborted) throw cause;
      yield breakOff(cause, true);
      return;
    }
    yield breakOff(error, false);
  } finally {
    chunks.return(undefined).catch(() => {});
    const { reports: done, details } = reports();
    const answers = done.map((report) => {
      const told = unread === undefined ? report : unreadReport(report, unread);
      return broken ? brokenReport(told, broken) : told;
    });
    if (answer !== undefined) call.keep?.(answer, answers);
    const { model } = call.reading;
    call.announce({ id, protocol: protocol.name, ...(model === undefined ? {} : { model }), answers, details });
  }
}

function brokenReport(
  report: CompactReport,
  { reason, withheld }: { reason: string; withheld: boolean },
): CompactReport {
  return withheld ? { ...report, status: 'failed', reason } : { ...report, reason: report.reason ?? reason };
}

/** Nothing is called judged or empty of which some went out unread. */
function unreadReport(report: CompactReport, reason: string): CompactReport {
  return report.status === 'skipped'
    ? { ...report, status: 'failed', reason }
    : { ...report, reason: report.reason ?? reason };
}

const saysSomething = ({ texts, repeats, choices, ends, closes, fails }: EventReading) =>
  texts.length + repeats.length + choices.length + ends.length > 0 || closes || fails;
