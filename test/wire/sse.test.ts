import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/wire/framing.js';
import { eventStream } from '../../src/wire/sse.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(data);

function split(data: Uint8Array, sizes: readonly number[]): { blocks: string[]; rest: string } {
  const splitter = eventStream.splitter();
  const blocks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < data.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    blocks.push(...splitter.push(data.subarray(at, at + size)));
    at += size;
  }
  return { blocks: blocks.map(text), rest: text(splitter.rest()) };
}

describe('the blocks of an event stream', () => {
  it.each([
    ['LF', 'data: 1\n\ndata: 2\n\n', ['data: 1\n\n', 'data: 2\n\n'], ''],
    ['CR LF', 'event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n', ['event: a\r\ndata: 1\r\n\r\n', 'data: 2\r\n\r\n'], ''],
    ['CR', 'data: 1\r\rdata: 2\r\r', ['data: 1\r\r'], 'data: 2\r\r'],
    ['a comment', ': ping\n\n', [': ping\n\n'], ''],
    ['empty lines', '\n\ndata: 1\n\n', ['\n', '\n', 'data: 1\n\n'], ''],
    ['half an event', 'data: 1\n\ndata: 2\n', ['data: 1\n\n'], 'data: 2\n'],
  ])('%s, however the bytes are cut', (_what, data, blocks, rest) => {
    for (const size of [1, 2, 3, 5, 100]) expect(split(bytes(data), [size])).toEqual({ blocks, rest });
  });

  it('add up to the stream, byte for byte, whatever it is', () => {
    const line = fc.constantFrom('data: x', ':', '', 'event: é😀', '\ufeff');
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const stream = fc.oneof(
      fc.array(fc.tuple(line, end)).map((lines) => bytes(lines.flat().join(''))),
      fc.uint8Array({ maxLength: 80 }),
    );
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (data, sizes) => {
        const splitter = eventStream.splitter();
        const out: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < data.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          out.push(...splitter.push(data.subarray(at, at + size)));
          at += size;
        }
        expect(splitter.waiting).toBe(splitter.rest().length);
        expect(concat([...out, splitter.rest()])).toEqual(data);
      }),
    );
  });
});

describe('one event', () => {
  it.each([
    ['data: {"a":1}\n\n', { raw: '{"a":1}', data: { a: 1 } }],
    ['event: x\ndata:{"a":1}\n\n', { name: 'x', raw: '{"a":1}', data: { a: 1 } }],
    ['data: {"a":\ndata: 1}\n\n', { raw: '{"a":\n1}', data: { a: 1 } }],
    ['data: [DONE]\n\n', { raw: '[DONE]' }],
    ['event: x\r\ndata: {}\r\r', { name: 'x', raw: '{}', data: {} }],
    [': comment\n\n', undefined],
    ['id: 7\n\n', undefined],
    ['\n', undefined],
  ])('%j is read', (block, event) => expect(eventStream.read(bytes(block))).toEqual(event));

  it.each([
    ['event: x\nid: 7\n: c\ndata: {"a":1}\n\n', 'event: x\nid: 7\n: c\ndata: {"b":2}\n\n'],
    ['data: {"a":\r\ndata: 1}\r\n\r\n', 'data: {"b":2}\r\n\r\n'],
    ['data:{"a":1}\r\r', 'data:{"b":2}\r\r'],
    ['data: {"a":1}', 'data: {"b":2}'],
  ])('%j keeps everything but its data', (block, wanted) =>
    expect(text(eventStream.withData(bytes(block), eventStream.read(bytes(`${block}\n\n`))!, { b: 2 }))).toBe(wanted),
  );

  it('keeps the JSON text around what is another now', () => {
    const block = 'data: {"created":12345678901234567890, "f":1.0,\r\ndata:"t": "a\\u0062", "t": "old"}\r\n\r\n';
    const event = eventStream.read(bytes(block))!;
    expect(text(eventStream.withData(bytes(block), event, { ...event.data, t: 'new' }))).toBe(
      block.replace('"old"', '"new"'),
    );
  });
});

it('an event of one line of data is read as in any other dress', () => {
  const lines = ['{"a":1}', ' {"a":1}', '[DONE]', '', 'x', '{"a":"\u2028\u00e9"}', '\ufeff{}', 'data: {}', ' '];
  for (const line of lines)
    for (const blank of ['', ' '])
      expect(eventStream.read(bytes(`data:${blank}${line}\n\n`)) ?? {}).toEqual(
        eventStream.read(bytes(`: comment\ndata:${blank}${line}\n\n`)) ?? {},
      );
});
