import { throwIfAborted } from '../../models/price.js';
import type { FlaggedSpan, SpanEdit } from '../../text/flagged-span.js';
import type { RewriteRequest, Rewriter } from '../rewriter.js';
import { evidenceEdits } from './evidence.js';
import { gatherKnowledge, type Knowledge } from './knowledge.js';
import { sentenceSwaps } from './sentence-swaps.js';
import { findTerms } from './terms.js';

/** At most this many alternatives for one span. */
const limit = 400;

/**
 * A rewriter that needs no network. Where evidence was seen or read in a photograph, it proposes what follows from it.
 * Otherwise it proposes for each span words of the same kind (nouns, numbers, colours, sizes,
 * relations) and deletion, likeliest first: alternatives among which the scorer chooses.
 */
export function localRewriter(): Rewriter {
  return {
    name: 'local',
    async rewrite(request) {
      throwIfAborted(request.signal);
      const knowledge = gatherKnowledge(request.response, request.evidence ?? []);
      return { edits: request.spans.flatMap((span) => proposals(span, request, knowledge)) };
    },
  };
}

/** What the sentence around the span allows and was not tried yet, best guess first, the deletion last. */
function proposals(span: FlaggedSpan, request: RewriteRequest, knowledge: Knowledge): SpanEdit[] {
  const sentence = request.response.slice(...span.sentence);
  const tried = new Set(
    request.rejected.filter(({ text }) => text === span.text || text === sentence).map((edit) => edit.replacement),
  );
  const seen = evidenceEdits(span, request);
  if (seen) return seen.filter(({ replacement }) => !tried.has(replacement));
  const edits = sentenceSwaps(request.response, span, knowledge)
    .filter(({ replacement }) => !tried.has(replacement))
    .slice(0, limit - 1);
  return tried.has('') || !mayBeDeleted(span, sentence) ? edits : [...edits, { span: span.id, replacement: '' }];
}

/** A known word, or an unknown one that stands where a noun does. Other words are not what an answer gets wrong. */
function mayBeDeleted(span: FlaggedSpan, sentence: string): boolean {
  const before = sentence.slice(0, span.start - span.sentence[0]);
  return findTerms(span.text).length > 0 || /\b(an?|the|no|\d+|one|two|three|four|five|six)\s+$/i.test(before);
}
