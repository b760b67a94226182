import { loadPrompt, makeFence, renderPrompt } from '../models/prompt.js';
import type { Evidence } from '../scorer/scorer.js';
import { type MaskedText, maskSpans } from '../text/mask.js';
import type { RewriteRequest } from './rewriter.js';

const inputs = ['question', 'masked', 'open', 'close', 'spans', 'evidence', 'rejected', 'fence'] as const;

/** The words for a model that is to rewrite the flagged spans, and the markers used in them. */
export function rewritePrompt(request: RewriteRequest): { text: string; masked: MaskedText } {
  const masked = maskSpans(request.response, request.spans);
  const spans = request.spans
    .map(({ id, text, reward, type, reason }) => {
      const why = [type, reason].filter(Boolean).map(oneLine).join(': ');
      return `${id}: ${JSON.stringify(text)} (${reward.toFixed(2)})${why === '' ? '' : ` ${why}`}`;
    })
    .join('\n');
  const evidence = describeEvidence(request.evidence ?? []);
  const rejected =
    request.rejected
      .slice(-60)
      .map((edit) => `${quote(edit.text)} to ${quote(edit.replacement)}: ${oneLine(edit.reason)}`)
      .join('\n') || 'none';
  const question = request.prompt?.trim() || 'Describe the picture.';
  const fence = makeFence([question, masked.text, spans, evidence, rejected]);
  const text = renderPrompt(loadPrompt('rewrite-spans', inputs), {
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

/** "2 dogs (red) at left 10 %, top 40 %; the sign reads …" as lines; at most 40. */
export function describeEvidence(evidence: readonly Evidence[]): string {
  const percent = (value: number) => `${Math.round(value * 100)} %`;
  const lines = evidence.slice(0, 40).map(({ kind, label, confidence, box, attributes }) => {
    const look = Object.values(attributes ?? {})
      .map(oneLine)
      .join(', ');
    const where = box
      ? ` at left ${percent(box[0])}, top ${percent(box[1])}, right ${percent(box[2])}, bottom ${percent(box[3])}`
      : '';
    const what =
      kind === 'text'
        ? `printed text ${quote(label)}`
        : `${kind === 'claim' ? 'doubted: ' : ''}${oneLine(label)}${kind === 'ground' ? ' background' : ''}`;
    return `${what}${look ? ` (${look})` : ''}${where}, confidence ${confidence.toFixed(2)}`;
  });
  return lines.join('\n') || 'nothing was reported';
}

function quote(text: string): string {
  return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text);
}

/** What a picture or an earlier round put there takes no more than its own line. */
function oneLine(text: unknown): string {
  return String(text).replace(/\s+/g, ' ').slice(0, 120);
}
