import { type Lemmatiser, lemma } from './noun-lemma.js';

/** Words for things, each with the thing that it stands for: CHAIR's synonyms.txt. */
export interface Synonyms {
  nodes: ReadonlyMap<string, string>;
  doubleWords: ReadonlyMap<string, string>;
  /** Every single word that can be part of a name. */
  vocabulary: ReadonlySet<string>;
}

/** A word of a text that names a thing, and the thing. */
export interface ObjectWord {
  word: string;
  node: string;
}

/** Whose rules for words: the first script, OPERA's copy of it, or RLAIF-V's. */
export type ChairRules = 'original' | 'opera' | 'rlaif-v';

const doubles =
  'motor bike,motor cycle,air plane,traffic light,street light,traffic signal,stop light,fire hydrant,stop sign,parking meter,suit case,sports ball,baseball bat,baseball glove,tennis racket,wine glass,hot dog,cell phone,mobile phone,teddy bear,hair drier,potted plant,bow tie,laptop computer,stove top oven,home plate,train track'.split(
    ',',
  );
/** What is young or grown up or carries people is no person. */
const animals = [
  'bird',
  'cat',
  'dog',
  'horse',
  'sheep',
  'cow',
  'elephant',
  'bear',
  'zebra',
  'giraffe',
  'animal',
  'cub',
];

/**
 * @param text A line for each thing, its words separated by a comma and a space, the thing itself first. The first
 * script and OPERA keep a doubled space, so that " motor bike" and " cheesecake" are never found; RLAIF-V trims.
 */
export function readSynonyms(text: string, rules: ChairRules): Synonyms {
  const nodes = new Map<string, string>();
  for (const line of text.split('\n')) {
    const words = line.trim().split(', ');
    if (words[0] === '') continue;
    for (const word of words) nodes.set(rules === 'rlaif-v' ? word.trim() : word, words[0]!);
  }
  const doubleWords = new Map<string, string>();
  const names =
    rules === 'rlaif-v' ? [...nodes.keys(), 'home plate', 'train track'].filter((name) => name.includes(' ')) : doubles;
  for (const name of names) doubleWords.set(name, name);
  for (const animal of animals) for (const age of ['baby', 'adult']) doubleWords.set(`${age} ${animal}`, animal);
  for (const vehicle of ['jet', 'train']) doubleWords.set(`passenger ${vehicle}`, vehicle);
  doubleWords.set('bow tie', 'tie').set('toilet seat', 'toilet').set('wine glas', 'wine glass');
  const vocabulary = new Set([...nodes.keys(), ...doubleWords.keys()].flatMap((name) => name.trim().split(' ')));
  return { nodes, doubleWords, vocabulary };
}

/** Words and punctuation marks, much as NLTK's word_tokenize of the lower-cased text: "dog's" is two, "stop-sign"
 * and "o'clock" one. */
export function tokenize(text: string): string[] {
  return (
    text
      .toLowerCase()
      .match(
        /'(?:s|re|ve|ll|d|m)\b|[\p{L}\p{N}]+(?:(?:[-./]|'(?!(?:s|re|ve|ll|d|m|t)\b))[\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu,
      ) ?? []
  );
}

/** The words that name a thing, mention by mention, with the count of all words after double words are joined. */
export function objectWords(
  lemmas: readonly string[],
  { nodes, doubleWords }: Synonyms,
): { found: ObjectWord[]; length: number } {
  let words: string[] = [];
  for (let at = 0; at < lemmas.length; at++) {
    const double = doubleWords.get(`${lemmas[at]} ${lemmas[at + 1]}`);
    words.push(double ?? lemmas[at]!);
    if (double !== undefined) at++;
  }
  const length = words.length;
  if (words.includes('toilet')) words = words.filter((word) => word !== 'seat');
  const found = words.flatMap((word) => {
    const node = nodes.get(word);
    return node === undefined ? [] : [{ word, node }];
  });
  return { found, length };
}

export function lemmasOf(text: string, { vocabulary }: Synonyms, lemmatiser: Lemmatiser): string[] {
  return tokenize(text).map((token) => lemma(token, vocabulary, lemmatiser));
}
