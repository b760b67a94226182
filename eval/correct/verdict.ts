import type { Estimate } from '../stats/bootstrap.js';
import { type DetectionSums, thresholdSweep } from './detection-sums.js';
import { formatFigure } from './report-text.js';
import type { CorrectionSummary } from './summary.js';

/**
 * Whether the loop beats the paper's one round on errors fixed and on harm, and what bounds both where it does not: a
 * sentence each. Nothing where one of the two was not run.
 */
export function verdict(summary: CorrectionSummary, detection: DetectionSums, threshold: number): string[] {
  const against = summary.differences.find(({ name, minus }) => name === 'loop' && minus === 'one-round');
  if (!against) return [];
  const [fixed, harmed] = [against.figures.fixed!, against.figures.harmed!];
  const told = (what: string, difference: Estimate, moreIsBetter: boolean) =>
    `The loop against one round, ${what}: ${judged(difference, moreIsBetter)}, ${formatFigure(difference, 'share', true)} points.`;
  const said = [told('wrong claims fixed', fixed, true), told('right claims made wrong', harmed, false)];
  if (isBetter(fixed, true) && isBetter(harmed, false)) return said;
  const sweep = thresholdSweep(detection);
  const at = sweep.findLast((point) => point.threshold <= threshold);
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  if (at?.recall != null)
    said.push(
      `Of the wrong claims that the detector judged it flags ${percent(at.recall)} at this threshold: no strategy that edits can fix the others, so that this much is common to both.`,
    );
  const once = summary.strategies.find(({ name }) => name === 'one-round')?.figures.harmed?.value;
  if (!isBetter(harmed, false) && once != null)
    said.push(
      `One round makes ${percent(once)} of the right claims wrong, because it touches only what is flagged${at?.precision == null ? '' : ` (${percent(at.precision)} of the flagged claims are wrong)`}: what there is to save is small.`,
    );
  if (!isBetter(fixed, true))
    said.push(
      'Scoring again throws out what the detector can tell to be wrong. Where the rewriter guesses by the eyes of the same detector, as the local one does, a second look by it has nothing to add to the first.',
    );
  return said;
}

const isBetter = ({ low, high }: Estimate, moreIsBetter: boolean) =>
  moreIsBetter ? low !== null && low > 0 : high !== null && high < 0;

function judged(difference: Estimate, moreIsBetter: boolean): string {
  if (isBetter(difference, moreIsBetter)) return 'better';
  return isBetter(difference, !moreIsBetter) ? 'worse' : 'not told apart';
}
