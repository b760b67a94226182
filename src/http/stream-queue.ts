import type { TextStream } from '../agent/text-stream.js';
import { DetectiveError } from '../base/errors.js';
import type { Framing, StreamEvent } from '../wire/framing.js';
import { getIn, isObject, type JsonObject, type JsonPath, setIn } from '../wire/json-path.js';
import { type EventReading, shiftAnnotations } from '../wire/protocol.js';
import type { WireProtocol } from '../wire/protocols.js';
import { type AnswerOptions, withholds } from './correct-answers.js';
import { type CompactReport, reportField } from './report.js';
import type { StreamTexts } from './stream-texts.js';

/** More than this is never held back, in bytes: then what is held goes as it is. */
export const mostHeld = 32 * 1024 * 1024;

export interface QueueOptions {
  protocol: WireProtocol;
  framing: Framing;
  options: AnswerOptions;
  signal: AbortSignal;
  texts: StreamTexts;
  /** What the last event is to tell of the correction; undefined where it says nothing. */
  finalReport(): CompactReport[] | undefined;
}

/** The blocks of a streamed answer, in order, from when they come in until they go out. */
export interface BlockQueue {
  /** Takes in a block and judges the words of its event. */
  take(block: Uint8Array, event?: StreamEvent): Promise<void>;
  /** What can go out: of which every text, and of all before it, is judged. */
  release(): Generator<Uint8Array>;
  /** All that is left, at the end, whatever happened before. */
  releaseAll(): Generator<Uint8Array>;
  /**
   * Lets what is held back go as it is, and judges nothing more.
   *
   * @throws DetectiveError where words that are not judged have to be withheld.
   */
  giveUp(reason: string): void;
  readonly seen: Readonly<Seen>;
}

interface Seen {
  /** The last object that came in. */
  last?: JsonObject | undefined;
  /** The provider's id of the answer. */
  answer?: string | undefined;
  /** Whether an event said that the answer is at its end, or has failed. */
  closed: boolean;
  /** Whether a block has gone out. */
  sent: boolean;
  /** Why some of the stream went out unjudged. */
  unread?: string;
}

export function blockQueue(queueOptions: QueueOptions): BlockQueue {
  const { protocol, framing, options, signal, texts, finalReport } = queueOptions;
  const queue: HeldBlock[] = [];
  const seen: Seen = { closed: false, sent: false };
  let held = 0;
  /** Whether any event was one of the protocol's. */
  let understood = false;

  /** @throws DetectiveError where words that are not judged have to be withheld. */
  function passUnread(reason: string): void {
    if (options.failClosed) throw new DetectiveError('bad-input', reason);
    seen.unread ??= reason;
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
    seen.closed ||= reading.closes || reading.fails;
    seen.last = event.data ?? seen.last;
    if (event.data) {
      const { data } = event;
      understood ||= saysSomething(reading);
      seen.answer ??= protocol.answerId(data);
      Object.assign(entry, { event: { ...event, data }, reading });
      if (reading.strange) passUnread('words stand in a part of the stream that is not known');
      await texts.run(() => judge(entry, data, reading, texts, passUnread));
    }
    await texts.end(reading.ends);
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
      seen.sent = true;
      yield bytes;
    }
  }

  function render(entry: HeldBlock): Uint8Array {
    try {
      return renderBlock(entry, queueOptions, texts.get, finalReport);
    } catch (error) {
      if (withholds(error, options)) throw error;
      return entry.block;
    }
  }

  function* releaseAll(): Generator<Uint8Array> {
    if (!understood && seen.last !== undefined) passUnread(`no event of the stream is one of ${protocol.name}`);
    understood = true;
    yield* release();
    if (queue.length > 0) giveUp('the answer was not judged to its end');
    yield* release();
    for (const { block } of queue.splice(0)) yield block;
  }

  return { take, release, releaseAll, giveUp, seen };
}

/** A block that waits for the texts in it, and those texts' places in the whole texts. */
interface HeldBlock {
  block: Uint8Array;
  event?: StreamEvent & { data: JsonObject };
  reading?: EventReading;
  places: { text: TextStream; start: number; end: number; part: EventReading['texts'][number] }[];
  /** Texts that the block holds again, up to an offset. */
  repeats: { text: TextStream; end: number }[];
}

/** Hands the words of an event to their texts, and notes where they stand. */
async function judge(
  entry: HeldBlock,
  data: JsonObject,
  reading: EventReading,
  texts: StreamTexts,
  passUnread: (reason: string) => void,
): Promise<void> {
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
    const words = getIn(data, [...repeat.path, repeat.field ?? 'text']);
    if (typeof words !== 'string' || words === '') continue;
    const text = await texts.open(repeat);
    if (!text) continue;
    if (words.length > text.received.length && words.startsWith(text.received))
      await texts.push(repeat.channel, words.slice(text.received.length));
    if (!text.received.startsWith(words)) passUnread('a text is said again in other words, which were not judged');
    entry.repeats.push({ text, end: Math.min(words.length, text.received.length) });
  }
  for (const { channel, reason } of reading.unjudged) texts.get(channel)?.giveUp('skipped', reason);
  for (const channel of reading.pauses) await texts.get(channel)?.pause();
}

const isReleasable = ({ places, repeats }: HeldBlock) =>
  [...places, ...repeats].every(({ text, end }) => text.settled >= end);

/** The bytes to send: the very same ones where nothing in them is another now. */
function renderBlock(
  { block, event, reading, places }: HeldBlock,
  { protocol, framing }: Pick<QueueOptions, 'protocol' | 'framing'>,
  textOf: (channel: string) => TextStream | undefined,
  reports: () => CompactReport[] | undefined,
): Uint8Array {
  if (!event || !reading) return block;
  let { data } = event;
  for (const { text, start, end, part } of places) {
    const words = text.rewritten(start, end);
    if (words === getIn(data, part.path)) continue;
    data = setIn(data, part.path, words);
    if (part.copy) data = setIn(data, part.copy, words);
    if (part.logprobs) data = setIn(data, part.logprobs.path, part.logprobs.none);
  }
  for (const { channel, path, field = 'text' } of reading.repeats) {
    const text = textOf(channel);
    if (text && text.edits.length > 0) data = putWhole(data, path, field, text);
  }
  for (const { channel, path } of reading.annotations) {
    const edits = textOf(channel)?.edits ?? [];
    if (edits.length > 0) data = setIn(data, path, shiftAnnotations(getIn(data, path), edits));
  }
  if (data !== event.data && protocol.finishEvent) data = protocol.finishEvent(data);
  const report = reading.reportAt && reports();
  if (reading.reportAt && report) data = setIn(data, [...reading.reportAt, reportField], report);
  return data === event.data ? block : framing.withData(block, event, data);
}

function putWhole(data: JsonObject, path: JsonPath, field: 'text' | 'content', text: TextStream): JsonObject {
  const holder = path.length === 0 ? data : getIn(data, path);
  if (!isObject(holder)) return data;
  const said = holder[field];
  if (typeof said !== 'string' || !text.received.startsWith(said)) return data;
  const changed: JsonObject = { ...holder, [field]: text.rewritten(0, said.length) };
  if (Array.isArray(holder.logprobs)) changed.logprobs = [];
  if (Array.isArray(holder.annotations)) changed.annotations = shiftAnnotations(holder.annotations, text.edits);
  return path.length === 0 ? changed : setIn(data, path, changed);
}

const saysSomething = ({ texts, repeats, choices, ends, closes, fails }: EventReading) =>
  texts.length + repeats.length + choices.length + ends.length > 0 || closes || fails;
