import { DetectiveError, errorMessage, isDetectiveError } from '../../base/errors.js';
import { redact } from '../../base/redact.js';

/** A time-out is no wish of the caller's: then the answer, which is there and paid for, goes out as far as it got. */
export function isCallersAbort(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && (signal.reason as { name?: unknown } | undefined)?.name !== 'TimeoutError';
}

/** The error that the caller gets in place of an answer, with nothing in it that looks like a key. */
export function withheld(error: unknown, headers: Headers): DetectiveError {
  const code = isDetectiveError(error) ? error.code : 'scorer-failed';
  return new DetectiveError(code, `the answer was withheld: ${redact(errorMessage(error), headers)}`);
}
