import type { Judgement } from '../evidence/rewards.js';
import type { Evidence } from '../scorer.js';
import type { AtomicClaim } from './cut/atomic-claims.js';
import type { Opinion } from './verdicts.js';

/** Claims below this are told to the rewriter as doubted. */
const doubted = 0.5;
const mostEvidence = 40;
/** The sentence's part in the log odds of a reward; found by average precision on drawn scenes (docs/local-models.md). */
const sentencePart = 0.2;

/**
 * What the opinions on claims say of the words. A claim holds only where its parents do, so P(parents) - P(claim) is the
 * probability that the parents hold and the claim does not: that it is this claim's own words, in which it alone differs
 * from its parents, that are wrong. Their reward is what is left to 1. Of several parents the least likely counts, as all of
 * them hold no more often than it; and a parent holds at least as often as what builds on it. A claim that was not judged
 * says nothing; a parent that was not is taken to hold. A part of the reward's log odds
 * are those of the claim's whole sentence: what is in a right sentence is rather right, and the other way round. A sentence
 * that was not asked about is taken to hold as often as the least likely of its claims.
 *
 * @param sentences P(the picture shows it) of sentences that were asked about as a whole; null where that cannot be told
 */
export function claimJudgements(
  claims: readonly AtomicClaim[],
  opinions: readonly Opinion[],
  sentences: ReadonlyMap<string, number | null> = new Map(),
): Judgement[] {
  const coherent = withEntailed(claims, opinions);
  const whole = wholeSentences(claims, coherent, sentences);
  return claims.flatMap((claim, index) => {
    const alone = rewardOf(claims, coherent, index);
    if (alone === null) return [];
    const said = claim.sentence === undefined ? undefined : whole.get(claim.sentence);
    const reward = said === undefined ? alone : sigmoid((1 - sentencePart) * logit(alone) + sentencePart * logit(said));
    const { p, reason } = coherent[index]!;
    const why =
      reason ??
      `${JSON.stringify(claim.statement)} is ${claim.denied ? 'denied, but ' : ''}shown with probability ${p!.toFixed(2)}`;
    return claim.words.map((range) => ({
      ...range,
      reward,
      type: claim.type,
      ...(reward <= doubted ? { reason: why } : {}),
    }));
  });
}

const clamp = (p: number) => Math.min(0.999, Math.max(0.001, p));
const logit = (p: number) => Math.log(clamp(p) / (1 - clamp(p)));
const sigmoid = (odds: number) => 1 / (1 + Math.exp(-odds));

/** P(the picture shows it) of the sentences that claims were cut from. */
function wholeSentences(
  claims: readonly AtomicClaim[],
  opinions: readonly Opinion[],
  asked: ReadonlyMap<string, number | null>,
): Map<string, number> {
  const whole = new Map<string, number>();
  claims.forEach(({ sentence, denied }, index) => {
    const { p } = opinions[index]!;
    if (sentence === undefined || p === null || denied) return;
    whole.set(sentence, asked.get(sentence) ?? Math.min(p, whole.get(sentence) ?? 1));
  });
  return whole;
}

function rewardOf(claims: readonly AtomicClaim[], opinions: readonly Opinion[], index: number): number | null {
  const { p } = opinions[index]!;
  const claim = claims[index]!;
  if (p === null) return null;
  if (claim.denied) return 1 - p;
  const parents = Math.min(1, ...claim.parents.map((parent) => holds(claims[parent]!, opinions[parent]!)));
  return 1 - Math.max(0, parents - p);
}

/** Where two red dogs are, there are dogs: what builds on a claim speaks for it. Claims stand behind their parents. */
function withEntailed(claims: readonly AtomicClaim[], opinions: readonly Opinion[]): Opinion[] {
  const raised = [...opinions];
  for (let index = claims.length - 1; index >= 0; index--) {
    const { parents, denied } = claims[index]!;
    const { p } = raised[index]!;
    if (p === null || denied) continue;
    for (const parent of parents) {
      const own = raised[parent]!;
      if (!claims[parent]!.denied && own.p !== null && own.p < p) raised[parent] = { ...own, p };
    }
  }
  return raised;
}

const holds = ({ denied }: AtomicClaim, { p }: Opinion): number => (p === null ? 1 : denied ? 1 - p : p);

/** The claims that the model doubts, for the rewriter and the report. */
export function doubts(claims: readonly AtomicClaim[], opinions: readonly Opinion[]): Evidence[] {
  return claims
    .flatMap(({ statement, denied }, index): Evidence[] => {
      const { p, reason } = opinions[index]!;
      if (p === null || (denied ? 1 - p : p) > doubted) return [];
      const said = denied ? `it was denied that ${JSON.stringify(statement)}` : JSON.stringify(statement);
      return [
        { kind: 'claim', label: reason === undefined ? said : `${said}: ${reason}`, confidence: denied ? p : 1 - p },
      ];
    })
    .slice(0, mostEvidence);
}
