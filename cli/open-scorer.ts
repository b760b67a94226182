import { createRewriter, defaultRewriter } from '../src/rewriters/create-rewriter.js';
import type { Rewriter } from '../src/rewriters/rewriter.js';
import { calibrated, readCalibration } from '../src/scorer/calibration.js';
import { createScorer } from '../src/scorer/create-scorer.js';
import { type Limits, operatingPoint } from '../src/scorer/operating-point.js';
import type { Scorer } from '../src/scorer/scorer.js';

export interface ScorerChoice extends Limits {
  scorer: string;
  calibration?: string;
  imageSide?: number;
}

/**
 * The scorer of a command, with its calibration where one was given.
 *
 * @throws DetectiveError `bad-argument` for a bound on harm that it cannot promise, before the first answer.
 */
export async function openScorer({ scorer, calibration, imageSide, ...limits }: ScorerChoice): Promise<Scorer> {
  // a calibration that cannot be read is told before a model is loaded
  const fitted = calibration === undefined ? undefined : await readCalibration(calibration);
  const made = await createScorer(scorer, { imageSide });
  const opened = fitted ? calibrated(made, fitted) : made;
  try {
    operatingPoint(opened, limits);
    return opened;
  } catch (error) {
    await opened.close?.();
    throw error;
  }
}

/** The rewriter of a command; without a name that of the API key that is set, else the local one. */
export const openRewriter = (
  name: string | undefined,
  { imageSide }: Pick<ScorerChoice, 'imageSide'>,
  env: Readonly<Record<string, string | undefined>>,
): Rewriter => (name === undefined ? defaultRewriter(env, { imageSide }) : createRewriter(name, { imageSide }));
