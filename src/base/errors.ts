/** Machine-readable reason of a {@link DetectiveError}. */
export type ErrorCode =
  | 'bad-argument'
  | 'bad-image'
  | 'bad-input'
  | 'bad-model'
  | 'scorer-failed'
  | 'rewriter-failed'
  | 'model-failed'
  | 'queue-failed'
  | 'store-failed'
  | 'unresolved'
  | 'aborted'
  | 'missing-dependency';

const marker = Symbol.for('vlm-detective.error');

/** What a program can act on, where a model or a server was asked. */
export interface ErrorData {
  /** The HTTP status of its answer. */
  readonly status?: number;
  /** Milliseconds that it asks to wait. */
  readonly retryAfterMs?: number;
  /** Who was asked: `openai:MODEL`, or an address. */
  readonly provider?: string;
}

/**
 * Every error that this package throws on purpose. `code` says what kind, `message` names the input and the cure.
 * Use {@link isDetectiveError} rather than `instanceof`: it also holds across two installed copies.
 */
export class DetectiveError extends Error implements ErrorData {
  readonly code: ErrorCode;
  declare readonly status?: number;
  declare readonly retryAfterMs?: number;
  declare readonly provider?: string;
  readonly [marker] = true;

  constructor(code: ErrorCode, message: string, { cause, ...data }: ErrorOptions & ErrorData = {}) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, data);
    this.name = 'DetectiveError';
    this.code = code;
  }
}

export function isDetectiveError(error: unknown): error is DetectiveError {
  return typeof error === 'object' && error !== null && marker in error;
}

/** A message of others may quote what it was given: a picture in base64 is megabytes. */
const longestMessage = 2000;

/** The message of anything thrown, on one line, without the base64 and the endless words that it may quote. */
export function errorMessage(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error))
    .slice(0, 50 * longestMessage)
    .replace(/[\w+/=%-]{200,}/g, (run) => `${run.slice(0, 40)}…`)
    .replace(/\s+/g, ' ')
    .trim();
  return message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
}
