import { DetectiveError } from '../base/errors.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import { operatingPoint } from '../scorer/operating-point.js';
import type { Scorer } from '../scorer/scorer.js';
import { type Caller, createGate, type Gate } from './limits/gate.js';
import { createMemory, type Holding, type Memory } from './limits/memory.js';
import { errorCode, type Log } from './log.js';
import { countReport, createMetrics, type Metrics, timedRewriter, timedScorer } from './metrics.js';
import { createUpstream, type Upstream } from './proxy/upstream.js';
import { createKeptReports, type KeptReports } from './reports/kept-reports.js';
import { openReportFile } from './reports/report-file.js';
import { type CallReport, defaults, type ServerOptions } from './server-options.js';

type Filled = ServerOptions & Required<Pick<ServerOptions, keyof typeof defaults>>;

/** What every request of one server shares. */
export interface ServerContext {
  options: Filled;
  scorer: Scorer;
  rewriter: Rewriter | 'same';
  gate: Gate;
  memory: Memory;
  reports: KeptReports;
  metrics: Metrics;
  upstream: Upstream;
  log: Log;
  /** Tells the metrics, the report file and the caller of the server of a corrected call. */
  report(report: CallReport, call: Call): void;
  close(): Promise<void>;
}

/** One request in hand. */
export interface Call {
  /** In the log, and in the response header `x-vlm-detective-request`. */
  id: string;
  /** Aborts when the client goes away, or the server stops waiting. */
  signal: AbortSignal;
  caller: Caller;
  /** What of it is in memory, until it is answered. */
  holding: Holding;
  /** The server's own headers of the answer: names and values in turn. */
  headers: readonly string[];
  report?: CallReport;
}

/**
 * @throws DetectiveError `bad-argument` for an unusable upstream, or a bound on harm that the scorer cannot promise or that calls
 * could set aside; what opening the report file throws.
 */
export async function createContext(given: ServerOptions): Promise<ServerContext> {
  const options: Filled = { ...defaults, ...given };
  operatingPoint(options.scorer, options);
  if (options.maxHarm !== undefined && options.allowOverrides.includes('threshold'))
    throw new DetectiveError(
      'bad-argument',
      'with maxHarm a call may not set the threshold, for the bound rests on it: leave threshold out of allowOverrides',
    );
  const gate = createGate(options);
  const reports = createKeptReports();
  const memory = createMemory(options.maxMemoryBytes);
  const metrics = createMetrics(gate, memory);
  const log: Log = options.log ?? (() => {});
  const upstream = createUpstream({
    timeoutMs: options.upstreamTimeoutMs,
    stallMs: options.stallMs,
    ...(options.upstream === undefined ? {} : { address: options.upstream }),
  });
  let toldAt = Number.NEGATIVE_INFINITY;
  const reportFile =
    options.reportFile === undefined
      ? undefined
      : await openReportFile(options.reportFile, (count, error) => {
          metrics.lostReports.inc(count);
          if (performance.now() - toldAt < 60_000) return;
          toldAt = performance.now();
          log('error', 'reports lost', { count, code: errorCode(error) });
        });
  return {
    options,
    scorer: timedScorer(options.scorer, metrics),
    rewriter: options.rewriter === 'same' ? 'same' : timedRewriter(options.rewriter, metrics),
    gate,
    memory,
    reports,
    metrics,
    upstream,
    log,
    report(report, call) {
      call.report = report;
      countReport(metrics, report);
      const { id, protocol, model, answers } = report;
      const kept = { id, time: new Date().toISOString(), protocol, ...(model === undefined ? {} : { model }), answers };
      reports.add(kept, call.caller);
      const { time } = kept;
      reportFile?.add({ time, call: call.id, id, protocol, model, answers });
      try {
        options.onReport?.(report);
      } catch {
        // an observer's fault is not the caller's
      }
    },
    async close() {
      await Promise.all([upstream.close(), reportFile?.close()]);
    },
  };
}
