import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Overridable, overridable } from '../src/server/call-options.js';
import { defaults } from '../src/server/server-options.js';
import { share, wholeNumber } from './parse-options.js';

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

const portNumber = (text: string) => {
  const port = wholeNumber(0)(text);
  if (port > 65_535) throw new InvalidArgumentError('it must be a port from 0 to 65535.');
  return port;
};

/** `vlm-detective serve`. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description('A proxy in front of any chat back end: answers about pictures come back corrected.')
    .option('--host <address>', 'listen here; 0.0.0.0 for every network', defaults.host)
    .option('--port <number>', 'listen here; 0 for any free one', portNumber, defaults.port)
    .option('--upstream <url>', 'pass calls on to it (default: api.openai.com or api.anthropic.com, by the call)')
    .option('--scorer <name>', 'auto, tldr or tldr:FOLDER', 'auto')
    .option(
      '--rewriter <name>',
      "local, openai:MODEL, anthropic:MODEL, openai:MODEL@URL, or same for the call's own model and key (default: by the API key that is set, else local)",
    )
    .option('--threshold <reward>', "flag rewards at or below this, 0 to 1 (default: the scorer's own)", share)
    .option('--max-rounds <n>', 'rounds at most', wholeNumber(0), 3)
    .addOption(
      new Option('--on-unresolved <what>', 'what to do with words that stay flagged')
        .choices(['keep', 'delete', 'hedge', 'throw'])
        .default('keep'),
    )
    .option('--fail-closed', 'where a part fails, an error in place of the original answer')
    .option(
      '--allow-overrides <settings>',
      `what a single call may set: none, or of ${overridable.join(', ')}`,
      overrides,
      [...defaults.allowOverrides],
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

Endpoints: /v1/chat/completions, /v1/responses, /v1/messages; /v1/score and /v1/correct; /docs and /openapi.json;
/healthz, /readyz, /metrics; /beta/litellm_basic_guardrail_api and /portkey/webhook. What else is under /v1/ is passed on.`,
    )
    .action(async (options) => {
      const { runServe } = await import('./serve.js');
      await runServe(options);
    });
}
