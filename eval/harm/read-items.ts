import { createReadStream } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { DetectiveError, errorMessage, isDetectiveError } from '../../src/base/errors.js';
import { readLines } from '../../src/base/lines.js';
import type { HarmItem } from './items.js';

const example = '{"image": "a.png", "response": "Two dogs.", "right"?: "Three dogs.", "dress"?: "plain"}';

const itemSchema = z.object({
  id: z.union([z.string(), z.number()], 'must be a string or a number').nullish(),
  image: z.string('must be a string: the path of a picture').min(1, 'is empty: give the path of a picture'),
  prompt: z.string('must be a string').nullish(),
  response: z.string('must be a string: the answer about the picture').min(1, 'is empty'),
  right: z
    .union([z.string(), z.array(z.string()).min(1)], 'must be a string, or several: what the answer should be')
    .nullish(),
  dress: z.string('must be a string').nullish(),
  error: z.string('must be a string').nullish(),
});

/**
 * Items of one's own: JSON lines of `{"id"?, "image", "prompt"?, "response", "right"?, "dress"?, "error"?}`. Without
 * `right` the response is true; with it, it has an error and `right` (one, or several) is what it should be. Image paths
 * are relative to the file.
 *
 * @throws DetectiveError `bad-input` naming the file, or the line that is no item.
 */
export async function readHarmItems(path: string): Promise<HarmItem[]> {
  const folder = dirname(resolve(path));
  const items: HarmItem[] = [];
  try {
    for await (const { number, text, problem } of readLines(createReadStream(path))) {
      if (text?.trim() === '') continue;
      items.push(itemOf(text, `${path}, line ${number}`, problem, folder));
    }
  } catch (cause) {
    if (isDetectiveError(cause)) throw cause;
    throw new DetectiveError('bad-input', `${path} cannot be read: ${errorMessage(cause)}`, { cause });
  }
  if (items.length === 0)
    throw new DetectiveError('bad-input', `${path} has no item: each line should look like ${example}`);
  return items.map((item, index) => (item.id === '' ? { ...item, id: String(index + 1) } : item));
}

function itemOf(text: string | null, place: string, problem: string | undefined, folder: string): HarmItem {
  const bad = (why: string) => new DetectiveError('bad-input', `${place}: ${why}; it should look like ${example}`);
  if (text === null) throw bad(problem ?? 'unreadable');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw bad(`not JSON (${errorMessage(cause)})`);
  }
  const { success, data, error: issue } = itemSchema.safeParse(value);
  if (!success) {
    const [first] = issue.issues;
    throw bad([first!.path.join('.'), first!.message].filter(Boolean).join(' '));
  }
  const { id, image, prompt, response, right, dress, error } = data;
  const [first = response, ...others] = typeof right === 'string' ? [right] : (right ?? []);
  const path = resolve(folder, image);
  const name = dress ?? 'given';
  return {
    id: id == null ? '' : String(id),
    image: path,
    picture: path,
    response,
    right: [first, ...others],
    dress: name,
    family: name,
    ...(prompt == null ? {} : { prompt }),
    ...(first === response ? {} : { error: error ?? 'given' }),
  };
}
