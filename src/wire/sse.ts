import { createParser } from 'eventsource-parser';
import { type JsonObject, parseObject, rewriteJson } from './json-path.js';

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/** Cuts the bytes of an event stream into its blocks: everything up to and including an empty line. */
export interface EventSplitter {
  /** The blocks that are complete by now. */
  push(bytes: Uint8Array): Uint8Array[];
  /** How many bytes wait for the end of their block. */
  readonly waiting: number;
  /** The bytes behind the last complete block. */
  rest(): Uint8Array;
}

/**
 * No byte is lost, added or changed: the blocks and the rest add up to what was pushed. Lines end in LF, CR LF or CR, as
 * the standard says; a CR at the very end waits for the byte after it.
 */
export function eventSplitter(): EventSplitter {
  let held: Uint8Array[] = [];
  let waiting = 0;
  let lineIsEmpty = true;
  let afterReturn = false;
  let blockEnds = false;

  const take = (last: Uint8Array): Uint8Array => {
    const block = held.length === 0 ? last : concat([...held, last]);
    held = [];
    waiting = 0;
    return block;
  };

  return {
    push(bytes) {
      const blocks: Uint8Array[] = [];
      let from = 0;
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at]!;
        if (afterReturn) {
          afterReturn = false;
          const pair = byte === lineFeed;
          if (blockEnds) {
            blockEnds = false;
            const end = pair ? at + 1 : at;
            blocks.push(take(bytes.subarray(from, end)));
            from = end;
          }
          if (pair) continue;
        }
        if (byte === carriageReturn) {
          afterReturn = true;
          blockEnds = lineIsEmpty;
          lineIsEmpty = true;
        } else if (byte === lineFeed) {
          if (lineIsEmpty) {
            blocks.push(take(bytes.subarray(from, at + 1)));
            from = at + 1;
          }
          lineIsEmpty = true;
        } else lineIsEmpty = false;
      }
      if (from < bytes.length) held.push(bytes.slice(from));
      waiting += bytes.length - from;
      return blocks;
    },
    get waiting() {
      return waiting;
    },
    rest: () => concat(held),
  };
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One block of an event stream, as far as it says something. */
export interface StreamEvent {
  name?: string;
  /** The text of its data lines. */
  raw: string;
  /** The object in it; undefined for `[DONE]` and everything else. */
  data?: JsonObject;
}

const decoder = new TextDecoder();
const exactDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Reads one block; undefined for comments and empty lines. */
export function readEvent(block: Uint8Array): StreamEvent | undefined {
  const text = decoder.decode(block);
  let found: StreamEvent | undefined;
  const parser = createParser({
    onEvent({ event, data }) {
      const parsed = parseObject(data);
      found = { raw: data, ...(event === undefined ? {} : { name: event }), ...(parsed ? { data: parsed } : {}) };
    },
  });
  // A CR at the end waits for its LF.
  parser.feed(text.endsWith('\r') ? `${text}\n` : text);
  return found;
}

/**
 * The block with other data in it: name, id, comments, line ends, and all of the JSON text that is not another now stay
 * byte for byte.
 */
export function withData(block: Uint8Array, { raw, data: before }: StreamEvent, data: JsonObject): Uint8Array {
  const values = rewriteJson(raw, before, data).split('\n');
  const lines = exactDecoder.decode(block).match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  const out = lines.map((line) => {
    const [, field, end] = /^(\ufeff?data: ?)[^\r\n]*([\r\n]*)$/.exec(line) ?? [];
    if (field === undefined) return line;
    const value = values.shift();
    return value === undefined ? '' : `${field}${value}${end}`;
  });
  return encoder.encode(out.join(''));
}

/** A block of one's own. */
export function eventBlock(data: JsonObject, name?: string): Uint8Array {
  return encoder.encode(`${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`);
}
