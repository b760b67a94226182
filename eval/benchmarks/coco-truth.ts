import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import type { Annotations, BenchmarkItem } from './benchmark.js';
import { readText, recordsUnder } from './json-records.js';

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

const caption = z.object({ image_id: z.number().int(), caption: z.string() });
const captionExample = '{"image_id": 1, "caption": "A cat."}';
const instance = z.object({ image_id: z.number().int(), category_id: z.number().int() });
const instanceExample = '{"image_id": 1, "category_id": 17}';
const category = z.object({ id: z.number().int(), name: z.string() });
const categoryExample = '{"id": 17, "name": "cat"}';

interface Picture {
  captions: string[];
  categories: Set<string>;
  line: number;
}

/**
 * COCO's pictures with their captions and, where an instance file is given or lies beside them, their categories.
 *
 * @param path A captions_*.json, or a folder that has some, and instances_*.json or not.
 * @param files `synonyms`: CHAIR's synonyms.txt. `instances`: an instances_*.json.
 * @throws DetectiveError `bad-input` with the line of a record that is none.
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
  const pictures = new Map<number, Picture>();
  const pictureOf = (id: number, line: number) => {
    const picture = pictures.get(id) ?? { captions: [], categories: new Set(), line };
    pictures.set(id, picture);
    return picture;
  };
  const read = [synonyms.file];
  for (const part of captionPaths) {
    const { text, file } = await readText(part);
    for (const { value, line } of recordsUnder(text, part, 'annotations', caption, captionExample))
      pictureOf(value.image_id, line).captions.push(value.caption);
    read.push(file);
  }
  for (const part of instancePaths) {
    const { text, file } = await readText(part);
    const names = new Map<number, string>();
    for (const { value } of recordsUnder(text, part, 'categories', category, categoryExample))
      names.set(value.id, value.name);
    for (const { value, line, name } of recordsUnder(text, part, 'annotations', instance, instanceExample)) {
      const category = names.get(value.category_id);
      if (category === undefined)
        throw new DetectiveError('bad-input', `${name}: category_id ${value.category_id} is not among the categories`);
      pictureOf(value.image_id, line).categories.add(category);
    }
    read.push(file);
  }
  const hasInstances = instancePaths.length > 0;
  const items = [...pictures].map(([image, { captions, categories, line }]) => ({
    id: String(image),
    line,
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
