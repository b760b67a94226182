import { pickWeighted } from '../random.js';
import type { Caption, PerturbationType, Scene } from '../scene.js';
import { describe, finisher } from './describe.js';
import { type Fact, mentionsOf } from './fact.js';
import { perturbFact } from './perturb-fact.js';
import { answerOf, generalPrompt, yesOrNo } from './questions.js';
import { carryChange, referBack } from './refer-back.js';
import { sampleFact, shuffled } from './sample-fact.js';
import { wordingOf } from './wording.js';

/**
 * Writes captions of a scene in pairs: a true one, then its perturbed twin, in the same words but for what was made
 * wrong (and the grammar that follows from it). Deterministic in `random`. `count` is the number of pairs (default 4);
 * fewer come back only where the scene has nothing to say.
 */
export function captionScene(scene: Scene, random: () => number, options: { count?: number } = {}): Caption[] {
  const captions: Caption[] = [];
  const wanted = options.count ?? 4;
  for (let tries = 0; captions.length < wanted * 2 && tries < wanted * 12; tries++) {
    const pair = random() < 0.15 ? answerPair(scene, random) : descriptionPair(scene, random);
    if (pair) captions.push(...pair);
  }
  return captions;
}

const askedFor: readonly (readonly [Fact['kind'], number])[] = [
  ['exists', 4],
  ['absent', 2],
  ['colour', 2],
  ['ground', 0.7],
  ['relation', 3.5],
  ['place', 1.5],
  ['size', 0.4],
  ['compare', 0.4],
  ['sign', 1.5],
];

function answerPair(scene: Scene, random: () => number): [Caption, Caption] | null {
  const fact = sampleFact(scene, random, pickWeighted(random, askedFor));
  if (!fact) return null;
  const wrong = perturbFact(scene, fact, random);
  if (!wrong) return null;
  const wording = wordingOf(Math.floor(random() * 4294967296));
  const checked = random() < 0.3 ? yesOrNo(fact, wrong.fact, random() < 0.5, wording) : null;
  const [right, twin] = checked ?? [answerOf(fact, wording, 'q'), answerOf(wrong.fact, wording, 'q')];
  if (!right || !twin || right.prompt !== twin.prompt) return null;
  const finish = finisher(wording);
  const truth = finish([right.pieces], [right.shape], right.prompt);
  const lie = finish([twin.pieces], [twin.shape], twin.prompt);
  return asPair(truth, lie, wrong.type);
}

function descriptionPair(scene: Scene, random: () => number): [Caption, Caption] | null {
  const facts = sampleFacts(scene, random);
  const changes = facts.length > 1 && random() < 0.22 ? 2 : 1;
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
  if (types.length === 0) return null;
  const wording = wordingOf(Math.floor(random() * 4294967296));
  const prompt = random() < 0.2 ? generalPrompt(random) : undefined;
  return asPair(describe(facts, wording, prompt), describe(twinFacts, wording, prompt), types[0]!);
}

/** Distinct facts, in telling order. */
function sampleFacts(scene: Scene, random: () => number): Fact[] {
  const wanted = pickWeighted(random, [
    [1, 5],
    [2, 3],
    [3, 1.6],
    [4, 0.8],
    [5, 0.25],
  ] as const);
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

function asPair(truth: Caption, lie: Caption, perturbation: PerturbationType): [Caption, Caption] | null {
  if (!lie.claims.some((claim) => !claim.good) || truth.claims.some((claim) => !claim.good) || truth.text === lie.text)
    return null;
  return [truth, { ...lie, perturbation, original: truth.text }];
}
