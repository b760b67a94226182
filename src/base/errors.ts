/** Machine-readable reason of a {@link DetectiveError}. */
export type ErrorCode =
  | 'bad-argument'
  | 'bad-image'
  | 'bad-input'
  | 'bad-model'
  | 'scorer-failed'
  | 'rewriter-failed'
  | 'unresolved'
  | 'budget'
  | 'aborted'
  | 'missing-dependency';

const marker = Symbol.for('vlm-detective.error');

/**
 * Every error that this package throws on purpose. `code` says what kind, `message` names the input and the cure.
 * Use {@link isDetectiveError} rather than `instanceof`: it also holds across two installed copies.
 */
export class DetectiveError extends Error {
  readonly code: ErrorCode;
  readonly [marker] = true;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DetectiveError';
    this.code = code;
  }
}

export function isDetectiveError(error: unknown): error is DetectiveError {
  return typeof error === 'object' && error !== null && marker in error;
}

/** The message of anything thrown, on one line. */
export function errorMessage(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
}
