import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, readLines } from '../../src/base/lines.js';

async function* cut(bytes: Uint8Array, sizes: readonly number[]) {
  let start = 0;
  for (let n = 0; start < bytes.length; n++) {
    const end = start + (sizes[n % sizes.length] ?? 1);
    yield bytes.subarray(start, end);
    start = end;
  }
}

async function linesOf(bytes: Uint8Array, sizes: readonly number[] = [7], limit?: number): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of readLines(cut(bytes, sizes), limit)) lines.push(line);
  return lines;
}

describe('reading lines', () => {
  it('gives every line whole, however the bytes arrive, with offsets that cut the bytes where it ends', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é', '🙂', '\u2028', '\u2029', ' ', '"') });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (source, sizes) => {
        const bytes = Buffer.from(source);
        const lines = await linesOf(bytes, sizes);
        const expected = source.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(lines.map((line) => line.text)).toEqual(expected.map((line) => line.replace(/\r$/, '')));
        expect(lines.map((line) => line.number)).toEqual(lines.map((_, index) => index + 1));
        let before = 0;
        for (const line of lines) {
          const raw = bytes.subarray(before, line.offset).toString();
          expect(raw.replace(/\r?\n?$/, '')).toBe(line.text);
          expect(raw.endsWith('\n')).toBe(line.ended);
          before = line.offset;
        }
        expect(before).toBe(bytes.length);
      }),
    );
  });

  it('gives up a line over the limit, and goes on after it', async () => {
    const lines = await linesOf(Buffer.from(`ab\n${'x'.repeat(50)}\ncd`), [6], 20);
    expect(lines.map(({ text, problem }) => text ?? problem)).toEqual(['ab', 'longer than 20 bytes', 'cd']);
  });

  it('does not keep a line over the limit in memory', async () => {
    async function* endless() {
      for (let n = 0; n < 512; n++) yield new Uint8Array(1024 * 1024).fill(120);
    }
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    async function* watched() {
      for await (const chunk of endless()) {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        yield chunk;
      }
    }
    for await (const { text, offset } of readLines(watched(), 4 * 1024 * 1024)) {
      expect(text).toBeNull();
      expect(offset).toBe(512 * 1024 * 1024);
    }
    expect(most).toBeLessThan(256 * 1024 * 1024);
  });

  it('says which line is not UTF-8', async () => {
    const lines = await linesOf(Buffer.from('a\n\xe9\nb\n', 'latin1'));
    expect(lines.map(({ text, problem }) => text ?? problem)).toEqual(['a', 'not UTF-8', 'b']);
  });
});
