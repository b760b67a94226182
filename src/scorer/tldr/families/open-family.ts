import { badModel, type ModelFolder } from '../model-folder.js';
import type { Family } from './family.js';
import { openMllama } from './mllama.js';
import { openQwenVl } from './qwen-vl.js';
import { openSceneSlots } from './scene-slots.js';
import { openSquareVlm } from './square-vlm.js';

const families: ReadonlyMap<string, (model: ModelFolder) => Family> = new Map<string, (model: ModelFolder) => Family>([
  ['plain', () => ({ evidence: () => [], abstention: () => null })],
  ['scene-slots', openSceneSlots],
  ['qwen-vl', openQwenVl],
  ['smolvlm', (model) => openSquareVlm(model)],
  ['mllama', openMllama],
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
