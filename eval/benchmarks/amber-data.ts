import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import type { Annotations, BenchmarkItem } from './benchmark.js';
import { id } from './fields.js';
import { checkRecord, readRecords, readText } from './json-records.js';

export const amberTypes = [
  'discriminative-hallucination',
  'discriminative-attribute-state',
  'discriminative-attribute-number',
  'discriminative-attribute-action',
  'discriminative-relation',
  'relation',
] as const;

export interface AmberDescription extends BenchmarkItem {
  type: 'generative';
  /** What is in the picture. */
  truth: readonly string[];
  /** What people may expect in it, and is not. */
  hallu: readonly string[];
}

export interface AmberQuestion extends BenchmarkItem {
  type: (typeof amberTypes)[number];
  truth: 'yes' | 'no';
}

export type AmberItem = AmberDescription | AmberQuestion;

export interface AmberData extends Annotations<AmberItem> {
  /** Each word with those that mean the same or belong to it. */
  relation: Readonly<Record<string, readonly string[]>>;
  /** Words that are never counted as wrong. */
  safeWords: ReadonlySet<string>;
  /** Words that the original's word vectors hold to be alike; undefined where that step is left out. */
  similar?: Readonly<Record<string, readonly string[]>>;
}

const words = z.array(z.string());
const annotation = z.discriminatedUnion('type', [
  z.object({ id, type: z.literal('generative'), truth: words, hallu: words }),
  z.object({ id, type: z.enum(amberTypes), truth: z.enum(['yes', 'no']) }),
]);
const annotationExample = '{"id": 1005, "type": "discriminative-attribute-state", "truth": "yes"}';
const query = z.object({ id, image: z.string(), query: z.string() });
const queryExample = '{"id": 1, "image": "AMBER_1.jpg", "query": "Describe this image."}';
const wordLists = z.record(z.string(), words);

const queryFiles = ['query_generative.json', 'query_discriminative.json'];

/**
 * AMBER's data folder: annotations.json, relation.json, safe_words.txt and, for pictures and questions, query/.
 *
 * @param path The folder, or the annotations.json in it.
 * @param files `similar`: a JSON object of words with those that the original's spaCy vectors hold to be alike.
 * @throws DetectiveError `bad-input` with the line of a record that is none.
 */
export async function loadAmber(path: string, files: Readonly<Record<string, string>> = {}): Promise<AmberData> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const folder = isFolder ? path : dirname(path);
  const main = isFolder ? join(path, 'annotations.json') : path;
  const annotations = await readRecords(main, annotation, annotationExample);
  const relation = await readWordLists(join(folder, 'relation.json'));
  const safe = await readText(join(folder, 'safe_words.txt'));
  const similar = files.similar === undefined ? undefined : await readWordLists(files.similar);
  const read = [annotations.file, relation.file, safe.file, ...(similar ? [similar.file] : [])];
  const queries = new Map<string, { image: string; query: string }>();
  for (const name of queryFiles.map((name) => join(folder, 'query', name)).filter((path) => existsSync(path))) {
    const { records, file } = await readRecords(name, query, queryExample);
    for (const { value } of records) queries.set(value.id, value);
    read.push(file);
  }
  const seen = new Set<string>();
  const items = annotations.records.map(({ value, line, name }): AmberItem => {
    if (seen.has(value.id)) throw new DetectiveError('bad-input', `${name}: the id ${value.id} is there twice`);
    seen.add(value.id);
    const asked = queries.get(value.id);
    return { ...value, line, ...(asked ? { image: asked.image, prompt: asked.query } : {}) };
  });
  const generative = items.filter(({ type }) => type === 'generative').length;
  const isPublished = items.length === 15_220 && generative === 1004;
  return {
    items,
    version: `${items.length.toLocaleString('en')} items, ${generative.toLocaleString('en')} of them generative: ${isPublished ? 'the size of junyangwang0410/AMBER 534babf' : 'no published version known here'}`,
    files: read,
    notes: queries.size > 0 ? [] : [`${join(folder, 'query')} is not there: intervals are over items, not pictures.`],
    relation: relation.lists,
    safeWords: new Set(safe.text.split('\n').map((line) => line.trim())),
    ...(similar ? { similar: similar.lists } : {}),
  };
}

async function readWordLists(path: string) {
  const { text, file } = await readText(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new DetectiveError('bad-input', `${path}: not valid JSON (${errorMessage(error)})`);
  }
  const lists = checkRecord(json, wordLists, path, '{"road": ["path", "street"], …}');
  return { lists: Object.assign(Object.create(null) as Record<string, string[]>, lists), file };
}
