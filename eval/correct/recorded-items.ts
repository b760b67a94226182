import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import * as z from 'zod';
import type { Claim, Scene } from '../../scenes/scene.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { readLines } from '../../src/base/lines.js';
import { decodeImage } from '../../src/image/decode.js';
import { inlineImage } from '../../src/image/load.js';
import type { CorrectionItem, ItemSet } from './item.js';
import { judgeCaption } from './judge-caption.js';
import { judgeObjects, lexiconNames, type ObjectTruth, objectClaims } from './object-judge.js';

const example = '{"id": "1", "image": "a.png", "response": "A dog.", "objects": ["cat"]}';

const claim = z.object({
  start: z.number().int().min(0),
  end: z.number().int().min(0),
  kind: z.string().max(60),
  good: z.boolean(),
  subject: z.array(z.number().int().min(0)).max(64),
  object: z.array(z.number().int().min(0)).max(64).optional(),
});
const line = z.object({
  id: z.union([z.string(), z.number()]),
  image: z.string().min(1),
  prompt: z.string().nullish(),
  response: z.string(),
  others: z.array(z.string()).max(64).nullish(),
  objects: z.array(z.string()).max(1000).nullish(),
  claims: z.array(claim).max(10_000).nullish(),
  perturbation: z.string().max(60).nullish(),
  original: z.string().nullish(),
});
type RecordedLine = z.infer<typeof line>;

/** The objects of a picture by a benchmark's own annotations; undefined where it does not know the picture. */
export type ObjectsOf = (record: { id: string; image: string }) => ObjectTruth | undefined;

/**
 * Recorded answers from JSON lines, `{"id", "image", "prompt"?, "response", "others"?}`, image paths relative to the
 * file; `others` are further answers of the same model for best-of-n. Ground truth is, in this order: a benchmark's
 * objects, a line's own `objects`, or the scene that `vlm-detective scenes` wrote beside the captions, in which case
 * every claim is judged exactly. The file is read through once before anything is run, and then line by line.
 *
 * @throws DetectiveError `bad-input` naming the line that has no ground truth or is no recorded answer.
 */
export async function recordedItems(path: string, objectsOf?: ObjectsOf): Promise<ItemSet> {
  const folder = dirname(resolve(path));
  const scenes = objectsOf ? new Map<string, Scene>() : await scenesBeside(folder);
  const hash = createHash('sha256');
  let size = 0;
  const toItem = (record: RecordedLine, number: number) => itemOf(record, number, { path, folder, scenes, objectsOf });
  for await (const { record, number, text } of recordedLines(path)) {
    toItem(record, number);
    hash.update(text).update('\n');
    size++;
  }
  if (size === 0)
    throw new DetectiveError('bad-input', `${path} has no recorded answer: each line should look like ${example}`);
  return {
    config: { items: basename(path), sha256: hash.digest('hex').slice(0, 16), generator: 'recorded answers' },
    size,
    async *items(from) {
      let n = 0;
      for await (const { record, number } of recordedLines(path))
        if (n++ >= from) yield { id: String(record.id), open: async () => toItem(record, number) };
    },
    async picture(name) {
      const { data, width, height } = await decodeImage(name);
      const { default: sharp } = await import('sharp');
      return sharp(data, { raw: { width, height, channels: 3 } })
        .resize(320, 320, { fit: 'inside', withoutEnlargement: true })
        .webp({ quality: 80 })
        .toBuffer();
    },
  };
}

async function* recordedLines(path: string): AsyncGenerator<{ record: RecordedLine; number: number; text: string }> {
  try {
    for await (const { text, number, problem } of readLines(createReadStream(path))) {
      if (text?.trim() === '') continue;
      const bad = (reason: string) =>
        new DetectiveError('bad-input', `${path} line ${number}: ${reason}; each line should look like ${example}`);
      if (text === null) throw bad(problem ?? 'cannot be read');
      let json: unknown;
      try {
        json = JSON.parse(text.replace(/^\uFEFF/, ''));
      } catch (error) {
        throw bad(`not valid JSON (${errorMessage(error)})`);
      }
      const parsed = line.safeParse(json);
      if (!parsed.success) {
        const issue = parsed.error.issues[0]!;
        throw bad(`${issue.path.length > 0 ? `"${issue.path.join('.')}" ` : ''}${issue.message}`);
      }
      yield { record: parsed.data, number, text };
    }
  } catch (cause) {
    if (cause instanceof DetectiveError) throw cause;
    throw new DetectiveError('bad-input', `${path} cannot be read (${errorMessage(cause)}): check the path`, { cause });
  }
}

/** The scene graphs by their pictures, where `vlm-detective scenes` wrote them. */
async function scenesBeside(folder: string): Promise<Map<string, Scene>> {
  const scenes = new Map<string, Scene>();
  try {
    for await (const { text } of readLines(createReadStream(join(folder, 'scenes.jsonl')))) {
      const { image, ...scene } = JSON.parse(text ?? '') as Scene & { image: string };
      scenes.set(image, scene);
    }
  } catch {
    scenes.clear();
  }
  return scenes;
}

interface RecordedFile {
  path: string;
  /** What its pictures are relative to. */
  folder: string;
  scenes: ReadonlyMap<string, Scene>;
  objectsOf: ObjectsOf | undefined;
}

function itemOf(
  record: RecordedLine,
  number: number,
  { path, folder, scenes, objectsOf }: RecordedFile,
): CorrectionItem {
  const { image, response, prompt, others, objects, claims, perturbation, original } = record;
  const id = String(record.id);
  const picture =
    /^(file|https?):/i.test(image) || inlineImage(image) !== undefined || isAbsolute(image)
      ? image
      : resolve(folder, image);
  const base = {
    id,
    image: picture,
    picture,
    response,
    ...(prompt == null ? {} : { prompt }),
    ...(perturbation == null ? {} : { type: perturbation }),
  };
  const scene = scenes.get(image);
  const known = objectsOf?.({ id, image }) ?? (objects && { namesIn: lexiconNames, present: new Set(objects) });
  if (known) {
    return {
      ...base,
      claims: objectClaims(response, known),
      judge: (edited) => judgeObjects(response, edited, known),
      async regenerate(take) {
        const other = others?.[take - 1];
        return other === undefined ? null : { response: other, claims: objectClaims(other, known) };
      },
    };
  }
  if (!scene || !claims || objectsOf)
    throw new DetectiveError(
      'bad-input',
      `${path} line ${number}: nothing says what is true of ${image.slice(0, 200)}: give the line its "objects", keep scenes.jsonl beside the captions of \`vlm-detective scenes\`, or name a --benchmark that knows the picture`,
    );
  const outside = claims.some(
    ({ start, end, subject, object }) =>
      start >= end || end > response.length || [...subject, ...(object ?? [])].some((group) => !scene.groups[group]),
  );
  if (outside) throw new DetectiveError('bad-input', `${path} line ${number}: a claim is not of this text and scene`);
  return {
    ...base,
    claims,
    truth: original ?? response,
    judge: (_edited, edits) => judgeCaption(scene, response, claims as Claim[], edits),
    regenerate: async () => null,
  };
}
