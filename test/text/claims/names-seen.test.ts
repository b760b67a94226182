import { describe, expect, it } from 'vitest';
import { plainFacts } from '../../../src/text/claims/plain-facts.js';
import { nouns } from '../../../src/text/lexicon/nouns.js';
import { otherNames } from '../../../src/text/lexicon/other-names.js';
import { undrawnThings } from '../../../src/text/lexicon/undrawn-things.js';
import { viewOf } from '../../../src/text/view/view.js';

/** What is read where so much was seen: `sheep, 2 red owl`. */
const read = (answer: string, seen: string) => {
  const things = (seen === '' ? [] : seen.split(', ')).flatMap((one) => {
    const [, count = '1', colour, name] = /^(?:(\d+) )?(?:(red|blue|green|white|gray) )?(.+)$/.exec(one)!;
    return Array.from({ length: Number(count) }, () => ({ name: name!, ...(colour && { colour }) }));
  });
  const { text, undrawn } = plainFacts(viewOf(answer).text, undefined, things);
  return [text, ...undrawn.map(({ noun }) => noun.singular)];
};

describe('a sentence that names what was seen speaks of the picture, however it is worded', () => {
  it.each([
    [
      'The bookplate my aunt glued in has two owls plus one anchor.',
      '2 owl',
      ['there are two owls. there is one anchor.'],
    ],
    [
      'Listing 4471: a red kite, three spoons, sold as seen.',
      'red kite',
      ['there is a red kite. there are three spoons.'],
    ],
    [
      'Page nine gives us a kite beside an owl and five drums.',
      'kite, owl',
      ['there is a kite. there is an owl. there are five drums.'],
    ],
    [
      'Four white ships cross in front of one gaudy lantern.',
      '4 white ship',
      ['there are Four white ships. there is one lantern.'],
    ],
  ])('%s', (answer, seen, wanted) => {
    expect(read(answer, seen)).toEqual(wanted);
    expect(read(answer, '')).toEqual(['']);
  });

  it.each([
    ['one thing alone, in no number or colour', 'My uncle keeps a kite and three spoons in his shed.', 'kite'],
    ['things in another number', 'Two kites and three spoons, said the fox.', 'kite'],
    ['what is only imagined', 'Imagine two owls and three spoons.', '2 owl'],
    ['what is denied', 'My shed has never held two owls and three spoons.', '2 owl'],
    ['questions', 'Would you rather have two owls or three spoons?', '2 owl'],
    ['general knowledge', 'Two owls usually share three nests.', '2 owl'],
  ])('not so: %s', (_, answer, seen) => {
    expect(read(answer, seen)).toEqual(['']);
  });

  it('takes words for no names where they are parts of a whole', () => {
    expect(read('Two owls/small kites and three spoons.', '2 owl')[0]).toContain('three spoons');
  });

  it('holds for all of a list', () => {
    expect(read('- two owls\n- seven odd gnomes\n- a rusty anchor\n- three spoons', '2 owl')[0]).toBe(
      'there are two owls. there is an anchor. there are three spoons.',
    );
  });

  it('gives no place to what comes after a thing of unknown name', () => {
    expect(read('I spotted four gnomes over on the left, and two owls: a big one and a small one.', '2 owl')[0]).toBe(
      'there are two owls.',
    );
  });
});

describe('things that no scene draws', () => {
  it('are left out of what is read, and named', () => {
    expect(read('The image shows two owls and a kettle.', '')).toEqual(['there are two owls.', 'kettle']);
    expect(read('The image shows a kettle to the left of two owls.', '')).toEqual(['there are two owls.', 'kettle']);
    expect(read('In the image the kettle is red.', '')).toEqual(['']);
    expect(read('The image shows no kettle.', '')).toEqual(['']);
  });

  it('have names that no drawn thing has, and are mistaken for drawn ones', () => {
    const drawn = new Set(nouns.map(({ singular }) => singular));
    const named = new Set(
      nouns.flatMap(({ singular, plural, synonyms }) =>
        [singular, plural, ...synonyms.flat(), ...(otherNames.get(singular) ?? []).flat()].map((name) =>
          name.replaceAll('-', ' '),
        ),
      ),
    );
    for (const { singular, plural, mistakenFor } of undrawnThings) {
      expect([...mistakenFor].filter((name) => !drawn.has(name))).toEqual([]);
      expect([singular, plural].filter((name) => named.has(name))).toEqual([]);
    }
  });
});

it('no other name is that of two drawn things', () => {
  const owner = new Map<string, string>();
  for (const { singular, plural, synonyms } of nouns)
    for (const name of [singular, plural, ...synonyms.flat(), ...(otherNames.get(singular) ?? []).flat()]) {
      const plain = name.replaceAll('-', ' ');
      expect([plain, owner.get(plain) ?? singular]).toEqual([plain, singular]);
      owner.set(plain, singular);
    }
});

describe('items with a number', () => {
  it.each([
    [
      '- **Owls:** four, one above the other\n- **Kite:** one, blue, rather torn',
      'there are four Owls. there is one blue Kite.',
    ],
    [
      '| Thing | Quantity | Notes |\n|---|:-:|---|\n| Owl | 4 | large, red |\n| Kite | 3 | dotted |',
      'there are 4 large red owls. there are 3 kites.',
    ],
    ['## Umbrellas\n\n* Number: 4\n* Color: green\n* State: open', 'there are 4 Umbrellas. the Umbrellas are green.'],
    [
      '1. Turtles: 5\n2. Sofas with lamps: 3\n3. Kites: 4\n4. Bunches of grapes: 2',
      'there are 5 Turtles. there are 4 Kites. there are 2 grapes.',
    ],
  ])('%s', (answer, wanted) => {
    expect(read(answer, '')[0]).toBe(wanted);
  });
});

it('what says which of the things are meant is no claim that they are there', () => {
  expect(read('The image has a table. The sweets are four pink cupcakes.', '')[0]).not.toContain('sweets');
});

describe('what is said to be printed on a sign', () => {
  it.each([
    ['The sign, which is black, says "PARK".', 'the sign says "PARK".'],
    ['The sticker in your photo upload says “Café”, next to a drawing.', 'the sign says "Café".'],
    ['In your picture a sign saying WEST is above three bananas on the left.', 'the sign says "WEST".'],
  ])('%s', (answer, wanted) => {
    expect(read(answer, '')[0]).toContain(wanted);
  });

  it.each(['The image has a sign that doesn’t say "PARK".', 'If the sign in the image said "PARK", I would say so.'])(
    'is not read where it is denied: %s',
    (answer) => {
      expect(read(answer, '')[0]).not.toContain('PARK');
    },
  );
});
