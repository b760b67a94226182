import type { CorrectionRequest, CorrectionResult, CorrectOptions } from './correction.js';

/** The loop, and all that is known of words: loaded when it is needed, so that to import a door costs next to nothing. */
const loop = () => import('./run-correction.js');

/** Loads what the first correction would have to load. */
export async function readyCorrection(): Promise<void> {
  await loop();
}

/**
 * Corrects one answer about pictures: scores its tokens, masks those with a reward at or below the threshold, has them
 * rewritten, and keeps an edit only if the scorer says that it helps, round after round.
 *
 * The result never scores below the original. If a part fails for good, the original comes back with status `failed`
 * and the error in the report.
 *
 * @throws DetectiveError `bad-argument` for a threshold that is not from 0 to 1 or a negative `maxRounds`; `unresolved`
 * with `onUnresolved: 'throw'`; and any failure with `failClosed`.
 */
export async function correct(request: CorrectionRequest, options: CorrectOptions): Promise<CorrectionResult> {
  return (await loop()).correctOne(request, options);
}

/** Corrects several answers (the choices of one call), each by itself, within one shared budget. Answers in order. */
export async function correctAll(
  requests: readonly CorrectionRequest[],
  options: CorrectOptions,
): Promise<CorrectionResult[]> {
  return (await loop()).correctEach(requests, options);
}
