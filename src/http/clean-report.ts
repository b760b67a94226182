import type { CorrectionReport } from '../agent/correction.js';
import { redact } from '../base/redact.js';
import type { CompactReport } from './compact-report.js';

/** Reports without the keys of the call: errors of providers like to quote them. */
export function withoutKeys<T extends { reports: CompactReport[]; details: (CorrectionReport | null)[] }>(
  corrected: T,
  headers: Headers,
): T {
  const clean = <R extends { reason?: string }>(report: R): R =>
    report.reason === undefined ? report : { ...report, reason: redact(report.reason, headers) };
  return {
    ...corrected,
    reports: corrected.reports.map(clean),
    details: corrected.details.map((report) => {
      if (report === null) return null;
      const { error: _, ...rest } = report;
      return clean(rest);
    }),
  };
}
