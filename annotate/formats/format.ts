import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import type { AnnotationItem } from '../item.js';
import type { ItemRecords } from '../records.js';
import { toRecord } from '../records.js';
import type { ErrorType, Mark, Work } from '../work.js';
import { disjoint } from '../work.js';
import { type AnnotationRecord, recordSchema } from './record.js';

/** One tool's form of items and records. */
export interface Format {
  /** What it is, in a line. */
  about: string;
  /** Pieces of text that make a file, one after the other. */
  write(items: AsyncIterable<ItemRecords>): AsyncIterable<string>;
  /**
   * @param text Of a whole file.
   * @param name Of the file, for messages.
   * @throws DetectiveError `bad-input` that names the line or entry, for what is none of this form and for offsets that do
   * not fit.
   */
  read?(text: string, name: string): ItemRecords[];
}

/** Where a tool keeps what it has no place for. */
export const aside = 'vlm_detective';

/** Every span that was flagged or found, by a name that tools show. */
export const labelNames = { hallucinated: 'hallucination', supported: 'supported' } as const;

/** A span as a tool has it, in UTF-16. */
export interface ToolSpan {
  start: number;
  end: number;
  label: string;
  replacement?: string;
  type?: ErrorType;
}

/** `hallucinated` where the name says so in one of the tools' ways. */
export const labelOf = (name: string): AnnotationRecord['spans'][number]['label'] =>
  /^(?:supported|accurate|right|correct|good)$/i.test(name) ? 'supported' : 'hallucinated';

export const toolSpans = ({ spans }: AnnotationRecord): ToolSpan[] =>
  spans.map(({ start, end, label, replacement }) => ({
    start,
    end,
    label: labelNames[label],
    ...(replacement === undefined ? {} : { replacement }),
  }));

/** What a tool says of one record. */
export interface ToolRecord {
  annotator: string;
  status: Work['status'];
  verdict?: Work['verdict'];
  seconds?: number;
  comment?: string;
  spans: ToolSpan[];
}

/**
 * The record that a tool's own fields and what stood aside amount to. What stood aside is taken as it is where the tool's
 * fields are still what `write` made of it; else somebody worked with it there, and the tool's fields are the truth.
 */
export function recordFrom(
  item: AnnotationItem,
  tool: ToolRecord,
  kept: unknown,
  native: (record: AnnotationRecord) => unknown,
  is: unknown,
): AnnotationRecord {
  const parsed = recordSchema.safeParse(kept);
  if (
    parsed.success &&
    parsed.data.response === item.response &&
    isDeepStrictEqual(plain(native(parsed.data)), plain(is))
  )
    return parsed.data;
  const before = parsed.success ? parsed.data : undefined;
  const spans = disjoint(tool.spans, item.response.length);
  const marks = spans.map(({ start, end, label, replacement, type: told }): Mark => {
    const known = before?.spans.find((span) => span.start === start && span.end === end);
    const decision = labelOf(label) === 'hallucinated' ? 'wrong' : 'right';
    const fix = replacement ?? known?.replacement;
    const type = known?.type ?? told;
    return {
      start,
      end,
      text: item.response.slice(start, end),
      decision,
      source: item.finding?.flags.some((flag) => flag.start < end && start < flag.end) ? 'flag' : 'person',
      ...(decision === 'wrong' && fix !== undefined ? { replacement: fix } : {}),
      ...(decision === 'wrong' && type ? { type } : {}),
      ...(decision === 'wrong' && known?.severity ? { severity: known.severity } : {}),
    };
  });
  const comment = tool.comment ?? before?.comment;
  const wrong = marks.some(({ decision }) => decision === 'wrong');
  const work: Work = {
    marks,
    status: tool.status,
    verdict: tool.verdict ?? (tool.status === 'done' ? (wrong ? 'bad' : 'good') : null),
    ...(comment === undefined ? {} : { comment }),
    ...(before?.skipReason === undefined ? {} : { skipReason: before.skipReason }),
  };
  const seconds = tool.seconds ?? before?.seconds;
  return toRecord(item, work, {
    annotator: tool.annotator,
    role: before?.role ?? 'annotate',
    shown: before?.shown ?? 'flags',
    ...(before?.savedAt === undefined ? {} : { savedAt: before.savedAt }),
    ...(seconds === undefined ? {} : { seconds }),
  });
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

/** The item that a record is about. */
export function itemOf({
  id,
  image,
  prompt,
  response,
  flags,
  scorer,
  threshold,
  columns,
}: AnnotationRecord): AnnotationItem {
  const rewards = flags.flatMap(({ reward }) => reward ?? []);
  const scored = flags.length > 0 || scorer !== undefined;
  return {
    id,
    image,
    response,
    ...(prompt === undefined ? {} : { prompt }),
    ...(columns === undefined ? {} : { columns }),
    ...(scored
      ? {
          finding: {
            flags,
            lowest: rewards.length > 0 ? Math.min(...rewards) : null,
            ...(scorer === undefined ? {} : { scorer }),
            ...(threshold === undefined ? {} : { threshold }),
          },
        }
      : {}),
  };
}

/** Records of several lines, by their items; the first record's item counts. */
export function byItem(found: readonly { item: AnnotationItem; record: AnnotationRecord }[]): ItemRecords[] {
  const items = new Map<string, ItemRecords>();
  for (const { item, record } of found) {
    const known = items.get(item.id) ?? { item, records: [] };
    known.records.push(record);
    items.set(item.id, known);
  }
  return [...items.values()];
}

/** @throws DetectiveError `bad-input` that names the place and the first thing that is wrong. */
export function parseAs<T>(schema: z.ZodType<T>, value: unknown, name: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DetectiveError(
    'bad-input',
    `${name}: ${issue?.path.length ? `"${issue.path.join('.')}" ` : ''}${issue?.message}`,
  );
}

export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new DetectiveError('bad-input', `${name} is no JSON (${errorMessage(error)})`);
  }
}

/** The lines of a JSONL file with their names; empty ones left out. */
export const jsonLines = (text: string, name: string): { value: unknown; name: string }[] =>
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line, at) => {
      const place = `${name} line ${at + 1}`;
      return line.trim() === '' ? [] : [{ value: parseJson(line, place), name: place }];
    });

/** The entries of a JSON array with their names. */
export function jsonArray(text: string, name: string): { value: unknown; name: string }[] {
  const parsed = parseJson(text, name);
  if (!Array.isArray(parsed)) throw new DetectiveError('bad-input', `${name} is no JSON array`);
  return parsed.map((value: unknown, at) => ({ value, name: `${name} entry ${at + 1}` }));
}

/** The entries of JSON lines or of a JSON array, whichever it is. */
export const jsonEntries = (text: string, name: string): { value: unknown; name: string }[] =>
  /^\uFEFF?\s*\[/.test(text) ? jsonArray(text, name) : jsonLines(text, name);

/** A JSON array, an entry a line. */
export async function* asArray(entries: AsyncIterable<unknown>): AsyncGenerator<string> {
  let first = true;
  for await (const entry of entries) {
    yield `${first ? '[\n' : ',\n'}${JSON.stringify(entry)}`;
    first = false;
  }
  yield first ? '[]\n' : '\n]\n';
}

export async function* asLines(entries: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify(entry)}\n`;
}
