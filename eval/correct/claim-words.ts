import type { ClaimKind } from '../../scenes/scene.js';
import { colourSynonyms, colours } from '../../src/text/lexicon/colours.js';
import { nouns } from '../../src/text/lexicon/nouns.js';
import { numberWords } from '../../src/text/lexicon/numbers.js';
import { sizeWords } from '../../src/text/lexicon/sizes.js';

/** A word or phrase that says something of a scene, and the kinds of claim that it can stand for. */
export interface ClaimWord {
  /** In lower case, single spaces. */
  text: string;
  kinds: readonly ClaimKind[];
}

const lexicon = new Map<string, ClaimKind[]>();
const add = (kind: ClaimKind, words: Iterable<string>) => {
  for (const word of words) {
    const kinds = lexicon.get(word) ?? [];
    if (!kinds.includes(kind)) lexicon.set(word, [...kinds, kind]);
  }
};

/** The nouns that a form can mean, by their singulars: `fish`, `fishes`, `palm tree`, a synonym. */
export const nounMeanings: ReadonlyMap<string, ReadonlySet<string>> = (() => {
  const meanings = new Map<string, Set<string>>();
  for (const { singular, plural, synonyms } of nouns) {
    for (const form of [singular, plural, ...synonyms.flat()]) {
      for (const spelling of [form, form.replaceAll('-', ' ')])
        meanings.set(spelling.toLowerCase(), (meanings.get(spelling.toLowerCase()) ?? new Set()).add(singular));
    }
  }
  return meanings;
})();

add('object', nounMeanings.keys());
for (const kind of ['colour', 'ground'] as const) add(kind, [...colours, ...Object.keys(colourSynonyms)]);
add('size', [...sizeWords.small, ...sizeWords.large]);
add('count', numberWords);
add('count', [
  ...['a', 'an', 'single', 'a single', 'lone', 'a lone', 'solitary', 'a solitary', 'a pair', 'a couple', 'a trio'],
  ...['several', 'a few', 'few', 'multiple', 'a group', 'a bunch', 'a number', 'some', 'many', 'both', 'a dozen'],
  ...['more', 'fewer', 'no'],
]);
add('existence', ['no', 'not', 'not a', "isn't", "aren't", "don't", "can't", 'cannot', 'nowhere', 'without', 'none']);
add('existence', ['not any', 'not a single', 'without any']);
add('relation', ['left', 'right', 'left-hand', 'right-hand', 'leftmost', 'rightmost', 'above', 'over', 'higher']);
add('relation', ['higher up', 'highest', 'topmost', 'below', 'beneath', 'under', 'underneath', 'lower', 'lower down']);
add('relation', ['lowest', 'bottommost', 'between', 'in between', 'on top of', 'next to', 'right next to', 'beside']);
add('relation', ['near', 'nearby', 'close to', 'very close to', 'right by', 'adjacent to', 'alongside', 'far from']);
add('relation', ['far away from', 'well away from', 'away from', 'nowhere near', 'a long way from', 'not near']);
add('relation', ['not close to']);
add('position', ['left', 'right', 'left-hand', 'right-hand', 'top', 'bottom', 'upper', 'lower']);
add('position', ['centre', 'center', 'middle']);

/** Words that claim nothing by themselves: grammar that follows from a change, and the frames of units and places. */
const fillers = new Set(
  `is are was were be has have sits sit stands stand lies lie appears appear rests rest looks look there there's 's the
  of to on in at and it they its their them side one ones that those this these by with can seen found shown pair pairs
  loaf loaves piece pieces box boxes bunch bunches up down than placed located positioned somewhere off towards toward
  image picture scene drawing photo illustration graphic shows show contains contain includes include holds hold has
  depicts depict features presents displays here present visible depicted displayed drawn pictured i we you do does any
  this sitting hanging standing situated see look but while whereas there're also
  very far hand part half corner area section any colour color coloured colored all`.split(/\s+/),
);

const longestPhrase = 4;

/**
 * The claiming words of a text in order, longest phrases first; null where it holds a word that is neither known nor
 * mere grammar, so that nobody can say what it claims.
 */
export function readClaimWords(text: string): ClaimWord[] | null {
  const words = text
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/[^\p{L}\p{N}'-]+/u)
    .map((word) => word.replace(/^['-]+|['-]+$/g, ''))
    .filter(Boolean)
    .flatMap((word) => (isKnown(word) ? [word] : word.split('-')));
  const found: ClaimWord[] = [];
  for (let at = 0; at < words.length; ) {
    let length = Math.min(longestPhrase, words.length - at);
    while (length > 0 && !isKnown(words.slice(at, at + length).join(' '))) length--;
    if (length > 0) {
      const phrase = words.slice(at, at + length).join(' ');
      found.push({ text: phrase, kinds: /^\d+$/.test(phrase) ? ['count'] : lexicon.get(phrase)! });
      at += length;
      continue;
    }
    if (!fillers.has(words[at]!)) return null;
    at++;
  }
  return found;
}

const isKnown = (phrase: string) => lexicon.has(phrase) || /^\d{1,4}$/.test(phrase);
