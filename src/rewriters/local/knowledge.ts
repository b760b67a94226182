import type { Evidence } from '../../scorer/scorer.js';
import { pluralize } from '../../text/agreement.js';
import { colourSynonyms, colours } from '../../text/lexicon/colours.js';
import { type Noun, nouns } from '../../text/lexicon/nouns.js';
import { findTerms, nounByLabel } from './terms.js';

/** One kind of thing that was seen in the picture, surest first. */
export interface SeenObject {
  noun: Noun;
  count: number;
  /** Named colours, from its attributes. */
  colours: string[];
}

/** What is known when replacements are proposed: what was seen, and what the answer names already. */
export interface Knowledge {
  seen: SeenObject[];
  groundColours: string[];
  readTexts: string[];
  mentioned: ReadonlySet<Noun>;
  /** `grey` and `centre` rather than `gray` and `center`. */
  british: boolean;
}

const colourKeys = ['colour', 'color'];

export function gatherKnowledge(response: string, evidence: readonly Evidence[]): Knowledge {
  const sorted = [...evidence].sort((a, b) => b.confidence - a.confidence);
  const seen = new Map<Noun, SeenObject>();
  for (const { kind, label, attributes } of sorted) {
    if (kind !== 'object') continue;
    const noun = nounByLabel(label) ?? unknownNoun(label);
    if (!noun) continue;
    const key = [...seen.keys()].find((other) => other.singular === noun.singular) ?? noun;
    const object = seen.get(key) ?? { noun: key, count: 0, colours: [] };
    const counted = Number.parseInt(attributes?.count ?? '', 10);
    object.count += counted > 0 ? counted : 1;
    const colour = readColours(attributes);
    object.colours.push(...colour.filter((name) => !object.colours.includes(name)));
    seen.set(key, object);
  }
  return {
    seen: [...seen.values()],
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
    mentioned: new Set(findTerms(response).flatMap((term) => (term.kind === 'noun' ? [term.noun] : []))),
    british: /\b(grey|coloured|colour|centre)\b/i.test(response),
  };
}

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

/** Nouns to try in place of one: seen and not yet named, other seen ones, its own kind, then all others. */
export function likelyNouns(instead: Noun, { seen, mentioned }: Knowledge): Noun[] {
  const fresh = seen.filter(({ noun }) => !mentioned.has(noun)).map(({ noun }) => noun);
  const named = seen.filter(({ noun }) => mentioned.has(noun)).map(({ noun }) => noun);
  const kin = nouns.filter(({ category }) => category === instead.category);
  const ordered = new Set([...fresh, ...named, ...kin, ...nouns]);
  ordered.delete(instead);
  return [...ordered];
}
