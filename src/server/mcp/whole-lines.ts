import { Transform } from 'node:stream';

/** Of one message over standard input: a picture of 20 MiB as base64, and what goes with it. */
export const maxMessageBytes = 28 << 20;

/**
 * Hands lines on whole, so that who reads them need not search a growing buffer again and again. In place of a line over
 * the limit, which would end the connection, `refuse` gets the id of its request.
 */
export function wholeLines(refuse: (id: string | number, bytes: number) => void, limit = maxMessageBytes): Transform {
  let parts: Buffer[] = [];
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        keep(chunk.subarray(from, at + 1));
        end(this);
        from = at + 1;
      }
      keep(chunk.subarray(from));
      done();
    },
    flush(done) {
      if (bytes > 0) end(this);
      done();
    },
  });

  function keep(part: Buffer): void {
    bytes += part.length;
    // of a line that is too long, its beginning and its end, where the id stands
    if (bytes > limit && parts.length > 2) parts = [parts[0]!, parts.at(-1)!];
    parts.push(part);
  }

  function end(stream: Transform): void {
    if (bytes <= limit) stream.push(Buffer.concat(parts));
    else {
      const id =
        idOf(Buffer.concat(parts.slice(-2)).subarray(-1000).toString()) ?? idOf(parts[0]!.subarray(0, 1000).toString());
      if (id !== undefined) refuse(id, bytes);
    }
    parts = [];
    bytes = 0;
  }
}

/** The id of a JSON-RPC request in a piece of its text. */
function idOf(piece: string): string | number | undefined {
  const found = /"id"\s*:\s*(\d+|"(?:[^"\\]|\\.)*")/.exec(piece)?.[1];
  return found === undefined ? undefined : JSON.parse(found);
}
