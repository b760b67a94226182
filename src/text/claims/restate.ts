import { indefiniteArticle, isPlural, pluralize, singularize } from '../agreement.js';
import { parseCount } from '../lexicon/numbers.js';
import type { Range } from '../range.js';
import type { Word } from './classified.js';

/** A word as it stands, other words in its place, or words that were added. */
export type Piece = Range | { for: Range; text: string } | string;

/** After such words comes what is there: `I see`, `the composition is made up of`, `clip art of`. */
const introduces =
  /^(?:see|sees|spot|notice|find|observe|count|make|makes|made|out|shows?|showing|contains?|containing|features?|featuring|includes?|including|depicts?|depicting|displays?|displaying|presents?|presenting|holds?|holding|has|have|of|at|drawn|drew|with|is|are|there's|here's|comprises?|appear|appears)$/;
const beforeOf =
  /^(?:made|up|consists?|composed|comprised|picture|image|drawing|illustration|photo|clip-art|clipart|art|graphic|rendering|render|cartoon|scene|view|icon|icons|emojis?|depiction|arrangement|collection|set|mix|selection|total)$/;
const beforeAt = /^looking$/;
const beforeBe = /^(?:there|here)$/;
const placed =
  /^(?:left|right|top|bottom|upper|lower|middle|center|centre|corner|side|half|below|above|behind|beside|under|over|underneath|beneath|between|near|next|background|backdrop|ground|foreground|topmost|bottommost|leftmost|rightmost)$/;
const negative = /^(?:no|not|none|never|without|neither|nor|nothing|hardly|cannot|\p{L}+n't)$/u;

/**
 * A plain statement in the plainest words: what only introduces a thing becomes `There is`, and a colour is said of its
 * thing by `is`, so that the wording changes no reward. Words that claim something stay what they are.
 */
export function restated(words: readonly Word[]): Piece[] {
  const plain = words.filter(({ kind }) => kind !== 'passed-over');
  return groundColour(plain) ?? counted(plain) ?? coloured(plain) ?? existence(plain) ?? withArticles(plain);
}

const isAmount = ({ kind, text }: Word) =>
  kind === 'number' ||
  kind === 'colour' ||
  kind === 'size' ||
  /^(?:a|an|some|several|many|exactly|just|only|multiple|another)$/.test(text);

function existence(words: readonly Word[]): Piece[] | null {
  const thing = words.findIndex(({ kind }) => kind === 'thing');
  if (thing < 0) return null;
  let first = thing;
  while (
    first > 0 &&
    (isAmount(words[first - 1]!) ||
      (/^(?:pair|pairs|of|couple|trio|group)$/.test(words[first - 1]!.text) && isUnit(words, first - 1)))
  )
    first--;
  const lead = words.slice(0, first);
  const last = lead.at(-1);
  if (!last || (first === thing && !isPlural(words[thing]!.text))) return null;
  if (
    lead.some(
      ({ text, kind }) =>
        /^(?:and|but|look)$/.test(text) ||
        placed.test(text) ||
        negative.test(text) ||
        kind === 'print' ||
        (kind === 'number' && text !== 'one'),
    )
  )
    return null;
  if (!introduces.test(last.text) || !introducesHere(lead)) return null;
  const rest = words.slice(first);
  return [`there ${isMany(rest) ? 'are' : 'is'} `, ...withArticles(rest)];
}

function introducesHere(lead: readonly Word[]): boolean {
  const [before, last] = [lead.at(-2)?.text ?? '', lead.at(-1)!.text];
  if (last === 'of') return beforeOf.test(before);
  if (last === 'at') return beforeAt.test(before);
  if (last === 'with') return lead.some(({ kind }) => kind === 'general');
  if (last === 'is' || last === 'are') return lead.slice(-3).some(({ text }) => beforeBe.test(text));
  if (last === 'out') return /^(?:make|made)$/.test(before);
  if (last === 'drawn') return /^(?:has|have)$/.test(before);
  return true;
}

/** `pair of` in `a pair of foxes`, and no `picture of`. */
function isUnit(words: readonly Word[], at: number): boolean {
  const of = words[at]!.text === 'of' ? at : at + 1;
  return words[of]?.text === 'of' && /^(?:pair|pairs|couple|trio|group)$/.test(words[of - 1]?.text ?? '');
}

function isMany(rest: readonly Word[]): boolean {
  const number = rest[0]!.kind === 'number' ? parseCount(rest[0]!.text) : null;
  if (number !== null) return number !== 1;
  return !/^(?:a|an)$/.test(rest[0]!.text) && isPlural(rest.find(({ kind }) => kind === 'thing')!.text);
}

/** A background or the like, with a colour and nothing else that could be meant by it. */
function groundColour(words: readonly Word[]): Piece[] | null {
  const ground = words.find(({ text }) => /^(?:background|backdrop|ground)$/.test(text));
  const colours = words.filter(({ kind }) => kind === 'colour');
  if (
    !ground ||
    colours.length !== 1 ||
    words.some(({ kind, text }) => kind === 'thing' || kind === 'size' || negative.test(text))
  )
    return null;
  return ['the ', ground, ' is ', colours[0]!];
}

/** `the number of pancakes comes to five` */
function counted(words: readonly Word[]): Piece[] | null {
  const numbers = words.filter(({ kind }) => kind === 'number');
  const at = words.findIndex(({ text }, index) => text === 'of' && words[index - 1]?.text === 'number');
  const things = words.slice(at + 1).filter(({ kind }) => kind === 'thing' || kind === 'colour' || kind === 'size');
  if (at < 0 || numbers.length !== 1 || words.indexOf(numbers[0]!) < at || things.length === 0) return null;
  if (words.some(({ text }) => negative.test(text) || placed.test(text) || /^(?:and|or|than)$/.test(text))) return null;
  const number = numbers[0]!;
  const one = parseCount(number.text) === 1;
  return [one ? 'there is ' : 'there are ', number, ' ', ...joined(inNumber(things, !one))];
}

/** `the lemon is rendered in purple`, `the cakes have a green hue`, `the colour of the lemon is purple` */
function coloured(words: readonly Word[]): Piece[] | null {
  const colours = words.filter(({ kind }) => kind === 'colour');
  const colour = colours.at(-1);
  const at = words.findIndex(
    ({ text, kind }) => kind === 'verb' && /^(?:is|are|has|have|looks?|appears?|come|comes)$/.test(text),
  );
  if (!colour || at < 1 || words.indexOf(colour) < at) return null;
  const subject = words.slice(0, at).filter(({ text }) => !/^(?:colou?rs?|of)$/.test(text));
  const predicate = words.slice(at + 1);
  const has = /^(?:has|have)$/.test(words[at]!.text);
  const says = (word: Word) =>
    word === colour ||
    /^(?:colou?r(?:ed)?|hue|tint(?:ed)?|shade|tone|rendered|shown|drawn|painted|depicted|displayed|done|made|in|a|an|to|be)$/.test(
      word.text,
    );
  if (!predicate.every(says) || (has && !predicate.some(({ text }) => /^(?:colou?r|hue|tint|shade|tone)$/.test(text))))
    return null;
  const things = subject.filter(({ kind }) => kind === 'thing');
  if (
    things.length === 0 ||
    subject.some(({ text, kind }) => negative.test(text) || placed.test(text) || kind === 'general')
  )
    return null;
  if (predicate.length === 1 && !/^(?:appears?|looks?)$/.test(words[at]!.text)) return null;
  return [...withArticles(subject), isMany(subject) || isPlural(things.at(-1)!.text) ? ' are ' : ' is ', colour];
}

/** The words with the spaces between them, and each `a` or `an` as the word after it wants it. */
export function withArticles(words: readonly Word[]): Piece[] {
  return words.flatMap((word, index): Piece[] => {
    const next = words[index + 1];
    const fitting = next && /^an?$/.test(word.text) ? indefiniteArticle(next.text) : word.text;
    return [
      ...(index > 0 ? [between(words[index - 1]!, word)] : []),
      fitting === word.text ? word : { for: word, text: fitting },
    ];
  });
}

/** Quotation marks and the like stay; where words were passed over there is one space. */
const between = ({ end }: Word, { start }: Word): Piece =>
  start > end && start - end <= 3 ? { start: end, end: start } : ' ';

const joined = (pieces: readonly Piece[]): Piece[] =>
  pieces.flatMap((piece, index) => (index > 0 ? [' ', piece] : [piece]));

/** Words with the last thing in the plural or in the singular. */
function inNumber(words: readonly Word[], many: boolean): Piece[] {
  return words.map((word): Piece => {
    if (word.kind !== 'thing' || word !== words.findLast(({ kind }) => kind === 'thing')) return word;
    const text = many ? pluralize(word.text) : singularize(word.text);
    return text === word.text ? word : { for: word, text };
  });
}

/** What the cells of a row, or the words behind a label, say of one thing. */
export interface Fields {
  thing: Word[];
  number?: Word;
  size?: Word;
  colour?: Word;
  place?: Word[];
}

/** The fields of an item such as `locks: 5, black`, from its parts; null where they are not those of one thing. */
export function fieldsOf(parts: readonly (readonly Word[])[]): Fields | null {
  const fields: Fields = { thing: [] };
  // `red, big` is two of them
  for (const part of parts.flatMap((one) =>
    one.every(({ kind }) => kind === 'colour' || kind === 'size') ? one.map((word) => [word]) : [one],
  )) {
    const words = part.filter(({ kind, text }) => kind !== 'passed-over' && text !== 'and');
    const only = words.length === 1 ? words[0]! : undefined;
    const key =
      only?.kind === 'number'
        ? 'number'
        : only?.kind === 'colour'
          ? 'colour'
          : only?.kind === 'size'
            ? 'size'
            : undefined;
    if (key) {
      if (fields[key]) return null;
      fields[key] = only!;
    } else if (words.length > 0 && words.every(({ kind }) => kind === 'thing')) {
      if (fields.thing.length > 0) return null;
      fields.thing = words;
    } else if (
      words.length > 0 &&
      words.length <= 5 &&
      words.every(({ kind, text }) => kind === 'place' || text === 'the') &&
      words.some(({ text }) => placed.test(text))
    ) {
      if (fields.place) return null;
      fields.place = words;
    } else return null;
  }
  const { thing, number, size, colour, place } = fields;
  return thing.length > 0 && (number || size || colour || place) ? fields : null;
}

/** What fields say, as sentences without full stops. */
export function fieldSentences({ thing, number, size, colour, place }: Fields): Piece[][] {
  const count = number ? parseCount(number.text)! : undefined;
  const many = count === undefined ? isPlural(thing.at(-1)!.text) : count !== 1;
  const attributes = [size, colour].filter((word) => word !== undefined);
  const sentences: Piece[][] = [];
  const named = inNumber(thing, many);
  if (number) sentences.push([many ? 'there are ' : 'there is ', ...joined([number, ...attributes, ...named])]);
  else if (attributes.length > 0)
    sentences.push(['the ', ...joined(named), many ? ' are ' : ' is ', ...joined(attributes)]);
  if (place) sentences.push(['the ', ...joined(named), many ? ' are ' : ' is ', ...placePhrase(place)]);
  return sentences;
}

function placePhrase(words: readonly Word[]): Piece[] {
  if (/^(?:in|on|at|to|near|toward|towards)$/.test(words[0]!.text)) return withArticles(words);
  const said = words.map(({ text }) => text).join(' ');
  const lead = /^(?:top|bottom)$/.test(said) ? 'at the ' : /^(?:left|right)$/.test(said) ? 'on the ' : 'in the ';
  const corner = /^(?:top|bottom|upper|lower)[ -](?:left|right)$/.test(said) ? ' corner' : '';
  return [lead, ...withArticles(words), corner];
}
