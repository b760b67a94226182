import { createReadStream } from 'node:fs';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { readLines } from '../../src/base/lines.js';
import type { ScoredText } from './rates.js';

/** One model's answers, as `vlm-detective score --json` wrote them. */
export interface ScoredAnswers {
  model: string;
  answers: ScoredText[];
  /** The scorer's own operating point, where the lines have one. */
  threshold: number | null;
  scorer: string | null;
  /** Lines with an error in place of rewards. */
  failed: number;
}

const example =
  '{"id": "1", "response": "A dog.", "tokens": [{"start": 2, "end": 5, "reward": 0.9}], "threshold": 0.5}';
const offset = z.int().nonnegative();
const line = z.object({
  response: z.string().max(1_000_000).optional(),
  tokens: z
    .array(z.object({ start: offset, end: offset, reward: z.number().min(0).max(1).nullable() }))
    .max(1_000_000)
    .optional(),
  threshold: z.number().min(0).max(1).nullish(),
  scorer: z.string().max(300).nullish(),
  error: z.unknown().optional(),
});

/**
 * @param model What the answers are called in the report.
 * @throws DetectiveError `bad-input` naming the line that is no scored answer, or whose threshold or scorer differs from
 * those before: rates by different detectors cannot be put together.
 */
export async function readScoredAnswers(model: string, path: string): Promise<ScoredAnswers> {
  const read: ScoredAnswers = { model, answers: [], threshold: null, scorer: null, failed: 0 };
  try {
    for await (const { text, number, problem } of readLines(createReadStream(path))) {
      if (text === null) throw new DetectiveError('bad-input', `${path} line ${number}: ${problem}`);
      if (text.trim() === '') continue;
      take(read, text, `${path} line ${number}`);
    }
  } catch (cause) {
    if (cause instanceof DetectiveError) throw cause;
    throw new DetectiveError('bad-input', `${path} cannot be read (${errorMessage(cause)}): check the path`, { cause });
  }
  if (read.answers.length === 0)
    throw new DetectiveError('bad-input', `${path} has no scored answer: each line should look like ${example}`);
  return read;
}

function take(read: ScoredAnswers, text: string, name: string): void {
  const bad = (reason: string) => new DetectiveError('bad-input', `${name}: ${reason}; it should look like ${example}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw bad(`not valid JSON (${errorMessage(error)})`);
  }
  const parsed = line.safeParse(json);
  if (!parsed.success) throw bad(`"${parsed.error.issues[0]!.path.join('.')}" ${parsed.error.issues[0]!.message}`);
  const { response, tokens, threshold, scorer, error } = parsed.data;
  if (error !== undefined) {
    read.failed++;
    return;
  }
  if (response === undefined || tokens === undefined)
    throw bad('no "tokens": score the answers first, with vlm-detective score --input FILE --json');
  if (tokens.some(({ start, end }) => end < start || end > response.length))
    throw bad('a token lies outside the response');
  for (const [key, value] of [
    ['threshold', threshold],
    ['scorer', scorer],
  ] as const) {
    if (value === undefined || value === null) continue;
    if (read[key] !== null && read[key] !== value)
      throw bad(
        `"${key}" is ${JSON.stringify(value)} after ${JSON.stringify(read[key])}: score all answers by one detector`,
      );
    Object.assign(read, { [key]: value });
  }
  read.answers.push({ response, tokens });
}
