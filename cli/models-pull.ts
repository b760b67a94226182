import { type Command, InvalidArgumentError } from 'commander';
import { DetectiveError } from '../src/base/errors.js';

/** `vlm-detective models list` and `models pull NAME`. */
export function addModelsPull(models: Command): void {
  models
    .command('list')
    .description('The models that can be fetched, and which of them are here.')
    .action(async () => {
      const [{ modelFile, publishedModels }, { sha256Of }] = await load();
      for (const model of publishedModels) {
        const file = modelFile(model);
        const found = await sha256Of(file);
        const state = found === model.sha256 ? file : found === null ? 'not here' : `${file} (damaged: pull it again)`;
        process.stdout.write(`${model.name}\t${(model.bytes / 1e6).toFixed(1)} MB\t${model.licence}\t${state}\n`);
      }
      const [{ pulledFolders }, { printHubAddress }] = await loadHub();
      for (const { address, folder } of await pulledFolders())
        process.stdout.write(`${printHubAddress(address)}\tfrom a hub\tsee its page\t${folder}\n`);
    });

  models
    .command('pull')
    .description('Fetch the published weights of a scorer, or a TLDR model from a hub, once, and check them.')
    .argument('<name>', 'yolox-nano, or hf:OWNER/REPO@REVISION with the 40 hex digits of a commit')
    .option(
      '--from <path or URL>',
      'a file that you have already, or a mirror: the same bytes are asked of it; for hf: another hub (default: $HF_ENDPOINT, else https://huggingface.co)',
    )
    .option('--max-gb <n>', 'for hf: gigabytes at most', positive, 64)
    .addHelpText(
      'after',
      `
A download that broke off goes on where it stopped. Models go to $VLM_DETECTIVE_MODELS, or to the cache folder.
A TLDR folder is checked file by file against the SHA-256s of its tldr.json, and appears only when it is whole; a branch or
tag is not taken, for it may move. Private repositories: set HF_TOKEN; it goes to the hub only, never where that redirects.

Examples:
  $ vlm-detective models pull yolox-nano
  $ vlm-detective models pull yolox-nano --from ~/Downloads/yolox_nano.onnx
  $ vlm-detective models pull hf:acme/tldr-qwen2.5-vl-3b@0123456789abcdef0123456789abcdef01234567
  $ vlm-detective score photo.jpg --text "A red bus." --scorer tldr:acme/tldr-qwen2.5-vl-3b@0123456789abcdef0123456789abcdef01234567`,
    )
    .action(async (name: string, options: PullCommandOptions) => {
      const stop = new AbortController();
      const interrupt = () => stop.abort();
      process.once('SIGINT', interrupt);
      try {
        await (name.startsWith('hf:') ? pullFolder : pullPublished)(name, options, stop.signal);
      } finally {
        process.off('SIGINT', interrupt);
        if (stop.signal.aborted) process.exitCode = 130;
      }
    });
}

interface PullCommandOptions {
  from?: string;
  maxGb: number;
}

async function pullPublished(name: string, { from }: PullCommandOptions, signal: AbortSignal): Promise<void> {
  const [{ publishedModel }, { pullModel }, { startProgress }] = await load();
  const model = publishedModel(name);
  const bar = startProgress(async () => model.bytes);
  try {
    const { file, fetched } = await pullModel(model, {
      signal,
      onProgress: (bytes) => bar.step(bytes),
      ...(from === undefined ? {} : { from }),
    });
    bar.stop();
    process.stderr.write(fetched ? `${model.name}, ${model.licence}:\n` : `${model.name} is here already:\n`);
    process.stdout.write(`${file}\n`);
  } finally {
    bar.stop();
  }
}

async function pullFolder(name: string, { from, maxGb }: PullCommandOptions, signal: AbortSignal): Promise<void> {
  const [{ pullFromHub }, { parseHubAddress }, { startProgress }] = await loadHub();
  const address = parseHubAddress(name);
  if (from !== undefined && !/^https?:/i.test(from))
    throw new DetectiveError(
      'bad-argument',
      `--from ${from.slice(0, 200)} is no hub: give its URL, or use a folder that you have with --scorer tldr:FOLDER`,
    );
  let all = 0;
  const bar = startProgress(async () => all);
  try {
    const { folder, fetched } = await pullFromHub(address, {
      signal,
      maxBytes: maxGb * 1e9,
      onProgress: (bytes, total) => {
        all = total;
        bar.step(bytes);
      },
      ...(from === undefined ? {} : { hub: from }),
    });
    bar.stop();
    const use = `--scorer tldr:${name.slice('hf:'.length)}`;
    process.stderr.write(fetched ? `fetched and checked; use it with ${use}:\n` : `here already, and whole; ${use}:\n`);
    process.stdout.write(`${folder}\n`);
  } finally {
    bar.stop();
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('give a number above 0');
}

const load = () =>
  Promise.all([
    import('../src/scorer/weights/evidence-models.js'),
    import('../src/scorer/weights/evidence-download.js'),
    import('./progress.js'),
  ]);

const loadHub = () =>
  Promise.all([
    import('../src/scorer/weights/hub-pull.js'),
    import('../src/scorer/weights/hub-address.js'),
    import('./progress.js'),
  ]);
