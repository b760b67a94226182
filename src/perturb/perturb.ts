import { withArticles } from './article.js';
import { readCaption } from './caption.js';
import { shuffle } from './choose.js';
import { doubtOf } from './doubt.js';
import { labelChanges } from './label-changes.js';
import type { PerturbationType, Perturbed, Perturber } from './perturbation.js';
import { attribute } from './rules/attribute.js';
import { binding } from './rules/binding.js';
import { counterfactual } from './rules/counterfactual.js';
import { counting } from './rules/counting.js';
import { object } from './rules/object.js';
import { ocr } from './rules/ocr.js';
import type { Rule } from './rules/rule.js';
import { smallObject } from './rules/small-object.js';
import { spatial } from './rules/spatial.js';

const rules: Readonly<Record<PerturbationType, Rule>> = {
  spatial,
  attribute,
  binding,
  object,
  counting,
  'small-object': smallObject,
  ocr,
  counterfactual,
};

/**
 * Makes a caption wrong in one place, by rule and without a model. Of the places where the type applies, one on which the
 * rest of the caption hangs least is drawn with `random` (numbers in [0, 1)): the same numbers give the same text.
 *
 * @returns null where the type does not apply; never a copy.
 */
export function perturb(caption: string, type: PerturbationType, random: () => number): Perturbed | null {
  const read = readCaption(caption);
  const found = shuffle(random, rules[type](read, random)).map((changes) => ({
    changes,
    doubt: doubtOf(read, changes),
  }));
  for (const { changes } of found.sort((one, other) => one.doubt - other.doubt)) {
    const perturbed = labelChanges(caption, type, withArticles(read, changes));
    if (perturbed) return perturbed;
  }
  return null;
}

/** The perturber that needs no network. */
export const rulesPerturber: Perturber = {
  name: 'rules',
  perturb: async (caption, type, random) => perturb(caption, type, random),
};
