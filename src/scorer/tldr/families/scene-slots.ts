import type { Evidence } from '../../scorer.js';
import type { Manifest } from '../model-folder.js';
import type { Family } from './family.js';

const geometry = 5;
const seen = 0.3;

/**
 * Features that are the objects themselves. Row 0 is the picture: [domain logit, 0, 0, 0, 0, ground colours, zeros];
 * the others are objects: [score, centre x, centre y, width, height, colours, nouns], probabilities and fractions.
 */
export const sceneSlots: Family = {
  evidence(features, rows, width, manifest) {
    const { nouns, colours } = layout(manifest);
    const evidence: Evidence[] = [];
    const ground = best(features, geometry, colours.length);
    evidence.push({ kind: 'ground', label: colours[ground.index]!, confidence: ground.value });
    for (let row = 1; row < rows; row++) {
      const at = row * width;
      const score = features[at]!;
      if (score < seen) continue;
      const [x, y, w, h] = [features[at + 1]!, features[at + 2]!, features[at + 3]!, features[at + 4]!];
      const noun = best(features, at + geometry + colours.length, nouns.length);
      const colour = best(features, at + geometry, colours.length);
      const attributes: Record<string, string> = {};
      if (colours[colour.index] !== 'mixed') attributes.colour = colours[colour.index]!;
      if (w <= 0.18) attributes.size = 'small';
      if (w >= 0.24) attributes.size = 'large';
      evidence.push({
        kind: 'object',
        label: nouns[noun.index]!,
        confidence: Math.min(1, score) * noun.value,
        box: [clamp(x - w / 2), clamp(y - h / 2), clamp(x + w / 2), clamp(y + h / 2)],
        attributes,
      });
    }
    return evidence;
  },
  abstention(features, _rows, _width, manifest) {
    const limit = manifest.abstain?.domainLogitBelow;
    if (limit === undefined || features[0]! >= limit) return null;
    return `the picture does not look like what ${manifest.name} knows (${manifest.domain})`;
  },
};

function layout({ slots }: Manifest) {
  return slots ?? { nouns: [], colours: [] };
}

function best(values: Float32Array, from: number, count: number): { index: number; value: number } {
  let index = 0;
  for (let i = 1; i < count; i++) if (values[from + i]! > values[from + index]!) index = i;
  return { index, value: values[from + index] ?? 0 };
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
