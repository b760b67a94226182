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
    ['spatial', 'The sky is in the background.'],
    ['spatial', 'Three leaves lie on top of grey asphalt.'],
    ['attribute', 'A long train runs the entire length of the scene.'],
    ['binding', 'A white cow stands beside a brown cow near a black car. The black car is parked.'],
    ['object', 'A red fire hydrant. The hydrant is old.'],
    ['object', 'It is hard to hit a tennis ball.'],
    ['counting', 'The bench is near a lake, making it an ideal spot.'],
    ['counting', 'A man smiles. The player is focused.'],
    ['counting', 'A Three Stripe Damselfish swims by.'],
    ['counting', 'There is a person with a backpack on.'],
    ['small-object', 'A little sunlight falls on the wall.'],
    ['small-object', 'A path that forks into the woods.'],
    ['small-object', 'A necklace is around her neck.'],
    ['counterfactual', 'In the water they are riding, waves rise.'],
    ['counterfactual', 'There are a total of nine cows.'],
    ['counterfactual', 'He would be warm if this was not a statue.'],
    ['counterfactual', 'The boats are docked. The boats fill a row.'],
    ['ocr', 'A sign says "CLOSED. The door is blue.'],
  ])('%s: %s', (type, caption) => expect(twins(caption, type)).toEqual([]));

  it('a lush garden keeps to green, and what fills the picture is not made small', () => {
    expect(twins('A lush array of green plants.', 'attribute')).toEqual([]);
    expect(twins('The view is dominated by a large tree beside a small stool.', 'binding')).toEqual([]);
  });

  it('what is beside goes far away, and on nothing that bears it not', () => {
    expect(twins('A man stands next to a car.', 'spatial')).toEqual(['A man stands far from a car.']);
  });

  it('of several places, one on which little else hangs is taken', () => {
    const caption = 'A red car is parked here, and it is the focal point. A blue cup is on the shelf.';
    expect(
      twins(caption, 'attribute').every((text) => text.startsWith('A red car') && !text.includes('blue cup')),
    ).toBe(true);
    const sides = 'A cup stands inside a box. On the left is a dog.';
    expect(twins(sides, 'spatial')).toEqual(['A cup stands inside a box. On the right is a dog.']);
  });

  it('print is made up over a picture that has nothing to print on, in a sentence of its own', () => {
    const found = twins('A zebra grazes. The grass is dry.', 'ocr');
    expect(found.length).toBeGreaterThan(5);
    for (const text of found) expect(text).toMatch(/^A zebra grazes\. The grass is dry\. .*"[A-Z]+".*\.$/);
    // a single sentence is left alone, and so is what has print that cannot be changed
    expect(twins('A zebra grazes.', 'ocr')).toEqual([]);
  });

  it('looks of two kinds change places where no two of one kind are told', () => {
    expect(twins('A wooden table stands in a room. A red chair is there.', 'binding')).toEqual([
      'A red table stands in a room. A wooden chair is there.',
    ]);
  });
});
