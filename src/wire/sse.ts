import { createParser } from 'eventsource-parser';
import { concat, type Framing, type Splitter, type StreamEvent } from './framing.js';
import { parseObject, rewriteJson } from './json-path.js';

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/**
 * Blocks of an event stream: everything up to and including an empty line. Lines end in LF, CR LF or CR, as the standard says;
 * a CR at the very end waits for the byte after it.
 */
function eventSplitter(): Splitter {
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
    open: false,
  };
}

const decoder = new TextDecoder();
const exactDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** What nearly every block is: one line of data, without a name. */
const oneLine = /^data: ?([^\r\n]*)\n\n$/;

/** Undefined for comments and empty lines. */
function read(block: Uint8Array): StreamEvent | undefined {
  const text = decoder.decode(block);
  const [, line] = oneLine.exec(text) ?? [];
  if (line !== undefined) {
    const parsed = parseObject(line);
    return { raw: line, ...(parsed ? { data: parsed } : {}) };
  }
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

/** Name, id, comments, line ends, and all of the JSON text that is not another now stay as they are. */
const withData: Framing['withData'] = (block, { raw, data: before }, data) => {
  const values = rewriteJson(raw, before, data).split('\n');
  const lines = exactDecoder.decode(block).match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  const out = lines.map((line) => {
    const [, field, end] = /^(\ufeff?data: ?)[^\r\n]*([\r\n]*)$/.exec(line) ?? [];
    if (field === undefined) return line;
    const value = values.shift();
    return value === undefined ? '' : `${field}${value}${end}`;
  });
  return encoder.encode(out.join(''));
};

const blankLine = encoder.encode('\n\n');
const endsBlank = (bytes: Uint8Array) => bytes.at(-1) === 13 && (bytes.at(-2) === 13 || bytes.at(-2) === 10);

/** Whether the data of an event is all there. */
function isWhole(raw: string): boolean {
  if (raw.startsWith('[DONE]')) return true;
  try {
    JSON.parse(raw);
    return true;
  } catch {
    return false;
  }
}

/** An event stream. */
export const eventStream: Framing = {
  splitter: eventSplitter,
  read,
  readRest(rest) {
    const event = read(concat([rest, blankLine]));
    // a CR at the very end may be all of its line end
    return {
      event,
      whole: endsBlank(rest) || (event !== undefined && (event.data !== undefined || isWhole(event.raw))),
    };
  },
  // lines of JSON or HTML
  isForeign: (block, event) =>
    event === undefined
      ? /^\s*[{["<]/m.test(decoder.decode(block))
      : event.data === undefined && /^\s*(?:[{"<]|\[(?!DONE\]))/.test(event.raw),
  withData,
  lastBlock: (data, name) =>
    encoder.encode(`${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`),
  filler: encoder.encode(': keep-alive\n\n'),
};
