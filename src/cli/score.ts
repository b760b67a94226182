import { createScorer } from '../scorer/create-scorer.js';
import type { ScoredResponse } from '../scorer/scorer.js';
import { flagSpans } from '../text/spans.js';
import { type RunOptions, runItems } from './run-items.js';
import { shadeWords, wordLegend } from './shade-words.js';

export interface ScoreOptions extends RunOptions {
  scorer: string;
  threshold?: number;
}

/** `vlm-detective score`: one JSON line an item, or the text with each word shaded by its reward. */
export async function runScore(image: string | undefined, options: ScoreOptions): Promise<void> {
  const scorer = await createScorer(options.scorer);
  const threshold = options.threshold ?? scorer.threshold ?? 0.5;
  try {
    await runItems<{ id: string; scored: ScoredResponse }>(image, options, {
      async work({ id, image, prompt, response }, signal) {
        return {
          id,
          scored: await scorer.score({
            images: [image],
            response,
            signal,
            ...(prompt === undefined ? {} : { prompt }),
          }),
        };
      },
      toJson: ({ id, scored }) => ({
        id,
        response: scored.response,
        tokens: scored.tokens,
        spans: flagSpans(scored.response, scored.tokens, threshold).map(({ start, end, text, reward }) => ({
          start,
          end,
          text,
          reward,
        })),
        threshold,
        scorer: scored.scorer,
        ...(scored.abstained === undefined ? {} : { abstained: scored.abstained }),
      }),
      show: ({ scored }) =>
        scored.abstained === undefined
          ? `${shadeWords(scored.response, scored.tokens, threshold)}\n${wordLegend(scored.response, scored.tokens, threshold)}`
          : `${scored.response}\nnot judged: ${scored.abstained}`,
    });
  } finally {
    await scorer.close?.();
  }
}
