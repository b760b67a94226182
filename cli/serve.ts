import type { CorrectOptions } from '../src/agent/correction.js';
import type { StreamMode } from '../src/agent/text-stream.js';
import { DetectiveError } from '../src/base/errors.js';
import { createRewriter, defaultRewriter } from '../src/rewriters/create-rewriter.js';
import { createScorer } from '../src/scorer/create-scorer.js';
import type { Overridable } from '../src/server/call-options.js';
import { jsonLog, type LogLevel, startServer } from '../src/server/start-server.js';

export interface ServeOptions {
  host: string;
  port: number;
  upstream?: string;
  scorer: string;
  rewriter?: string;
  threshold?: number;
  maxRounds: number;
  onUnresolved: NonNullable<CorrectOptions['onUnresolved']>;
  failClosed?: boolean;
  allowOverrides: Overridable[];
  stream: StreamMode;
  allowImageUrls?: true | string[];
  allowPrivateImageHosts?: string[];
  maxBody: number;
  maxMemory: number;
  clientTimeout: number;
  maxImages: number;
  maxPixels: number;
  concurrency: number;
  queue: number;
  maxConnections: number;
  upstreamTimeout: number;
  stallTimeout: number;
  correctionTimeout: number;
  shutdownTimeout: number;
  reportFile?: string;
  log: LogLevel | 'off';
}

/** `vlm-detective serve`: runs until SIGTERM or Ctrl-C, and finishes what it began; a second signal ends it at once. */
export async function runServe(options: ServeOptions): Promise<void> {
  const { threshold, upstream, reportFile } = options;
  const key = process.env.VLM_DETECTIVE_KEY || undefined;
  if (key !== undefined && key.length < 16) {
    throw new DetectiveError('bad-argument', 'VLM_DETECTIVE_KEY is too short: take 16 characters or more');
  }
  const hosts = options.allowImageUrls === true ? undefined : options.allowImageUrls;
  const privateHosts = options.allowPrivateImageHosts;
  // hosts of one's own alone: nothing else, then
  const onlyHosts = options.allowImageUrls === undefined ? [] : hosts;
  const imageUrls =
    options.allowImageUrls === undefined && privateHosts === undefined
      ? undefined
      : { ...(onlyHosts ? { hosts: onlyHosts } : {}), ...(privateHosts ? { privateHosts } : {}) };
  const rewriter =
    options.rewriter === 'same'
      ? options.rewriter
      : options.rewriter === undefined
        ? defaultRewriter()
        : createRewriter(options.rewriter);
  const scorer = await createScorer(options.scorer);
  const log = jsonLog((line) => process.stdout.write(line), options.log);
  try {
    const server = await startServer({
      scorer,
      rewriter,
      log,
      host: options.host,
      port: options.port,
      maxRounds: options.maxRounds,
      onUnresolved: options.onUnresolved,
      failClosed: options.failClosed ?? false,
      allowOverrides: options.allowOverrides,
      stream: options.stream,
      imageUrls,
      maxBodyBytes: options.maxBody * (1 << 20),
      maxMemoryBytes: options.maxMemory * (1 << 20),
      clientTimeoutMs: options.clientTimeout * 1000,
      maxImages: options.maxImages,
      maxPixels: options.maxPixels,
      concurrency: options.concurrency,
      queue: options.queue,
      maxConnections: options.maxConnections,
      upstreamTimeoutMs: options.upstreamTimeout * 1000,
      stallMs: options.stallTimeout * 1000,
      correctionMs: options.correctionTimeout * 1000,
      ...(threshold === undefined ? {} : { threshold }),
      ...(upstream === undefined ? {} : { upstream }),
      ...(key === undefined ? {} : { key }),
      ...(reportFile === undefined ? {} : { reportFile }),
    });
    const { collectDefaultMetrics } = await import('prom-client');
    collectDefaultMetrics({ register: server.metrics });
    log('info', 'listening', { url: server.url, scorer: scorer.name, rewriter: nameOf(rewriter) });
    process.stderr.write(`vlm-detective listens on ${server.url} (API: ${server.url}/docs). Ctrl-C stops it.\n`);
    const signal = await stopSignal();
    log('info', 'shutting down', { signal });
    await server.close(options.shutdownTimeout * 1000);
    log('info', 'stopped');
  } finally {
    await scorer.close?.();
  }
}

const nameOf = (rewriter: 'same' | { name: string }) => (rewriter === 'same' ? rewriter : rewriter.name);

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve(signal);
      });
    }
  });
}
