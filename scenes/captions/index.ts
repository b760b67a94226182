import { pickWeighted } from '../random.js';
import type { Caption, Scene } from '../scene.js';
import { describe, finisher } from './describe.js';
import type { Fact } from './fact.js';
import { perturbFact } from './perturb-fact.js';
import { answerOf, generalPrompt, yesOrNo } from './questions.js';
import { sampleFact } from './sample-fact.js';
import { asPair, sampleFacts, twinOf } from './twin.js';
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

export function answerPair(scene: Scene, random: () => number): [Caption, Caption] | null {
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
  const facts = sampleFacts(scene, random, pickWeighted(random, plainLengths));
  const twin = twinOf(scene, facts, random, facts.length > 1 && random() < 0.22 ? 2 : 1);
  if (!twin) return null;
  const wording = wordingOf(Math.floor(random() * 4294967296));
  const prompt = random() < 0.2 ? generalPrompt(random) : undefined;
  return asPair(describe(facts, wording, prompt), describe(twin.facts, wording, prompt), twin.type);
}

const plainLengths = [
  [1, 5],
  [2, 3],
  [3, 1.6],
  [4, 0.8],
  [5, 0.25],
] as const;
