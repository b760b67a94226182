import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import { cocoCategories } from '../../src/text/lexicon/coco-objects.js';
import type { Annotations, BenchmarkItem } from './benchmark.js';
import { id } from './fields.js';
import { readRecords } from './json-records.js';

export interface PopeItem extends BenchmarkItem {
  image: string;
  prompt: string;
  /** What the question asks for: `dining table`. */
  object: string;
  label: 'yes' | 'no';
  /** `random`, `popular`, `adversarial`, or the file's name. */
  split: string;
}

const example = '{"question_id": 1, "image": "a.jpg", "text": "Is there a cat in the image?", "label": "yes"}';

const question = z.object({
  question_id: id,
  image: z.string().min(1),
  text: z.string().min(1),
  label: z.enum(['yes', 'no']),
});

/** `imange` is a slip of POPE's question maker that some copies keep. */
const form = /^Is there an? (.+?) in the (?:image|imange)\s*\?$/i;

/**
 * POPE's questions from a file (JSON lines or an array) or from a folder with the three files of a source; then the ids
 * are `random/1`, `popular/1`, `adversarial/1`.
 *
 * @throws DetectiveError `bad-input` with the line of a record that is no POPE question.
 */
export async function loadPope(path: string): Promise<Annotations<PopeItem>> {
  const paths = await filesOf(path);
  const items: PopeItem[] = [];
  const versions: string[] = [];
  const files = [];
  for (const part of paths) {
    const { records, file } = await readRecords(part, question, example);
    const split = splitOf(part);
    const own: PopeItem[] = [];
    const seen = new Set<string>();
    for (const { value, line, name } of records) {
      const object = form.exec(value.text)?.[1];
      if (object === undefined)
        throw new DetectiveError('bad-input', `${name}: "text" asks for no object; it should look like ${example}`);
      if (seen.has(value.question_id))
        throw new DetectiveError('bad-input', `${name}: the question_id ${value.question_id} is there twice`);
      seen.add(value.question_id);
      const itemId = paths.length > 1 ? `${split}/${value.question_id}` : value.question_id;
      own.push({ id: itemId, line, image: value.image, prompt: value.text, object, label: value.label, split });
    }
    versions.push(versionOf(own, split));
    items.push(...own);
    files.push(file);
  }
  return { items, version: versions.join('; '), files, notes: [] };
}

const order = ['random', 'popular', 'adversarial'];

async function filesOf(path: string): Promise<string[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return [path];
  const names = (await readdir(path)).filter((name) => /pope.*\.jsonl?$/i.test(name));
  const found = order.flatMap((split) => names.filter((name) => name.includes(split)));
  if (found.length === 0 || found.length > order.length || new Set(found.map(splitOf)).size < found.length)
    throw new DetectiveError(
      'bad-input',
      `${path} should hold one *pope*random, one *pope*popular and one *pope*adversarial file, but has ${names.length ? names.slice(0, 6).join(', ') : 'none'}: give a file or another folder`,
    );
  return found.map((name) => join(path, name));
}

function splitOf(path: string): string {
  const name = basename(path);
  return order.find((split) => name.includes(split)) ?? name.replace(/\.jsonl?$/i, '');
}

/**
 * The content of the files that were read while this was written, as RUCAIBox/POPE has it now: image, question and label
 * of every row.
 */
const known: Readonly<Record<string, string>> = {
  '36228a74b5e9a35f': 'the current RUCAIBox/POPE file, which VCD has too',
  '5641e62daabe62a5': 'the current RUCAIBox/POPE file, which VCD has too',
  d95e5bca305f2021: 'the current RUCAIBox/POPE file',
};

/** What the rows are, whatever the file is called. The published copies differ in rows and in a slip of the pen. */
function versionOf(items: readonly PopeItem[], split: string): string {
  const hash = createHash('sha256');
  for (const { image, prompt, label } of items) hash.update(`${image}\t${prompt}\t${label}\n`);
  const digest = hash.digest('hex').slice(0, 16);
  const rows = items.length.toLocaleString('en');
  const images = new Set(items.map(({ image }) => image)).size;
  const slips = items.filter(({ prompt }) => prompt.includes('imange')).length;
  const name = `${sourceOf(items)} ${split}, ${rows} rows over ${images} images`;
  const says = slips > 0 ? `, ${slips} questions say "imange"` : '';
  return `${name}${says}: ${known[digest] ?? familyOf(items.length, images, slips)} [content ${digest}]`;
}

function sourceOf(items: readonly PopeItem[]): string {
  if (!items.every(({ image }) => image.startsWith('COCO_'))) return 'GQA';
  const coco = new Set<string>(cocoCategories);
  return items.every(({ object }) => coco.has(object)) ? 'COCO' : 'A-OKVQA';
}

function familyOf(rows: number, images: number, slips: number): string {
  if (rows === 2910 || slips === 144 || slips === 44 || slips === 58)
    return "the older version of LLaVA's line (OPERA, LLaVA-RLHF)";
  if (rows === 3000 && slips === 57) return 'as DAMO-NLP-SG/VCD keeps it';
  if (rows === 300 && images === 50) return 'a subset of 50 images (LogicCheckGPT, Woodpecker)';
  if (rows === 3000 && images === 500) return 'the size of the current version, other content than its COCO files';
  return 'no published version known here';
}
