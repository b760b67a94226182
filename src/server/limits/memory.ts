import { HttpError } from '../http-error.js';

/** What one call makes the server hold. */
export interface Holding {
  /** @throws HttpError 503 where all calls together would hold too much. */
  take(bytes: number): void;
  /** Gives all of it back; doing that twice does no harm. */
  release(): void;
}

export interface Memory {
  /** Bytes that all calls hold. */
  readonly held: number;
  hold(): Holding;
}

/** Counts the bytes of bodies and fetched pictures, of all calls together, and lets no more of them in than the limit. */
export function createMemory(limit: number): Memory {
  let held = 0;
  return {
    get held() {
      return held;
    },
    hold() {
      let own = 0;
      return {
        take(bytes) {
          if (held + bytes > limit) {
            throw new HttpError(503, 'too many large calls at once: try again later', { 'retry-after': '2' });
          }
          held += bytes;
          own += bytes;
        },
        release() {
          held -= own;
          own = 0;
        },
      };
    },
  };
}
