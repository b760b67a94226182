import { concat, type Framing, type Splitter, type StreamEvent } from './framing.js';
import { parseObject, rewriteJson } from './json-path.js';

const [quote, backslash, open, close, openBrace, closeBrace] = [...'"\\[]{}'].map((one) => one.charCodeAt(0));

/**
 * Blocks of an array: what stands before an element (the bracket, the comma, white space) and the element, if it is an object
 * or an array; then what stands before the last bracket, and that. Elements of any other kind stay with what comes behind them.
 */
function arraySplitter(): Splitter {
  let held: Uint8Array[] = [];
  let waiting = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let ended = false;

  /** Whether the byte ends a block. */
  function ends(byte: number): boolean {
    if (inString) {
      if (escaped) escaped = false;
      else if (byte === backslash) escaped = true;
      else if (byte === quote) inString = false;
      return false;
    }
    if (byte === quote) inString = true;
    else if (byte === open || byte === openBrace) depth++;
    else if (byte === close || byte === closeBrace) {
      depth--;
      ended = depth <= 0;
      return depth <= 1;
    }
    return false;
  }

  return {
    push(bytes) {
      const blocks: Uint8Array[] = [];
      let from = 0;
      for (let at = 0; at < bytes.length; at++) {
        // what stands behind the array is no part of it
        if (ended || !ends(bytes[at]!)) continue;
        blocks.push(concat([...held, bytes.subarray(from, at + 1)]));
        held = [];
        waiting = 0;
        from = at + 1;
      }
      if (from < bytes.length) held.push(bytes.slice(from));
      waiting += bytes.length - from;
      return blocks;
    },
    get waiting() {
      return waiting;
    },
    rest: () => concat(held),
    get open() {
      return !ended;
    },
  };
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** What stands before an element, and the element; undefined where there is none. */
function partsOf(block: Uint8Array): { before: string; element: string } | undefined {
  const text = decoder.decode(block);
  const before = /^[\ufeff\s]*[[,]?\s*/.exec(text)![0];
  const element = text.slice(before.length);
  return /^[\s\]]*$/.test(element) ? undefined : { before, element };
}

function read(block: Uint8Array): StreamEvent | undefined {
  const element = partsOf(block)?.element;
  if (element === undefined) return undefined;
  const data = parseObject(element);
  return { raw: element, ...(data ? { data } : {}) };
}

/** One JSON array, whose elements come one by one: what Gemini streams where no `alt=sse` asks for events. */
export const jsonArray: Framing = {
  splitter: arraySplitter,
  read,
  readRest(rest) {
    const event = read(rest);
    return { event, whole: event?.data !== undefined };
  },
  isForeign: (_block, event) => event !== undefined && event.data === undefined,
  withData(block, event, data) {
    const { before = '', element = event.raw } = partsOf(block) ?? {};
    return encoder.encode(before + rewriteJson(element, event.data, data));
  },
  lastBlock: (data, _name, isFirst) => encoder.encode(`${isFirst ? '[' : ',\n'}${JSON.stringify(data)}\n]`),
  filler: encoder.encode('\n'),
};
