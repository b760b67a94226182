import type { RewriteRequest, Rewriter } from '../rewriters/rewriter.js';
import type { ScoredResponse, ScoreRequest, Scorer } from '../scorer/scorer.js';
import type { Range } from '../text/range.js';
import { sentencesOf } from '../text/view/view.js';

/** Texts up to this length are scored whole. */
const wholeLength = 700;
/** Of longer ones, this much on either side of the sentence. */
const around = 300;

/** The part of a text in which a sentence is judged: all of it, or the sentences around it for a long text. */
export function contextOf(text: string, [start, end]: readonly [number, number]): Range {
  if (text.length <= wholeLength) return { start: 0, end: text.length };
  const near = sentencesOf(text).filter((sentence) => sentence.end > start - around && sentence.start < end + around);
  const inside = near.filter((sentence) => sentence.start >= start - around * 2 && sentence.end <= end + around * 2);
  return {
    start: Math.min(start, ...inside.map((sentence) => sentence.start)),
    end: Math.max(end, ...inside.map((sentence) => sentence.end)),
  };
}

/** Of a longer text before the answer, only so much is looked at. */
const mostContext = 2000;

/**
 * A scorer and a rewriter that see `response` where it stands: behind a text that is fixed. The text before it is scored
 * with it and shown to the rewriter, and no reward, span or edit of it ever comes back.
 */
export function behind<T extends { scorer: Scorer; rewriter: Rewriter }>(
  preceding: string | undefined,
  response: string,
  parts: T,
): T {
  const context = contextBefore(preceding ?? '', response);
  if (context === '') return parts;
  return { ...parts, scorer: scorerBehind(context, parts.scorer), rewriter: rewriterBehind(context, parts.rewriter) };
}

function contextBefore(preceding: string, response: string): string {
  const near = preceding.slice(-mostContext);
  const text = near + response;
  return near.slice(contextOf(text, [near.length, text.length]).start);
}

function scorerBehind(context: string, scorer: Scorer): Scorer {
  const inContext = (request: ScoreRequest): ScoreRequest => ({ ...request, response: context + request.response });
  const own = (scored: ScoredResponse, response: string): ScoredResponse => ({
    ...scored,
    response,
    tokens: scored.tokens
      .filter((token) => token.start >= context.length)
      .map((token) => ({ ...token, start: token.start - context.length, end: token.end - context.length })),
  });
  return {
    name: scorer.name,
    ...(scorer.threshold === undefined ? {} : { threshold: scorer.threshold }),
    score: async (request) => own(await scorer.score(inContext(request)), request.response),
    ...(scorer.scoreBatch && {
      scoreBatch: async (requests: ScoreRequest[]) => {
        const scored = await scorer.scoreBatch!(requests.map(inContext));
        return scored.map((one, index) => {
          const request = requests[index];
          return one instanceof Error || request === undefined ? (one as Error) : own(one, request.response);
        });
      },
    }),
  };
}

function rewriterBehind(context: string, rewriter: Rewriter): Rewriter {
  const shift = context.length;
  return {
    name: rewriter.name,
    rewrite: (request: RewriteRequest) =>
      rewriter.rewrite({
        ...request,
        response: context + request.response,
        spans: request.spans.map((span) => ({
          ...span,
          start: span.start + shift,
          end: span.end + shift,
          sentence: [span.sentence[0] + shift, span.sentence[1] + shift],
        })),
      }),
  };
}
