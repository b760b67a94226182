import type { Evidence } from '../scorer/scorer.js';
import { type MaskedText, maskSpans } from '../text/mask.js';
import { loadPrompt, makeFence, renderPrompt } from './prompt.js';
import type { RewriteRequest } from './rewriter.js';

/** The words for a model that is to rewrite the flagged spans, and the markers used in them. */
export function rewritePrompt(request: RewriteRequest): { text: string; masked: MaskedText } {
  const masked = maskSpans(request.response, request.spans);
  const spans = request.spans.map((span) => `${span.id}: "${span.text}" (${span.reward.toFixed(2)})`).join('\n');
  const evidence = describeEvidence(request.evidence ?? []);
  const rejected =
    request.rejected.map((edit) => `"${edit.text}" to "${edit.replacement}": ${edit.reason}`).join('\n') || 'none';
  const question = request.prompt?.trim() || 'Describe the picture.';
  const fence = makeFence([question, masked.text, spans, evidence, rejected]);
  const text = renderPrompt(loadPrompt('rewrite-spans'), {
    question,
    masked: masked.text,
    open: masked.open,
    close: masked.close,
    spans,
    evidence,
    rejected,
    fence,
  });
  return { text, masked };
}

export function retryPrompt(reason: string): string {
  return renderPrompt(loadPrompt('rewrite-retry'), { reason });
}

/** "2 dogs (red) at left 10 %, top 40 %; the sign reads …" as lines; at most 40. */
export function describeEvidence(evidence: readonly Evidence[]): string {
  const percent = (value: number) => `${Math.round(value * 100)} %`;
  const lines = evidence.slice(0, 40).map(({ kind, label, confidence, box, attributes }) => {
    const look = Object.values(attributes ?? {}).join(', ');
    const where = box
      ? ` at left ${percent(box[0])}, top ${percent(box[1])}, right ${percent(box[2])}, bottom ${percent(box[3])}`
      : '';
    const what = kind === 'text' ? `printed text "${label}"` : kind === 'ground' ? `${label} background` : label;
    return `${what}${look ? ` (${look})` : ''}${where}, confidence ${confidence.toFixed(2)}`;
  });
  return lines.join('\n') || 'nothing was reported';
}
