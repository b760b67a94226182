import { DetectiveError } from '../../base/errors.js';
import type { ImageInput } from '../../image/image-input.js';
import { createScorer } from '../../scorer/create-scorer.js';
import { responseScore } from '../../scorer/response-score.js';
import type { Scorer } from '../../scorer/scorer.js';
import { type Judged, judgedWords } from '../../text/content-words.js';
import { type SpanJson, spanJson } from '../../text/flagged-span.js';
import { flagSpans } from '../../text/spans.js';

export interface SupportOptions {
  /** A scorer, or the name of one. Default `auto`. */
  scorer?: Scorer | string;
  /** A reward at or below this, 0..1, is flagged. Default: the scorer's own. */
  threshold?: number;
  /** The question that the answer answers. */
  prompt?: string;
}

/** How far pictures support an answer. */
export interface Support {
  /** No judged word is flagged. */
  supported: boolean;
  /** About the share of the sentences that are right, 0..1. */
  score: number;
  flagged: SpanJson[];
  judged: Judged;
  scorer: string;
  /** All of that in a line. */
  reason: string;
}

const named = new Map<string, Promise<Scorer>>();

/** One scorer of a name for a whole run of tests: its threads do not keep Node alive. */
function scorerOf(scorer: Scorer | string): Promise<Scorer> {
  if (typeof scorer !== 'string') return Promise.resolve(scorer);
  let made = named.get(scorer);
  if (!made) {
    made = createScorer(scorer);
    made.catch(() => named.delete(scorer));
    named.set(scorer, made);
  }
  return made;
}

/**
 * Judges an answer for a test.
 *
 * @throws DetectiveError `bad-input` where nothing could be judged: that is neither a pass nor a failure.
 */
export async function support(
  answer: string,
  images: ImageInput | readonly ImageInput[],
  { scorer: asked = 'auto', threshold, prompt }: SupportOptions = {},
): Promise<Support> {
  const scorer = await scorerOf(asked);
  const pictures = Array.isArray(images) ? [...(images as readonly ImageInput[])] : [images as ImageInput];
  const request = { images: pictures, response: answer, ...(prompt === undefined ? {} : { prompt }) };
  const scored = await scorer.score(request);
  const limit = threshold ?? scorer.threshold ?? 0.5;
  const whole = responseScore(answer, scored.tokens, limit);
  if (scored.abstained !== undefined || whole === null)
    throw new DetectiveError(
      'bad-input',
      `the answer could not be judged by ${scored.scorer}: ${scored.abstained ?? 'no word of it is a claim that it knows'}. Give another scorer`,
    );
  const flagged = flagSpans(answer, scored.tokens, limit).map(spanJson);
  const judged = judgedWords(answer, scored.tokens);
  const words = flagged.map(
    ({ text, reward, reason }) => `${text} (${reward.toFixed(2)}${reason ? `: ${reason}` : ''})`,
  );
  const coverage = `${judged.words} of ${judged.of} content words judged by ${scored.scorer}`;
  return {
    supported: flagged.length === 0,
    score: whole.soft,
    flagged,
    judged,
    scorer: scored.scorer,
    reason: flagged.length === 0 ? `supported: ${coverage}` : `not in the picture: ${words.join(', ')}; ${coverage}`,
  };
}
