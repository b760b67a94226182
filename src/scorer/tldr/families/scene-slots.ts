import * as z from 'zod';
import { DetectiveError } from '../../../base/errors.js';
import type { Evidence } from '../../scorer.js';
import { badModel, type ModelFolder, wrongFields } from '../model-folder.js';
import type { ImageFeatures } from '../worker-messages.js';
import type { Family, Witness } from './family.js';
import { gateSchema, looksLikeScene, sceneStatistics } from './scene-gate.js';
import {
  fused,
  namesOf,
  opinionKinds,
  opinionsOf,
  type SeenScene,
  type SeenThing,
  signPrefix,
  type WitnessWeights,
} from './scene-witness.js';

const names = z.array(z.string().min(1)).min(1);
const fieldsSchema = z.object({
  slots: z.object({ nouns: names, colours: names }),
  abstain: z.object({ domainLogitBelow: z.number(), gate: gateSchema.optional() }),
  /** What `scripts/fit-witness.ts` writes. */
  witness: z
    .object({
      weights: z.partialRecord(z.enum(opinionKinds), z.tuple([z.number(), z.number(), z.number(), z.number()])),
    })
    .optional(),
});

/** Score, centre x and y, width, height come before the colours and nouns. */
const geometry = 5;
const seen = 0.3;
/** A colour that is less likely is not told: blue and purple, say, of one half each. */
const sureColour = 0.6;
const smallWidth = 0.18;
const largeWidth = 0.24;

/**
 * Features that are the objects themselves. Row 0 is the picture: [domain logit, 0, 0, 0, 0, ground colours, zeros];
 * the others are objects: [score, centre x, centre y, width, height, colours, nouns], probabilities and fractions.
 */
export function openSceneSlots({ folder, manifest }: ModelFolder): Family {
  const parsed = fieldsSchema.safeParse(manifest);
  if (!parsed.success)
    throw badModel(folder, 'tldr.json', `lacks what scene-slots needs, export it again: ${wrongFields(parsed.error)}`);
  const {
    slots: { nouns, colours },
    abstain,
    witness,
  } = parsed.data;
  const needed = geometry + colours.length + nouns.length;

  function readObject(slot: Float32Array): Evidence {
    const [score, x, y, w, h] = slot as unknown as [number, number, number, number, number];
    const noun = best(slot.subarray(geometry + colours.length, needed));
    const name = nouns[noun.index]!;
    const sign = name.startsWith(signPrefix);
    const likeliest = best(slot.subarray(geometry, geometry + colours.length));
    const colour = colours[likeliest.index]!;
    const attributes: Record<string, string> = {};
    if (colour !== 'mixed' && likeliest.value >= sureColour) attributes.colour = colour;
    if (w <= smallWidth) attributes.size = 'small';
    if (w >= largeWidth) attributes.size = 'large';
    return {
      kind: sign ? 'text' : 'object',
      label: sign ? name.slice(signPrefix.length) : name,
      confidence: fraction(fraction(score) * noun.value),
      box: [fraction(x - w / 2), fraction(y - h / 2), fraction(x + w / 2), fraction(y + h / 2)],
      attributes,
    };
  }

  function rowsOf({ data, rows, width }: ImageFeatures): Float32Array[] {
    if (width < needed)
      throw new DetectiveError(
        'bad-model',
        `${folder}: image_encoder.onnx gives ${width} numbers for an object, and tldr.json names ${needed}: export the model again`,
      );
    return Array.from({ length: rows }, (_, row) => data.subarray(row * width, (row + 1) * width));
  }

  return {
    evidence(features) {
      const [picture, ...objects] = rowsOf(features);
      if (!picture) return [];
      const ground = best(picture.subarray(geometry, geometry + colours.length));
      return [
        { kind: 'ground', label: colours[ground.index]!, confidence: fraction(ground.value) },
        ...objects.filter((slot) => slot[0]! >= seen).map(readObject),
      ];
    },
    witness: (features) => (witness ? witnessOf(seenScene(features, nouns, colours), witness.weights) : null),
    abstention(features) {
      const isKnown =
        features.data[0]! >= abstain.domainLogitBelow &&
        (!abstain.gate || looksLikeScene(sceneStatistics(features, colours.length), abstain.gate));
      if (isKnown) return null;
      return `does not look like what ${manifest.name} knows (${manifest.domain})`;
    },
  };
}

/** What is less surely there is none that a witness speaks of. */
const faint = 0.03;
/** So many names of each thing are kept. */
const namesKept = 12;

/** What the encoder found in a picture, with the likeliest names of each thing. */
export function seenScene(
  { data, rows, width }: ImageFeatures,
  nouns: readonly string[],
  colours: readonly string[],
): SeenScene {
  const [picture, ...objects] = Array.from({ length: rows }, (_, row) => data.subarray(row * width, (row + 1) * width));
  return {
    colourNames: colours,
    ground: picture!.slice(geometry, geometry + colours.length),
    things: objects.filter((slot) => slot[0]! >= faint).map((slot) => readThing(slot, nouns, colours.length)),
  };
}

function readThing(slot: Float32Array, nouns: readonly string[], colours: number): SeenThing {
  const names = slot.subarray(geometry + colours, geometry + colours + nouns.length);
  const likeliest = Array.from(names, (p, index) => ({ p, index }))
    .sort((a, b) => b.p - a.p)
    .slice(0, namesKept);
  const [score, x, y, w, h] = slot as unknown as [number, number, number, number, number];
  return {
    score: fraction(score),
    x,
    y,
    w,
    h,
    colours: slot.slice(geometry, geometry + colours),
    nouns: new Map(likeliest.map(({ p, index }) => [nouns[index]!, p])),
  };
}

const logitOf = (p: number) => {
  const inside = Math.min(0.9997, Math.max(0.0003, p));
  return Math.log(inside / (1 - inside));
};

function witnessOf(scene: SeenScene, weights: WitnessWeights): Witness {
  const named = namesOf(scene);
  return (text, tokens) => {
    const opinions = opinionsOf(text, scene, named).sort((a, b) => a.start - b.start);
    let next = 0;
    return tokens.map((token) => {
      while (next < opinions.length && opinions[next]!.end <= token.start) next++;
      if (token.reward === null) return token;
      let lowest = Number.POSITIVE_INFINITY;
      for (let at = next; at < opinions.length && opinions[at]!.start < token.end; at++) {
        if (opinions[at]!.end <= token.start) continue;
        const said = fused(logitOf(token.reward), opinions[at]!, weights);
        if (said === null) return { ...token, reward: null };
        lowest = Math.min(lowest, said);
      }
      return lowest === Number.POSITIVE_INFINITY
        ? token
        : { ...token, reward: 1 / (1 + Math.exp(-Math.min(20, lowest))) };
    });
  };
}

function best(values: Float32Array): { index: number; value: number } {
  let index = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[index]!) index = i;
  return { index, value: values[index]! };
}

function fraction(value: number): number {
  return Math.min(1, Math.max(0, value));
}
