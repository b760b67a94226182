import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../../src/errors.js';
import type { Annotations, BenchmarkItem } from './benchmark.js';
import { checkRecord, readText } from './json-records.js';

/** A COCO picture with what people wrote and drew about it. */
export interface CocoItem extends BenchmarkItem {
  captions: readonly string[];
  /** The categories of its instances; empty where no instance file was read. */
  categories: readonly string[];
}

export interface CocoTruth extends Annotations<CocoItem> {
  /** CHAIR's list of words, as its file has it. */
  synonyms: string;
  hasInstances: boolean;
}

const captionFile = z.object({
  annotations: z.array(z.object({ image_id: z.number().int(), caption: z.string() })),
});
const instanceFile = z.object({
  annotations: z.array(z.object({ image_id: z.number().int(), category_id: z.number().int() })),
  categories: z.array(z.object({ id: z.number().int(), name: z.string() })),
});
const captionExample = '{"annotations": [{"image_id": 1, "caption": "A cat."}, …]}';
const instanceExample =
  '{"annotations": [{"image_id": 1, "category_id": 17}, …], "categories": [{"id": 17, "name": "cat"}, …]}';

/**
 * COCO's pictures with their captions and, where an instance file is given or lies beside them, their categories.
 *
 * @param path A captions_*.json, or a folder that has some, and instances_*.json or not.
 * @param files `synonyms`: CHAIR's synonyms.txt. `instances`: an instances_*.json.
 * @throws DetectiveError `bad-input` naming the file and the record.
 */
export async function loadCocoTruth(path: string, files: Readonly<Record<string, string>> = {}): Promise<CocoTruth> {
  if (files.synonyms === undefined)
    throw new DetectiveError(
      'bad-input',
      "CHAIR's list of words is missing: give its synonyms.txt as synonyms (LisaAnne/Hallucination data/synonyms.txt)",
    );
  const synonyms = await readText(files.synonyms);
  if (!/^\S.*, \S/m.test(synonyms.text))
    throw new DetectiveError(
      'bad-input',
      `${files.synonyms} line 1: a list of words looks like "person, girl, boy", one line for each thing`,
    );
  const { captionPaths, instancePaths } = await filesOf(path, files.instances);
  const pictures = new Map<number, { captions: string[]; categories: Set<string> }>();
  const pictureOf = (id: number) => {
    const picture = pictures.get(id) ?? { captions: [], categories: new Set() };
    pictures.set(id, picture);
    return picture;
  };
  const read = [synonyms.file];
  for (const part of captionPaths) {
    const { value, file } = await readObject(part, captionFile, captionExample);
    for (const { image_id, caption } of value.annotations) pictureOf(image_id).captions.push(caption);
    read.push(file);
  }
  for (const part of instancePaths) {
    const { value, file } = await readObject(part, instanceFile, instanceExample);
    const names = new Map(value.categories.map(({ id, name }) => [id, name]));
    for (const { image_id, category_id } of value.annotations) {
      const name = names.get(category_id);
      if (name === undefined)
        throw new DetectiveError('bad-input', `${part}: category_id ${category_id} is not among the categories`);
      pictureOf(image_id).categories.add(name);
    }
    read.push(file);
  }
  const hasInstances = instancePaths.length > 0;
  const items = [...pictures].map(([image, { captions, categories }]) => ({
    id: String(image),
    line: 1,
    prompt: 'Please describe this image in detail.',
    captions,
    categories: [...categories],
  }));
  return {
    items,
    version: `${items.length.toLocaleString('en')} COCO images, ${hasInstances ? 'captions and instances' : 'captions only'}`,
    files: read,
    notes: hasInstances
      ? []
      : [
          'The objects of a picture are those that its people’s captions name: no instance annotations were given. The published figures use both, so that these call more words hallucinated.',
        ],
    synonyms: synonyms.text,
    hasInstances,
  };
}

async function filesOf(path: string, instances: string | undefined) {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const given = instances === undefined ? [] : [instances];
  if (!isFolder) return { captionPaths: [path], instancePaths: given };
  const names = (await readdir(path)).sort();
  const named = (start: string) =>
    names.filter((name) => name.startsWith(start) && name.endsWith('.json')).map((name) => join(path, name));
  const captionPaths = named('captions_');
  if (captionPaths.length === 0)
    throw new DetectiveError('bad-input', `${path} has no captions_*.json: give COCO's annotations folder, or a file`);
  return { captionPaths, instancePaths: given.length > 0 ? given : named('instances_') };
}

async function readObject<Value>(path: string, schema: z.ZodType<Value>, example: string) {
  const { text, file } = await readText(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new DetectiveError(
      'bad-input',
      `${path} line ${lineOf(error, text)}: not valid JSON (${errorMessage(error)})`,
    );
  }
  return { value: checkRecord(json, schema, path, example), file };
}

/** Where JSON.parse says that it stopped. */
function lineOf(error: unknown, text: string): number {
  const at = /position (\d+)/.exec(errorMessage(error))?.[1];
  return text.slice(0, at === undefined ? 0 : Number(at)).split('\n').length;
}
