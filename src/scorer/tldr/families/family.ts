import { DetectiveError } from '../../../errors.js';
import type { Evidence } from '../../scorer.js';
import type { Manifest } from '../model-folder.js';
import { sceneSlots } from './scene-slots.js';

/** What can be read off a model's image features, beyond handing them to its decoder. */
export interface Family {
  /** What the model saw, for the report and for rewriters. `features` is row-major [rows, width]. */
  evidence(features: Float32Array, rows: number, width: number, manifest: Manifest): Evidence[];
  /** Why this picture is none that the model can judge, or null. */
  abstention(features: Float32Array, rows: number, width: number, manifest: Manifest): string | null;
}

const families: Readonly<Record<string, Family>> = {
  plain: { evidence: () => [], abstention: () => null },
  'scene-slots': sceneSlots,
};

/** @throws DetectiveError `bad-model` for a family that this version does not know. */
export function familyOf(manifest: Manifest): Family {
  const family = families[manifest.family];
  if (!family) {
    throw new DetectiveError(
      'bad-model',
      `the model ${manifest.name} is of the family "${manifest.family}", and this version knows ${Object.keys(families).join(', ')}: update vlm-detective`,
    );
  }
  return family;
}
