import { LRUCache } from 'lru-cache';
import { getIn, type JsonObject } from '../wire/json-path.js';
import type { CompactReport } from './compact-report.js';

/**
 * The reports of the latest streams by the provider's id of the answer: a stream that was not changed is sent on byte for
 * byte, so that its report cannot stand in it, and the SDKs' accumulators drop fields that they do not know.
 */
const latest = new LRUCache<string, CompactReport[]>({ max: 500 });

/** The id of the answer that an event belongs to, where it tells. */
export function answerId(data: JsonObject): string | undefined {
  for (const path of [['id'], ['response', 'id'], ['message', 'id']]) {
    const id = getIn(data, path);
    if (typeof id === 'string' && id !== '') return id;
  }
  return undefined;
}

export function rememberReports(id: string, reports: CompactReport[]): void {
  latest.set(id, reports);
}

export function reportsOf(id: string): CompactReport[] | undefined {
  return latest.get(id);
}
