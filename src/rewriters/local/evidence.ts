import type { FlaggedSpan, SpanEdit } from '../../text/flagged-span.js';
import type { RewriteRequest } from '../rewriter.js';
import { objectEdits } from './evidence-objects.js';
import { printEdits } from './evidence-print.js';

/**
 * Edits that follow from what was seen or read in a photograph: a misread string put right, a wrong count, an absent
 * object. Null where the evidence says nothing of the span: then words of the same kind are tried.
 */
export function evidenceEdits(span: FlaggedSpan, request: RewriteRequest): SpanEdit[] | null {
  const { evidence } = request;
  if (!evidence) return null;
  const read = evidence.filter(({ kind, attributes }) => kind === 'text' && attributes?.row !== undefined);
  const seen = evidence.filter(({ kind, attributes }) => kind === 'object' && attributes?.detector !== undefined);
  const fromPrint = read.length > 0 ? printEdits(span, request.response, read) : null;
  if (fromPrint && fromPrint.length > 0) return fromPrint;
  // a detector that sees nothing gives no evidence at all; a TLDR always gives the ground
  const others = evidence.filter((item) => !read.includes(item) && !seen.includes(item));
  const looked =
    others.length === 0 || (seen.length > 0 && others.every(({ kind }) => kind !== 'object' && kind !== 'ground'));
  return looked ? (objectEdits(span, request, seen) ?? fromPrint) : fromPrint;
}
