import type { Evidence } from '../../scorer/scorer.js';
import { pluralize } from '../../text/agreement.js';
import { colourSynonyms, colours } from '../../text/lexicon/colours.js';
import type { Noun } from '../../text/lexicon/nouns.js';
import { describedNoun, isGroundColour } from '../../text/mentioned.js';
import { statements } from '../../text/sentences.js';
import { findTerms, nounByLabel, type Term, type TermOf } from '../../text/terms.js';
import { sentencesOf } from '../../text/view/view.js';

/** One kind of thing that was seen in the picture, surest first. */
export interface SeenObject {
  noun: Noun;
  count: number;
  /** Of the surest. */
  confidence: number;
  /** Of the least sure. */
  least: number;
  /** Named colours, from its attributes. */
  colours: string[];
  /** Where its boxes are on average, in shares of the picture. */
  centre?: { x: number; y: number };
  /** How many there are of each size or colour that is said of some of them. */
  groups: ReadonlyMap<string, number>;
}

/** What is known when replacements are proposed: what was seen, and what the answer names already. */
export interface Knowledge {
  seen: SeenObject[];
  /** Something is there that was not made out: it may be what a word speaks of. */
  unclear: boolean;
  groundColours: string[];
  readTexts: string[];
  /** Colours of what is printed. */
  printColours: string[];
  /** What the question is about, where it is one thing. */
  asked: Noun | 'ground' | 'print' | undefined;
  /** Where the answer names things, by its first mention of each. */
  mentioned: ReadonlyMap<Noun, number>;
  /** Where the sentence at hand ends in the answer. */
  until: number;
  /** `grey` and `centre` rather than `gray` and `center`. */
  british: boolean;
}

/** A thing whose name is less likely than this was not made out. */
const madeOut = 0.5;
const colourKeys = ['colour', 'color'];

export function gatherKnowledge(response: string, evidence: readonly Evidence[], prompt?: string): Knowledge {
  const sorted = [...evidence].sort((a, b) => b.confidence - a.confidence);
  const seen = new Map<Noun, SeenObject & { groups: Map<string, number> }>();
  const boxesOf = new Map<Noun, NonNullable<Evidence['box']>[]>();
  for (const { kind, label, attributes, confidence, box } of sorted) {
    if (kind !== 'object') continue;
    const noun = nounByLabel(label) ?? unknownNoun(label);
    if (!noun) continue;
    const key = [...seen.keys()].find((other) => other.singular === noun.singular) ?? noun;
    const object = seen.get(key) ?? {
      noun: key,
      count: 0,
      confidence,
      least: confidence,
      colours: [],
      groups: new Map<string, number>(),
    };
    object.least = Math.min(object.least, confidence);
    const counted = Number.parseInt(attributes?.count ?? '', 10);
    const more = counted > 0 ? counted : 1;
    object.count += more;
    for (const name of new Set(Object.values(attributes ?? {})))
      object.groups.set(name, (object.groups.get(name) ?? 0) + more);
    if (box) {
      const boxes = boxesOf.get(key) ?? [];
      boxes.push(box);
      boxesOf.set(key, boxes);
      object.centre = {
        x: mean(boxes.map(([x, , to]) => (x + to) / 2)),
        y: mean(boxes.map(([, y, , to]) => (y + to) / 2)),
      };
    }
    const colour = readColours(attributes);
    object.colours.push(...colour.filter((name) => !object.colours.includes(name)));
    seen.set(key, object);
  }
  return {
    seen: [...seen.values()],
    unclear: sorted.some(({ kind, confidence }) => kind === 'object' && confidence < madeOut),
    groundColours: sorted
      .filter(({ kind }) => kind === 'ground')
      .flatMap(({ attributes, label }) => [
        ...readColours(attributes),
        ...colours.filter((colour) => label.toLowerCase() === colour),
      ]),
    readTexts: sorted
      .filter(({ kind, label }) => kind === 'text' && label.length <= 80 && !/[\p{Cc}"“”«»]/u.test(label))
      .map(({ label }) => label.trim())
      .filter(Boolean),
    printColours: sorted.flatMap(({ kind, attributes }) => (kind === 'text' ? readColours(attributes) : [])),
    asked: prompt === undefined ? undefined : askedAbout(prompt),
    mentioned: new Map(
      statements(response, sentencesOf(response))
        .flatMap(({ start, end }) =>
          findTerms(response.slice(start, end)).flatMap((term) =>
            term.kind === 'noun' ? [[term.noun, start + term.start] as const] : [],
          ),
        )
        .reverse(),
    ),
    until: response.length,
    british: /\b(grey|coloured|colour|centre)\b/i.test(response),
  };
}

/** What a short question is about: one noun, the background, or a sign. */
function askedAbout(prompt: string): Knowledge['asked'] {
  if (prompt.length > 200 || !prompt.trim().endsWith('?')) return undefined;
  const nouns = findTerms(prompt).flatMap((term) => (term.kind === 'noun' ? [term.noun] : []));
  if (nouns.length > 0) return nouns.length === 1 ? nouns[0] : undefined;
  if (/\b(?:background|backdrop|canvas)\b/i.test(prompt)) return 'ground';
  return /\bsign\b/i.test(prompt) ? 'print' : undefined;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function readColours(attributes: Readonly<Record<string, string>> | undefined): string[] {
  return colourKeys.flatMap((key) => {
    const word = attributes?.[key]?.toLowerCase().trim();
    if (!word) return [];
    const colour = colourSynonyms[word] ?? word;
    return (colours as readonly string[]).includes(colour) ? [colour] : [];
  });
}

/** A label that a detector knows and the lexicon does not, such as `person`. */
function unknownNoun(label: string): Noun | null {
  const word = label.trim().toLowerCase();
  if (!/^\p{L}[\p{L}\s-]{0,40}$/u.test(word)) return null;
  return { singular: word, plural: pluralize(word), synonyms: [], category: 'thing' };
}

export const seenAs = (noun: Noun, { seen }: Knowledge): SeenObject | undefined =>
  seen.find((object) => object.noun.singular === noun.singular);

/** The thing that a sentence without a noun speaks of: what was asked about. */
export const askedNoun = (terms: readonly Term[], { asked }: Knowledge): Noun | undefined =>
  typeof asked === 'object' && !terms.some(({ kind }) => kind === 'noun') ? asked : undefined;

/** What a colour is said of: a thing, the background or a sign. */
export function colouredBy(
  term: TermOf<'colour'>,
  sentence: string,
  terms: readonly Term[],
  { asked }: Knowledge,
): Noun | 'ground' | 'print' | undefined {
  if (isGroundColour(term, sentence, terms)) return 'ground';
  const nouns = terms.flatMap((other) => (other.kind === 'noun' ? [other.noun] : []));
  const noun = describedNoun(term, sentence, terms) ?? (nouns.length === 1 ? nouns[0] : undefined);
  if (noun) return noun;
  if (/\bsign\b/i.test(sentence)) return 'print';
  return nouns.length > 0 ? undefined : asked;
}

/** The colours that were seen of it. */
export const coloursOf = (about: Noun | 'ground' | 'print' | undefined, knowledge: Knowledge): readonly string[] =>
  about === undefined
    ? []
    : about === 'ground'
      ? knowledge.groundColours
      : about === 'print'
        ? knowledge.printColours
        : (seenAs(about, knowledge)?.colours ?? []);

/** What is seen less surely than this is no candidate. */
const sureEnough = 0.4;
/** Of things that were seen, at most so many are tried in place of one. */
const handful = 5;

/** How the answer speaks of a thing: the words before it. */
export interface Mention {
  colour?: string;
  count?: number;
  /** In the plural. */
  many: boolean;
  /** `the dog` rather than `a dog`. */
  pointsBack: boolean;
  /** What else its sentence names: nothing is left of itself. */
  beside: ReadonlySet<Noun>;
}

/**
 * Nouns to try in place of one: only what was seen, what fits the number and the colour that are said of it first, then the
 * surest. A thing that the answer has named before is the likelier one where the words before it point back; else one that the
 * answer names is none: nobody introduces it twice.
 */
export function likelyNouns(instead: Noun, mention: Mention, { seen, mentioned, until }: Knowledge): Noun[] {
  const { colour, count, many, pointsBack, beside } = mention;
  const fits = (object: SeenObject) =>
    count === undefined
      ? many === object.count > 1
      : object.count === count || (colour !== undefined && object.groups.get(colour) === count);
  const unlike = (object: SeenObject) => (fits(object) ? 0 : 2) + (pointsBack && !mentioned.has(object.noun) ? 3 : 0);
  return seen
    .filter(({ noun, confidence }) => noun !== instead && confidence >= sureEnough)
    .filter((object) => count !== undefined || fits(object))
    .filter(({ noun }) => !beside.has(noun) && (!mentioned.has(noun) || (pointsBack && mentioned.get(noun)! < until)))
    .filter(({ colours }) => colour === undefined || colours.length === 0 || colours.includes(colour))
    .sort((a, b) => unlike(a) - unlike(b) || b.confidence - a.confidence)
    .slice(0, handful)
    .map(({ noun }) => noun);
}
