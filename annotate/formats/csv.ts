import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { aside, byItem, type Format, parseAs, parseJson, recordFrom, toolSpans } from './format.js';
import { keptItem } from './kept-item.js';
import type { AnnotationRecord } from './record.js';

/** One row a record (RFC 4180); `spans` is JSON, in UTF-16 with the words. A cell that a spreadsheet would run gets a `'`. */

const columns = [
  'id',
  'image',
  'prompt',
  'response',
  'annotator',
  'status',
  'verdict',
  'corrected',
  'seconds',
  'comment',
  'spans',
  aside,
] as const;

const runs = /^[=+\-@\t\r']/;
const guarded = (cell: string) => (runs.test(cell) ? `'${cell}` : cell);
const unguarded = (cell: string) => (cell.startsWith("'") && runs.test(cell.slice(1)) ? cell.slice(1) : cell);
const quote = (cell: string) =>
  /[",\r\n]/.test(cell) || cell.trim() !== cell ? `"${cell.replaceAll('"', '""')}"` : cell;
const line = (cells: readonly string[]) => `${cells.map((cell) => quote(guarded(cell))).join(',')}\r\n`;

const spansOf = (record: AnnotationRecord) =>
  toolSpans(record).map(({ start, end, ...rest }) => ({
    start,
    end,
    text: record.response.slice(start, end),
    ...rest,
  }));
const native = (record: AnnotationRecord) => [spansOf(record), record.status, record.verdict];

const spanSchema = z.array(
  z.object({
    start: z.int(),
    end: z.int(),
    text: z.string(),
    label: z.string(),
    replacement: z.string().exactOptional(),
  }),
);
const rowSchema = z.object({
  id: z.string(),
  image: z.string().default(''),
  prompt: z.string().default(''),
  response: z.string(),
  annotator: z.string().default('unknown'),
  status: z.enum(['done', 'skipped', 'open']).default('done'),
  verdict: z.enum(['good', 'bad', '']).default(''),
  comment: z.string().default(''),
  spans: z.string().default('[]'),
  [aside]: z.string().default(''),
});

export const csv: Format = {
  about: 'a table, one row a record',
  async *write(items) {
    yield line(columns);
    for await (const { records } of items)
      for (const record of records) {
        const cells: Record<(typeof columns)[number], string> = {
          ...record,
          prompt: record.prompt ?? '',
          verdict: record.verdict ?? '',
          seconds: record.seconds === undefined ? '' : String(record.seconds),
          comment: record.comment ?? '',
          spans: JSON.stringify(spansOf(record)),
          [aside]: JSON.stringify(record),
        };
        yield line(columns.map((column) => cells[column]));
      }
  },
  read(text, name) {
    let rows: Record<string, string>[];
    try {
      rows = parse(text, { columns: true, bom: true, relax_column_count: true });
    } catch (cause) {
      throw new DetectiveError('bad-input', `${name} is no CSV: ${errorMessage(cause)}`, { cause });
    }
    return byItem(
      rows.map((cells, at) => {
        const place = `${name} row ${at + 2}`;
        const plain = Object.fromEntries(Object.entries(cells).map(([key, cell]) => [key, unguarded(cell)]));
        const row = parseAs(rowSchema, plain, place);
        const kept = row[aside] === '' ? undefined : parseJson(row[aside], place);
        const item = keptItem(kept, {
          id: row.id,
          image: row.image,
          response: row.response,
          ...(row.prompt === '' ? {} : { prompt: row.prompt }),
        });
        const spans = parseAs(spanSchema, parseJson(row.spans, place), place);
        for (const { start, end, text: words } of spans)
          if (row.response.slice(start, end) !== words)
            throw new DetectiveError(
              'bad-input',
              `${place}: at ${start}..${end} does not stand ${JSON.stringify(words.slice(0, 60))}`,
            );
        const record = recordFrom(
          item,
          {
            annotator: row.annotator,
            status: row.status,
            spans,
            ...(row.verdict === '' ? {} : { verdict: row.verdict }),
            ...(row.comment === '' ? {} : { comment: row.comment }),
          },
          kept,
          native,
          [spans, row.status, row.verdict === '' ? null : row.verdict],
        );
        return { item, record };
      }),
    );
  },
};
