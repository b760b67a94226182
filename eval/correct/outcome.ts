/** What correction did to the claims of one answer, by ground truth. */
export interface Outcome {
  /** Wrong claims that are right now. */
  fixed: number;
  /** Wrong claims that are not made any more. */
  removed: number;
  /** Right claims that are wrong now. */
  harmed: number;
  /** Right claims that are not made any more. */
  lost: number;
  /** Claims of the answer as it is now. */
  right: number;
  wrong: number;
}

export const outcomeKeys = ['fixed', 'removed', 'harmed', 'lost', 'right', 'wrong'] as const;

/** The outcome for an answer that was left alone. */
export const unchanged = (right: number, wrong: number): Outcome => ({
  fixed: 0,
  removed: 0,
  harmed: 0,
  lost: 0,
  right,
  wrong,
});

/**
 * The outcome where another answer took the place of the first, so that no claim can be followed from one to the other:
 * only the totals are compared. Fewer wrong claims count as fixed as far as there are as many right ones, else as
 * removed; more wrong ones count as harm.
 */
export function replaced(before: { right: number; wrong: number }, now: { right: number; wrong: number }): Outcome {
  const gone = Math.max(0, before.wrong - now.wrong);
  const lost = Math.max(0, before.right - now.right);
  const fixed = Math.max(0, gone - lost);
  return { fixed, removed: gone - fixed, harmed: Math.max(0, now.wrong - before.wrong), lost, ...now };
}

/** Fewer wrong claims, with something true left to say, is a win; more of them, or fewer right ones at no gain, a loss. */
export function winOrLoss(before: { right: number; wrong: number }, now: Outcome): 'win' | 'tie' | 'loss' {
  if (now.wrong < before.wrong && now.right > 0) return 'win';
  if (now.wrong > before.wrong || now.right < before.right) return 'loss';
  return 'tie';
}
