import type { AnnotationItem } from '../item.js';
import { itemOf } from './format.js';
import { recordSchema } from './record.js';

/** An item as a tool has it, with what the record that stood aside knows of it, where both have the same answer. */
export function keptItem(kept: unknown, item: AnnotationItem): AnnotationItem {
  const record = recordSchema.safeParse(kept);
  return record.success && record.data.response === item.response ? { ...item, ...itemOf(record.data) } : item;
}
