import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { CorrectOptions } from '../../src/agent/correction.js';
import type { StreamMode } from '../../src/agent/text-stream.js';
import { DetectiveError } from '../../src/base/errors.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { type Overridable, overridable } from '../../src/server/call-options.js';
import { addProcessMetrics } from '../../src/server/metrics.js';
import { defaults } from '../../src/server/server-options.js';
import { jsonLog, type LogLevel, startServer } from '../../src/server/start-server.js';
import { correctedCalls } from '../../src/wire/protocols.js';
import type { Io } from '../io.js';
import { stopped } from '../io.js';
import { openRewriter, openScorer, type ScorerChoice } from '../open-scorer.js';
import {
  calibration,
  imageSide,
  maxHarm,
  maxRounds,
  minJudged,
  onUnresolved,
  portNumber,
  scorerName,
  threshold,
  wholeNumber,
} from '../parse-options.js';

const list = (text: string) => {
  const entries = text.split(',').map((entry) => entry.trim().toLowerCase());
  if (!entries.every((entry) => /^(?:[\p{L}\d._-]+|\[[\da-f:.]+\])(?::\d+)?$/u.test(entry))) {
    throw new InvalidArgumentError('it must be host names with commas between them.');
  }
  return entries;
};

const overrides = (text: string) => {
  const names = text === 'none' ? [] : text.split(',').map((name) => name.trim());
  if (!names.every((name): name is Overridable => (overridable as readonly string[]).includes(name))) {
    throw new InvalidArgumentError(`it must be none, or some of ${overridable.join(', ')} with commas between them.`);
  }
  return names;
};

export const define = (parent: Command): Command =>
  parent
    .command('serve')
    .description('A proxy in front of any chat back end: answers about pictures come back corrected.')
    .option('--host <address>', 'listen here; 0.0.0.0 for every network', defaults.host)
    .option('--port <number>', 'listen here; 0 for any free one', portNumber, defaults.port)
    .option('--upstream <url>', 'pass calls on to it (default: api.openai.com or api.anthropic.com, by the call)')
    .addOption(scorerName())
    .option(
      '--rewriter <name>',
      "local, openai:MODEL, anthropic:MODEL, gemini:MODEL, openai:MODEL@URL, or same for the call's own model and key (default: by the API key that is set, else local)",
    )
    .addOption(threshold())
    .addOption(calibration())
    .addOption(maxHarm())
    .addOption(imageSide())
    .addOption(maxRounds())
    .addOption(minJudged())
    .addOption(onUnresolved())
    .option('--fail-closed', 'where a part fails, an error in place of the original answer')
    .addOption(
      new Option('--allow-overrides <settings>', `what a single call may set: none, or of ${overridable.join(', ')}`)
        .argParser(overrides)
        .default([...defaults.allowOverrides], defaults.allowOverrides.join(',')),
    )
    .addOption(
      new Option('--stream <how>', 'how streamed answers are corrected')
        .choices(['sentence', 'final', 'off'])
        .default('sentence'),
    )
    .option(
      '--allow-image-urls [hosts]',
      'fetch pictures behind http(s): URLs, from public addresses only; from these hosts only, where given',
      list,
    )
    .option('--allow-private-image-hosts <hosts>', 'HOST:PORT of picture stores of your own network, too', list)
    .option(
      '--max-body <MiB>',
      'of a request, and of its fetched pictures in sum',
      wholeNumber(1),
      defaults.maxBodyBytes / (1 << 20),
    )
    .option(
      '--max-memory <MiB>',
      'of bodies and fetched pictures of all calls at once',
      wholeNumber(1),
      defaults.maxMemoryBytes / (1 << 20),
    )
    .option('--max-images <n>', 'in a call', wholeNumber(0), defaults.maxImages)
    .option('--max-pixels <n>', 'of a picture', wholeNumber(1), defaults.maxPixels)
    .option('--concurrency <n>', 'calls in hand at once', wholeNumber(1), defaults.concurrency)
    .option('--queue <n>', 'calls that wait for that; more get 429 and retry-after', wholeNumber(0), defaults.queue)
    .option('--max-connections <n>', 'at once', wholeNumber(1), defaults.maxConnections)
    .option(
      '--client-timeout <seconds>',
      'for a body to come in, before 8 KiB a second are asked for; and that a client may read nothing',
      wholeNumber(1),
      defaults.clientTimeoutMs / 1000,
    )
    .option(
      '--upstream-timeout <seconds>',
      "until the head of the upstream's answer",
      wholeNumber(1),
      defaults.upstreamTimeoutMs / 1000,
    )
    .option('--stall-timeout <seconds>', 'silence in the middle of it', wholeNumber(1), defaults.stallMs / 1000)
    .option(
      '--correction-timeout <seconds>',
      'for a correction; then the best so far goes out',
      wholeNumber(1),
      defaults.correctionMs / 1000,
    )
    .option('--shutdown-timeout <seconds>', 'for what is in hand at SIGTERM or Ctrl-C', wholeNumber(0), 30)
    .option('--report-file <file>', 'append a JSON line for each corrected call; it holds words of the answers')
    .addOption(
      new Option('--log <level>', 'JSON lines on standard output')
        .choices(['info', 'warn', 'error', 'off'])
        .default('info'),
    )
    .addHelpText(
      'after',
      `
Environment: VLM_DETECTIVE_KEY, where set, must come with every call in the header x-detective-key.

Examples:
  $ vlm-detective serve
  $ OPENAI_BASE_URL=http://127.0.0.1:8090/v1 python app.py
  $ vlm-detective serve --upstream http://localhost:8000/v1 --rewriter same --host 0.0.0.0
  $ vlm-detective serve --allow-image-urls upload.wikimedia.org --report-file reports.jsonl

Corrected:
${correctedCalls.map(({ path }) => `  ${path}`).join('\n')}
Also: /v1/score and /v1/correct; /docs and /openapi.json; /healthz, /readyz, /metrics;
/beta/litellm_basic_guardrail_api and /portkey/webhook. What else is under /v1/ and /v1beta/ is passed on.`,
    );

export interface ServeOptions extends ScorerChoice {
  host: string;
  port: number;
  upstream?: string;
  rewriter?: string;
  maxRounds: number;
  minJudged?: number;
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
export async function run(io: Io, options: ServeOptions): Promise<void> {
  const { threshold, maxHarm, upstream, reportFile } = options;
  const key = io.env.VLM_DETECTIVE_KEY || undefined;
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
  const rewriter = options.rewriter === 'same' ? options.rewriter : openRewriter(options.rewriter, options, io.env);
  // V8 would let garbage grow to more than what lives before it looks
  setFlagsFromString('--heap-growing-percent=20');
  const scorer = await openScorer(options);
  const log = jsonLog((line) => io.stdout.write(line), options.log);
  try {
    const server = await startServer({
      scorer,
      rewriter,
      log,
      host: options.host,
      port: options.port,
      maxRounds: options.maxRounds,
      ...(options.minJudged === undefined ? {} : { minJudged: options.minJudged }),
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
      // a judge's warm-up would be a call that somebody pays for
      ...(/\bjudge\b/.test(scorer.name) ? {} : { warm: () => warmUp(scorer) }),
      ...(threshold === undefined ? {} : { threshold }),
      ...(maxHarm === undefined ? {} : { maxHarm }),
      ...(upstream === undefined ? {} : { upstream }),
      ...(key === undefined ? {} : { key }),
      ...(reportFile === undefined ? {} : { reportFile }),
    });
    addProcessMetrics(server.metrics);
    log('info', 'listening', { url: server.url, scorer: scorer.name, rewriter: nameOf(rewriter) });
    io.stderr.write(`vlm-detective listens on ${server.url} (API: ${server.url}/docs). Ctrl-C stops it.\n`);
    const signal = await stopped(io.signal);
    log('info', 'shutting down', { signal });
    await server.close(options.shutdownTimeout * 1000);
    log('info', 'stopped');
  } finally {
    await scorer.close?.();
  }
}

const nameOf = (rewriter: 'same' | { name: string }) => (rewriter === 'same' ? rewriter : rewriter.name);

/** One pixel. */
const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The first runs of a model take longer than the others: several, for each of its workers. */
async function warmUp(scorer: Scorer): Promise<void> {
  const responses = ['Two red dogs.', 'A green car is beside a tree.', 'There are three cats on a table.', 'No sign.'];
  await Promise.all(responses.map((response) => scorer.score({ images: [pixel], response })));
}
