import type { FlaggedSpan, SpanEdit } from '../text/flagged-span.js';
import type { Range } from '../text/range.js';
import { spliceEdits } from '../text/splice.js';
import { type Candidate, logLikelihood, qualityOf, rangeAfter, spoils, whyNotInSentence } from './acceptance.js';
import { contextOf } from './context.js';
import type { SafeScorer } from './safe-scorer.js';

/** Who says how good a text is. */
export interface Judge {
  scorer: SafeScorer;
  threshold: number;
}

export interface Chosen {
  edits: SpanEdit[];
  /** What was tried and is not in `edits`, with the reason, best first. */
  rejected: { edit: SpanEdit; reason: string }[];
  /** Where no replacement was chosen: the likeliest that only fails because another word of the sentence is flagged then. */
  blocked?: SpanEdit;
}

interface Judged extends Pick<Candidate, 'edits' | 'quality' | 'deletes'> {
  order: number;
  likelihood: number;
  /** Why it may not stay, or null. */
  reason: string | null;
}

/** Log-likelihoods this close to the best are as good: then the rewriter's order decides. */
const tie = 0.3;

/**
 * Chooses among the edits offered for the spans of one sentence, by what the scorer says of the sentence after the
 * splice (invariant 3): one edit at a time, the best first, as long as one helps. Several edits for one span are
 * alternatives. A deletion is chosen only where no replacement passes, and that of a whole text only if it `mayVanish`.
 */
export async function chooseEdits(
  text: string,
  spans: readonly FlaggedSpan[],
  offered: readonly SpanEdit[],
  { scorer, threshold }: Judge,
  mayVanish = false,
): Promise<Chosen> {
  const window = contextOf(text, spans[0]!.sentence);
  const shifted = spans.map(
    (span): FlaggedSpan => ({
      ...span,
      start: span.start - window.start,
      end: span.end - window.start,
      sentence: [span.sentence[0] - window.start, span.sentence[1] - window.start],
    }),
  );
  const base = text.slice(window.start, window.end);
  const sentence: Range = { start: shifted[0]!.sentence[0], end: shifted[0]!.sentence[1] };
  const alone =
    !mayVanish &&
    base.slice(0, sentence.start).trim() === '' &&
    base.slice(sentence.end).trim() === '' &&
    text.length - base.length === 0;

  const { tokens } = await scorer.score(base);
  let chosen: readonly SpanEdit[] = [];
  let quality = qualityOf(tokens, threshold, sentence);
  const failed = new Map<SpanEdit, string>();
  let blocked: Judged | undefined;
  const tried = new Map(
    shifted.map(({ id }) => [id, offered.filter((edit) => edit.span === id && edit.replacement.trim() !== '').length]),
  );
  const candidates = withWholeDeletions(offered, alone);

  while (quality.flagged > 0) {
    const open = candidates.filter(
      (edit) => !chosen.some((other) => other.span === edit.span || other.sentence || edit.sentence),
    );
    const sets: SpanEdit[][] = open.map((edit) => [...chosen, edit]);
    const together = firstOfEach(open);
    if (chosen.length === 0 && together.length > 1) sets.push(together);
    if (sets.length === 0) break;
    const judged = await judge(sets);
    for (const candidate of judged)
      if (candidate.reason && candidate.edits.length === chosen.length + 1)
        failed.set(candidate.edits.at(-1)!, candidate.reason);
    const best = bestOf(judged.filter((candidate) => candidate.reason === null));
    if (chosen.length === 0 && (!best || best.deletes)) {
      const hopeful = judged.filter(
        ({ reason, deletes, edits }) => reason === spoils && !deletes && edits.length === 1,
      );
      blocked = bestOf(hopeful);
    }
    if (!best) break;
    chosen = best.edits;
    quality = best.quality;
  }

  async function judge(sets: readonly SpanEdit[][]): Promise<Judged[]> {
    const spliced = sets.map((edits) => spliceEdits(base, shifted, edits));
    const scored = await scorer.scoreEach(spliced.map((candidate) => candidate.text));
    const standing = { text: base, tokens, quality, threshold, tried, spans: shifted };
    return sets.map((edits, order): Judged => {
      const answer = scored[order]!;
      const deletes = edits.some((edit) => edit.replacement.trim() === '');
      if (answer instanceof Error)
        return { edits, order, deletes, quality, likelihood: 0, reason: 'the scorer failed on it' };
      const range = rangeAfter(sentence, spliced[order]!.edits);
      const is = qualityOf(answer.tokens, threshold, range);
      const candidate = { edits, spliced: spliced[order]!, tokens: answer.tokens, quality: is, deletes, range };
      const likelihood = logLikelihood(answer.tokens, range);
      return { edits, order, deletes, quality: is, likelihood, reason: whyNotInSentence(candidate, standing) };
    });
  }

  const reject = offered
    .filter((edit) => !chosen.includes(edit) && !chosen.some((other) => other.span === edit.span))
    .map((edit) => ({ edit, reason: failed.get(edit) ?? 'another edit of the sentence was better' }));
  const only = blocked?.edits[0];
  return { edits: [...chosen], rejected: reject, ...(only ? { blocked: only } : {}) };
}

/** Deleting the words may leave no sentence: then the whole sentence may go, unless it is all that there is. */
function withWholeDeletions(offered: readonly SpanEdit[], alone: boolean): SpanEdit[] {
  if (alone) return [...offered];
  const whole = offered
    .filter((edit) => edit.replacement.trim() === '' && !edit.sentence)
    .map((edit): SpanEdit => ({ ...edit, sentence: true }));
  return [...offered, ...whole];
}

function firstOfEach(edits: readonly SpanEdit[]): SpanEdit[] {
  const seen = new Set<number>();
  return edits.filter((edit) => !edit.sentence && !seen.has(edit.span) && seen.add(edit.span));
}

function bestOf(passing: readonly Judged[]): Judged | undefined {
  const rank = ({ deletes, edits, quality }: Judged) =>
    (deletes ? (edits.some((edit) => edit.sentence) ? 2 : 1) : 0) * 1e6 + quality.flagged;
  const least = Math.min(...passing.map(rank));
  const finalists = passing.filter((candidate) => rank(candidate) === least);
  const likeliest = Math.max(...finalists.map((candidate) => candidate.likelihood));
  return finalists.find((candidate) => candidate.likelihood >= likeliest - tie);
}
