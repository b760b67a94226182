import type { Caption } from '../scene.js';

/** How the names of sentence shapes begin that captions for training never use, at least two for each kind of fact. */
const heldOut = [
  'illustration',
  'youll-find',
  'looks-like',
  'consists',
  'exists-number-of',
  'relation-relative',
  'relation-with',
  'place-bare',
  'place-find',
  'colour-of',
  'colour-all-of',
  'size-looks',
  'compare-of-both',
  'extreme-first',
  'absent-nowhere',
  'present-holds',
  'ground-everything',
  'between-inverted',
  'near-rest',
  'answer-what-exists-fronted',
];

/** Whether a caption has a sentence of a held-out shape. */
export function hasHeldOutShape({ shapes }: Pick<Caption, 'shapes'>): boolean {
  return shapes.some((shape) => heldOut.some((name) => shape.replace(/^\+|^[A-Z][a-z ]+, /, '').startsWith(name)));
}
