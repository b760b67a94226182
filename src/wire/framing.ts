import type { JsonObject } from './json-path.js';

/** One block of a streamed answer, as far as it says something. */
export interface StreamEvent {
  name?: string;
  /** The text of its data. */
  raw: string;
  /** The object in it; undefined for `[DONE]` and everything else. */
  data?: JsonObject;
}

/** Cuts the bytes of a streamed answer into its blocks. */
export interface Splitter {
  /** The blocks that are complete by now. */
  push(bytes: Uint8Array): Uint8Array[];
  /** How many bytes wait for the end of their block. */
  readonly waiting: number;
  /** The bytes behind the last complete block. */
  rest(): Uint8Array;
  /** Whether the stream must not end here: more has to come behind the last block. */
  readonly open: boolean;
}

/** How the objects of a streamed answer stand in its bytes. */
export interface Framing {
  /** No byte is lost, added or changed: the blocks and the rest add up to what was pushed. */
  splitter(): Splitter;
  /** Reads one block; undefined where there is nothing to read in it. */
  read(block: Uint8Array): StreamEvent | undefined;
  /** What is left at the end of the stream, as if its block had ended, and whether it is whole. */
  readRest(rest: Uint8Array): { event: StreamEvent | undefined; whole: boolean };
  /** Whether a block holds something that is none of this framing, or no object where one is wanted. */
  isForeign(block: Uint8Array, event: StreamEvent | undefined): boolean;
  /** The block with other data in it; all of it that is not another now stays byte for byte. */
  withData(block: Uint8Array, event: StreamEvent, data: JsonObject): Uint8Array;
  /** The last block, of one's own. `isFirst` where no other has gone out. */
  lastBlock(data: JsonObject, name: string | undefined, isFirst: boolean): Uint8Array;
  /** What says nothing, between two blocks. */
  readonly filler: Uint8Array;
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
