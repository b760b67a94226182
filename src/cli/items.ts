import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text as readText } from 'node:stream/consumers';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../errors.js';

export interface Item {
  id: string;
  image: string;
  prompt?: string;
  response: string;
}

/** A line that is no item, and why. */
export interface BadLine {
  id: string;
  error: { code: 'bad-input'; message: string };
}

export interface ItemOptions {
  text?: string;
  prompt?: string;
  input?: string;
}

const itemSchema = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  image: z.string().min(1),
  prompt: z.string().nullish(),
  response: z.string(),
});

/**
 * The items of a command: the one given by IMAGE and --text, or the lines of --input, read as they are needed.
 *
 * @throws DetectiveError `bad-argument` where neither or both are given, `bad-input` where the file does not exist.
 */
export async function readItems(
  image: string | undefined,
  options: ItemOptions,
): Promise<AsyncIterable<Item | BadLine>> {
  const { text, prompt, input } = options;
  if (input !== undefined) {
    if (image !== undefined || text !== undefined)
      throw new DetectiveError('bad-argument', 'give either IMAGE with --text, or --input, not both');
    return readLines(input, prompt);
  }
  if (image === undefined || text === undefined) {
    throw new DetectiveError(
      'bad-argument',
      'give an IMAGE and its --text, or --input with a JSONL file; --help shows examples',
    );
  }
  const response = text === '-' ? (await readText(process.stdin)).replace(/\r?\n$/, '') : text;
  return one({ id: '1', image, response, ...(prompt === undefined ? {} : { prompt }) });
}

async function* one(item: Item): AsyncIterable<Item> {
  yield item;
}

async function readLines(input: string, prompt: string | undefined): Promise<AsyncIterable<Item | BadLine>> {
  if (input !== '-') {
    const found = await stat(input).catch((cause: NodeJS.ErrnoException) => {
      throw new DetectiveError(
        'bad-input',
        `${input} ${cause.code === 'ENOENT' ? 'does not exist' : `cannot be read (${errorMessage(cause)})`}`,
        { cause },
      );
    });
    if (found.isDirectory()) throw new DetectiveError('bad-input', `${input} is a folder: give a JSONL file`);
  }
  return parseLines(input, prompt);
}

async function* parseLines(input: string, prompt: string | undefined): AsyncIterable<Item | BadLine> {
  const name = input === '-' ? 'standard input' : input;
  const folder = input === '-' ? process.cwd() : dirname(resolve(input));
  const lines = createInterface({
    input: input === '-' ? process.stdin : createReadStream(input),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let number = 0;
  let good = 0;
  for await (const line of lines) {
    number++;
    const source = number === 1 ? line.replace(/^\ufeff/, '') : line;
    if (source.trim() === '') continue;
    const item = parseItem(source, number, name, folder, prompt);
    if (!('error' in item)) good++;
    yield item;
  }
  if (number === 0 || good === 0)
    throw new DetectiveError(
      'bad-input',
      `${name} has no usable line: each should look like {"id": "1", "image": "a.png", "response": "A dog."}`,
    );
}

function parseItem(
  line: string,
  number: number,
  name: string,
  folder: string,
  prompt: string | undefined,
): Item | BadLine {
  const bad = (id: string, reason: string): BadLine => ({
    id,
    error: { code: 'bad-input', message: `${name} line ${number}: ${reason}` },
  });
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return bad(String(number), `not valid JSON (${errorMessage(error)}); each line must be one JSON object`);
  }
  const parsed = itemSchema.safeParse(json);
  const id = String((json as { id?: unknown } | null)?.id ?? number);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return bad(
      id,
      `"${issue?.path.join('.') || 'line'}" ${issue?.message ?? 'is wrong'}; it needs "image" and "response" as strings`,
    );
  }
  const { image, response } = parsed.data;
  const asked = parsed.data.prompt ?? prompt;
  const path = /^(data|file|https?):/i.test(image) || isAbsolute(image) ? image : resolve(folder, image);
  return { id, image: path, response, ...(asked === undefined ? {} : { prompt: asked }) };
}
