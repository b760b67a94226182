/** One line of a byte stream. */
export interface Line {
  /** 1-based. */
  number: number;
  /** Without the line end; null where it is too long or not UTF-8. */
  text: string | null;
  /** Why there is no text. */
  problem?: string;
  /** Whether a line feed ends it; only the last line can lack one. */
  ended: boolean;
  /** Bytes from the start of the stream to the end of this line, its line feed included. */
  offset: number;
}

/** A picture of 20 MiB in base64 fits into a line. */
const maxLineBytes = 32 * 1024 * 1024;

/**
 * Cuts bytes into lines at line feeds only (`node:readline` also cuts at U+2028, which may stand in a JSON string). Holds
 * one line at a time, and no more than `limit` bytes of it.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, limit = maxLineBytes): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let offset = 0;
  let number = 0;
  const take = (chunk: Uint8Array) => {
    length += chunk.byteLength;
    offset += chunk.byteLength;
    if (length <= limit) parts.push(chunk);
    else parts = [];
  };
  const line = (ended: boolean): Line => {
    number++;
    const decoded = length > limit ? { text: null, problem: `longer than ${limit} bytes` } : decode(parts);
    parts = [];
    length = 0;
    return { number, ...decoded, ended, offset };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      take(chunk.subarray(start, end));
      offset++;
      yield line(true);
      start = end + 1;
    }
    if (start < chunk.byteLength) take(chunk.subarray(start));
  }
  if (length > 0) yield line(false);
}

function decode(parts: readonly Uint8Array[]): { text: string | null; problem?: string } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts)).replace(/\r$/, '') };
  } catch {
    return { text: null, problem: 'not UTF-8' };
  }
}
