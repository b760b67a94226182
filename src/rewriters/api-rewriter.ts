/** Marks the calls of a rewriter, so that a wrapped client does not correct the corrections. */
export const rewriteCallHeader = 'x-vlm-detective-pass';
