import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawColumns } from '../../cli/raw-columns.js';

describe('the columns of a line', () => {
  it('stand as they were written, whatever they hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom('', ' ', '\t \n'), (object, blank) => {
        const json = JSON.stringify(object, null, blank);
        const columns = rawColumns(`${blank}${json}${blank}`);
        expect([...columns.keys()]).toEqual(Object.keys(JSON.parse(json)));
        for (const [key, raw] of columns) {
          expect(raw).toBe(raw.trim());
          expect(JSON.parse(raw)).toEqual(JSON.parse(json)[key]);
        }
      }),
    );
  });

  it('keep what a double has no room for', () => {
    const columns = rawColumns('{"id": 12345678901234567891 ,"a":1.0,"b\\"":"\\\\","b\\"":[-0,{"x":"]}"}]}');
    expect(Object.fromEntries(columns)).toEqual({ id: '12345678901234567891', a: '1.0', 'b"': '[-0,{"x":"]}"}]' });
  });
});
