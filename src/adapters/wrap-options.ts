import type { ResponseOptions } from '../http/correct-response.js';
import type { Price } from '../models/price.js';
import type { Rewriter } from '../rewriters/rewriter.js';

/** How a wrapped client corrects: the options of `correct()`, and these. */
export interface WrapOptions extends Omit<ResponseOptions, 'rewriter'> {
  /** Default: the very client and model that gave the answer also rewrite its flagged words. */
  rewriter?: Rewriter;
  /** Of that model, in US dollars for a million tokens: with it, the report tells the cost and `budget.cost` holds. */
  price?: Price;
}
