import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { parseRecords, readRecords } from '../../../eval/benchmarks/json-records.js';
import { anyCharacter } from '../../fixtures/any-character.js';
import { runs } from '../../fixtures/runs.js';
import { write } from './published.js';

const any = z.unknown();
const row = z.object({ id: z.number() });

/** Records as benchmarks hold them: objects with strings full of what could be taken for structure. */
const record = fc.dictionary(
  fc.string({ maxLength: 5 }),
  fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 20 }),
    fc.constantFrom('"}],[{\\', '\\\\"', '\n', '\u2028'),
    fc.integer(),
  ),
  { maxKeys: 4 },
);

describe('a file of records', () => {
  test('gives the same records in every layout, each with its line', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), (records) => {
        const layouts = {
          lines: records.map((one) => JSON.stringify(one)).join('\n'),
          'lines of Windows': records.map((one) => `${JSON.stringify(one)}\r\n`).join(''),
          'an array': JSON.stringify(records),
          'an array, printed': JSON.stringify(records, null, 4),
          'one object after the other, printed': records.map((one) => JSON.stringify(one, null, 2)).join('\n'),
        };
        for (const text of Object.values(layouts)) {
          const parsed = parseRecords(text, 'file', any, '{}');
          expect(parsed.map(({ value }) => value)).toEqual(JSON.parse(JSON.stringify(records)));
          const lines = text.split('\n');
          for (const { line } of parsed) expect(lines[line - 1]).toContain('{');
        }
      }),
      { numRuns: runs(50) },
    );
  });

  test('names the line, and the record where a line has several, of what is wrong', () => {
    const bad = (text: string) => () => parseRecords(text, 'a.json', row, '{"id": 1}');
    expect(bad('{"id": 1}\n{"id": "x"}\n')).toThrow(/a\.json line 2: "id" .*it should look like \{"id": 1\}/);
    expect(bad('{"id": 1}\n{"id": 2')).toThrow(/a\.json line 2: the record is not closed: was the file cut off\?/);
    expect(bad('[{"id": 1}, {"id": 2}, {"no": 3}]')).toThrow(/a\.json line 1 \(record 3\): "id"/);
    expect(bad('[\n  {"id": 1},\n  {"id": null}\n]')).toThrow(/a\.json line 3 \(record 2\): "id"/);
    expect(bad('[{"id": 1}')).toThrow(/a\.json line 1: the array is not closed/);
    expect(bad('{"id": 1,}\n')).toThrow(/a\.json line 1: not valid JSON/);
    expect(bad('{"id": "never closed}\n')).toThrow(/a\.json line 1: a string is not closed/);
    expect(bad('[{"id": 1}] {"id": 2}')).toThrow(/after the end of the array/);
    expect(bad(' \n')).toThrow(/a\.json has no record/);
  });

  test('never hangs or throws anything but what it names, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ \n1a'), maxLength: 40 }), (text) => {
        try {
          parseRecords(text, 'f', any, '{}');
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-input' });
        }
      }),
    );
  });

  test('is refused where it is missing, a folder, or not text', async () => {
    await expect(readRecords('/nowhere/a.json', any, '{}')).rejects.toThrow(/\/nowhere\/a\.json cannot be read/);
    await expect(readRecords('/tmp', any, '{}')).rejects.toThrow(/\/tmp cannot be read/);
    const path = await write('bytes.json', '{"id": 1}');
    await (await import('node:fs/promises')).writeFile(path, Buffer.from([0x7b, 0xff, 0xfe]));
    await expect(readRecords(path, any, '{}')).rejects.toThrow(/is not UTF-8 text/);
  });
});
