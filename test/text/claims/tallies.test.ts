import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainFacts } from '../../../src/text/claims/plain-facts.js';
import { talliesIn } from '../../../src/text/claims/tallies.js';
import { viewOf } from '../../../src/text/view/view.js';
import { runs } from '../../fixtures/runs.js';

const read = (answer: string, prompt?: string) => plainFacts(viewOf(answer).text, prompt).text;

describe('how many there are in all is read', () => {
  it.each([
    ['Counting everything, I get 5 objects.', 'there are 5 things in all.'],
    ['All in all the drawing has six items: three kites.', 'there are six things in all. there are three kites.'],
    ['**Total objects:** eight', 'there are eight things in all.'],
    ['In total, there are 7 items in the picture.', 'there are 7 things in all.'],
    ['Your picture contains three kinds of objects.', 'there are three kinds of things in all.'],
    ['Overall, four types of objects appear in this illustration.', 'there are four kinds of things in all.'],
    ['There are more kites than foxes in the picture.', 'there are more kites than foxes.'],
    ['The picture shows fewer heads of broccoli than dogs.', 'there are fewer broccoli than dogs.'],
  ])('%s', (answer, wanted) => expect(read(answer)).toBe(wanted));

  it.each([
    ['How many objects are there in total?', 'three', 'there are three things in all.'],
    ['How many different kinds of things are shown?', '4 kinds.', 'there are 4 kinds of things in all.'],
    ['Are there more foxes than kites, or fewer?', 'Fewer.', 'there are Fewer foxes than kites.'],
  ])('%s %s', (prompt, answer, wanted) => expect(read(answer, prompt)).toBe(wanted));

  it.each([
    'I see three things that stand out.',
    'Three things to keep in mind: the light, the shade and the frame.',
    'There are four kinds of bread.',
    "There aren't more dogs than cats.",
    'There is no more than one dog.',
    'Are there more dogs than cats?',
    'It takes two items of clothing.',
    'If there were six objects in total, it would be crowded.',
  ])('and not in: %s', (said) => expect(talliesIn(said)).toEqual([]));

  it('where it stands, whatever stands around it', () => {
    const part = fc.constantFrom(
      'six objects in total',
      'more dogs than cats',
      'kinds: 4',
      ' ',
      '. ',
      'the',
      '😀',
      'no',
      '2',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const said = parts.join(' ');
        for (const { start, end, text } of talliesIn(said)) expect(said.slice(start, end)).toBe(text);
      }),
      { numRuns: runs(200) },
    );
  });
});
