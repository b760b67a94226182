import * as z from 'zod';
import type { ImageFeatures } from '../worker-messages.js';

/** Score, centre x and y, width, height come before the colours and nouns. */
const geometry = 5;

/**
 * What the domain gate looks at: how sure the encoder is of what it found, and how that lies in the picture. A scene is
 * a few things, each surely named, one beside the other on an even ground; flat pictures of other kinds (print, charts,
 * boards, maps) give many half-found things without a name.
 *
 * @returns numbers around -5 to 5, always as many.
 */
export function sceneStatistics({ data, rows, width }: ImageFeatures, colours: number): number[] {
  const slots = Array.from({ length: rows - 1 }, (_, row) =>
    readSlot(data.subarray((row + 1) * width, (row + 2) * width), colours),
  ).sort((a, b) => b.score - a.score);
  const seen = slots.filter(({ score }) => score >= 0.3);
  const share = (low: number, high: number) => slots.filter(({ score }) => score >= low && score < high).length;
  const ground = top2(data.subarray(geometry, geometry + colours));
  const mean = (of: (slot: Slot) => number) =>
    seen.length === 0 ? 0 : seen.reduce((sum, slot) => sum + of(slot), 0) / seen.length;
  const deviation = (of: (slot: Slot) => number) => {
    const centre = mean(of);
    return Math.sqrt(mean((slot) => (of(slot) - centre) ** 2));
  };
  const least = (of: (slot: Slot) => number) => (seen.length === 0 ? 0 : Math.min(...seen.map(of)));
  const kinds = new Set(seen.map(({ noun }) => noun.index)).size;
  return [
    data[0]! / 5,
    ground[0],
    ground[1],
    seen.length / 5,
    kinds / 3,
    seen.length === 0 ? 1 : 0,
    kinds / Math.max(1, seen.length),
    share(0.02, 0.1) / 5,
    share(0.1, 0.3) / 3,
    share(0.3, 0.7) / 3,
    share(0.7, 0.95) / 3,
    share(0.95, 1.01) / 5,
    mean(({ score }) => score),
    least(({ score }) => score),
    mean(({ noun }) => noun.first),
    mean(({ noun }) => noun.second),
    least(({ noun }) => noun.first),
    mean(({ colour }) => colour),
    least(({ colour }) => colour),
    mean(({ noun, score }) => noun.first * score),
    mean(({ w }) => w) * 3,
    mean(({ h }) => h) * 3,
    deviation(({ w }) => w) * 5,
    deviation(({ h }) => h) * 5,
    mean(({ w, h }) => Math.abs(Math.log((w + 0.01) / (h + 0.01)))),
    seen.reduce((sum, { w, h }) => sum + w * h, 0),
    deviation(({ x }) => x) * 3,
    deviation(({ y }) => y) * 3,
    ...[0, 1, 2, 3].flatMap((place) => {
      const slot = slots[place];
      return slot ? [slot.score, slot.noun.first * slot.score] : [0, 0];
    }),
  ];
}

interface Slot {
  score: number;
  x: number;
  y: number;
  w: number;
  h: number;
  colour: number;
  noun: { index: number; first: number; second: number };
}

function readSlot(slot: Float32Array, colours: number): Slot {
  const [score, x, y, w, h] = slot as unknown as [number, number, number, number, number];
  const nouns = slot.subarray(geometry + colours);
  const [first, second, index] = top2(nouns);
  return {
    score,
    x,
    y,
    w,
    h,
    colour: top2(slot.subarray(geometry, geometry + colours))[0],
    noun: { index, first, second },
  };
}

function top2(values: Float32Array): [first: number, second: number, index: number] {
  let [first, second, index] = [0, 0, 0];
  values.forEach((value, i) => {
    if (value > first) [second, first, index] = [first, value, i];
    else if (value > second) second = value;
  });
  return [first, second, index];
}

const numbers = z.array(z.number());

/** The weights of the gate, as `training/tldr_scenes/gate.py` writes them into tldr.json: one hidden layer of tanh. */
export const gateSchema = z.object({
  mean: numbers,
  deviation: numbers,
  hidden: z.object({ weight: z.array(numbers), bias: numbers }),
  output: z.object({ weight: numbers, bias: z.number() }),
  /** A picture below it is none that the model judges. */
  limit: z.number(),
});
export type SceneGate = z.infer<typeof gateSchema>;

/** Whether a picture with these statistics looks like a scene. */
export function looksLikeScene(statistics: readonly number[], gate: SceneGate): boolean {
  const inputs = statistics.map((value, i) => clip((value - gate.mean[i]!) / gate.deviation[i]!));
  const hidden = gate.hidden.weight.map((row, unit) => Math.tanh(dot(row, inputs) + gate.hidden.bias[unit]!));
  return dot(gate.output.weight, hidden) + gate.output.bias >= gate.limit;
}

const clip = (value: number) => Math.min(6, Math.max(-6, value));
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
