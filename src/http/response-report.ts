import type { CorrectionReport } from '../agent/correction.js';
import type { Protocol } from '../wire/protocol.js';
import type { CompactReport } from './compact-report.js';

/** The report of one whole response. */
export interface ResponseReport {
  id: string;
  protocol: Protocol['name'] | 'ai-sdk';
  model?: string;
  /** As they stand in the body under `vlm_detective`. */
  answers: CompactReport[];
  /** Token rewards and rounds of each answer, in the same order; null for one that was not judged. */
  details: (CorrectionReport | null)[];
}

export interface ReportOptions {
  /** Called once for each response that was looked at. What it throws is dropped. */
  onReport?: (report: ResponseReport) => void;
}

export function announce({ onReport }: ReportOptions, report: ResponseReport): void {
  try {
    onReport?.(report);
  } catch {
    // an observer's fault is not the caller's
  }
}
