import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { aside, type Format, itemOf } from '../../../annotate/formats/format.js';
import { formats, readable } from '../../../annotate/formats/formats.js';
import type { AnnotationRecord } from '../../../annotate/formats/record.js';
import type { AnnotationItem } from '../../../annotate/item.js';
import { type ItemRecords, toRecord } from '../../../annotate/records.js';
import { disjoint, type Mark, type Work } from '../../../annotate/work.js';
import { splitWords } from '../../../src/text/words.js';
import { runs } from '../../fixtures/runs.js';
import { oddText } from '../odd-texts.js';

const wordRun = (response: string) => {
  const words = splitWords(response);
  return fc.tuple(fc.nat(words.length - 1), fc.integer({ min: 0, max: 2 })).map(([from, more]) => ({
    start: words[from]!.start,
    end: words[Math.min(words.length - 1, from + more)]!.end,
  }));
};

const markOf = (response: string): fc.Arbitrary<Mark> =>
  fc
    .record({
      range: wordRun(response),
      decision: fc.constantFrom('wrong', 'right'),
      replacement: fc.option(fc.constantFrom('', 'blue', '赤い 😀', '=1'), { nil: undefined }),
      type: fc.option(fc.constantFrom('attribute', 'counting', 'other'), { nil: undefined }),
      severity: fc.option(fc.constantFrom('minor', 'major'), { nil: undefined }),
    })
    .map(({ range, decision, replacement, type, severity }) => ({
      ...range,
      text: response.slice(range.start, range.end),
      decision,
      source: 'flag',
      ...(decision === 'wrong' && replacement !== undefined ? { replacement } : {}),
      ...(decision === 'wrong' && type ? { type } : {}),
      ...(decision === 'wrong' && severity ? { severity } : {}),
    }));

/** As Argilla has its users. */
const personAt = (at: number) => `5f0c1a2e-0000-4000-8000-00000000000${at}`;

const itemRecords: fc.Arbitrary<ItemRecords> = oddText(3).chain((response) =>
  fc
    .record({
      flags: fc.array(fc.record({ range: wordRun(response), reward: fc.constantFrom(0, 0.125, 0.5) }), {
        maxLength: 4,
      }),
      people: fc.array(
        fc.record({
          marks: fc.array(markOf(response), { maxLength: 5 }),
          verdict: fc.constantFrom('good', 'bad', null),
          status: fc.constantFrom('done', 'done', 'skipped'),
          comment: fc.option(fc.constantFrom('hm', '-1,"x"\r\n👍'), { nil: undefined }),
          seconds: fc.option(fc.constantFrom(1.5, 31), { nil: undefined }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      prompt: fc.option(fc.constantFrom('What?', '¿Qué?'), { nil: undefined }),
      id: fc.uuid(),
    })
    .map(({ flags, people, prompt, id }) => {
      const item: AnnotationItem = {
        id,
        image: '/pictures/a b.png',
        response,
        ...(prompt === undefined ? {} : { prompt }),
        finding: {
          flags: disjoint(
            flags.map(({ range, reward }) => ({ ...range, text: response.slice(range.start, range.end), reward })),
            response.length,
          ),
          lowest: null,
          scorer: 'tldr-scenes@0.4.0',
          threshold: 0.5,
        },
        columns: { mine: [1, { a: null }] },
      };
      const known = itemOf(
        toRecord(
          item,
          { marks: [], verdict: null, status: 'done' },
          { annotator: 'x', role: 'annotate', shown: 'flags' },
        ),
      );
      const records = people.map(({ marks, verdict, status, comment, seconds }, at) => {
        const work: Work = {
          marks: disjoint(marks, response.length),
          verdict,
          status,
          ...(comment === undefined ? {} : { comment }),
          ...(status === 'skipped' ? { skipReason: 'why not' } : {}),
        };
        return toRecord(known, work, {
          annotator: personAt(at),
          role: 'annotate',
          shown: 'flags',
          savedAt: '2026-11-27T12:00:00.000Z',
          ...(seconds === undefined ? {} : { seconds }),
        });
      });
      return { item: known, records };
    }),
);

async function written(format: Format, items: readonly ItemRecords[]): Promise<string> {
  let text = '';
  for await (const piece of format.write(
    (async function* () {
      yield* items;
    })(),
  ))
    text += piece;
  return text;
}

/** HalLoc and M-HalDetect have no answers of which not every word is known. */
const canHold = (name: string) => (record: AnnotationRecord) =>
  !/^halloc|^mhal/.test(name) || record.labels !== undefined;

describe.each(readable)('%s', (name) => {
  const format = formats[name] as Required<Format>;

  test('gives back all that went in, for any Unicode text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(itemRecords, { minLength: 1, maxLength: 3 }), async (items) => {
        const whole = items
          .map(({ item, records }) => ({ item, records: records.filter(canHold(name)) }))
          .filter(({ records }) => records.length > 0);
        const back = format.read(await written(format, whole), 'file');
        expect(back.map(({ records }) => records)).toEqual(whole.map(({ records }) => records));
        for (const [at, { item }] of back.entries())
          expect(item).toMatchObject({ ...whole[at]!.item, finding: { flags: whole[at]!.item.finding!.flags } });
      }),
      { numRuns: runs(60) },
    );
  });

  test.skipIf(name === 'jsonl')(
    'keeps every wrong word where it stands when what stood aside is lost, as in the tool itself',
    async () => {
      await fc.assert(
        fc.asyncProperty(itemRecords, async ({ item, records }) => {
          const whole = { item, records: records.filter(canHold(name)) };
          fc.pre(whole.records.length > 0);
          const text = await written(format, [whole]);
          const bare =
            name === 'csv'
              ? withoutLastColumn(text)
              : name === 'argilla' || name === 'label-studio'
                ? without(text, name)
                : without(text, name);
          const back = format.read(bare, 'file').flatMap((one) => one.records);
          const wrong = (record: AnnotationRecord) =>
            record.spans
              .filter(({ label }) => label === 'hallucinated')
              .map(({ start, end, text: words }) => [start, end, words]);
          expect(back.map(wrong)).toEqual(whole.records.map(wrong));
        }),
        { numRuns: runs(60) },
      );
    },
  );
});

/** The file as if the tool had dropped what it does not know. */
function without(text: string, name: string): string {
  const drop = (_: string, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const { [aside]: _kept, ...rest } = value as Record<string, unknown>;
    return rest;
  };
  const isArray = /^(?:label-studio|argilla|halloc|mhal-detect)$/.test(name);
  if (isArray) return JSON.stringify(JSON.parse(text), drop);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.stringify(JSON.parse(line), drop))
    .join('\n');
}

function withoutLastColumn(text: string): string {
  return text.replace(new RegExp(`,${aside}\\r\\n`), ',ignored\r\n');
}

describe('offsets', () => {
  test.each([
    ['label-studio', (text: string) => JSON.parse(text)[0].annotations[0].result[0].value],
    ['argilla', (text: string) => JSON.parse(text)[0].responses.spans[0].value[0]],
    ['prodigy', (text: string) => JSON.parse(text).spans[0]],
    ['doccano', (text: string) => ({ start: JSON.parse(text).label[0][0], end: JSON.parse(text).label[0][1] })],
    [
      'mhal-detect',
      (text: string) => JSON.parse(text)[0].annotations.find(({ label }: { label: string }) => label === 'INACCURATE'),
    ],
    [
      'halloc',
      (text: string) => {
        const [start, end] = JSON.parse(text)[0].annotations.attribute[0].obj.char_index.split(':').map(Number);
        return { start, end };
      },
    ],
  ] as const)('of %s are of code points, the end left out', async (name, spanOf) => {
    const response = 'A 😀 red car.';
    const item: AnnotationItem = { id: '1', image: 'a.png', response };
    const marks: Mark[] = [{ start: 5, end: 8, text: 'red', decision: 'wrong', source: 'person', type: 'attribute' }];
    const record = toRecord(
      item,
      { marks, verdict: 'bad', status: 'done' },
      { annotator: personAt(1), role: 'annotate', shown: 'flags' },
    );
    expect(spanOf(await written(formats[name], [{ item, records: [record] }]))).toMatchObject({ start: 4, end: 7 });
  });

  test.each(readable.filter((name) => !/^(?:prodigy|jsonl|csv)$/.test(name)))(
    'of a span that lies outside are refused by %s, with the place',
    async (name) => {
      const response = 'A red car.';
      const item: AnnotationItem = { id: '1', image: 'a.png', response };
      const marks: Mark[] = [{ start: 2, end: 5, text: 'red', decision: 'wrong', source: 'person' }];
      const record = toRecord(
        item,
        { marks, verdict: 'bad', status: 'done' },
        { annotator: personAt(1), role: 'annotate', shown: 'flags' },
      );
      const text = (await written(formats[name], [{ item, records: [record] }])).replaceAll('"A red car."', '"A"');
      expect(() => (formats[name] as Required<Format>).read(text, 'mine.json')).toThrow(
        /mine\.json (?:line|entry) 1: /,
      );
    },
  );
});

describe('what people changed in the tool itself', () => {
  test('wins over what stood aside', async () => {
    const response = 'A 😀 red car.';
    const item: AnnotationItem = { id: '1', image: 'a.png', response };
    const marks: Mark[] = [{ start: 5, end: 8, text: 'red', decision: 'wrong', source: 'person', replacement: 'blue' }];
    const record = toRecord(
      item,
      { marks, verdict: 'bad', status: 'done' },
      { annotator: personAt(1), role: 'annotate', shown: 'flags' },
    );
    const line = JSON.parse(await written(formats.doccano, [{ item, records: [record] }]));
    line.label = [[8, 11, 'hallucination']];
    const [{ records }] = formats.doccano.read!(JSON.stringify(line), 'file') as [ItemRecords];
    expect(records[0]!.spans).toMatchObject([{ start: 9, end: 12, text: 'car', label: 'hallucinated' }]);
    expect(records[0]!.corrected).toBe(response);
  });
});

/**
 * What their own code asks of a file, where the tools cannot be installed: argilla-server's models of records, responses and
 * suggestions (argilla-io/argilla 0a7bd68, argilla-server/src/argilla_server/api/schemas/v1) and the client's (1fac3a8,
 * argilla/src/argilla/_models/_record); doccano's SpanLabel, TextData and LabelMaker (doccano/doccano 249926b, 03e38f3, 553e7b3,
 * backend/data_import/pipeline); Prodigy's documented `spans_manual` task (prodi.gy/docs/api-interfaces).
 */
describe('what the tools take', () => {
  const codePoints = (text: string, start: number, end: number) => [...text].slice(start, end).join('');
  const spanItem = z
    .strictObject({ label: z.string(), start: z.int().min(0), end: z.int().min(1) })
    .refine(({ start, end }) => end > start);
  const answer = <T extends z.ZodType>(value: T) =>
    z.array(z.strictObject({ value, user_id: z.guid(), status: z.enum(['draft', 'submitted', 'discarded']) }));

  test('Argilla: records, suggestions of an agent with a name that it takes, one response a user', async () => {
    const schema = z.strictObject({
      id: z.string(),
      fields: z.record(z.string(), z.string()),
      metadata: z.record(z.string(), z.union([z.string(), z.number()])),
      suggestions: z
        .strictObject({
          spans: z.strictObject({
            value: z.array(spanItem).max(10_000),
            score: z.array(z.number().min(0).max(1)).min(1).optional(),
            agent: z
              .string()
              .min(1)
              .max(200)
              .regex(/^(?=.*[a-zA-Z0-9])[a-zA-Z0-9-_:./\s]+$/),
          }),
        })
        .optional(),
      responses: z.strictObject({
        spans: answer(z.array(spanItem).max(10_000)),
        corrected: answer(z.string()),
        verdict: answer(z.string()),
      }),
    });
    await fc.assert(
      fc.asyncProperty(itemRecords, async ({ item, records }) => {
        const named = { ...records[0]!, annotator: 'ann' };
        const text = await written(formats.argilla, [{ item, records: [...records, named] }]);
        const line = z.tuple([schema]).parse(JSON.parse(text))[0];
        const users = line.responses.spans.map(({ user_id }) => user_id);
        expect(new Set(users).size).toBe(users.length);
        expect(users).not.toContain('ann');
        const suggested = line.suggestions?.spans;
        if (suggested?.score) expect(suggested.score).toHaveLength(suggested.value.length);
        const length = [...item.response].length;
        for (const { start, end } of [...(suggested?.value ?? []), ...line.responses.spans.flatMap((one) => one.value)])
          expect(start < length && end <= length).toBe(true);
        const [back] = formats.argilla.read!(text, 'file') as [ItemRecords];
        // as lines it may come from the earlier versions of this tool
        expect(formats.argilla.read!(JSON.stringify(line), 'file')).toEqual([back]);
        expect(back.item.finding?.scorer).toBe('tldr-scenes@0.4.0');
        expect(back.records).toContainEqual(named);
      }),
      { numRuns: runs(40) },
    );
  });

  test('doccano: a text and spans that are not empty, no column of its own taken', async () => {
    await fc.assert(
      fc.asyncProperty(itemRecords, async (one) => {
        for (const line of (await written(formats.doccano, [one])).trimEnd().split('\n')) {
          const row = JSON.parse(line) as { text: string; label: [number, number, string][] };
          expect(row.text).not.toBe('');
          for (const own of ['filename', 'upload_name', 'uuid', 'line_num', 'example_uuid'])
            expect(row).not.toHaveProperty(own);
          for (const [start, end, label] of row.label) {
            expect(Number.isInteger(start) && start >= 0 && start < end && end <= [...row.text].length).toBe(true);
            expect(label).toMatch(/./);
          }
        }
      }),
      { numRuns: runs(40) },
    );
  });

  test('Prodigy: tokens and spans that name each other, the last token of a span included', async () => {
    const schema = z.looseObject({
      text: z.string(),
      tokens: z.array(z.strictObject({ text: z.string(), start: z.int(), end: z.int(), id: z.int(), ws: z.boolean() })),
      spans: z.array(
        z.strictObject({ start: z.int(), end: z.int(), token_start: z.int(), token_end: z.int(), label: z.string() }),
      ),
      answer: z.enum(['accept', 'reject', 'ignore']),
      _view_id: z.literal('spans_manual'),
      _input_hash: z.int32(),
      _task_hash: z.int32(),
      meta: z.record(z.string(), z.union([z.string(), z.number()])),
    });
    await fc.assert(
      fc.asyncProperty(itemRecords, async (one) => {
        for (const line of (await written(formats.prodigy, [one])).trimEnd().split('\n')) {
          const { text, tokens, spans } = schema.parse(JSON.parse(line));
          for (const [at, token] of tokens.entries()) {
            expect(token.id).toBe(at);
            expect(codePoints(text, token.start, token.end)).toBe(token.text);
          }
          for (const span of spans) {
            expect(tokens[span.token_start]!.start).toBe(span.start);
            expect(tokens[span.token_end]!.end).toBe(span.end);
          }
        }
      }),
      { numRuns: runs(40) },
    );
  });
});
