import type { Colour } from '../../src/text/lexicon/colours.js';
import type { Direction, Place } from './geometry.js';

/** One value of a fact, and whether it is the truth. */
export interface Value<T> {
  is: T;
  good: boolean;
  /** What it was before it was made false. */
  was?: T;
}

export type Size = 'small' | 'large';

/** What a noun phrase says of a group, or of all groups with one noun. Values that are absent are not said. */
export interface Mention {
  groups: number[];
  noun: Value<string>;
  count: Value<number>;
  colour?: Value<Colour>;
  size?: Value<Size>;
  /** Set apart by a colour because another group has the same noun. */
  qualified: boolean;
  /** `three red dogs`, `the red dogs`, or `they`: only what is said can be perturbed. */
  as: 'full' | 'definite' | 'pronoun';
  /** How a pronoun sets it apart from the other of two: "the larger one", "the latter". */
  called?: 'larger' | 'smaller' | 'former' | 'latter';
}

export type Superlative = 'largest' | 'smallest' | 'leftmost' | 'rightmost' | 'highest' | 'lowest';

export type Fact =
  | { kind: 'exists'; mentions: Mention[] }
  | { kind: 'absent'; noun: Value<string>; no: Value<boolean>; groups: number[]; plural: boolean }
  | { kind: 'relation'; subject: Mention; other: Mention; direction: Value<Direction> }
  | { kind: 'distance'; subject: Mention; other: Mention; near: Value<boolean> }
  | { kind: 'between'; subject: Mention; others: [Mention, Mention]; how: Value<'between' | Direction> }
  | { kind: 'compare'; subject: Mention; other: Mention; larger: Value<boolean> }
  | { kind: 'extreme'; subject: Mention; others: number[]; superlative: Value<Superlative> }
  | { kind: 'more'; subject: Mention; other: Mention; more: Value<boolean> }
  | { kind: 'place'; subject: Mention; place: Value<Place> }
  | { kind: 'colour'; subject: Mention; colour: Value<Colour> }
  | { kind: 'size'; subject: Mention; size: Value<Size> }
  | { kind: 'ground'; colour: Value<Colour> }
  | { kind: 'sign'; text: Value<string> };

export const truly = <T>(is: T): Value<T> => ({ is, good: true });
export const wrongly = <T>(is: T, was?: T): Value<T> => ({ is, good: false, ...(was === undefined ? {} : { was }) });

/** The mentions of a fact, in a fixed order. */
export function mentionsOf(fact: Fact): Mention[] {
  switch (fact.kind) {
    case 'exists':
      return fact.mentions;
    case 'between':
      return [fact.subject, ...fact.others];
    case 'relation':
    case 'distance':
    case 'compare':
    case 'more':
      return [fact.subject, fact.other];
    case 'extreme':
    case 'place':
    case 'colour':
    case 'size':
      return [fact.subject];
    default:
      return [];
  }
}

/** Whether it names something by a pronoun, so that it cannot stand without what was said before. */
export const refersBack = (fact: Fact): boolean => mentionsOf(fact).some(({ as }) => as === 'pronoun');

/** The fact with its mentions replaced, in the order of `mentionsOf`. */
export function withMentions(fact: Fact, [first, second, third, ...more]: readonly Mention[]): Fact {
  switch (fact.kind) {
    case 'exists':
      return {
        ...fact,
        mentions: [first, second, third, ...more].filter((mention): mention is Mention => mention !== undefined),
      };
    case 'between':
      return { ...fact, subject: first!, others: [second!, third!] };
    case 'relation':
    case 'distance':
    case 'compare':
    case 'more':
      return { ...fact, subject: first!, other: second! };
    case 'extreme':
    case 'place':
    case 'colour':
    case 'size':
      return { ...fact, subject: first! };
    default:
      return fact;
  }
}
