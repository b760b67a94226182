import type { AtomicClaim } from './cut/atomic-claims.js';
import type { Opinion } from './verdicts.js';

/** A claim at or above this needs nothing that it builds on to be asked: that holds at least as often. */
const certain = 0.98;

/** Places of the claims that nothing builds on, which are asked first, and of those that are denied. */
export function firstQuestions(claims: readonly AtomicClaim[]): number[] {
  const builtOn = new Set(claims.flatMap(({ parents, denied }) => (denied ? [] : parents)));
  return claims.flatMap(({ denied }, at) => (denied || !builtOn.has(at) ? at : []));
}

/** Places of the claims that a doubted claim builds on, whatever lies between. Claims stand behind their parents. */
export function nextQuestions(claims: readonly AtomicClaim[], opinions: ReadonlyMap<number, Opinion>): number[] {
  const wanted = new Set<number>();
  for (let at = claims.length - 1; at >= 0; at--) {
    const { parents, denied } = claims[at]!;
    const p = opinions.get(at)?.p ?? 0;
    if (denied || (opinions.has(at) ? p < certain : wanted.has(at))) for (const parent of parents) wanted.add(parent);
  }
  return [...wanted].filter((at) => !opinions.has(at)).sort((a, b) => a - b);
}

/** Claims that were not asked hold at least as often as the likeliest that builds on them. */
export function withUnasked(claims: readonly AtomicClaim[], asked: ReadonlyMap<number, Opinion>): Opinion[] {
  const all = claims.map((_, at): Opinion => asked.get(at) ?? { p: null });
  for (let at = claims.length - 1; at >= 0; at--) {
    const { p } = all[at]!;
    if (p === null || claims[at]!.denied) continue;
    for (const parent of claims[at]!.parents) if (!asked.has(parent) && (all[parent]!.p ?? 0) < p) all[parent] = { p };
  }
  return all;
}

/** Sentences that are worth a question of their own, that of the least likely claim first. One that is a claim is asked already. */
export function doubtedSentences(claims: readonly AtomicClaim[], asked: ReadonlyMap<number, Opinion>): string[] {
  const stated = new Set(claims.map(({ statement }) => statement));
  const lowest = new Map<string, number>();
  claims.forEach(({ sentence }, at) => {
    const p = asked.has(at) ? asked.get(at)!.p : 1;
    if (sentence === undefined || p === null || stated.has(sentence)) return;
    lowest.set(sentence, Math.min(p, lowest.get(sentence) ?? 1));
  });
  return [...lowest].sort((a, b) => a[1] - b[1]).map(([sentence]) => sentence);
}
