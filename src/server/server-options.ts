import type { CorrectOptions } from '../agent/correction.js';
import type { StreamMode } from '../agent/text-stream.js';
import type { ResponseReport } from '../http/report.js';
import type { RemoteImageOptions } from '../image/remote-image.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import type { Scorer } from '../scorer/scorer.js';
import type { Overridable } from './call-options.js';
import type { Log } from './log.js';

/** The report of one call; `correct` and `litellm` are no protocols of a model's. */
export interface CallReport extends Omit<ResponseReport, 'protocol' | 'details'> {
  protocol: ResponseReport['protocol'] | 'correct' | 'litellm';
}

/** How answers are corrected, and what the server lets through. */
export interface ServerOptions
  extends Pick<CorrectOptions, 'threshold' | 'maxHarm' | 'maxRounds' | 'minJudged' | 'onUnresolved' | 'failClosed'> {
  scorer: Scorer;
  /** `same`: the call's own model at the upstream, with the call's own key. */
  rewriter: Rewriter | 'same';
  /** Run once the server listens; `/readyz` is 503 until it has succeeded, and it is tried again where it fails. */
  warm?: () => Promise<unknown>;
  /** How streamed answers are corrected. Default `sentence`. */
  stream?: StreamMode;
  /** Default 127.0.0.1. */
  host?: string;
  /** 0 for any free one. Default 8090. */
  port?: number;
  /** Default: the provider by protocol, api.openai.com or api.anthropic.com. */
  upstream?: string;
  /** Callers must send it: see `checkKey`. */
  key?: string;
  /** What single calls may set by header or field. Default `max-rounds` and `stream`. */
  allowOverrides?: readonly Overridable[];
  /** Bytes of a request's body, and of its fetched pictures in sum. Default 32 MiB. */
  maxBodyBytes?: number;
  /** Bytes of bodies and fetched pictures of all calls at once. Default 512 MiB. */
  maxMemoryBytes?: number;
  /** Pictures in one call. Default 16. */
  maxImages?: number;
  /** Pixels of one picture. Default 64 million. */
  maxPixels?: number;
  /** Calls that are corrected, or may turn out to be, at once. Default 64. */
  concurrency?: number;
  /** Calls that wait for that; more get 429. Default 256. */
  queue?: number;
  /** Connections at once. Default 4096. */
  maxConnections?: number;
  /** For a body to come in, before 8 KiB a second are asked for; and that a client may read nothing. Default 30,000. */
  clientTimeoutMs?: number;
  /** Until the head of the upstream's answer, and for a request's body to come in. Default 600,000. */
  upstreamTimeoutMs?: number;
  /** Silence in the middle of the upstream's answer. Default 300,000. */
  stallMs?: number;
  /** Of one correction; then the best so far goes out. Default 60,000. */
  correctionMs?: number;
  /** Fetch pictures behind `http(s):` URLs. Default: no. */
  imageUrls?: Pick<RemoteImageOptions, 'hosts' | 'privateHosts' | 'resolve'> | undefined;
  /** A file that a JSON line for each corrected call is appended to. It holds words of answers. */
  reportFile?: string;
  log?: Log;
  onReport?: (report: CallReport) => void;
}

export const defaults = {
  host: '127.0.0.1',
  port: 8090,
  allowOverrides: ['max-rounds', 'stream'],
  maxBodyBytes: 32 << 20,
  maxMemoryBytes: 512 << 20,
  maxImages: 16,
  maxPixels: 64_000_000,
  concurrency: 64,
  queue: 256,
  maxConnections: 4096,
  clientTimeoutMs: 30_000,
  upstreamTimeoutMs: 600_000,
  stallMs: 300_000,
  correctionMs: 60_000,
} as const;
