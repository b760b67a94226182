import type { Evidence } from '../../scorer/scorer.js';
import { colours } from '../../text/lexicon/colours.js';
import { nouns } from '../../text/lexicon/nouns.js';
import { numberWords } from '../../text/lexicon/numbers.js';
import { relationOpposites } from '../../text/lexicon/relations.js';
import { oppositeSizes } from '../../text/lexicon/sizes.js';
import type { KnownWord } from './word-kinds.js';

/** What is known of the picture and the text when alternatives are ranked. */
export interface Context {
  evidence: readonly Evidence[];
  /** Nouns that the response names already. */
  mentioned: ReadonlySet<string>;
}

const byName = new Map(nouns.map((noun) => [noun.singular, noun]));

/** Words of the same kind, most likely first, in the case of the word that they replace. */
export function alternativesTo(word: KnownWord, context: Context): string[] {
  const found = candidates(word, context).filter((text) => text.toLowerCase() !== word.text.toLowerCase());
  return [...new Set(found)].map((text) => likeCase(text, word.text));
}

function candidates(word: KnownWord, { evidence, mentioned }: Context): string[] {
  const text = word.text.toLowerCase();
  switch (word.kind) {
    case 'noun': {
      const seen = [...evidence]
        .filter((item) => item.kind === 'object')
        .sort((a, b) => b.confidence - a.confidence)
        .map((item) => item.label);
      const category = byName.get(word.noun!)?.category;
      const alike = nouns.filter((noun) => noun.category === category).map((noun) => noun.singular);
      const ranked = [
        ...seen.filter((label) => !mentioned.has(label)),
        ...seen,
        ...alike,
        ...nouns.map((noun) => noun.singular),
      ];
      return [...new Set(ranked)]
        .filter((noun) => noun !== word.noun)
        .map((noun) => nounForm(noun, word.plural ?? false));
    }
    case 'colour': {
      const seen = evidence.flatMap((item) =>
        item.kind === 'ground' ? [item.label] : item.attributes?.colour ? [item.attributes.colour] : [],
      );
      return [...seen, ...colours];
    }
    case 'size':
      return oppositeSizes(text);
    case 'count':
      return counts(text);
    case 'relation':
      return relations(text);
    case 'negation':
      return text === 'no' ? ['a', 'one', ...numberWords.slice(2, 7), 'yes'] : [];
    case 'answer':
      return ['no'];
  }
}

/** The written form: hyphens as in the lexicon's own list of scene nouns, else with a space. */
function nounForm(noun: string, plural: boolean): string {
  const entry = byName.get(noun);
  const form = entry ? (plural ? entry.plural : entry.singular) : noun;
  return /^(ice-cream|palm-tree|t-shirt|yo-yo)/.test(form) ? form : form.replaceAll('-', ' ');
}

function counts(text: string): string[] {
  if (/^\d+$/.test(text)) return Array.from({ length: 10 }, (_, index) => String(index + 1));
  const words = numberWords.slice(1, 11);
  const one = text === 'a' || text === 'an' ? ['one'] : ['a', 'one'];
  return [...one, ...words.slice(1), 'no'];
}

const sides: Readonly<Record<string, readonly string[]>> = {
  above: ['below', 'left of', 'right of'],
  over: ['under', 'left of', 'right of'],
  below: ['above', 'left of', 'right of'],
  under: ['over', 'above', 'left of', 'right of'],
  beneath: ['above', 'left of', 'right of'],
  underneath: ['above', 'left of', 'right of'],
  'to the left of': ['to the right of', 'above', 'below'],
  'to the right of': ['to the left of', 'above', 'below'],
  'on the left side of': ['on the right side of', 'above', 'below'],
  'on the right side of': ['on the left side of', 'above', 'below'],
  centre: ['top', 'bottom', 'top left corner', 'top right corner', 'bottom left corner', 'bottom right corner'],
  center: ['top', 'bottom', 'top left corner', 'top right corner', 'bottom left corner', 'bottom right corner'],
  middle: ['top', 'bottom', 'left', 'right'],
  top: ['bottom', 'centre'],
  bottom: ['top', 'centre'],
};

function relations(text: string): string[] {
  const opposite = relationOpposites.get(text);
  return [...(opposite ? [opposite] : []), ...(sides[text] ?? [])];
}

function likeCase(text: string, like: string): string {
  const first = like.charAt(0);
  return first !== first.toLowerCase() && first === first.toUpperCase()
    ? text.charAt(0).toUpperCase() + text.slice(1)
    : text;
}
