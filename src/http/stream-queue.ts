import type { TextStream } from '../agent/text-stream.js';
import type { Framing, StreamEvent } from '../wire/framing.js';
import { getIn, isObject, type JsonObject, setIn } from '../wire/json-path.js';
import { type EventReading, type Protocol, shiftAnnotations } from '../wire/protocol.js';
import { type CompactReport, reportField } from './report.js';

/** A block that waits for the texts in it, and those texts' places in the whole texts. */
export interface HeldBlock {
  block: Uint8Array;
  event?: StreamEvent & { data: JsonObject };
  reading?: EventReading;
  places: { text: TextStream; start: number; end: number; part: EventReading['texts'][number] }[];
  /** Texts that the block holds again, up to an offset. */
  repeats: { text: TextStream; end: number }[];
}

export const isReleasable = ({ places, repeats }: HeldBlock) =>
  [...places, ...repeats].every(({ text, end }) => text.settled >= end);

/** The bytes to send: the very same ones where nothing in them is another now. */
export function renderBlock(
  { block, event, reading, places }: HeldBlock,
  { protocol, framing }: { protocol: Protocol; framing: Framing },
  textOf: (channel: string) => TextStream | undefined,
  reports: () => CompactReport[] | undefined,
): Uint8Array {
  if (!event || !reading) return block;
  let { data } = event;
  for (const { text, start, end, part } of places) {
    const words = text.rewritten(start, end);
    if (words === getIn(data, part.path)) continue;
    data = setIn(data, part.path, words);
    if (part.logprobs) data = setIn(data, part.logprobs.path, part.logprobs.none);
  }
  for (const { channel, path } of reading.repeats) {
    const text = textOf(channel);
    if (text && text.edits.length > 0) data = putWhole(data, path, text);
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

function putWhole(data: JsonObject, path: readonly (string | number)[], text: TextStream): JsonObject {
  const holder = path.length === 0 ? data : getIn(data, path);
  if (!isObject(holder) || typeof holder.text !== 'string' || holder.text.length > text.received.length) return data;
  if (!text.received.startsWith(holder.text)) return data;
  const changed: JsonObject = { ...holder, text: text.rewritten(0, holder.text.length) };
  if (Array.isArray(holder.logprobs)) changed.logprobs = [];
  if (Array.isArray(holder.annotations)) changed.annotations = shiftAnnotations(holder.annotations, text.edits);
  return path.length === 0 ? changed : setIn(data, path, changed);
}
