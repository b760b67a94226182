import { findPrintedClaims, type PrintedClaim } from '../../text/printed-claims.js';
import type { Judgement } from '../evidence-rewards.js';
import { foldText, matchScore } from './ctc-match.js';
import type { TextLine } from './text-line.js';

/** From the log odds of what is claimed against what was read, to a reward. Fitted by `eval/photos/print.ts --fit`. */
export const printWeights: readonly [bias: number, slope: number] = [6.11, 1.08];
/** What was not found at all can be no worse than this, in log odds. */
const leastScore = -12;
/** Shorter words say too little to be looked up alone anywhere in the picture. */
const shortWord = 2;

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

export function printReward(score: number): number {
  return sigmoid(printWeights[0] + printWeights[1] * Math.max(leastScore, score));
}

/**
 * What the print in a picture says of the quotations, numbers and names of a response. Where nothing was read, nothing
 * is judged; neither is what the response does not say to be printed, unless it is found.
 */
export function judgePrint(response: string, lines: readonly TextLine[]): Judgement[] {
  if (lines.length === 0) return [];
  const claims = findPrintedClaims(response);
  const anchors = anchorLines(claims, lines);
  return claims.flatMap((claim) => {
    const score = claimScore(claim, claims, lines, anchors.get(claim.group));
    const reward = printReward(score);
    if (reward <= 0.5 && !claim.asserted && !inFoundName(claim, claims, lines)) return [];
    return [{ start: claim.start, end: claim.end, reward }];
  });
}

/** The best score of any form of a claim in any line. */
export function claimScore(
  claim: PrintedClaim,
  claims: readonly PrintedClaim[],
  lines: readonly TextLine[],
  anchor?: readonly TextLine[],
): number {
  const short =
    claim.text.length <= shortWord && claims.some((other) => other.group === claim.group && other !== claim);
  const among = short && anchor && anchor.length > 0 ? anchor : lines;
  return Math.max(
    leastScore,
    ...claim.forms.map(foldText).flatMap((form) => among.map((line) => matchScore(line, form))),
  );
}

/** Of each group, the lines that say at least one of its longer words. */
function anchorLines(claims: readonly PrintedClaim[], lines: readonly TextLine[]): Map<number, TextLine[]> {
  const anchors = new Map<number, TextLine[]>();
  for (const claim of claims) {
    if (claim.text.length <= shortWord) continue;
    const found = lines.filter((line) => claim.forms.some((form) => matchScore(line, foldText(form)) > -1));
    anchors.set(claim.group, [...new Set([...(anchors.get(claim.group) ?? []), ...found])]);
  }
  return anchors;
}

/** A word beside others of the same name that were found: it belongs to what is printed. */
function inFoundName(claim: PrintedClaim, claims: readonly PrintedClaim[], lines: readonly TextLine[]): boolean {
  return claims.some(
    (other) =>
      other !== claim &&
      other.group === claim.group &&
      other.text.length > shortWord &&
      claimScore(other, claims, lines) > -1,
  );
}
