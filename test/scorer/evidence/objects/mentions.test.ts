import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf } from '../../../../src/text/coco-counts.js';
import { findCocoMentions } from '../../../../src/text/coco-mentions.js';
import { cocoCategories, cocoWords } from '../../../../src/text/lexicon/coco-objects.js';
import { cpuTime } from '../../../cpu-time.js';

const named = (text: string) => findCocoMentions(text).map(({ category }) => category);
const first = (text: string) => findCocoMentions(text)[0]!;

describe('the COCO things that a text names', () => {
  it('has words for all 80 categories, each naming its own category first', () => {
    expect(cocoCategories).toHaveLength(80);
    for (const category of cocoCategories)
      expect(cocoWords.find((word) => word.singular === category)?.category).toBe(category);
  });

  it.each([
    ['Two men and a puppy.', ['person', 'dog']],
    ['Three loaves beside knives and scissors.', ['knife', 'scissors']],
    ['A pair of scissors, mice and geese.', ['scissors', 'mouse', 'bird']],
    ['Wine glasses and glasses of wine.', ['wine glass', 'wine glass']],
    ['A cell-phone on the dining table.', ['cell phone', 'dining table']],
  ])('reads synonyms and plurals: %s', (text, categories) => {
    expect(named(text)).toEqual(categories);
  });

  it.each([
    ['A hot dog with mustard.', ['hot dog']],
    ['He waits at the bus stop near the train station.', []],
    ['An orange cat sits there.', ['cat']],
    ['She peels an orange.', ['orange']],
    ['A dog house and a bowl of dog food.', ['bowl']],
    ['They play baseball on a baseball field.', []],
    ['A baseball bat and a baseball.', ['baseball bat', 'sports ball']],
    ['A remote village; he can train there.', []],
    ['A teddy bear and a baby elephant.', ['teddy bear', 'elephant']],
    ['People sit on toilet seats.', ['person']],
    ['A dog and a giraffe stand by a bench.', ['dog', 'giraffe', 'bench']],
    ['Dogs race along a fence.', ['dog']],
  ])('knows compounds and other senses: %s', (text, categories) => {
    expect(named(text)).toEqual(categories);
  });

  it.each([
    ['There is no dog.', 'no'],
    ['a street without any cars', 'without'],
    ['There isn’t a truck.', 'n’t'],
    ['The bicycles are not visible.', 'not'],
    ['There are no cats, dogs or horses.', 'no'],
  ])('sees what a text says is not there: %s', (text, by) => {
    const mentions = findCocoMentions(text);
    expect(mentions.length).toBeGreaterThan(0);
    for (const { negation } of mentions) expect(text.slice(negation!.start, negation!.end)).toBe(by);
  });

  it.each([
    ["Children's toys lie on an airplane restroom floor.", []],
    ['A pitcher stands on a raft.', ['pitcher', 'raft']],
    ["The boy's dog sits.", ['boy', 'dog']],
  ])('reads the senses of %s', (text, expected) => {
    const found = findCocoMentions(text);
    expect(found.map((mention) => mention.text)).toEqual(expected);
    // a jug or a player, a boat or a mattress: only where one is seen
    for (const { text: word, loose } of found) expect(loose).toBe(/^(?:pitcher|raft)$/.test(word));
  });

  it('does not count the cars of a five car train', () => {
    const counts = (text: string) => findCocoMentions(text).map((mention) => countOf(text, mention)?.count ?? null);
    expect(counts('A five car blue and white train.')).toEqual([null, null]);
    expect(counts('Five cars and two sheep.')).toEqual([5, 2]);
  });

  it('does not take a likeness for the thing, nor what nobody does', () => {
    expect(first('A statue of a horse.').unreal).toBe(true);
    expect(first('It looks like a bear.').unreal).toBe(true);
    expect(findCocoMentions('He is not riding a bike.').at(-1)!.unreal).toBe(true);
    expect(first('A photo of a horse.').unreal).toBe(false);
  });

  it.each([
    ['There are two brown dogs in the image.', 2, true],
    ['Three people sit on a bench.', 3, false],
    ['There are two dogs playing with a ball.', 2, false],
    ['Only one cat is there.', 1, true],
    ['A pair of horses grazes.', 2, false],
    ['4 cars', 4, false],
  ])('reads counts: %s', (text, count, exact) => {
    const claim = countOf(text, first(text))!;
    expect([claim.count, claim.exact]).toEqual([count, exact]);
  });

  it.each([
    'One dog runs.',
    'At least two dogs run.',
    'About five cars.',
    '1,200 people',
    'Two of the dogs sleep.',
    'Several dogs',
  ])('takes no count from: %s', (text) => {
    expect(countOf(text, first(text))).toBeNull();
  });

  it('gives ranges of the text, in order, for any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...cocoWords.map(({ plural }) => plural),
        'no',
        'two',
        'hot dog',
        '. ',
        ', ',
        'ﬁ',
        '👩‍👩‍👧',
        'é',
        '\n',
        '’s',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join(' ');
        let last = 0;
        for (const mention of findCocoMentions(text)) {
          expect(mention.start).toBeGreaterThanOrEqual(last);
          expect(text.slice(mention.start, mention.end)).toBe(mention.text);
          const { negation } = mention;
          if (negation) expect(negation.end).toBeGreaterThan(negation.start);
          const claim = countOf(text, mention);
          if (claim) expect(claim.end).toBeLessThanOrEqual(mention.start);
          last = mention.end;
        }
      }),
    );
  });
});

describe('answers as long as they may be', () => {
  it('are read in one pass', () => {
    const text = 'Two dogs and a cat sit near no bus stop '.repeat(2500);
    const began = cpuTime();
    expect(findCocoMentions(text)).toHaveLength(5000);
    expect(cpuTime() - began).toBeLessThan(3000);
  });
});

it.each([
  ['A street sign prohibiting bicycles, skates and skateboards.', 0],
  ['A poster with a picture of a dog.', 0],
  ['A wall decorated with cats.', 0],
  ['A captain named Sparrow.', 0],
  ['A penguin napkin holder.', 0],
  ['A wooden elephant and a plush cow.', 0],
  ['A receipt with bananas and milk.', 0],
  ['The bananas are printed on the receipt.', 0],
  ['A wooden bench.', 1],
  ['An adult polar bear.', 1],
  ['A pit bull dog.', 1],
  ['The dog on the left is painted by a man.', 2],
  ['A picture of a dog on a couch.', 2],
  ['This is a blurry photo of a cat.', 1],
])('what a sign names or a picture shows is no thing: %s', (text, real) => {
  expect(findCocoMentions(text).filter(({ unreal }) => !unreal)).toHaveLength(real);
});
