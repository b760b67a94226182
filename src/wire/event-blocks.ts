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
