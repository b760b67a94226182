import type { Command } from 'commander';
import { operatingPoint } from '../../src/scorer/operating-point.js';
import { responseScore } from '../../src/scorer/response-score.js';
import type { ScoredResponse } from '../../src/scorer/scorer.js';
import { spanJson } from '../../src/text/flagged-span.js';
import { flagSpans } from '../../src/text/spans.js';
import type { Io } from '../io.js';
import { readItems, withItems } from '../items.js';
import { openScorer, type ScorerChoice } from '../open-scorer.js';
import { type RunOptions, runItems } from '../run-items.js';
import { printable, shadeWords, wordLegend } from '../shade-words.js';

export const define = (parent: Command): Command =>
  withItems(parent.command('score'))
    .description('Give every token of an answer its reward: how far the image supports it.')
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective score scene.png --text "Two dogs are left of a red car."
  $ vlm-detective score --input items.jsonl --json > rewards.jsonl
  $ vlm-detective score --input items.jsonl --output rewards.jsonl --resume`,
    );

export interface ScoreOptions extends RunOptions, ScorerChoice {}

/** `vlm-detective score`: one JSON line an item, or the text with each word shaded by its reward. */
export async function run(io: Io, image: string | undefined, options: ScoreOptions): Promise<number> {
  const items = await readItems(io, image, options);
  const scorer = await openScorer(options);
  const threshold = operatingPoint(scorer, options);
  try {
    return await runItems<ScoredResponse>(io, items, options, {
      work: ({ image, prompt, response }, signal) =>
        scorer.score({ images: [image], response, signal, ...(prompt === undefined ? {} : { prompt }) }),
      toJson: (id, { response, tokens, scorer, abstained, method, usage }) => ({
        id,
        response,
        tokens: tokens.map(({ text, start, end, reward }) => ({ text, start, end, reward })),
        spans: flagSpans(response, tokens, threshold).map(spanJson),
        score: responseScore(response, tokens, threshold),
        threshold,
        scorer,
        abstained: abstained ?? null,
        ...(method === undefined ? {} : { method }),
        ...(usage === undefined ? {} : { usage }),
      }),
      show: ({ response, tokens, abstained }) =>
        abstained === undefined
          ? `${shadeWords(response, tokens, threshold, io.colour)}\n${wordLegend(response, tokens, threshold)}`
          : `${printable(response)}\nnot judged: ${printable(abstained)}`,
    });
  } finally {
    await scorer.close?.();
  }
}
