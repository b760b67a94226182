import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { inlineImage } from '../../src/image/load.js';
import type { LabelledAnswer } from './judge.js';
import { withTwinClaims } from './twin-claims.js';

const example =
  '{"id": "1", "image": "a.png", "response": "Two dogs.", "claims": [{"start": 0, "end": 3, "kind": "count", "good": false}]}';

const offset = z.number().int().min(0);
const claimSchema = z.object({ start: offset, end: offset, kind: z.string().max(60), good: z.boolean() });
/** As `vlm-detective perturb` writes it: words that are not listed are good, repairs of the grammar are no error. */
const labelSchema = z.object({ start: offset, end: offset, good: z.literal(false), repair: z.boolean().optional() });
const answerSchema = z.object({
  id: z.union([z.string(), z.number()]),
  image: z.string().min(1),
  prompt: z.string().nullish(),
  response: z.string(),
  claims: z.array(claimSchema).optional(),
  labels: z.array(labelSchema).optional(),
  perturbation: z.string().max(60).nullish(),
  original: z.string().nullish(),
});

/**
 * Reads labelled answers from JSON lines: with `claims`, as `vlm-detective scenes` writes them to captions.jsonl, or with
 * `labels`, as `vlm-detective perturb` writes them: these name the wrong words only, and what else can be wrong is learnt
 * from their twins ({@link withTwinClaims}). Figures over claims stay empty where no right one is known. Image paths are
 * relative to the file.
 *
 * @throws DetectiveError `bad-input` where the file cannot be read or a line is no labelled answer: a figure over the
 * rest would be one of another set.
 */
export async function readLabelledAnswers(path: string): Promise<LabelledAnswer[]> {
  const text = await readLines(path);
  const folder = dirname(resolve(path));
  const answers = text.flatMap((line, index) =>
    line.trim() === '' ? [] : [parseLine(line, `${path} line ${index + 1}`, folder)],
  );
  if (answers.length === 0)
    throw new DetectiveError('bad-input', `${path} has no labelled answer: each line should look like ${example}`);
  const twins = withTwinClaims(answers.flatMap(({ answer, bare }) => (bare ? [answer] : []))).values();
  return answers.map(({ answer, bare }) => (bare ? twins.next().value! : answer));
}

/** @throws DetectiveError `bad-input` where the file cannot be read. */
export async function readLines(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '').split('\n');
  } catch (cause) {
    throw new DetectiveError('bad-input', `${path} cannot be read (${errorMessage(cause)}): check the path`, { cause });
  }
}

/** `bare`: only its wrong words are named. */
function parseLine(line: string, name: string, folder: string): { answer: LabelledAnswer; bare: boolean } {
  const bad = (reason: string) =>
    new DetectiveError('bad-input', `${name}: ${reason}; each line should look like ${example}`);
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw bad(`not valid JSON (${errorMessage(error)})`);
  }
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw bad(`${issue.path.length > 0 ? `"${issue.path.join('.')}" ` : ''}${issue.message}`);
  }
  const { id, image, prompt, response, labels, perturbation, original } = parsed.data;
  const claims =
    parsed.data.claims ??
    labels?.flatMap(({ start, end, repair }) =>
      repair ? [] : [{ start, end, kind: perturbation ?? 'other', good: false }],
    );
  if (!claims) throw bad('"claims" or "labels" must say which words are wrong');
  const outside = claims.find(({ start, end }) => start >= end || end > response.length);
  if (outside)
    throw bad(`the claim ${outside.start}..${outside.end} is not inside the response (0..${response.length})`);
  const picture =
    /^(file|https?):/i.test(image) || inlineImage(image) !== undefined || isAbsolute(image)
      ? image
      : resolve(folder, image);
  const answer = {
    id: String(id),
    image: picture,
    picture,
    response,
    claims,
    ...(prompt == null ? {} : { prompt }),
    ...(perturbation == null ? {} : { perturbation }),
    ...(original == null ? {} : { original }),
  };
  return { answer, bare: parsed.data.claims === undefined };
}
