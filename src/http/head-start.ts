import { readyCorrection } from '../agent/correct.js';
import type { Scorer } from '../scorer/scorer.js';
import type { CallReading } from '../wire/protocol.js';
import { whyNotJudged } from './correct-answers.js';

/** Without a reason of one's own each abort makes an error with its stack. */
const doneWith = new Error('the answer is done with');

/**
 * Has the scorer work on the pictures of a call while its model is still answering. What fails here fails again, and is
 * told, where the answer is scored. Call what is returned once the answer is done with, or is none to judge: work that
 * nobody waits for is taken back then.
 */
export function headStart(reading: CallReading, scorer: Scorer): () => void {
  if (whyNotJudged(reading) !== undefined) return () => {};
  const over = new AbortController();
  void prepare(reading.images, scorer, over.signal);
  return () => over.abort(doneWith);
}

async function prepare(images: string[], scorer: Scorer, signal: AbortSignal): Promise<void> {
  try {
    await Promise.all([scorer.prepare?.(images, signal), readyCorrection()]);
  } catch {
    // scoring the answer meets the same, and says so
  }
}
