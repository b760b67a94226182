import type { Evidence } from '../scorer/scorer.js';
import type { FlaggedSpan } from '../text/flagged-span.js';
import { type MaskedText, maskSpans } from '../text/mask.js';
import { chooseFence, loadPrompt, renderPrompt } from './prompt.js';
import type { RejectedEdit, RewriteRequest } from './rewriter.js';

const maxEvidence = 60;
const maxRejected = 60;

export interface RewritePrompt {
  text: string;
  /** The answer as the model sees it, and the brackets that no replacement may hold. */
  masked: MaskedText;
}

/** What a model is asked for one round: the answer with its marks, the evidence, and what was tried before. */
export async function rewritePrompt(request: RewriteRequest): Promise<RewritePrompt> {
  const masked = maskSpans(request.response, request.spans);
  const blocks = {
    question: request.prompt?.trim() || '(none was given)',
    answer: masked.text,
    spans: listSpans(request.response, request.spans),
    evidence: listEvidence(request.evidence ?? []),
    rejected: listRejected(request.rejected),
  };
  const prompt = await loadPrompt('rewrite-spans', [
    'fence',
    'question',
    'answer',
    'open',
    'close',
    'spans',
    'evidence',
    'rejected',
  ]);
  const fence = chooseFence(Object.values(blocks));
  return { text: renderPrompt(prompt, { ...blocks, fence, open: masked.open, close: masked.close }), masked };
}

/** What is added when the last reply could not be used. */
export async function retryPrompt(reason: string): Promise<string> {
  return renderPrompt(await loadPrompt('rewrite-retry', ['reason']), { reason });
}

function listSpans(response: string, spans: readonly FlaggedSpan[]): string {
  const lines: string[] = [];
  let sentence = -1;
  for (const span of spans) {
    if (span.sentence[0] !== sentence) {
      sentence = span.sentence[0];
      lines.push(`In the sentence ${JSON.stringify(response.slice(...span.sentence))}:`);
    }
    lines.push(`  ${span.id}: ${JSON.stringify(span.text)}`);
  }
  return lines.join('\n');
}

function listEvidence(evidence: readonly Evidence[]): string {
  if (evidence.length === 0) return '(nothing)';
  return [...evidence]
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, maxEvidence)
    .map(describeEvidence)
    .join('\n');
}

function describeEvidence({ kind, label, confidence, box, attributes }: Evidence): string {
  const details = Object.entries(attributes ?? {}).map(([name, value]) => `${shorten(name)} ${shorten(value)}`);
  if (box) details.push(`box ${box.map((edge) => edge.toFixed(2)).join(' ')} (left top right bottom, 0 to 1)`);
  const what = kind === 'text' ? 'reads' : kind === 'ground' ? 'background' : 'object';
  return `- ${what} ${quote(label)}, sure by ${confidence.toFixed(2)}${details.length ? `; ${details.join('; ')}` : ''}`;
}

function listRejected(rejected: readonly RejectedEdit[]): string {
  if (rejected.length === 0) return '(none)';
  return rejected
    .slice(-maxRejected)
    .map(({ text, replacement, reason }) => {
      const change = replacement === '' ? `deleting ${quote(text)}` : `${quote(text)} changed to ${quote(replacement)}`;
      return `- ${change}: ${shorten(reason)}`;
    })
    .join('\n');
}

function quote(text: string): string {
  return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text);
}

function shorten(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 120);
}
