import { createParser } from 'eventsource-parser';
import { type JsonObject, parseObject } from './json-path.js';

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

/** The block with other data in it: name, id, comments and line ends stay. */
export function withData(block: Uint8Array, data: JsonObject): Uint8Array {
  const text = exactDecoder.decode(block);
  let written = false;
  const lines = text.match(/[^\r\n]*(?:\r\n|\r|\n)/g) ?? [];
  const out = lines.map((line) => {
    if (!/^\ufeff?data(?::|[\r\n])/.test(line)) return line;
    if (written) return '';
    written = true;
    return `data: ${JSON.stringify(data)}${/(?:\r\n|\r|\n)$/.exec(line)?.[0] ?? '\n'}`;
  });
  return encoder.encode(out.join(''));
}

/** A block of one's own. */
export function eventBlock(data: JsonObject, name?: string): Uint8Array {
  return encoder.encode(`${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`);
}
