import { captionScene } from '../../scenes/captions/index.js';
import { pick, pickWeighted, seededRandom } from '../../scenes/random.js';
import type { Caption, PerturbationType, Scene } from '../../scenes/scene.js';

/** How a captioner of scenes errs. */
export interface CaptionerOptions {
  /** Share of its captions with a mistake in them: 0..1. */
  errorRate: number;
  /** Different takes are different captions of the same picture. 0 is the first. */
  take?: number;
}

/** Kinds that few scenes allow. */
const seldom: ReadonlySet<PerturbationType> = new Set(['ocr', 'binding']);

/** Pairs of captions that it chooses from, so that rare kinds of mistakes get their turn. */
const drafts = 24;

/**
 * A captioner that stands for a vision-language model with a known rate of mistakes: a description of a scene, wrong in
 * `errorRate` of the cases, in one of those of the eight ways that the scene allows. The labels of
 * its claims are exact. Null where the scene has nothing to say.
 */
export function captionWithMistakes(scene: Scene, { errorRate, take = 0 }: CaptionerOptions): Caption | null {
  const random = seededRandom((scene.seed ^ 0xe44a) + Math.imul(take, 0x9e3779b1));
  const errs = random() < errorRate;
  const pairs = descriptions(captionScene(scene, random, { count: drafts }));
  if (pairs.length === 0) return null;
  if (!errs) return pick(random, pairs)[0];
  const types = [...new Set(pairs.map(([, wrong]) => wrong.perturbation!))].sort(byName);
  const type = pickWeighted(
    random,
    types.map((name) => [name, seldom.has(name) ? 3 : 1] as const),
  );
  return pick(
    random,
    pairs.filter(([, wrong]) => wrong.perturbation === type),
  )[1];
}

const byName = (a: PerturbationType, b: PerturbationType) => (a < b ? -1 : 1);

/** Pairs of a true description and its wrong twin; answers to questions about one thing are left out. */
function descriptions(captions: readonly Caption[]): [Caption, Caption][] {
  const pairs: [Caption, Caption][] = [];
  for (let at = 0; at + 1 < captions.length; at += 2) {
    const [right, wrong] = [captions[at]!, captions[at + 1]!];
    if (!right.shapes.some((shape) => shape.startsWith('answer-'))) pairs.push([right, wrong]);
  }
  return pairs;
}
