import { type Command, InvalidArgumentError } from 'commander';
import { DetectiveError } from '../../src/base/errors.js';
import { pullModel } from '../../src/scorer/weights/evidence-download.js';
import { publishedModel } from '../../src/scorer/weights/evidence-models.js';
import { parseHubAddress } from '../../src/scorer/weights/hub-address.js';
import { pullFromHub } from '../../src/scorer/weights/hub-pull.js';
import {
  aboutUnpinned,
  keepUnpinned,
  type UnpinnedModel,
  unpinnedModels,
} from '../../src/scorer/weights/unpinned-models.js';
import { type Io, stoppable } from '../io.js';
import { startProgress } from '../progress.js';

export const define = (parent: Command): Command =>
  parent
    .command('pull')
    .description('Fetch the published weights of a scorer, or a TLDR model from a hub, once, and check them.')
    .argument(
      '<name>',
      'yolox-nano, dfine-m or owlv2-base (these two only --from FILE), or hf:OWNER/REPO@REVISION with the 40 hex digits of a commit',
    )
    .option(
      '--from <path or URL>',
      'a file that you have already, or a mirror: the same bytes are asked of it; for hf: another hub (default: $HF_ENDPOINT, else https://huggingface.co)',
    )
    .option('--max-gb <n>', 'for hf: gigabytes at most', positive, 64)
    .addHelpText(
      'after',
      `
dfine-m (78.6 MB) and owlv2-base (614 MB), both Apache-2.0, are better detectors whose real weights were never met here: no SHA-256 of
them is known, so they are not fetched; without --from it is said where they are.
A download that broke off goes on where it stopped. Models go to $VLM_DETECTIVE_MODELS, or to the cache folder.
A TLDR folder is checked file by file against the SHA-256s of its tldr.json, and appears only when it is whole; a branch or
tag is not taken, for it may move. Private repositories: set HF_TOKEN; it goes to the hub only, never where that redirects.

Examples:
  $ vlm-detective models pull yolox-nano
  $ vlm-detective models pull yolox-nano --from ~/Downloads/yolox_nano.onnx
  $ vlm-detective models pull owlv2-base --from ~/Downloads/owlv2/onnx/model.onnx
  $ vlm-detective models pull hf:acme/tldr-qwen2.5-vl-3b@0123456789abcdef0123456789abcdef01234567
  $ vlm-detective score photo.jpg --text "A red bus." --scorer tldr:acme/tldr-qwen2.5-vl-3b@0123456789abcdef0123456789abcdef01234567`,
    );

interface PullCommandOptions {
  from?: string;
  maxGb: number;
}

/** `vlm-detective models pull NAME`: prints where the weights are now. */
export async function run(io: Io, name: string, options: PullCommandOptions): Promise<void> {
  const unpinned = unpinnedModels.find((model) => model.name === name);
  if (unpinned) return keep(io, unpinned, options);
  const { signal, release } = stoppable(io);
  try {
    await (name.startsWith('hf:') ? pullFolder : pullPublished)(io, name, options, signal);
  } finally {
    release();
  }
}

async function keep(io: Io, model: UnpinnedModel, { from }: PullCommandOptions): Promise<void> {
  io.stderr.write(`${aboutUnpinned(model)}.\n`);
  const { file, sha256, bytes } = await keepUnpinned(model, from);
  io.stderr.write(`kept ${(bytes / 1e6).toFixed(1)} MB, SHA-256 ${sha256}; use it with --scorer objects:${file}\n`);
  io.stdout.write(`${file}\n`);
}

async function pullPublished(io: Io, name: string, { from }: PullCommandOptions, signal: AbortSignal): Promise<void> {
  const model = publishedModel(name);
  const bar = startProgress(io, async () => model.bytes);
  try {
    const { file, fetched } = await pullModel(model, {
      signal,
      onProgress: (bytes) => bar.step(bytes),
      ...(from === undefined ? {} : { from }),
    });
    bar.stop();
    io.stderr.write(fetched ? `${model.name}, ${model.licence}:\n` : `${model.name} is here already:\n`);
    io.stdout.write(`${file}\n`);
  } finally {
    bar.stop();
  }
}

async function pullFolder(
  io: Io,
  name: string,
  { from, maxGb }: PullCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const address = parseHubAddress(name);
  if (from !== undefined && !/^https?:/i.test(from))
    throw new DetectiveError(
      'bad-argument',
      `--from ${from.slice(0, 200)} is no hub: give its URL, or use a folder that you have with --scorer tldr:FOLDER`,
    );
  let all = 0;
  const bar = startProgress(io, async () => all);
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
    io.stderr.write(fetched ? `fetched and checked; use it with ${use}:\n` : `here already, and whole; ${use}:\n`);
    io.stdout.write(`${folder}\n`);
  } finally {
    bar.stop();
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('give a number above 0');
}
