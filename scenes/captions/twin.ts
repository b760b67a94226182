import type { Caption, PerturbationType, Scene } from '../scene.js';
import { type Fact, mentionsOf } from './fact.js';
import { perturbFact } from './perturb-fact.js';
import { carryChange, referBack } from './refer-back.js';
import { sampleFact, shuffled } from './sample-fact.js';

/** Distinct facts, in telling order. */
export function sampleFacts(scene: Scene, random: () => number, wanted: number): Fact[] {
  const facts: Fact[] = [];
  const told = new Set<string>();
  for (let tries = 0; facts.length < wanted && tries < wanted * 6; tries++) {
    const fact = sampleFact(scene, random);
    if (!fact) continue;
    const key = fact.kind === 'exists' ? '' : pairKey(fact);
    if (told.has(fact.kind + key)) continue;
    told.add(fact.kind + key);
    facts.push(fact);
  }
  facts.sort((a, b) => rank(a) - rank(b));
  return referBack(scene, facts, random);
}

const pairKey = (fact: Fact) =>
  mentionsOf(fact)
    .map((mention) => mention.groups.join())
    .sort()
    .join(':');

const rank = ({ kind }: Fact) =>
  kind === 'exists' ? 0 : kind === 'ground' || kind === 'absent' || kind === 'sign' ? 2 : 1;

/** The facts with so many of them made false, fewer where they do not go together; null where none can be. */
export function twinOf(
  scene: Scene,
  facts: readonly Fact[],
  random: () => number,
  changes: number,
): { facts: readonly Fact[]; type: PerturbationType } | null {
  let twinFacts = facts;
  const types: PerturbationType[] = [];
  const throughout = random() < 0.5;
  const touched = new Set<number>();
  const order = shuffled(
    facts.map((_, index) => index),
    random,
  );
  for (const index of order) {
    if (types.length === changes) break;
    const about = mentionsOf(facts[index]!).flatMap((mention) => mention.groups);
    if (about.some((id) => touched.has(id))) continue;
    const wrong = perturbFact(scene, twinFacts[index]!, random);
    if (!wrong) continue;
    const denied = wrong.fact.kind === 'absent' && facts[index]!.kind === 'exists';
    const saidAgain = facts.some(
      (fact, other) =>
        other !== index && mentionsOf(fact).some(({ groups }) => groups.some((id) => about.includes(id))),
    );
    if (denied && saidAgain) continue;
    for (const id of about) touched.add(id);
    twinFacts = carryChange(twinFacts, index, wrong.fact, throughout);
    types.push(wrong.type);
  }
  return types.length === 0 ? null : { facts: twinFacts, type: types[0]! };
}

/** A true caption and its twin, or null where they are not that. */
export function asPair(truth: Caption, lie: Caption, perturbation: PerturbationType): [Caption, Caption] | null {
  if (!lie.claims.some((claim) => !claim.good) || truth.claims.some((claim) => !claim.good) || truth.text === lie.text)
    return null;
  return [truth, { ...lie, perturbation, original: truth.text }];
}
