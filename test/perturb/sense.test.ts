import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../scenes/random.js';
import { perturb } from '../../src/perturb/perturb.js';
import type { PerturbationType } from '../../src/perturb/perturbation.js';

/** All twins that some seed gives. */
function twins(caption: string, type: PerturbationType): string[] {
  const found = Array.from({ length: 60 }, (_, seed) => perturb(caption, type, seededRandom(seed))?.text);
  return [...new Set(found)].filter((text) => text !== undefined);
}

describe('no twin that nobody could have seen, or that is still true', () => {
  it.each<[PerturbationType, string]>([
    ['spatial', 'Two suitcases are stacked one on top of the other.'],
    ['spatial', 'A man is bending over a laptop.'],
    ['spatial', 'A cluster of berries grows under the radiant sun.'],
    ['spatial', 'A knife lies atop a table. A fork rests on the same table.'],
    ['attribute', 'The box invites people to discover new taste combinations.'],
    ['attribute', 'A garden with a spectrum of brown hues.'],
    ['binding', 'A shelf with plastic wrappings and a wooden frame.'],
    ['object', 'A few other cars are visible on the street.'],
    ['object', 'A security camera hangs on the wall.'],
    ['object', 'A boy on his bike is practicing cycling.'],
    ['object', 'A tree is growing near the path.'],
    ['object', 'A green bag, adorned with a flower, is slung over a shoulder.'],
    ['small-object', "The little boy's helmet is blue."],
    ['small-object', 'Three elephants are standing in their pen.'],
    ['counting', 'The owner has taken several measures.'],
    ['counting', 'A white pillow with a floral pattern adds a touch of whimsy.'],
    ['counterfactual', 'By wearing a helmet, the boy is standing out.'],
    ['counterfactual', 'Since the brush is positioned like a mustache, people laugh.'],
    ['counterfactual', 'On the plate, there is a half of a sandwich.'],
    ['counterfactual', 'The door is mounted in a wall. The wall is white.'],
  ])('%s: %s', (type, caption) => expect(twins(caption, type)).toEqual([]));

  it('a lush garden keeps to green, and what fills the picture is not made small', () => {
    expect(twins('A lush array of green plants.', 'attribute')).toEqual([]);
    expect(twins('The view is dominated by a large tree beside a small stool.', 'binding')).toEqual([]);
  });

  it('what is beside goes far away, and on nothing that bears it not', () => {
    expect(twins('A man stands next to a car.', 'spatial')).toEqual(['A man stands far from a car.']);
  });
});
