import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import type { Command } from 'commander';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../src/base/errors.js';
import { type Line, readLines } from '../src/base/lines.js';
import { inlineImage } from '../src/image/load.js';
import type { Io } from './io.js';
import { calibration, imageSide, maxHarm, scorerName, threshold, wholeNumber } from './parse-options.js';
import { rawColumns } from './raw-columns.js';

export interface Item {
  id: string;
  image: string;
  prompt?: string;
  response: string;
  /** Of a line of --input, for its results. */
  asGiven?: AsGiven;
}

/** What comes back with the result of a line as it stood there, in JSON. */
export interface AsGiven {
  id?: string;
  /** Columns that are none of an item's own: key and value. */
  columns: readonly (readonly [string, string])[];
}

/** A line that is no item, and why. */
export interface BadLine {
  id: string;
  error: { code: 'bad-input'; message: string };
  asGiven?: AsGiven;
}

export interface ItemOptions {
  text?: string;
  prompt?: string;
  input?: string;
}

/** The arguments and options of a command that takes one answer, or a file of them. */
export function withItems(command: Command): Command {
  return command
    .argument('[image]', 'a JPEG, PNG, WebP, GIF or AVIF file')
    .option('--text <answer>', 'the answer about the image; - reads it from standard input')
    .option('--prompt <question>', 'the question that was asked')
    .option(
      '--input <file>',
      'JSON lines of {"id", "image", "prompt"?, "response"}; image paths relative to the file; - for standard input',
    )
    .option('--output <file>', 'write the JSON lines to a file')
    .option('--resume', 'go on with a broken run: keep what is in --output and do the rest')
    .addOption(scorerName())
    .addOption(threshold())
    .addOption(calibration())
    .addOption(maxHarm())
    .addOption(imageSide())
    .option('--concurrency <n>', 'items in hand at once', wholeNumber(1), 4)
    .option('--json', 'one JSON line an item');
}

/** The items of a command, read as they are needed, until the signal aborts. */
export type ItemSource = (signal: AbortSignal) => AsyncIterable<Item | BadLine>;

const example = '{"id": "1", "image": "a.png", "response": "A dog."}';

const itemSchema = z.object({
  id: z.union([z.string(), z.number()], 'must be a string or a number').nullish(),
  image: z.string('must be a string: the path of a picture').min(1, 'is empty: give the path of a picture'),
  prompt: z.string('must be a string').nullish(),
  response: z.string('must be a string: the answer about the picture'),
});

/**
 * The items of a command: the one given by IMAGE and --text, or the lines of --input.
 *
 * @throws DetectiveError `bad-argument` where neither or both are given, `bad-input` where the file cannot be read. The
 * source throws `bad-input` at its end where no line was an item.
 */
export async function readItems(io: Io, image: string | undefined, options: ItemOptions): Promise<ItemSource> {
  const { text, prompt, input } = options;
  if (input !== undefined) {
    if (image !== undefined || text !== undefined)
      throw new DetectiveError('bad-argument', 'give either IMAGE with --text, or --input, not both');
    if (input !== '-') await checkFile(input);
    return (signal) => parseLines(io, input, prompt, signal);
  }
  if (image === undefined || text === undefined) {
    const missing = image === undefined ? (text === undefined ? 'an IMAGE and its --text' : 'an IMAGE') : 'the --text';
    throw new DetectiveError('bad-argument', `give ${missing}, or --input with a JSONL file; --help shows examples`);
  }
  const response = text === '-' ? (await readText(io.stdin)).replace(/\r?\n$/, '') : text;
  return () => one({ id: '1', image, response, ...(prompt === undefined ? {} : { prompt }) });
}

async function* one(item: Item): AsyncIterable<Item> {
  yield item;
}

async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new DetectiveError('bad-input', `${path} ${unreadable(cause)}`, { cause });
  });
  if (found.isDirectory()) throw new DetectiveError('bad-input', `${path} is a folder: give a JSONL file`);
}

function unreadable(cause: NodeJS.ErrnoException): string {
  if (cause.code === 'ENOENT') return 'does not exist: check the path of --input';
  if (cause.code === 'EACCES') return 'may not be read: change its permissions';
  return `cannot be read (${errorMessage(cause)})`;
}

async function* parseLines(
  io: Io,
  input: string,
  prompt: string | undefined,
  signal: AbortSignal,
): AsyncIterable<Item | BadLine> {
  const name = input === '-' ? 'standard input' : input;
  const folder = input === '-' ? process.cwd() : dirname(resolve(input));
  const bytes = addAbortSignal(signal, input === '-' ? io.stdin : createReadStream(input));
  let good = 0;
  try {
    for await (const line of readLines(bytes)) {
      if (line.text?.trim() === '') continue;
      const item = parseItem(line, name, folder, prompt);
      if (!('error' in item)) good++;
      yield item;
    }
  } catch (cause) {
    if (signal.aborted) return;
    throw new DetectiveError('bad-input', `${name} ${unreadable(cause as NodeJS.ErrnoException)}`, { cause });
  }
  if (good === 0) throw new DetectiveError('bad-input', `${name} has no usable line: each should look like ${example}`);
}

function parseItem(
  { number, text, problem }: Line,
  name: string,
  folder: string,
  prompt: string | undefined,
): Item | BadLine {
  const bad = (reason: string, given: { id?: string; asGiven?: AsGiven } = {}): BadLine => ({
    id: String(number),
    error: { code: 'bad-input', message: `${name} line ${number}: ${reason}` },
    ...given,
  });
  if (text === null) return bad(`${problem}: each line must be one JSON object`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return bad(`not valid JSON (${errorMessage(error)}): each line must be one JSON object like ${example}`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return bad(`not a JSON object: each line should look like ${example}`);
  const { id } = json as { id?: unknown };
  const raw = rawColumns(text);
  const known = typeof id === 'string' || typeof id === 'number';
  const own = new Set(['id', 'image', 'prompt', 'response', ...('response' in json ? [] : ['caption'])]);
  const given = {
    // a number in all of its digits
    ...(known ? { id: typeof id === 'string' ? id : raw.get('id')! } : {}),
    asGiven: { ...(known ? { id: raw.get('id')! } : {}), columns: [...raw].filter(([key]) => !own.has(key)) },
  };
  // captioned sets call the answer a caption
  const parsed = itemSchema.safeParse(
    'caption' in json && !('response' in json) ? { ...json, response: json.caption } : json,
  );
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = String(issue?.path[0]);
    const missing = !(field in json);
    return bad(
      missing
        ? `"${field}" is missing: each line should look like ${example}`
        : `"${field}" ${issue?.message ?? 'is wrong'}`,
      given,
    );
  }
  const { image, response } = parsed.data;
  const asked = parsed.data.prompt ?? prompt;
  const path =
    /^(file|https?):/i.test(image) || inlineImage(image) !== undefined || isAbsolute(image)
      ? image
      : resolve(folder, image);
  return {
    id: String(number),
    ...given,
    image: path,
    response,
    ...(asked === undefined ? {} : { prompt: asked }),
  };
}
