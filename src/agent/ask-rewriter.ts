import { abortable } from '../base/abort.js';
import { DetectiveError, errorMessage } from '../base/errors.js';
import type { CallUsage } from '../models/price.js';
import type { RewriteRequest, RewriteResult, Rewriter, Usage } from '../rewriters/rewriter.js';
import type { FlaggedSpan, SpanEdit } from '../text/flagged-span.js';
import { traceRewrite } from './tracing.js';

/** Of more alternatives than this for one span, the later ones are not looked at. */
export const mostAlternatives = 64;

/**
 * One call of a rewriter: what it offers that can be used, and what that cost.
 *
 * @throws DetectiveError `rewriter-failed` where the rewriter throws or its reply holds no edits; `aborted` once the
 * request's signal has fired.
 */
export async function askRewriter(
  rewriter: Rewriter,
  request: RewriteRequest,
): Promise<{ edits: SpanEdit[]; usage?: Usage & Partial<CallUsage> }> {
  let result: RewriteResult;
  try {
    result = await traceRewrite(rewriter, () => abortable(async () => rewriter.rewrite(request), request.signal));
  } catch (error) {
    if (error instanceof DetectiveError || request.signal?.aborted) throw error;
    throw new DetectiveError('rewriter-failed', errorMessage(error), { cause: error });
  }
  if (!Array.isArray(result?.edits)) {
    throw new DetectiveError('rewriter-failed', `the rewriter ${rewriter.name} gave no list of edits`);
  }
  const edits = usable(result.edits, request);
  return { edits, ...(result.usage ? { usage: cleanUsage(result.usage) } : {}) };
}

/** Edits of known spans that change something and were not tried before, each once. */
function usable(edits: readonly SpanEdit[], { spans, response, rejected }: RewriteRequest): SpanEdit[] {
  const seen = new Set(rejected.map((edit) => `${edit.text}\0${edit.replacement}`));
  const byId = new Map(spans.map((span) => [span.id, span]));
  const counts = new Map<number, number>();
  return edits.filter((edit) => {
    const span = byId.get(edit?.span);
    if (!span || typeof edit.replacement !== 'string') return false;
    const replaced = edit.sentence ? response.slice(...span.sentence) : span.text;
    if (edit.replacement === replaced || seen.has(`${span.text}\0${edit.replacement}`)) return false;
    const key = keyOf(span, edit);
    const count = (counts.get(span.id) ?? 0) + 1;
    if (seen.has(key) || count > mostAlternatives) return false;
    seen.add(key);
    counts.set(span.id, count);
    return true;
  });
}

const keyOf = (span: FlaggedSpan, edit: SpanEdit) => `${span.id}\0${edit.sentence === true}\0\0${edit.replacement}`;

function cleanUsage({
  inputTokens,
  outputTokens,
  cost,
  calls,
  pictures,
  ms,
}: Usage & Partial<CallUsage>): Usage & Partial<CallUsage> {
  return {
    ...(calls === undefined ? {} : { calls: amount(calls), pictures: amount(pictures ?? 0), ms: amount(ms ?? 0) }),
    inputTokens: amount(inputTokens),
    outputTokens: amount(outputTokens),
    ...(cost === undefined ? {} : { cost: amount(cost) }),
  };
}

const amount = (value: number) => (Number.isFinite(value) && value > 0 ? value : 0);
