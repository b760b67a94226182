import { pick } from '../../random.js';
import { countWord } from '../counting.js';
import { type Fact, type Mention, refersBack, type Value } from '../fact.js';
import { colourWord, isCountedByUnit, nounForm, nounPhrase } from '../noun-phrase.js';
import { type ClaimPiece, capitalise, type Piece } from '../pieces.js';
import { placePieces } from '../sentences/place-pieces.js';
import { placeForms } from '../sentences/relation-words.js';
import { claimOf } from '../sentences/sentence.js';
import type { Wording } from '../wording.js';

/**
 * A fact in note form, as `Dogs: three` or `**Background:** blue`; null where it has none. `truth` is what the fact was
 * before anything was made false in it.
 */
export function noteOf(
  fact: Fact,
  truth: Fact,
  key: string,
  wording: Wording,
  random: () => number,
): readonly Piece[] | null {
  const bold = pick(random, ['', '', '**']);
  const form = random();
  const asDigit = random() < 0.5;
  const w = <T>(name: string, options: readonly T[]) => wording.pick(`${key}.${name}`, options);
  const label = (name: ClaimPiece): Piece[] => [bold, ...capitalise([name]), `:${bold} `];
  const noun = ({ noun, count, groups }: Mention) =>
    claimOf('object', nounForm(noun.is, count.is !== 1, wording, `${key}.noun`), noun, groups);
  const colour = (kind: 'colour' | 'ground', value: Value<string>, groups: number[]) =>
    claimOf(kind, colourWord(value.is, wording, `${key}.colour`), value, groups);

  /** `Dogs: three, red`, `Dog (red): 1`, `3 x red dogs`, `three red dogs`. */
  function counted(only: Mention): Piece[] {
    const { groups } = only;
    const name = noun(only);
    const number = claimOf('count', asDigit ? String(only.count.is) : countWord(only.count.is), only.count, groups);
    const tint = only.colour && colour('colour', only.colour, groups);
    if (form < 0.3) return [...label(name), number, ...(tint ? [', ', tint] : [])];
    if (form < 0.45 && tint) return [...capitalise([name]), ' (', tint, ')', ': ', number];
    if (form < 0.6) return [number, ' x ', ...(tint ? [tint, ' '] : []), name];
    return capitalise(nounPhrase(only, wording, key));
  }

  switch (fact.kind) {
    case 'exists': {
      const [only, more] = fact.mentions;
      if (only && !more && truth.kind === 'exists' && !isCountedByUnit(only.noun.is)) return counted(only);
      const phrases = fact.mentions.map((mention, index) => nounPhrase(mention, wording, `${key}.${index}`));
      return phrases.flatMap((phrase, index) => (index === 0 ? capitalise(phrase) : [', ', ...phrase]));
    }
    case 'ground': {
      const name = w('label', ['Background', 'Background colour', 'Backdrop', 'Ground']);
      return [`${bold}${name}:${bold} `, colour('ground', fact.colour, [])];
    }
    case 'colour':
      if (refersBack(truth)) return null;
      return [...label(noun(fact.subject)), colour('colour', fact.colour, fact.subject.groups)];
    case 'place': {
      if (refersBack(truth) || form >= 0.6) return null;
      const { subject, place } = fact;
      return [...label(noun(subject)), ...placePieces(w('place', placeForms[place.is]), place, subject.groups)];
    }
    default:
      return null;
  }
}
