import { likeCase } from '../../text/capital.js';
import { relationOpposites } from '../../text/lexicon/relations.js';
import type { Term, TermOf } from '../../text/terms.js';
import type { Knowledge } from './knowledge.js';
import { type Swap, swap } from './swap.js';

/** Other words for the opposite, where there are several. */
const moreOpposites: Readonly<Record<string, readonly string[]>> = {
  above: ['below', 'under', 'beneath'],
  over: ['under', 'below', 'beneath'],
  below: ['above', 'over'],
  under: ['over', 'above', 'on top of'],
  beneath: ['above', 'over'],
  underneath: ['above', 'on top of', 'over'],
  near: ['far from'],
  beside: ['far from'],
  centre: ['top', 'bottom', 'left', 'right'],
  center: ['top', 'bottom', 'left', 'right'],
  middle: ['top', 'bottom', 'left', 'right'],
};

/** A direction word turned round, by itself. In `top left`, each word alone is another corner. */
export function directionSwaps(term: TermOf<'direction'>, terms: readonly Term[]): Swap[] {
  const word = term.text.toLowerCase();
  const opposite = relationOpposites.get(word);
  const texts = moreOpposites[word] ?? (opposite ? [opposite] : []);
  const inRelation = terms.some(
    (other) =>
      other.kind === 'relation' && other.axis === 'horizontal' && other.start <= term.start && other.end >= term.end,
  );
  const compound = /^(top|bottom|upper|lower)-(left|right)$/.exec(word);
  if (compound && !inRelation) {
    const [vertical, horizontal] = [compound[1]!, compound[2]!];
    const flip = (direction: string) => relationOpposites.get(direction)!;
    return [
      `${vertical}-${flip(horizontal)}`,
      `${flip(vertical)}-${horizontal}`,
      `${flip(vertical)}-${flip(horizontal)}`,
    ].map((text) => swap(term, likeCase(text, term.text)));
  }
  return texts.slice(0, handful).map((text) => swap(term, likeCase(text, term.text)));
}

const turned = (text: string) =>
  text.replace(
    /\b(left|right(?!\s+(?:above|below|over|under|beneath|underneath|on\s+top|next|beside))|higher up|lower down|higher|lower|above|below|over|under|beneath|underneath|on top of)\b/gi,
    (word) => {
      const plain = word.toLowerCase().replace(/\s+/g, ' ');
      if (plain === 'higher up') return likeCase('lower down', word);
      if (plain === 'lower down') return likeCase('higher up', word);
      return likeCase(moreOpposites[plain]?.[0] ?? relationOpposites.get(plain) ?? plain, word);
    },
  );

const relationPhrases: Readonly<Record<string, readonly string[]>> = {
  horizontal: ['above', 'below'],
  vertical: ['to the left of', 'to the right of'],
  distance: ['far from', 'next to'],
  other: ['to the left of', 'to the right of', 'above', 'below'],
};

/** At most so many other places or relations are tried. */
const handful = 5;

/** A whole relation: the opposite first, then the other axis. */
export function relationSwaps(term: TermOf<'relation'>): Swap[] {
  const plain = term.text.toLowerCase().replace(/\s+/g, ' ');
  const known = relationOpposites.get(plain);
  const opposites = [
    ...(term.axis === 'horizontal' || term.axis === 'vertical' ? [turned(term.text)] : []),
    ...(known ? [known] : []),
    ...(moreOpposites[plain] ?? []),
    ...(/^(far|well|nowhere|away)/.test(plain) ? ['next to', 'near', 'close to', 'beside'] : []),
    ...(/^(right next|next|very close|close|near|beside)/.test(plain) ? ['far from', 'far away from'] : []),
  ];
  const all = new Set(
    [...opposites, ...relationPhrases[term.axis]!].map((text) => likeCase(text.toLowerCase(), term.text)),
  );
  return [...all]
    .filter((text) => text.toLowerCase() !== plain)
    .slice(0, handful)
    .map((text) => swap(term, text));
}

/** Another part of the picture, in the words that go with it. */
export function placeSwaps(term: TermOf<'place'>, { british }: Knowledge): Swap[] {
  const plain = term.text.toLowerCase().replace(/\s+/g, ' ');
  const flips = new Set<string>();
  const flip = (text: string, words: RegExp) => text.replace(words, (word) => relationOpposites.get(word) ?? word);
  const [sideways, upright] = [/\b(left|right)\b/g, /\b(top|bottom|upper|lower)\b/g];
  flips.add(flip(plain, sideways));
  flips.add(flip(plain, upright));
  flips.add(flip(flip(plain, sideways), upright));
  const centre = british ? 'centre' : 'center';
  const elsewhere = [
    'at the top',
    'at the bottom',
    'on the left',
    'on the right',
    `in the ${centre}`,
    'in the middle',
    'in the top left corner',
    'in the top right corner',
    'in the bottom left corner',
    'in the bottom right corner',
  ];
  const all = new Set([...flips, ...elsewhere]);
  all.delete(plain);
  return [...all].slice(0, handful).map((text) => swap(term, likeCase(text, term.text)));
}
