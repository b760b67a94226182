import type { Rewriter } from '../rewriters/rewriter.js';
import type { ResponseOptions } from './http/correct-response.js';

/** How a wrapped client corrects: the options of `correct()`, and these. */
export interface WrapOptions extends Omit<ResponseOptions, 'rewriter'> {
  /** Default: the very client and model that gave the answer also rewrite its flagged words. */
  rewriter?: Rewriter;
}
