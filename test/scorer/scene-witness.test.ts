import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package-root.js';
import { fused, type OpinionKind, opinionsOf, type SeenScene } from '../../src/scorer/tldr/families/scene-witness.js';

const colourNames = ['red', 'blue', 'gray'];
const thing = (name: string, x: number, y: number, colours: number[], w = 0.1) => ({
  score: 0.95,
  x,
  y,
  w,
  h: w,
  colours,
  nouns: new Map([
    [name, 0.9],
    ['owl', 0.05],
  ]),
});
/** Two small red dogs on the left, a large blue cat on the right, on gray. */
const scene: SeenScene = {
  colourNames,
  ground: [0.02, 0.02, 0.96],
  things: [
    thing('dog', 0.15, 0.3, [0.9, 0.05, 0.05]),
    thing('dog', 0.3, 0.3, [0.9, 0.05, 0.05]),
    thing('cat', 0.8, 0.7, [0.05, 0.9, 0.05], 0.3),
  ],
};
const says = (text: string, kind: OpinionKind) => opinionsOf(text, scene).find((one) => one.kind === kind)?.says?.[0];

describe('what the encoder found says of the words of a text', () => {
  it.each([
    ['noun', 'There is a dog.', 'There is a whale.'],
    ['count', 'There are two dogs.', 'There are four dogs.'],
    ['article', 'There is a cat.', 'There is a dog.'],
    ['colour', 'The dogs are red.', 'The dogs are blue.'],
    ['ground', 'The background is gray.', 'The background is red.'],
    ['size', 'There is a large cat.', 'There is a small cat.'],
    ['relation', 'The dogs are to the left of the cat.', 'The dogs are to the right of the cat.'],
    ['relation', 'The dogs are above the cat.', 'The dogs are below the cat.'],
    ['place', 'The cat is on the right.', 'The cat is on the left.'],
    ['tally', 'there are three things in all', 'there are four things in all'],
    ['tally', 'there are two kinds of things in all', 'there are three kinds of things in all'],
    ['comparison', 'there are more dogs than cats', 'there are fewer dogs than cats'],
    ['place', 'The cat is in the bottom right corner.', 'The cat is in the top right corner.'],
  ] as const)('%s: more for “%s” than for “%s”', (kind, right, wrong) => {
    expect(says(right, kind)).toBeGreaterThan(says(wrong, kind)!);
  });

  it.each([
    ['size', 'There are two small cats.', true],
    // things of one kind are meant all or none
    ['size', 'There are two small dogs.', false],
    ['place', 'The dogs are at the bottom.', false],
    ['size', 'There are two large dogs.', false],
    ['place', 'The cats are at the top.', true],
    ['place', 'The cats are on the left.', false],
    ['relation', 'The cats are above the dogs.', true],
    ['relation', 'The cats are to the left of the dogs.', false],
    ['colour', 'The cats are red.', true],
    ['colour', 'The cats are gray.', false],
    ['count', 'There is one sleepy cat.', true],
    ['count', 'There is one cat.', false],
  ] as const)('%s: “%s” may be said of some of the things: %s', (kind, text, ofSome) => {
    const two = { ...scene, things: [...scene.things, thing('cat', 0.8, 0.1, [0.9, 0.05, 0.05])] };
    const opinion = opinionsOf(text, two).find((one) => one.kind === kind)!;
    expect(opinion.ofSome ?? false).toBe(ofSome);
    // and so is never taken for wrong
    expect(fused(-5, { ...opinion, says: [-6, -6] }, {}) === null).toBe(ofSome);
  });

  it('does not tell what `below it` is said of', () => {
    const [below] = opinionsOf('There is a cat, and below it two dogs.', scene).filter(
      ({ kind }) => kind === 'relation',
    );
    expect(below!.says).toBeNull();
    expect(fused(-5, below!, {})).toBeNull();
  });

  it('stands where the words stand, and says nothing of a sentence with a negation', () => {
    const text = 'There is no dog. There is a cat.';
    const opinions = opinionsOf(text, scene);
    expect(opinions.map(({ start, end }) => text.slice(start, end))).toEqual(['a', 'cat']);
  });

  it('names things that look alike and stand together alike', () => {
    const unsure = {
      ...thing('dog', 0.3, 0.3, [0.9, 0.05, 0.05]),
      nouns: new Map([
        ['fox', 0.5],
        ['dog', 0.4],
      ]),
    };
    const alone = { ...scene, things: [unsure] };
    const beside = { ...scene, things: [scene.things[0]!, unsure] };
    const fox = (of: SeenScene) => opinionsOf('There is a fox.', of).find(({ kind }) => kind === 'noun')!.says![0];
    expect(fox(beside)).toBeLessThan(fox(alone));
  });

  it('cannot tell how many things there are beside a sign, nor compare what it does not see', () => {
    const signed = { ...scene, things: [...scene.things, thing('sign:20', 0.5, 0.5, [0.1, 0.1, 0.8])] };
    expect(opinionsOf('there are four things in all', signed)).toMatchObject([{ kind: 'tally', says: null }]);
    const [whales] = opinionsOf('there are more whales than cats', scene);
    expect(whales).toMatchObject({ kind: 'comparison', says: null });
    expect(fused(3, whales!, { comparison: [0, 1, 1, 0] })).toBeNull();
    expect(fused(3, { ...whales!, says: [4, 4] }, {})).toBeNull();
  });

  it('is weighed with the decoder, and leaves it alone where it has no weights', () => {
    const [opinion] = opinionsOf('The dogs are red.', scene).filter(({ kind }) => kind === 'colour');
    expect(fused(1, opinion!, {})).toBe(1);
    expect(fused(1, opinion!, { colour: [0.5, 1, 0, 2] })).toBeCloseTo(0.5 + opinion!.says![0] + 2);
  });
});

const manifest = join(packageRoot(), 'models/tldr-scenes/tldr.json');
it.skipIf(!existsSync(manifest))('in the shipped model, nothing that speaks for a word counts against it', () => {
  const { witness } = JSON.parse(readFileSync(manifest, 'utf8')) as { witness: { weights: Record<string, number[]> } };
  for (const [kind, weights] of Object.entries(witness.weights))
    for (const weight of weights.slice(0, 3)) expect(weight, kind).toBeGreaterThanOrEqual(0);
});
