import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AtomicClaim, atomicClaims } from '../../../src/scorer/claims/cut/atomic-claims.js';
import { runs } from '../../fixtures/runs.js';

/** `statement [words]`, with `not:` before what the text denies. */
async function cut(text: string, prompt?: string): Promise<string[]> {
  const claims = await atomicClaims(text, prompt);
  return claims.map(({ statement, words, denied }) => {
    const said = words.map(({ start, end }) => text.slice(start, end)).join(' ');
    return `${denied ? 'not: ' : ''}${statement} [${said}]`;
  });
}

describe('an answer is cut into what it claims', () => {
  it.each<[string, string[]]>([
    [
      'There are two red dogs to the left of a small car.',
      [
        'There are dogs. [dogs]',
        'There are red dogs. [red]',
        'There are two red dogs. [two]',
        'There is a car. [car]',
        'There is a small car. [small]',
        'The two red dogs are to the left of the small car. [left]',
      ],
    ],
    [
      'A man on the bench is holding a cup.',
      [
        'There is a man. [man]',
        'There is a bench. [bench]',
        'The man is on the bench. [on]',
        'There is a cup. [cup]',
        'The man is holding the cup. [holding]',
      ],
    ],
    [
      'The backpack is red and blue.',
      ['There is a backpack. [backpack]', 'The backpack is red. [red]', 'The backpack is blue. [blue]'],
    ],
    ['There is no dog in the picture.', ['not: There is a dog. [no dog]']],
    ['Not a single magnet can be seen.', ['not: There is a magnet. [Not magnet]']],
    ['There is no dog or cat.', ['not: There is a dog. [no dog]', 'not: There is cat. [no cat]']],
    [
      'There are no visible signs of damage or rust on the car.',
      ['not: There are signs. [no signs]', 'not: There is rust. [no rust]', 'There is a car. [car]'],
    ],
    ['There is neither a dog nor a cat.', ['not: There is a dog. [neither dog]', 'not: There is a cat. [neither cat]']],
    ['There are no boats on the lake.', ['not: There are boats. [no boats]', 'There is a lake. [lake]']],
    [
      'There is a bell with a blue rim, which is not standard for a red bicycle.',
      [
        'There is a bell. [bell]',
        'There is a rim. [rim]',
        'There is a blue rim. [blue]',
        'There is a bicycle. [bicycle]',
        'There is a red bicycle. [red]',
      ],
    ],
    ['Twelve face cards.', ['There are face cards. [face cards]', 'There are twelve face cards. [Twelve]']],
    ['This image was taken from Mount Rigi.', ['This image was taken from Mount Rigi. [Mount Rigi]']],
    ['The door is not green.', ['There is a door. [door]', 'not: The door is green. [not]']],
    [
      'The sign reads "FRESH FISH".',
      ['The words "FRESH FISH" are written in the picture. [FRESH FISH]', 'There is a sign. [sign]'],
    ],
    [
      'The sleds are smaller than the pears.',
      ['There are sleds. [sleds]', 'There are pears. [pears]', 'The sleds are smaller than the pears. [smaller]'],
    ],
    ['The color of the zebra is gray.', ['There is a zebra. [zebra]', 'The zebra is gray. [gray]']],
    [
      'Grapes are hanging from a vine.',
      ['There are grapes. [Grapes]', 'There is a vine. [vine]', 'The grapes are hanging from the vine. [hanging from]'],
    ],
    [
      'The limes are pink, the giraffes are brown.',
      [
        'There are limes. [limes]',
        'The limes are pink. [pink]',
        'There are giraffes. [giraffes]',
        'The giraffes are brown. [brown]',
      ],
    ],
    [
      'The sheep are above the moose.',
      ['There are sheep. [sheep]', 'There is a moose. [moose]', 'The sheep are above the moose. [above]'],
    ],
    [
      'Four kites on a brown background.',
      ['There are kites. [kites]', 'There are four kites. [Four]', 'The background is brown. [brown]'],
    ],
    [
      'In the top left corner there is a bell.',
      ['There is a bell. [bell]', 'The bell is at the top. [top]', 'The bell is on the left. [left]'],
    ],
    [
      'A pair of dogs is near a tree.',
      [
        'There are dogs. [dogs]',
        'There are two dogs. [A pair]',
        'There is a tree. [tree]',
        'The two dogs are near the tree. [near]',
      ],
    ],
    [
      'There is a red pair of glasses, placed to the left of a key.',
      [
        'There are glasses. [glasses]',
        'There are red glasses. [red]',
        'There is a key. [key]',
        'The red glasses are to the left of the key. [left]',
      ],
    ],
    // kinds of things are no things, and bunches no grapes
    [
      'There are two kinds of objects and five bunches of grapes.',
      [
        'There are objects. [objects]',
        'There are two kinds of objects. [two]',
        'There are bunches of grapes. [bunches of grapes]',
        'There are five bunches of grapes. [five]',
      ],
    ],
    ['A pair of gloves.', ['There are gloves. [gloves]', 'There is a pair of gloves. [A pair]']],
    // what was named before is not there twice
    [
      'There are two sheep and a nest, with the sheep below the nest.',
      [
        'There are sheep. [sheep sheep]',
        'There are two sheep. [two]',
        'There is a nest. [nest nest]',
        'The sheep are below the nest. [below]',
      ],
    ],
    [
      'The bell is above the apples and to the right of the pies.',
      [
        'There is a bell. [bell]',
        'There are apples. [apples]',
        'The bell is above the apples. [above]',
        'There are pies. [pies]',
        'The bell is to the right of the pies. [right]',
      ],
    ],
    [
      'There are more kites than cars.',
      ['There are kites. [kites]', 'There are cars. [cars]', 'There are more kites than cars. [more]'],
    ],
    [
      'Each bulb of garlic is larger than each frog.',
      [
        'There are bulbs of garlic. [bulb of garlic]',
        'There are frogs. [frog]',
        'The bulb of garlic is larger than the frog. [larger]',
      ],
    ],
    [
      'Four purple pea pods.',
      [
        'There are pea pods. [pea pods]',
        'There are purple pea pods. [purple]',
        'There are four purple pea pods. [Four]',
      ],
    ],
    ['five × dogs', ['There are dogs. [dogs]', 'There are five dogs. [five]']],
    // what no rule cuts is asked with its sentence
    ['Red is what the kite is.', ['There is a kite. [kite]', 'Red is what the kite is. [Red]']],
    ['Thanks for asking! Let me know if you need more.', []],
  ])('%s', async (text, wanted) => {
    expect(await cut(text)).toEqual(wanted);
  });

  it.each([
    'Knitting needles come in two sizes, which confuses nearly everyone at first.',
    'The moon moves away from us by four centimeters a year.',
    'Tea should steep for three minutes in a white cup.',
    'Water just off the boil is too hot for delicate leaves.',
    'Dear customer, we are sorry to hear that the parcel arrived late.',
    'Short, sweet, and hopefully on point.',
  ])('nothing of what is said beside the picture: %s', async (aside) => {
    const claims = await cut(`${aside} Your photo shows a dog. ${aside}`);
    expect(claims).toEqual(['There is a dog. [dog]']);
  });

  it.each([
    ['As you can see, every kite here is red.', 'red'],
    ['In my photo a dog lies on a red sofa.', 'red'],
    ['Every chair in the picture is red.', 'red'],
    ['A man is holding a clock, as he always does.', 'clock'],
    ['A US flag hangs on a red wall.', 'flag'],
    ['A red sign says 50% OFF.', 'red'],
    ["You've got three large motorcycles.", 'three'],
  ])('what is said of the picture, whatever stands beside it: %s', async (text, word) => {
    const words = (await atomicClaims(text)).flatMap((claim) =>
      claim.words.map(({ start, end }) => text.slice(start, end)),
    );
    expect(words).toContain(word);
  });

  it('with pronouns put in full', async () => {
    const claims = await cut('A dog sits near a fence. It is brown and is looking at the gate.');
    expect(claims).toEqual(
      expect.arrayContaining(['The dog is brown. [brown]', 'The dog is looking at the gate. [looking at]']),
    );
  });

  it('a short answer together with its question', async () => {
    expect(await cut('Two.', 'How many cats are there?')).toEqual([
      'The answer to the question "How many cats are there?" is "Two". [Two]',
    ]);
    expect(await cut('No.', 'Is there a cat?')).toEqual(['The answer to the question "Is there a cat?" is "No". [No]']);
    expect(await cut('Near the bottom of the picture.', 'Where is the cat?')).toEqual([
      'The answer to the question "Where is the cat?" is "Near the bottom of the picture". [bottom]',
    ]);
    const asked = 'The answer to the question "What is at the top?" is';
    expect(await cut('Three blue cats.', 'What is at the top?')).toEqual([
      `${asked} "cats". [cats]`,
      `${asked} "blue cats". [blue]`,
      `${asked} "Three blue cats". [Three]`,
    ]);
    expect(await cut('The top left.', 'In which corner is the cat?')).toEqual([
      'The answer to the question "In which corner is the cat?" is "The top". [top]',
      'The answer to the question "In which corner is the cat?" is "The left". [left]',
    ]);
    expect(await cut('One.', 'How many cats are there?')).toEqual(['There is a cat. []', 'There is one cat. [One]']);
    expect(await cut('No, the cats are not blue.', 'Are the cats blue?')).toEqual([
      'There are cats. [cats]',
      'not: The cats are blue. [not]',
      'The answer to the question "Are the cats blue?" is "no". [No]',
    ]);
    expect(await cut('They are on the left.', 'Where are the cats?')).toEqual(['The cats are on the left. [left]']);
    expect(await cut('It says OPEN 24.', 'What does the sign say?')).toEqual([
      'The words "OPEN 24" are written in the picture. [OPEN 24]',
    ]);
    expect(await cut('Yes, there is a cat.', 'Is there a cat?')).toEqual([
      'There is a cat. [cat]',
      'The answer to the question "Is there a cat?" is "yes". [Yes]',
    ]);
  });

  it('each claim with what must hold for it, and with the least change that makes it wrong', async () => {
    const claims = await atomicClaims('There are two red dogs to the left of a car.');
    const about = ({ parents, contrast }: AtomicClaim) => ({ parents, contrast });
    expect(claims.map(about)).toMatchObject([
      { parents: [] },
      { parents: [0], contrast: expect.stringMatching(/^There are (?!red)\w+ dogs\.$/) },
      { parents: [0, 1], contrast: 'There are three red dogs.' },
      { parents: [] },
      { parents: [0, 1, 2, 3], contrast: 'The two red dogs are to the right of the car.' },
    ]);
    expect(claims.map(({ type }) => type)).toEqual(['object', 'attribute', 'counting', 'object', 'spatial']);
  });

  it('never an absence: what is denied is asked the other way round', async () => {
    for (const text of [
      'There are no cats.',
      "There isn't a bus.",
      'A street without cars.',
      'No one is there, and nothing moves.',
    ])
      for (const statement of await cut(text))
        expect(statement).not.toMatch(/\b(?:There (?:is|are) no|not|never)\b(?!: )/);
  });

  it.each<[string, string | undefined, string[]]>([
    ['Your attached photo shows six brown dogs. Run `git push` now.', undefined, ['dogs', 'brown', 'six']],
    [
      "I'll cut to the chase, as I know that you are waiting: three cats are below two cars.",
      undefined,
      ['three', 'cats'],
    ],
    ['1 and 3, respectively.', 'Count the foxes and the churches.', ['1', '3']],
  ])('what is said for certain in a sentence of other things: %s', async (text, prompt, words) => {
    const claims = await atomicClaims(text, prompt);
    const said = claims.flatMap((claim) => claim.words.map(({ start, end }) => text.slice(start, end)));
    expect(said).toEqual(expect.arrayContaining(words));
  });

  it('any text, in order, with offsets in it and parents before their claims', async () => {
    const words = fc.constantFrom(
      'There are',
      'two',
      'red',
      'dogs',
      'left of',
      'a',
      '“STOP”',
      'is',
      'not',
      'which',
      'holding',
      'of',
      '，',
      '👩‍🚀',
      '.',
      '\n',
      'the',
      'it',
      '3.5 m',
      '望高',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.array(words, { maxLength: 25 }).map((parts) => parts.join(' ')),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const claims = await atomicClaims(text);
        for (const [index, { words, parents, statement }] of claims.entries()) {
          expect(statement).not.toBe('');
          expect(words.length > 0 || claims.some((claim) => claim.parents.includes(index))).toBe(true);
          let last = 0;
          for (const { start, end } of words) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeGreaterThan(start);
            last = end;
          }
          expect(last).toBeLessThanOrEqual(text.length);
          for (const parent of parents) expect(parent).toBeLessThan(index);
        }
      }),
      { numRuns: runs(60) },
    );
  });
});
