import { DetectiveError } from '../base/errors.js';
import type { RejectedEdit } from '../rewriters/rewriter.js';
import type { FlaggedSpan, SpanEdit } from '../text/flagged-span.js';
import { spliceEdits } from '../text/splice.js';
import type { RoundReport } from './correction.js';
import { isBetter, qualityOf } from './quality.js';
import type { Progress } from './run-rounds.js';
import type { SafeScorer } from './safe-scorer.js';

/**
 * Splices the chosen edits of all sentences and scores the whole text. Where together they are not better than the text
 * before, they are taken one sentence at a time, and only while the whole gets better.
 */
export async function settleEdits(
  progress: Progress,
  report: RoundReport,
  text: string,
  spans: readonly FlaggedSpan[],
  groups: readonly SpanEdit[][],
  scorer: SafeScorer,
  threshold: number,
  memory: RejectedEdit[],
): Promise<void> {
  if (groups.length === 0) return;
  const start = qualityOf(progress.tokens, threshold);
  const attempt = async (edits: readonly SpanEdit[], than: typeof start) => {
    const spliced = spliceEdits(text, spans, edits);
    if (spliced.text.trim() === '' && !progress.mayVanish) return null;
    const { tokens } = await scorer.score(spliced.text);
    const quality = qualityOf(tokens, threshold);
    return isBetter(quality, than) ? { spliced, tokens, quality } : null;
  };
  let kept = groups.flat();
  let best = await attempt(kept, start);
  if (!best) {
    kept = [];
    let than = start;
    for (const group of groups) {
      const next = await attempt([...kept, ...group], than);
      if (next) {
        kept = [...kept, ...group];
        best = next;
        than = next.quality;
      } else {
        for (const edit of group) {
          const span = spans.find((candidate) => candidate.id === edit.span)!;
          const rejected = {
            text: span.text,
            replacement: edit.replacement,
            reason: 'the whole answer scores no better with it',
          };
          memory.push(rejected);
          report.rejected.push(rejected);
        }
      }
    }
  }
  if (!best) return;
  progress.text = best.spliced.text;
  progress.tokens = best.tokens;
  progress.steps.push(best.spliced.edits);
  report.accepted = kept.map((edit) => {
    const span = spans.find((candidate) => candidate.id === edit.span);
    if (!span) throw new DetectiveError('rewriter-failed', `there is no span ${edit.span}`);
    return { span, replacement: edit.replacement, ...(edit.sentence ? { sentence: true } : {}) };
  });
}
