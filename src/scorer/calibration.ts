import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../base/errors.js';
import type { HarmRecord } from './conformal.js';
import type { ScoredResponse, Scorer } from './scorer.js';

const share = z.number().min(0).max(1);
const calibrationSchema = z.object({
  format: z.literal(1),
  /** The scorer that it was fitted on, by name. */
  scorer: z.string(),
  /** What it was fitted on, in words. */
  set: z.string(),
  /** reward = sigmoid(scale * log odds + bias), Platt's scaling. The scale is above 0: the order of rewards stays. */
  scale: z.number().positive(),
  bias: z.number(),
  threshold: share,
  /** Of each right answer of the set its lowest reward, calibrated: from these any bound on harm can be chosen. */
  lowest: z.array(share),
  metrics: z.record(z.string(), z.unknown()).optional(),
});

/** What `vlm-detective calibrate` fits and stores, and `--calibration` takes. */
export type Calibration = z.infer<typeof calibrationSchema>;

/** @throws DetectiveError `bad-input` where the file cannot be read or is no calibration. */
export async function readCalibration(path: string): Promise<Calibration> {
  const cure = 'write one by `vlm-detective calibrate`';
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new DetectiveError('bad-input', `the calibration ${path} cannot be read (${errorMessage(cause)}): ${cure}`, {
      cause,
    });
  }
  const parsed = calibrationSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new DetectiveError(
    'bad-input',
    `${path} is no calibration ("${issue.path.join('.')}" ${issue.message}): ${cure}`,
  );
}

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
export const logOddsOf = (reward: number): number => {
  const clamped = Math.min(1 - 1e-4, Math.max(1e-4, reward));
  return Math.log(clamped / (1 - clamped));
};

export const calibratedReward = (reward: number, { scale, bias }: Pick<Calibration, 'scale' | 'bias'>): number =>
  sigmoid(scale * logOddsOf(reward) + bias);

/** A scorer whose rewards are calibrated, with the calibration's threshold. A bound on harm can be asked of it (`maxHarm`). */
export function calibrated(scorer: Scorer, calibration: Calibration): Scorer {
  const adjusted = (scored: ScoredResponse): ScoredResponse => ({
    ...scored,
    tokens: scored.tokens.map((token) =>
      token.reward === null ? token : { ...token, reward: calibratedReward(token.reward, calibration) },
    ),
  });
  const { scoreBatch } = scorer;
  return {
    ...scorer,
    threshold: calibration.threshold,
    harm: harmOf(calibration),
    score: async (request) => adjusted(await scorer.score(request)),
    ...(scoreBatch && {
      scoreBatch: async (requests) =>
        (await scoreBatch.call(scorer, requests)).map((one) => (one instanceof Error ? one : adjusted(one))),
    }),
  };
}

/** What was measured of a calibrated scorer's harm. */
export const harmOf = ({ lowest, set }: Calibration): HarmRecord => ({
  answers: lowest.length,
  lowest: [...lowest].sort((a, b) => a - b),
  set,
});
