import { addCalls } from '../models/price.js';
import { applyEdits } from '../text/edits.js';
import type { FlaggedSpan } from '../text/flagged-span.js';
import { flagSpans } from '../text/spans.js';
import { type SplicedText, spliceEdits } from '../text/splice.js';
import { isBetter, qualityOf, untouchedTokens } from './acceptance.js';
import type { CorrectionRequest, CorrectOptions } from './correction.js';
import type { Draft } from './draft.js';
import { safeScorer } from './safe-scorer.js';

/** The text with every span that is still flagged deleted, with the articles and conjunctions that hang on it. */
export function deleteSpans(text: string, spans: readonly FlaggedSpan[]): SplicedText {
  return spliceEdits(
    text,
    spans,
    spans.map((span) => ({ span: span.id, replacement: '' })),
  );
}

const lead =
  /(?:\b(?:an?|the|one|two|three|four|five|six|\d+)\s+)?(?:(?:small|large|big|tiny|little|red|green|blue|yellow|purple|orange|pink|brown|black|white|gr[ae]y)\s+)*$/iu;

/** The text with `possibly` before the noun phrase of every span that is still flagged. */
export function hedgeSpans(text: string, spans: readonly FlaggedSpan[]): Pick<SplicedText, 'text' | 'edits'> {
  const hedges = spans.map((span) => {
    const start = span.start - (lead.exec(text.slice(span.sentence[0], span.start))?.[0].length ?? 0);
    const words = text.slice(start, span.end);
    const opens = start === span.sentence[0];
    const hedged = opens ? `Possibly ${words.charAt(0).toLowerCase()}${words.slice(1)}` : `possibly ${words}`;
    return { start, end: span.end, from: words, to: hedged };
  });
  const edits = hedges.filter((edit, index) => index === 0 || edit.start >= hedges[index - 1]!.end);
  return { text: applyEdits(text, edits), edits };
}

/** After so many passes, what is still flagged stays. */
const maxDeletions = 3;

/**
 * Deletes or hedges what is still flagged, and scores the text again. A deletion that makes the text score worse is
 * taken back. Where the scorer cannot be asked any more (abort, budget, failure) the rewards of the words that stayed
 * are kept.
 */
export async function settleUnresolved(
  choice: 'delete' | 'hedge',
  draft: Draft,
  request: CorrectionRequest,
  { scorer, threshold }: Pick<CorrectOptions, 'scorer'> & { threshold: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { images, prompt } = request;
  const scoring = safeScorer(
    scorer,
    {
      images,
      ...(prompt === undefined ? {} : { prompt }),
      ...(signal ? { signal } : {}),
    },
    { spend: (usage) => addCalls(draft.asked, usage) },
  );
  for (let pass = 1; pass <= (choice === 'delete' ? maxDeletions : 1); pass++) {
    const spans = flagSpans(draft.text, draft.tokens, threshold);
    if (spans.length === 0) return;
    const next = choice === 'delete' ? deleteSpans(draft.text, spans) : hedgeSpans(draft.text, spans);
    if ((next.text.trim() === '' && !request.preceding) || next.edits.length === 0) return;
    const scored = await scoring.score(next.text).catch(() => null);
    const tokens = scored?.tokens ?? untouchedTokens(draft.tokens, next.edits);
    const [was, is] = [qualityOf(draft.tokens, threshold), qualityOf(tokens, threshold)];
    if (choice === 'delete' && !isBetter(is, was)) return;
    draft.keep(next, tokens);
  }
}
