import { LRUCache } from 'lru-cache';
import type { Caller } from '../limits/gate.js';
import type { CallReport } from '../server-options.js';

/** A report as it can be fetched. */
export type KeptReport = Pick<CallReport, 'id' | 'protocol' | 'model' | 'answers'> & { time: string };

export interface KeptReports {
  add(report: KeptReport, caller: Caller): void;
  /** undefined for one that is not there, no longer, or another caller's. */
  get(id: string, caller: Caller): KeptReport | undefined;
}

const mostReports = 1_000;
const mostCharacters = 32 << 20;

/** The latest reports, each for the key of the caller that it was made for. */
export function createKeptReports(): KeptReports {
  const kept = new LRUCache<string, { json: string; key: string }>({
    max: mostReports,
    maxSize: mostCharacters,
    sizeCalculation: ({ json }) => json.length,
  });
  return {
    add(report, { key }) {
      kept.set(report.id, { json: JSON.stringify(report), key });
    },
    get(id, { key }) {
      const found = kept.get(id);
      return found?.key === key ? (JSON.parse(found.json) as KeptReport) : undefined;
    },
  };
}
