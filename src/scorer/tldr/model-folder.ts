import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../../base/errors.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hex');
const triple = z.tuple([z.number(), z.number(), z.number()]);
const positive = z.number().positive();
const tokenId = z.int().nonnegative();
/** At least so many tokens of an answer are judged together, whatever the prompt takes. */
const leastRoom = 8;
const maxFiles = 64;
/** No path, nothing hidden, nothing that a system reads as something else than a file of the folder. */
const isPlainName = (name: string) =>
  /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(name) && !/^tldr\.json$|\.(part)?$/i.test(name);

/** tldr.json of a model folder: what a TLDR model is and how to run it. What else it holds is for its family to read. */
export const manifestSchema = z.looseObject({
  format: z.literal(1),
  name: z.string().min(1),
  version: z.string().min(1),
  /** In words: what pictures it knows. */
  domain: z.string(),
  /** What its features need beyond the plain tensors; see `families/`. */
  family: z.string(),
  image: z.object({
    size: z.tuple([z.int().min(1).max(4096), z.int().min(1).max(4096)]),
    mean: triple,
    std: z.tuple([positive, positive, positive]),
    fit: z.enum(['fill', 'contain']),
  }),
  text: z
    .object({
      maxTokens: z.int().max(32768),
      maxPromptTokens: z.int().nonnegative(),
      lowercase: z.boolean(),
      bos: tokenId,
      sep: tokenId,
      eos: tokenId,
      /** The words that it saw in training; others are not judged. Absent: it judges every word. */
      words: z.array(z.string()).optional(),
    })
    .refine(({ maxTokens, maxPromptTokens }) => maxTokens - maxPromptTokens - 3 >= leastRoom, {
      error: `maxTokens must leave room for ${leastRoom} tokens beside maxPromptTokens and the three marks`,
    }),
  files: z
    .object({ 'tokenizer.json': sha256, 'image_encoder.onnx': sha256, 'reward_decoder.onnx': sha256 })
    .catchall(sha256)
    .refine((files) => Object.keys(files).length <= maxFiles && Object.keys(files).every(isPlainName), {
      error: `files must be at most ${maxFiles} plain names (letters, digits, dot, dash, underscore) in the folder itself`,
    }),
  /** reward = sigmoid(scale * logit + bias) */
  calibration: z.object({ method: z.literal('platt'), scale: z.number(), bias: z.number() }),
  threshold: z.number().min(0).max(1),
  /** What was measured of its harm: see `conformal.ts`. */
  harm: z
    .object({ answers: z.int().positive(), lowest: z.array(z.number().min(0).max(1)).max(100_000), set: z.string() })
    .refine(({ answers, lowest }) => lowest.length <= answers, { error: 'harm.lowest must not be longer than answers' })
    .optional(),
  metrics: z.record(z.string(), z.unknown()).optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;

export interface ModelFolder {
  folder: string;
  manifest: Manifest;
  /** The parsed tokenizer.json. */
  tokenizer: object;
  imageEncoder: string;
  rewardDecoder: string;
}

/** The two halves of a model. */
export type Graph = 'image_encoder.onnx' | 'reward_decoder.onnx';

/**
 * The files of one half, with their SHA-256: its graph, and what stands beside it where its weights are too many for one
 * file (`image_encoder.onnx.data`, by name in the graph).
 */
export function filesOfHalf({ files }: Manifest, graph: Graph) {
  return Object.entries(files).filter(([name]) => name === graph || name.startsWith(`${graph}.`));
}

/**
 * Reads a TLDR model folder and checks every file against the SHA-256 in tldr.json.
 *
 * @throws DetectiveError `bad-model` naming the file, where one is missing, changed, or of an unknown format.
 */
export async function openModelFolder(folder: string): Promise<ModelFolder> {
  const manifest = parseManifest(folder, await readText(folder, 'tldr.json'));
  await Promise.all(Object.entries(manifest.files).map(([file, expected]) => checkFile(folder, file, expected)));
  return {
    folder,
    manifest,
    tokenizer: parseJson(folder, 'tokenizer.json', await readText(folder, 'tokenizer.json')) as object,
    imageEncoder: join(folder, 'image_encoder.onnx'),
    rewardDecoder: join(folder, 'reward_decoder.onnx'),
  };
}

/**
 * @param folder For the message: where the text was read.
 * @throws DetectiveError `bad-model` where it is no tldr.json of a known format.
 */
export function parseManifest(folder: string, text: string): Manifest {
  const json = parseJson(folder, 'tldr.json', text);
  const format = (json as { format?: unknown } | null)?.format;
  if (format !== 1) {
    throw badModel(
      folder,
      'tldr.json',
      `has format ${JSON.stringify(format)}, and this version knows format 1: update vlm-detective, or export the model again`,
    );
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success)
    throw badModel(folder, 'tldr.json', `is not valid, export it again: ${wrongFields(parsed.error)}`);
  return parsed.data;
}

/** What does not fit a schema, on one line. */
export function wrongFields(error: z.ZodError): string {
  return z.prettifyError(error).replace(/\s+/g, ' ');
}

async function checkFile(folder: string, file: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(join(folder, file)), hash);
  } catch (cause) {
    throw missing(folder, file, cause);
  }
  if (hash.digest('hex') !== expected) {
    throw badModel(
      folder,
      file,
      'is not the file that tldr.json names (its SHA-256 differs): it is damaged or was changed; fetch the folder again',
    );
  }
}

async function readText(folder: string, file: string): Promise<string> {
  try {
    return await readFile(join(folder, file), 'utf8');
  } catch (cause) {
    throw missing(folder, file, cause);
  }
}

function parseJson(folder: string, file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badModel(folder, file, `is not valid JSON (${errorMessage(cause)}): fetch the folder again`, cause);
  }
}

function missing(folder: string, file: string, cause: unknown): DetectiveError {
  const { code } = cause as NodeJS.ErrnoException;
  const reason =
    code === 'ENOENT'
      ? 'is missing: is this a TLDR model folder? Fetch it again'
      : `cannot be read (${errorMessage(cause)})`;
  return badModel(folder, file, reason, cause);
}

/** What is wrong with a file of a model folder. `reason` follows its path and names the cure. */
export function badModel(folder: string, file: string, reason: string, cause?: unknown): DetectiveError {
  return new DetectiveError('bad-model', `${join(folder, file)} ${reason}`, { cause });
}
