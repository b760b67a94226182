import type * as z from 'zod';
import type { AnnotationItem } from '../item.js';
import { asArray, aside, byItem, type Format, jsonArray, parseAs, recordFrom, type ToolRecord } from './format.js';
import { keptItem } from './kept-item.js';
import type { AnnotationRecord } from './record.js';

/** A data set of the field: how it has a record, and what one of its entries says. */
export interface DataSet<Entry> {
  about: string;
  schema: z.ZodType<Entry>;
  /** What it has for the labels of a record. */
  annotations(record: AnnotationRecord): unknown;
  /** The rest of an entry; `id` tells the records of one answer apart. */
  entry(record: AnnotationRecord, id: string): object;
  read(entry: Entry, place: string, at: number): { item: AnnotationItem; tool: ToolRecord; annotations: unknown };
}

/** A data set as a JSON array, with an entry for each record that was labelled. */
export function dataSetFormat<Entry extends object>(set: DataSet<Entry>): Format {
  async function* entries(items: Parameters<Format['write']>[0]) {
    for await (const { records } of items)
      for (const record of records) {
        // a skipped answer is no answer without errors
        if (!record.labels) continue;
        const id = records.length === 1 ? record.id : `${record.id}/${record.annotator}`;
        yield { ...set.entry(record, id), annotations: set.annotations(record), [aside]: record };
      }
  }
  return {
    about: set.about,
    write: (items) => asArray(entries(items)),
    read: (text, name) =>
      byItem(
        jsonArray(text, name).map(({ value, name: place }, at) => {
          const entry = parseAs(set.schema, value, place);
          const kept = (entry as Record<string, unknown>)[aside];
          const told = set.read(entry, place, at);
          const item = keptItem(kept, told.item);
          return { item, record: recordFrom(item, told.tool, kept, set.annotations, told.annotations) };
        }),
      ),
  };
}

/** An item of a data set; an empty question is none. */
export const itemFrom = (item: Pick<AnnotationItem, 'id' | 'image' | 'response'>, prompt: string): AnnotationItem => ({
  ...item,
  ...(prompt === '' ? {} : { prompt }),
});
