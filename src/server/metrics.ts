import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Rewriter } from '../rewriters/rewriter.js';
import type { Scorer } from '../scorer/scorer.js';
import type { Gate } from './limits/gate.js';
import type { Memory } from './limits/memory.js';
import type { CallReport } from './server-options.js';

const prefix = 'vlm_detective_';
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What a registry can be asked, whoever's copy of prom-client made it. */
export interface MetricsRegistry {
  readonly contentType: string;
  /** The text that Prometheus reads. */
  metrics(): Promise<string>;
  getMetricsAsJSON(): Promise<object[]>;
}

/** Adds what the process itself uses. */
export function addProcessMetrics(registry: MetricsRegistry): void {
  collectDefaultMetrics({ register: registry as Registry });
}

export type Metrics = ReturnType<typeof createMetrics>;

/** What `/metrics` shows. Labels are from fixed sets, so that no caller can make more of them. */
export function createMetrics(gate: Gate, memory: Memory) {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name: prefix + name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Histogram({ name: prefix + name, help, labelNames, buckets: seconds, registers });
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: prefix + name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('calls_in_hand', 'Calls that hold a place.', () => gate.active);
  gauge('calls_waiting', 'Calls that wait for a place.', () => gate.waiting);
  gauge('held_bytes', 'Bodies and fetched pictures of calls in hand.', () => memory.held);
  return {
    registry,
    requests: counter('requests_total', 'Requests answered.', ['route', 'status']),
    duration: histogram('request_seconds', 'From the head of a request to the last byte of its answer.', ['route']),
    upstream: histogram('upstream_seconds', 'From asking the upstream to the head of its answer.', ['route']),
    corrections: counter('corrections_total', 'Answers looked at, by how that ended.', ['protocol', 'status']),
    edits: counter('edits_total', 'Edits in answers handed out.'),
    correction: histogram('correction_seconds', 'Time of the correction of one answer.', ['protocol']),
    scorer: histogram('scorer_seconds', 'Time of one run of the scorer.'),
    rewriter: histogram('rewriter_seconds', 'Time of one run of the rewriter.'),
    failures: counter('failures_total', 'Runs of a part that failed.', ['part']),
    tokens: counter('rewriter_tokens_total', 'Tokens of the rewrites.', ['direction']),
    lostReports: counter('reports_lost_total', 'Reports that could not be written to the report file.'),
  };
}

export function countReport(metrics: Metrics, { protocol, answers }: CallReport): void {
  for (const { status, edits, usage, durationMs } of answers) {
    metrics.corrections.inc({ protocol, status });
    metrics.edits.inc(edits.length);
    metrics.tokens.inc({ direction: 'input' }, usage.inputTokens);
    metrics.tokens.inc({ direction: 'output' }, usage.outputTokens);
    if (status !== 'skipped') metrics.correction.observe({ protocol }, durationMs / 1000);
  }
}

async function timed<T>(observe: Histogram, failed: () => void, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } catch (error) {
    failed();
    throw error;
  } finally {
    observe.observe((performance.now() - started) / 1000);
  }
}

/** The same scorer, with its runs timed. */
export function timedScorer(scorer: Scorer, metrics: Metrics): Scorer {
  const failed = () => metrics.failures.inc({ part: 'scorer' });
  const { scoreBatch } = scorer;
  return {
    name: scorer.name,
    ...(scorer.threshold === undefined ? {} : { threshold: scorer.threshold }),
    ...(scorer.harm === undefined ? {} : { harm: scorer.harm }),
    score: (request) => timed(metrics.scorer, failed, () => scorer.score(request)),
    ...(scorer.prepare ? { prepare: (images, signal) => scorer.prepare!(images, signal) } : {}),
    ...(scoreBatch
      ? {
          scoreBatch: (requests) =>
            timed(metrics.scorer, failed, async () => {
              const results = await scoreBatch.call(scorer, requests);
              for (const result of results) if (result instanceof Error) failed();
              return results;
            }),
        }
      : {}),
  };
}

/** The same rewriter, with its runs timed. */
export function timedRewriter(rewriter: Rewriter, metrics: Metrics): Rewriter {
  const failed = () => metrics.failures.inc({ part: 'rewriter' });
  return {
    name: rewriter.name,
    rewrite: (request) => timed(metrics.rewriter, failed, () => rewriter.rewrite(request)),
  };
}
