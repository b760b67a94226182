import { findPrintedClaims, type PrintedClaim } from '../../../text/printed-claims.js';
import type { Judgement } from '../rewards.js';
import { foldText, matchScore } from './ctc-match.js';
import type { TextLine } from './text-line.js';

/** From the log odds of what is claimed against what was read, to a reward. Fitted by `eval/photos/print.ts --fit`. */
export const printWeights: readonly [bias: number, slope: number] = [5.46, 0.85];
/** What was not found at all can be no worse than this, in log odds. */
const leastScore = -12;
/** Shorter words say too little to be looked up alone anywhere in the picture. */
const shortWord = 2;

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

export function printReward(score: number): number {
  return sigmoid(printWeights[0] + printWeights[1] * Math.max(leastScore, score));
}

/** Words and numbers with at least this score were read so. */
const foundScore = -1;
/** Of an answer with more claims than this, the later ones are not judged. */
const maxClaims = 1000;
/** A short word that is not in the lines of its neighbours, but somewhere else, is this much less likely. */
const elsewhere = -1.5;

/**
 * What the print in a picture says of the quotations, numbers and names of a response. Where nothing was read, nothing
 * is judged; neither is what the response does not say to be printed, unless it is found, nor a number that may have been
 * overlooked, as no other of its kind was read in its place.
 */
export function judgePrint(response: string, lines: readonly TextLine[]): Judgement[] {
  if (lines.length === 0) return [];
  const claims = findPrintedClaims(response).slice(0, maxClaims);
  const anchors = anchorLines(claims, lines);
  const scores = new Map(claims.map((claim) => [claim, claimScore(claim, claims, lines, anchors.get(claim.group))]));
  const isFound = (claim: PrintedClaim) => scores.get(claim)! > foundScore;
  const found = claims.filter(isFound);
  // an answer most of whose claims stand there is about what is printed, whatever its words
  const aboutPrint = found.length >= 2 && found.length * 2 >= claims.length;
  const spare = spareNumbers(found, lines);
  return claims.flatMap((claim) => {
    const { start, end, quoted, asserted, kind, group } = claim;
    const reward = printReward(scores.get(claim)!);
    if (reward <= 0.5) {
      const inName = found.some((other) => other.group === group && other !== claim);
      if (!asserted && !aboutPrint && !inName) return [];
      if (kind === 'number' && !quoted && !spare.some((number) => isLike(number, claim.text))) return [];
    }
    const reason = reward <= 0.5 ? { reason: 'it was not read in the picture' } : {};
    return [{ start, end, reward, type: 'ocr', ...reason }];
  });
}

/** Numbers that were read and that the answer does not give. */
function spareNumbers(found: readonly PrintedClaim[], lines: readonly TextLine[]): string[] {
  const given = new Set(found.flatMap(({ forms }) => forms.map((form) => form.replace(/\D/g, ''))));
  return lines
    .flatMap(({ text }) => text.match(/\d+(?:[.:/-]\d+|,\d{3}(?!\d))*/g) ?? [])
    .filter((number) => !given.has(number.replace(/\D/g, '')));
}

/** About as many digits, and marks between them in both or in neither. */
function isLike(one: string, other: string): boolean {
  const digits = (text: string) => text.replace(/\D/g, '').length;
  const marked = (text: string) => /\d[.,:/-]\d/.test(text);
  return Math.abs(digits(one) - digits(other)) <= 1 && (marked(one) === marked(other) || digits(one) === digits(other));
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
  const forms = claim.forms.map(foldText);
  const best = (among: readonly TextLine[]) =>
    Math.max(leastScore, ...forms.flatMap((form) => among.map((line) => matchScore(line, form))));
  if (!short || !anchor || anchor.length === 0) return best(lines);
  return Math.max(leastScore, best(anchor), best(lines) + elsewhere);
}

/** Of each group, the lines that say at least one of its longer words. */
function anchorLines(claims: readonly PrintedClaim[], lines: readonly TextLine[]): Map<number, TextLine[]> {
  const anchors = new Map<number, TextLine[]>();
  for (const claim of claims) {
    if (claim.text.length <= shortWord) continue;
    const found = lines.filter((line) => claim.forms.some((form) => matchScore(line, foldText(form)) > foundScore));
    anchors.set(claim.group, [...new Set([...(anchors.get(claim.group) ?? []), ...found])]);
  }
  return anchors;
}
