import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captionScene, sampleScene, seededRandom } from '../../../scenes/index.js';
import { plainFacts } from '../../../src/text/claims/plain-facts.js';
import { viewOf } from '../../../src/text/view/view.js';
import { runs } from '../../fixtures/runs.js';

const read = (answer: string, prompt?: string) => plainFacts(viewOf(answer).text, prompt).text;

describe('what a model of a small world reads of an answer', () => {
  it.each([
    // what introduces things, in many words
    ['There are two dogs and a red car.', 'there are two dogs. there is a red car.'],
    ['From what I can tell, the artwork depicts three owls.', 'there are three owls.'],
    ['The composition is made up of four white horses.', 'there are four white horses.'],
    ['My reading: two kiwis and a lamp.', 'there are two kiwis. there is a lamp.'],
    ['I count five boats in total.', 'there are five boats.'],
    ['The number of boats comes to five.', 'there are five boats.'],
    // colours and grounds
    ['The lemon is rendered in purple.', 'The lemon is purple.'],
    ['The cakes have a green hue.', 'The cakes are green.'],
    ['Behind everything is a white backdrop.', 'the background is white.'],
    // adjectives that claim nothing
    ['A cheerful, adorable owl sits quietly on the left.', 'an owl sits on the left.'],
    // what hangs on a statement and is none
    ['Two foxes sit on the left, which draws the eye to the bell.', 'Two foxes sit on the left.'],
    ['There are two foxes. They are red.', 'there are two foxes. They are red.'],
    // items
    ['- **Locks:** 5, black\n- **Bathtub:** 1, pink', 'there are 5 black Locks. there is 1 pink Bathtub.'],
    [
      '| Thing | Where |\n|--|--|\n| foxes | left |\n| owl | top |',
      'the foxes are on the left. the owl is at the top.',
    ],
    ['`drums` × 2; `castle` × 1', 'there are 2 drums. there is 1 castle.'],
    ['1. **Boats** – two brown boats', 'there are two brown boats.'],
    // rows that say something of the item before them, and rows of what is not there
    [
      '- Two camels\n  - colour: orange\n  - location: left\n- A fox\n  - color – red',
      'there are Two camels. the camels are orange. the camels are on the left. there is A fox. the fox is red.',
    ],
    ['### Camels\n- Count: 2\n- Size: small', 'there are 2 Camels. the Camels are small.'],
    ['✅ llamas: 2\n✅ owls: 5\n❌ people: 0', 'there are 2 llamas. there are 5 owls.'],
    // what is crossed out, or not ticked, is not said to be there
    ['- [x] two dogs\n- [ ] two cats\n- [x] a fox', 'there are two dogs. there is a fox.'],
    ['[x] two dogs\n[ ] two cats\n[x] a fox', 'there are two dogs. there is a fox.'],
    ['✅ two dogs\n❌ two cats\n✅ a fox', 'there are two dogs. there is a fox.'],
    ['* ✗ cats: 2\n* foxes: 1', 'there is 1 fox.'],
    ['- two dogs ✅\n- two cats ❌', 'there are two dogs.'],
    ['❌ There are two cats.\n✅ There is one cat.', 'there is one cat.'],
    // fields, a line each
    [
      'object: cat\ncount: 2\ncolor: red\nbackground: blue',
      'there are 2 cats. the cat is red. the background is blue.',
    ],
    [
      'Subject....... two cacti\nColour........ green\nBackdrop...... purple',
      'there are two cacti. the cacti are green. the background is purple.',
    ],
    ['[Sign text] CLOSED\n[Sign colour] yellow\n[Other] three droplets', ''],
    // other names
    ['Two drops of water and a chapel.', 'there are Two droplets. there is a church.'],
    ['There are three open books and a checkered flag.', 'there are three books. there is a flag.'],
    // print
    ['The sign says "STOP".', 'The sign says "STOP".'],
  ])('%s', (answer, wanted) => {
    expect(read(answer)).toBe(wanted);
  });

  it.each([
    // general knowledge, in words of the same world
    'An octopus has three hearts.',
    'A violin has four strings, a guitar usually six.',
    'Flamingos are pink.',
    'The sun is a star.',
    'Bears sleep in winter, and bees tell each other the way by dancing.',
    // advice, recipes, lists of what to buy
    'Beat two eggs with a lemon and pour them into a bowl.',
    'The recipe calls for two eggs and an onion.',
    'You will need:\n- 2 eggs\n- 1 onion\n- 200 g of flour',
    'It goes well with bread, cheese and grapes.',
    'Charge the phone overnight and keep the key in a drawer.',
    // talk
    'Good eye for sending this one over.',
    'It could hang on the wall of a nursery, beside a wooden train.',
    'Would you like a story about a fox?',
    'A horse would have been a nice addition.',
    // sayings, names and words that are no things
    'Bear in mind that time flies.',
    'The dog food stands beside the chicken soup.',
    'Next to it stands Mickey Mouse.',
    'There is an elephant in the room that nobody mentions.',
    // the past, and what can be done
    'The castle was built in 1702.',
    'Dogs can smell fire.',
  ])('nothing of: %s', (answer) => {
    expect(read(answer)).toBe('');
  });

  it('things are given the names that scenes give them', () => {
    const answer = 'There are two bars of chocolate, a hatchet and three coffee mugs.';
    const { text, pieces } = plainFacts(answer);
    expect(text).toBe('there are two bars of chocolate, an axe and three cups.');
    const at = text.indexOf('cups');
    expect(pieces(at, at + 4).map(({ start, end }) => answer.slice(start, end))).toEqual(['coffee mugs']);
    expect(read('The sign says "HATCHET".')).toContain('HATCHET');
  });

  it('reads nearly all that plain captions claim', async () => {
    let [read, claims] = [0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const scene = await sampleScene(90_000 + seed);
      for (const caption of captionScene(scene, seededRandom(seed), { count: 3 })) {
        const view = viewOf(caption.text);
        const excerpt = plainFacts(view.text, caption.prompt);
        const pieces = excerpt.pieces(0, excerpt.text.length).map(({ start, end }) => view.toRaw(start, end));
        claims += caption.claims.length;
        read += caption.claims.filter((claim) =>
          pieces.some(({ start, end }) => start < claim.end && end > claim.start),
        ).length;
      }
    }
    expect(read / claims).toBeGreaterThan(0.97);
  });

  it('every word of it stands where its pieces say, whatever stands around', () => {
    const sentences = fc.constantFrom(
      'There are two dogs.',
      'A lovely old owl sits on the left, next to a fox.',
      'Mix the flour with two eggs.',
      '- Boats: 3, red\n',
      'The cakes have a green hue!',
      '“What a day,” she said…',
      'Here is an adorable, smiling elephant (gray).',
      'x = 3; y\n\n',
    );
    fc.assert(
      fc.property(fc.array(sentences, { maxLength: 8 }), (parts) => {
        const { text } = viewOf(parts.join(' '));
        const excerpt = plainFacts(text);
        for (const { index, 0: word } of excerpt.text.matchAll(/[\p{L}\p{N}]+/gu)) {
          const pieces = excerpt.pieces(index, index + word.length);
          const said = pieces.map(({ start, end }) => text.slice(start, end)).join('');
          // words that were added stand nowhere, and a noun may have been put in the number of its count
          if (pieces.length > 0 && !/^an?$/i.test(word)) expect(said.slice(0, 3)).toBe(word.slice(0, 3));
        }
      }),
      { numRuns: runs(300) },
    );
  });
});
