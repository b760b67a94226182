import { calibrated, readCalibration } from '../src/scorer/calibration.js';
import { createScorer } from '../src/scorer/create-scorer.js';
import type { Scorer } from '../src/scorer/scorer.js';

/** The scorer of a command, with its calibration where one was given. */
export async function openScorer({ scorer, calibration }: { scorer: string; calibration?: string }): Promise<Scorer> {
  // a calibration that cannot be read is told before a model is loaded
  const fitted = calibration === undefined ? undefined : await readCalibration(calibration);
  const made = await createScorer(scorer);
  return fitted ? calibrated(made, fitted) : made;
}
