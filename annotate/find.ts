import { correct } from '../src/agent/correct.js';
import { errorMessage } from '../src/base/errors.js';
import type { Rewriter } from '../src/rewriters/rewriter.js';
import type { Scorer } from '../src/scorer/scorer.js';
import { flagSpans } from '../src/text/spans.js';
import { plainFlag, withEdits } from './given-item.js';
import type { AnnotationItem, Finding } from './item.js';
import type { Store } from './store/store.js';

export interface Finders {
  scorer: Scorer;
  /** Makes the proposals. */
  rewriter: Rewriter;
  /** Default: the scorer's own, else 0.5. */
  threshold?: number;
}

/**
 * What a scorer doubts in an answer, and what the rewriter would put there, kept only where it scores better.
 *
 * @throws What the scorer or the rewriter failed with.
 */
export async function findingOf(
  { image, prompt, response }: AnnotationItem,
  { scorer, rewriter, threshold = scorer.threshold ?? 0.5 }: Finders,
  signal: AbortSignal,
): Promise<Finding> {
  const request = { images: [image], response, signal, ...(prompt === undefined ? {} : { prompt }) };
  const { report, status } = await correct(request, { scorer, rewriter, threshold });
  const rewards = report.before.flatMap(({ reward }) => reward ?? []);
  if (status === 'failed') throw report.error;
  const nothing = rewards.length === 0 ? (report.reason ?? 'no word of it could be judged') : undefined;
  const flags = flagSpans(response, report.before, threshold).map(plainFlag);
  return {
    flags: withEdits(
      response,
      flags,
      report.edits.filter(({ start, end }) => flags.some((flag) => start >= flag.start && end <= flag.end)),
    ),
    scorer: report.scorer,
    threshold,
    lowest: rewards.length > 0 ? Math.min(...rewards) : null,
    ...(report.evidence ? { evidence: report.evidence } : {}),
    ...(nothing === undefined ? {} : { abstained: nothing }),
  };
}

/**
 * Scores what of a store was not scored, one after the other in the order of the file, until the signal aborts. A failed
 * item says so in its finding, without the reason, which may name what people at the page need not know; nobody waits for it.
 */
export async function scoreStore(
  store: Store,
  finders: Finders,
  signal: AbortSignal,
  {
    onScored,
    onFailed,
  }: { onScored?(done: number, of: number): void; onFailed?(item: string, why: string): void } = {},
): Promise<void> {
  const open = [...store.state.items.values()].filter(({ finding }) => finding === undefined);
  for (const [done, { id }] of open.entries()) {
    if (signal.aborted) return;
    const item = (await store.item(id))!;
    const finding = await findingOf(item, finders, signal).catch((error: unknown): Finding => {
      if (!signal.aborted) onFailed?.(id, errorMessage(error));
      return { flags: [], lowest: null, abstained: 'the detector failed on it' };
    });
    if (signal.aborted) return;
    await store.transact(() => ({ events: [{ kind: 'finding', item: id, finding }], result: undefined }));
    onScored?.(done + 1, open.length);
  }
}
