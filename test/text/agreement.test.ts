import { describe, expect, it, test } from 'vitest';
import { indefiniteArticle, isPlural, pluralize, singularize } from '../../src/text/agreement.js';
import { nouns } from '../../src/text/lexicon/nouns.js';

const regularAndNot =
  'photo/photos piano/pianos hero/heroes gas/gases quiz/quizzes lens/lenses box/boxes toy/toys city/cities roof/roofs thief/thieves nose/noses vase/vases tie/ties movie/movies zombie/zombies stomach/stomachs dish/dishes bridge/bridges eye/eyes policeman/policemen grandchild/grandchildren human/humans dormouse/dormice toothbrush/toothbrushes analysis/analyses radius/radii iris/irises goldfish/goldfish hoof/hooves cliff/cliffs chef/chefs zoo/zoos virus/viruses walrus/walruses canvas/canvases person/people goose/geese mongoose/mongooses foot/feet bookshelf/bookshelves housewife/housewives purse/purses princess/princesses beach/beaches moustache/moustaches ski/skis shoe/shoes prize/prizes bee/bees moose/moose pants/pants sunglasses/sunglasses mother-in-law/mothers-in-law'
    .split(' ')
    .map((pair) => pair.split('/') as [string, string]);

describe('number', () => {
  test.each(regularAndNot)('%s / %s', (one, many) => {
    expect([pluralize(one), singularize(many)]).toEqual([many, one]);
    expect([pluralize(many), singularize(one)]).toEqual([many, one]);
    expect([isPlural(one), isPlural(many)]).toEqual([false, one !== many]);
  });

  test('every noun that the scenes can draw goes there and back', () => {
    for (const { singular, plural } of nouns) {
      expect(pluralize(singular)).toBe(plural);
      expect(pluralize(plural)).toBe(plural);
      if (singular !== plural) expect(singularize(plural)).toBe(singular);
    }
  });

  it('keeps capitals', () => expect([pluralize('Wolf'), singularize('MICE')]).toEqual(['Wolves', 'MOUSE']));
});

test.each(
  Object.entries({
    apple: 'an',
    hour: 'an',
    university: 'a',
    unicorn: 'a',
    umbrella: 'an',
    unimportant: 'an',
    'one-eyed': 'a',
    European: 'a',
    utensil: 'a',
    urn: 'an',
    '8': 'an',
    '11': 'an',
    '80': 'an',
    '180': 'a',
    '18th': 'an',
    '1,100': 'a',
    'X-ray': 'an',
    MRI: 'an',
    SUV: 'an',
    UFO: 'a',
    TV: 'a',
    STOP: 'a',
    OLD: 'an',
    élan: 'an',
    '"apple"': 'an',
    heirloom: 'an',
    honey: 'a',
  }),
)('the article of %s is %s', (word, article) => expect(indefiniteArticle(word)).toBe(article));
