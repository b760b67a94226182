import * as z from 'zod';
import { errorMessage } from '../base/errors.js';
import type { Read } from '../models/ask-usable.js';
import { maxReplyLength, parseJsonReply } from '../models/json-reply.js';
import type { FlaggedSpan, SpanEdit } from '../text/flagged-span.js';
import type { MaskedText } from '../text/mask.js';
import { trimToSentence, trimToSpan } from './outside-text.js';
import type { RejectedEdit, RewriteRequest } from './rewriter.js';

/** What a model is asked to reply. */
export const replySchema = z.object({
  edits: z.array(
    z.object({
      span: z.int(),
      replacement: z.string(),
      scope: z.enum(['span', 'sentence']),
    }),
  ),
});

/** Small models write a span's number as a string, and call fields by other names. */
const lenientEdit = z
  .object({
    span: z.coerce.number().int().optional(),
    id: z.coerce.number().int().optional(),
    replacement: z.string().nullish(),
    text: z.string().nullish(),
    scope: z.enum(['span', 'sentence']).nullish().catch(null),
  })
  .transform(({ span, id, replacement, text, scope }) => ({ id: span ?? id, replacement: replacement ?? text, scope }));

/**
 * Checks a model's reply against the spans that it was given. Edits that change nothing are dropped; a replacement that
 * repeats the words around its span is cut down to the span; anything else that reaches outside it is refused. An edit that
 * was tried in an earlier round is dropped. Where one edit cannot be used the others are: there is a reason only where none
 * can.
 */
export function validateReply(
  reply: string | null | undefined,
  { response, spans, rejected }: Pick<RewriteRequest, 'response' | 'spans' | 'rejected'>,
  masked: MaskedText,
): Read<SpanEdit[]> {
  if (!reply?.trim()) return { reason: 'the reply was empty' };
  if (reply.length > maxReplyLength) return { reason: `the reply was ${reply.length} characters long` };
  const json = parseJsonReply(reply);
  if (json === undefined) return { reason: 'the reply was not JSON' };
  const offered = Array.isArray(json) ? json : ((json ?? {}) as { edits?: unknown }).edits;
  if (!Array.isArray(offered)) return { reason: 'the reply did not have the form asked for (no list of edits)' };
  const byId = new Map(spans.map((span) => [span.id, span]));
  const edits = new Map<number, SpanEdit>();
  const seen = new Set<number>();
  const faults: string[] = [];
  let used = 0;
  for (const item of offered) {
    const edit = read(item);
    if (typeof edit === 'string') faults.push(edit);
    else used++;
    if (edit && typeof edit !== 'string') edits.set(edit.span, edit);
  }
  const { kept, fault } = withoutConflicts([...edits.values()], byId);
  if (fault) faults.push(fault);
  return faults.length > 0 && (used === 0 || kept.length === 0) ? { reason: faults[0]! } : { value: kept };

  /** An edit; null for one that changes nothing or was tried; in words, why it cannot be used. */
  function read(item: unknown): SpanEdit | string | null {
    const parsed = lenientEdit.safeParse(item);
    if (!parsed.success)
      return `the reply did not have the form asked for (${errorMessage(z.prettifyError(parsed.error))})`;
    const { id, replacement, scope } = parsed.data;
    if (id === undefined || replacement == null)
      return 'the reply did not have the form asked for (no span or replacement)';
    const span = byId.get(id);
    if (!span) return `there is no span ${id}`;
    if (seen.has(id)) return `span ${id} has more than one edit`;
    seen.add(id);
    if (replacement.includes(masked.open) || replacement.includes(masked.close))
      return `the replacement of span ${id} contains markers`;
    if (/[^\P{Cc}\s]|\p{Cs}/u.test(replacement)) return `the replacement of span ${id} contains control characters`;
    const edit =
      scope === 'sentence' ? sentenceEdit(span, replacement, response) : spanEdit(span, replacement, response);
    return typeof edit !== 'string' && edit && wasTried(edit, span, response, rejected) ? null : edit;
  }
}

function wasTried(edit: SpanEdit, span: FlaggedSpan, response: string, rejected: readonly RejectedEdit[]): boolean {
  const texts = [span.text, response.slice(...span.sentence)];
  return rejected.some(({ text, replacement }) => replacement === edit.replacement && texts.includes(text));
}

/** A sentence that is replaced as a whole takes one edit; the same sentence given for each of its spans counts once. */
function withoutConflicts(
  edits: readonly SpanEdit[],
  byId: ReadonlyMap<number, FlaggedSpan>,
): { kept: SpanEdit[]; fault?: string } {
  const sentenceOf = (edit: SpanEdit) => byId.get(edit.span)!.sentence[0];
  const whole = new Map<number, SpanEdit>();
  for (const edit of edits) if (edit.sentence && !whole.has(sentenceOf(edit))) whole.set(sentenceOf(edit), edit);
  const kept: SpanEdit[] = [];
  for (const edit of edits) {
    const first = whole.get(sentenceOf(edit));
    if (!first || first === edit) kept.push(edit);
    else if (!edit.sentence || edit.replacement !== first.replacement)
      return {
        kept: [],
        fault: `spans ${first.span} and ${edit.span} change the same sentence, one of them as a whole`,
      };
  }
  return { kept };
}

function spanEdit(span: FlaggedSpan, replacement: string, response: string): SpanEdit | string | null {
  const cut = cutToSpan(span, replacement, response).trim();
  if (/[\r\n]/.test(cut)) return `the replacement of span ${span.id} has a line break`;
  const inner = trimToSpan(response, span, cut.replace(/\s+/g, ' '));
  if (inner === null) return `the replacement of span ${span.id} rewrites text outside the span`;
  if (inner === span.text) return null;
  if (inner.length > Math.max(span.text.length * 8, 80))
    return `the replacement of span ${span.id} rewrites text outside the span`;
  return { span: span.id, replacement: inner };
}

function sentenceEdit(span: FlaggedSpan, replacement: string, response: string): SpanEdit | string | null {
  const sentence = response.slice(...span.sentence);
  const trimmed = trimToSentence(response, span, replacement.trim());
  if (trimmed === null) return `the sentence for span ${span.id} comes with other sentences`;
  if (trimmed === sentence.trim()) return null;
  if (/[\r\n]/.test(trimmed)) return `the sentence for span ${span.id} has a line break`;
  if (trimmed.length > sentence.length * 2 + 80)
    return `the sentence for span ${span.id} is much longer than the one it replaces`;
  return { span: span.id, replacement: trimmed, sentence: true };
}

/** Takes away the words around the span where the model wrote them as well: the rest of the sentence, or all of it. */
function cutToSpan(span: FlaggedSpan, replacement: string, response: string): string {
  const contexts: [string, string][] = [
    [response.slice(0, span.start), response.slice(span.end)],
    [response.slice(span.sentence[0], span.start), response.slice(span.end, span.sentence[1])],
  ];
  const trimmed = replacement.trim();
  for (const [before, after] of contexts) {
    const [head, tail] = [before.trimStart(), after.trimEnd()];
    if (head.length + tail.length === 0) continue;
    if (trimmed.length >= head.length + tail.length && trimmed.startsWith(head) && trimmed.endsWith(tail)) {
      return trimmed.slice(head.length, trimmed.length - tail.length).trim();
    }
  }
  return replacement;
}
