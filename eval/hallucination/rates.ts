import { type BootstrapOptions, type Estimate, estimateCounts } from '../stats/bootstrap.js';
import { edgeEstimate, shareEstimate } from '../stats/exact.js';
import { cutAtPeriods } from '../tldr/judge.js';

/** An answer with the rewards of its tokens. */
export interface ScoredText {
  response: string;
  /** UTF-16 offsets of `response`; a null reward is not judged. */
  tokens: readonly { start: number; end: number; reward: number | null }[];
}

/** TLDR's hallucination rates of one model's answers, in per cent, and how much of the answers they are of. */
export interface HallucinationRates {
  /** Mean over answers of the share of judged tokens at or below the threshold. */
  token: Estimate;
  /** Share of the sentences that have such a token. */
  sentence: Estimate;
  /** Share of the answers that have such a token. */
  response: Estimate;
  /** Share of the tokens that were judged. */
  judged: Estimate;
  /** Words in an answer. */
  words: Estimate;
  /** Answers with a judged token: what the rates are over. */
  answers: number;
  /** Answers without: abstained, empty, or all tokens unjudged. */
  unjudged: number;
}

const c = { answers: 0, share: 1, bad: 2, sentences: 3, wrong: 4, judged: 5, tokens: 6, words: 7 };

/**
 * The rates of TLDR's section 5.2 (arXiv 2410.04734), which need no ground truth. Its equation 7 as printed averages the
 * verdicts, which gives the share that is right; the rates are one minus that. Sentences end at every period, as there.
 * Answers are resampled for the intervals.
 *
 * @param threshold A token is bad at or below it, 0 to 1.
 */
export function hallucinationRates(
  answers: readonly ScoredText[],
  threshold: number,
  options: BootstrapOptions,
): HallucinationRates {
  const rows = answers.map((answer) => countsOf(answer, threshold));
  const judgedRows = rows.filter((row) => row[c.judged]! > 0);
  const rates = estimateCounts(
    judgedRows,
    (sums) => ({
      token: (100 * sums[c.share]!) / sums[c.answers]!,
      sentence: (100 * sums[c.bad]!) / sums[c.sentences]!,
      response: (100 * sums[c.wrong]!) / sums[c.answers]!,
    }),
    options,
  );
  const coverage = estimateCounts(
    rows,
    (sums) => ({
      judged: (100 * sums[c.judged]!) / sums[c.tokens]!,
      words: sums[c.words]! / sums[c.answers]!,
    }),
    options,
  );
  const share = (estimate: Estimate, of: readonly Float64Array[], part: number, whole: number) =>
    shareEstimate(
      estimate,
      of.map((row) => [row[part]!, row[whole]!] as const),
      100,
    );
  return {
    token: edgeEstimate(rates.token, judgedRows.length, 100),
    sentence: share(rates.sentence, judgedRows, c.bad, c.sentences),
    response: share(rates.response, judgedRows, c.wrong, c.answers),
    judged: share(coverage.judged, rows, c.judged, c.tokens),
    words: coverage.words,
    answers: judgedRows.length,
    unjudged: rows.length - judgedRows.length,
  };
}

function countsOf({ response, tokens }: ScoredText, threshold: number): Float64Array {
  const row = new Float64Array(8);
  const judged = tokens.filter(
    (token): token is { start: number; end: number; reward: number } => token.reward !== null,
  );
  const bad = judged.filter(({ reward }) => reward <= threshold);
  row[c.answers] = 1;
  row[c.share] = judged.length > 0 ? bad.length / judged.length : 0;
  for (const sentence of cutAtPeriods(response)) {
    const inside = (token: { start: number; end: number }) => token.start < sentence.end && token.end > sentence.start;
    if (!judged.some(inside)) continue;
    row[c.sentences]!++;
    if (bad.some(inside)) row[c.bad]!++;
  }
  row[c.wrong] = bad.length > 0 ? 1 : 0;
  row[c.judged] = judged.length;
  row[c.tokens] = tokens.length;
  row[c.words] = response.match(/\S+/g)?.length ?? 0;
  return row;
}
