import { join } from 'node:path';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { scoreAll, thresholdOf } from './evaluate.js';
import { judgeAnswer, type LabelledAnswer } from './judge.js';
import { readLines } from './labelled-file.js';
import { accuracy, auroc, balancedAccuracy, type Estimate, estimate, type Judged, rank, resample } from './metrics.js';

const file = 'nlvr-dev-600.jsonl';
const rowSchema = z.object({
  identifier: z.string(),
  sentence: z.string(),
  label: z.enum(['true', 'false']),
  image: z.string(),
});

/** Human sentences about drawn shapes, each true or false as a whole: nothing is known of their words. */
export interface NlvrEvaluation {
  answers: number;
  judged: number;
  abstained: number;
  failed: number;
  responseAccuracy: Estimate;
  balancedResponseAccuracy: Estimate;
  responseAuroc: Estimate;
}

/**
 * Judges the sentences of an NLVR folder (`nlvr-dev-600.jsonl` and its images) as whole answers.
 *
 * @throws DetectiveError `bad-input` where the folder does not hold them.
 */
export async function evaluateNlvr(
  folder: string,
  scorer: Scorer,
  options: { seed: number; resamples?: number; onProgress?: (done: number) => void },
): Promise<NlvrEvaluation> {
  const rows = await readRows(folder);
  const judged: Judged[] = [];
  let abstained = 0;
  let failed = 0;
  for (let from = 0; from < rows.length; from += 32) {
    const batch = rows.slice(from, from + 32);
    for (const [index, scored] of (await scoreAll(scorer, batch)).entries()) {
      if (scored instanceof Error) {
        failed++;
        continue;
      }
      const result = scored.abstained === undefined ? judgeAnswer(batch[index]!, scored.tokens) : null;
      if (result) judged.push({ reward: result.reward, good: batch[index]!.label });
      else abstained++;
    }
    options.onProgress?.(Math.min(rows.length, from + 32));
  }
  const ranked = rank(judged.map((answer) => [answer]));
  const resamples = resample(judged.length, options.resamples ?? 1000, options.seed);
  const threshold = thresholdOf(scorer);
  return {
    answers: rows.length,
    judged: judged.length,
    abstained,
    failed,
    responseAccuracy: estimate((weights) => accuracy(ranked, threshold, weights), resamples),
    balancedResponseAccuracy: estimate((weights) => balancedAccuracy(ranked, threshold, weights), resamples),
    responseAuroc: estimate((weights) => auroc(ranked, weights), resamples),
  };
}

async function readRows(folder: string): Promise<(LabelledAnswer & { label: boolean })[]> {
  const path = join(folder, file);
  const rows = (await readLines(path)).flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      const { identifier, sentence, label, image } = rowSchema.parse(JSON.parse(line));
      const picture = join(folder, image);
      return [{ id: identifier, image: picture, picture, response: sentence, claims: [], label: label === 'true' }];
    } catch (cause) {
      throw new DetectiveError('bad-input', `${path} line ${index + 1} is no NLVR sentence (${errorMessage(cause)})`, {
        cause,
      });
    }
  });
  if (rows.length === 0) throw new DetectiveError('bad-input', `${path} is empty: give a folder with NLVR sentences`);
  return rows;
}
