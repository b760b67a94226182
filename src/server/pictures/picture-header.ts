/** Start-of-frame markers of JPEG; C4, C8 and CC are something else. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/**
 * The pixels that the first bytes of a PNG or JPEG tell of; undefined where these bytes do not tell. A GIF's never do: any
 * of its frames may be larger than its screen.
 */
export function pixelsInHeader(head: Buffer): number | undefined {
  if (head.length < 24) return undefined;
  if (head.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n' && head.toString('latin1', 12, 16) === 'IHDR') {
    return head.readUInt32BE(16) * head.readUInt32BE(20);
  }
  if (head.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= head.length && head[at] === 0xff; at += 2 + head.readUInt16BE(at + 2)) {
    if (isFrame(head[at + 1]!)) return head.readUInt16BE(at + 5) * head.readUInt16BE(at + 7);
  }
  return undefined;
}
