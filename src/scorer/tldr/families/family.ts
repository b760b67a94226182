import type { Size } from '../../../image/decode.js';
import type { Evidence } from '../../scorer.js';
import { badModel, type ModelFolder } from '../model-folder.js';
import type { ImageFeatures } from '../worker-messages.js';
import { openQwenVl } from './qwen-vl.js';
import { openSceneSlots } from './scene-slots.js';
import { openSquareVlm } from './square-vlm.js';

/** What can be read off a model's image features, beyond handing them to its decoder. */
export interface Family {
  /** What the model saw, for the report and for rewriters. */
  evidence(features: ImageFeatures): Evidence[];
  /** Why this picture is none that the model can judge, or null. */
  abstention(features: ImageFeatures): string | null;
  /** The sides that a picture is given to the encoder with. Default: those of tldr.json. */
  imageSize?(picture: { width: number; height: number }): Size;
  /** What an answer's tokens are judged in. Default: bos, prompt, sep, answer, eos. `rows`: of the picture's features. */
  sequence?(rows: number, prompt: readonly number[], answer: readonly number[]): Sequence;
  /** Taken for the prompt of a request that has none. */
  defaultPrompt?: string;
}

export interface Sequence {
  ids: number[];
  /** Where the answer begins. */
  begin: number;
  /** How many ids from the first on are read in both directions. Default: none. */
  prefix?: number;
}

const families: ReadonlyMap<string, (model: ModelFolder) => Family> = new Map<string, (model: ModelFolder) => Family>([
  ['plain', () => ({ evidence: () => [], abstention: () => null })],
  ['scene-slots', openSceneSlots],
  ['qwen-vl', openQwenVl],
  ['smolvlm', (model) => openSquareVlm(model)],
  ['paligemma', (model) => openSquareVlm(model, { prefix: true })],
]);

/** @throws DetectiveError `bad-model` for a family that this version does not know, or whose own fields are wrong. */
export function openFamily(model: ModelFolder): Family {
  const { folder, manifest } = model;
  const open = families.get(manifest.family);
  if (open) return open(model);
  const known = [...families.keys()].join(', ');
  throw badModel(
    folder,
    'tldr.json',
    `names the family "${manifest.family}", and this version knows ${known}: update vlm-detective`,
  );
}
