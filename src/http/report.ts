import type { AppliedEdit, CorrectionReport, CorrectionResult, CorrectionStatus } from '../agent/correction.js';
import type { StreamTiming } from '../agent/stream-report.js';
import { redact } from '../base/redact.js';
import type { CallUsage } from '../models/price.js';
import type { Usage } from '../rewriters/rewriter.js';
import { type SpanJson, spanJson } from '../text/flagged-span.js';
import type { Answer } from '../wire/protocol.js';
import type { ProtocolName } from '../wire/protocols.js';

/** The one field that a corrected body has beside the provider's own. */
export const reportField = 'vlm_detective';
/** The response header that carries the id of the report. */
export const reportHeader = 'x-vlm-detective-report';

/** What was done to one text of a response, as it stands in the body under `vlm_detective`. */
export interface CompactReport {
  /** The same for every text of one response; also in the header `x-vlm-detective-report`. */
  id: string;
  /** Index of the choice (chat completions), output item (responses) or content block (messages). */
  choice: number;
  status: CorrectionStatus;
  reason?: string;
  rounds: number;
  /** From the model's text to the text handed back; UTF-16 offsets in the model's. */
  edits: AppliedEdit[];
  /** What is still flagged; UTF-16 offsets in the text handed back. */
  unresolved: SpanJson[];
  threshold: number | null;
  scorer: string;
  rewriter: string | null;
  /** Share of the model's words that were kept or replaced, not deleted: 0..1. */
  coverage: number;
  /** Content words that got a reward, of all; 0 of 0 for a text that was not looked at. */
  judged: CorrectionReport['judged'];
  /** Limits that cut the work short, in words. */
  limits?: string[];
  /** Of the rewrites, on top of the call's own `usage`. */
  usage: Usage;
  /** What the models of the scorer and the rewriter have cost together: calls, tokens, pictures, milliseconds, dollars. */
  asked?: CallUsage;
  /** How the scorer judged, in its words. */
  method?: string;
  /** The bound on harm that the threshold was chosen for. */
  bound?: CorrectionReport['bound'];
  durationMs: number;
  /** Of a stream: what holding it back has cost. */
  stream?: StreamTiming;
}

/** The report of a text that was not judged: passed through, aborted before the first result, or failed. */
export function untouchedReport(
  answer: Pick<Answer, 'choice'>,
  status: 'skipped' | 'failed' | 'aborted',
  reason: string,
  about: { id: string; scorer: string; rewriter: string | null; durationMs: number },
): CompactReport {
  return {
    id: about.id,
    choice: answer.choice,
    status,
    reason,
    rounds: 0,
    edits: [],
    unresolved: [],
    threshold: null,
    scorer: about.scorer,
    rewriter: about.rewriter,
    coverage: 1,
    judged: { words: 0, of: 0 },
    usage: { inputTokens: 0, outputTokens: 0 },
    durationMs: about.durationMs,
  };
}

export function compactReport(id: string, answer: Pick<Answer, 'choice'>, result: CorrectionResult): CompactReport {
  const { report } = result;
  return {
    id,
    choice: answer.choice,
    status: result.status,
    ...(report.reason === undefined ? {} : { reason: report.reason }),
    rounds: report.rounds.length,
    edits: report.edits.map(({ start, end, from, to }) => ({ start, end, from, to })),
    unresolved: report.unresolved.map(spanJson),
    threshold: report.threshold,
    scorer: report.scorer,
    rewriter: report.rewriter,
    coverage: report.coverage,
    judged: report.judged,
    ...(report.limits ? { limits: report.limits } : {}),
    usage: report.usage,
    ...(report.asked ? { asked: report.asked } : {}),
    ...(report.method === undefined ? {} : { method: report.method }),
    ...(report.bound ? { bound: report.bound } : {}),
    durationMs: report.durationMs,
  };
}

/** The report of one whole response. */
export interface ResponseReport {
  id: string;
  protocol: ProtocolName | 'ai-sdk';
  model?: string;
  /** As they stand in the body under `vlm_detective`. */
  answers: CompactReport[];
  /** Token rewards and rounds of each answer, in the same order; null for one that was not judged. */
  details: (CorrectionReport | null)[];
}

/** Keeps the reports of an answer by the provider's id of it, for whoever is left with nothing else. */
export type KeepReports = (answerId: string, reports: CompactReport[]) => void;

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
