import { isColour, readSentences } from '../../../text/claims/about-picture.js';
import { claimed, claimsOf } from '../../../text/claims/claims.js';
import { plainFacts } from '../../../text/claims/plain-facts.js';
import type { FlagType } from '../../../text/flag-type.js';
import { colours } from '../../../text/lexicon/colours.js';
import { numberWords, parseCount } from '../../../text/lexicon/numbers.js';
import { relationOpposites } from '../../../text/lexicon/relations.js';
import { oppositeSizes } from '../../../text/lexicon/sizes.js';
import { polarityHead } from '../../../text/polarity.js';
import type { Range } from '../../../text/range.js';
import { splitSentences } from '../../../text/sentences.js';
import { isAside } from './asides.js';
import { isUnseen, type NounPhrase, nounPhrases } from './noun-phrases.js';
import { type TaggedWord, tagWords } from './tag-words.js';
import { capital, existence, reference, textOf } from './wording.js';

/** A part of an answer that is true or false by itself. */
export interface AtomicClaim {
  /** What it says, as an English sentence that stands alone. */
  statement: string;
  /** The words that hang on it, in reading order; none where only others build on it. Offsets are UTF-16 into the text. */
  words: Range[];
  type: FlagType;
  kind: 'thing' | 'number' | 'attribute' | 'relation' | 'place' | 'action' | 'print' | 'answer';
  /** Claims that must hold for this one to hold, by their places in the list: it differs from them in its words alone. */
  parents: number[];
  /** The text says that it is not so. */
  denied?: true;
  /** The statement made wrong by the least change, where there is one. */
  contrast?: string;
  /** What its whole sentence says: another claim's statement, or the sentence where that can be asked about by itself. */
  sentence?: string;
}

/** Claims of one answer at most. */
export const mostClaims = 300;

/**
 * Cuts a text into what it claims of its picture: things, numbers, attributes with their thing, relations with both ends,
 * places, actions and print, each with the words that it hangs on. By rules, for English. `prompt` is the question that
 * the text answers: a bare `Yes`, a number or a colour is one claim about it.
 */
export async function atomicClaims(text: string, prompt?: string): Promise<AtomicClaim[]> {
  const claims: AtomicClaim[] = [];
  const judgeable = new Set(claimed(text, prompt, { names: true }).map(({ start }) => start));
  const measures = claimsOf(text, prompt).filter(({ kind, text }) => kind === 'name' && /\d/.test(text));
  const topics: Topics = { phrases: await askedAbout(prompt), claims: new Map() };
  const read: { sentence: Range; words: TaggedWord[] }[] = [];
  for (const sentence of readSentences(text, prompt)) {
    if (claims.length >= mostClaims) break;
    if (!sentence.about) continue;
    const words = await tagWords(text, sentence);
    if (!words.some(({ start }) => judgeable.has(start))) continue;
    const isBrief = answersBriefly(words, prompt);
    if (!isBrief && isAside(text.slice(sentence.start, sentence.end), words)) continue;
    if (isBrief) claims.push(...briefAnswers(text, sentence, words, prompt!, claims.length));
    else {
      const first = claims.length;
      new SentenceCut(text, words, judgeable, claims, topics, measures).cut();
      tellSentence(text, sentence, words, claims, first);
      read.push({ sentence, words });
    }
    headClaim(text, sentence, claims, prompt);
  }
  await cutPlainFacts(text, prompt, claims);
  for (const { sentence, words } of read) {
    if (claims.length >= mostClaims) break;
    const own = claims.flatMap((claim, at) => (claim.words.some((word) => isIn(sentence, word)) ? at : []));
    const rest = uncut(
      words,
      own.map((at) => claims[at]!),
      judgeable,
    );
    if (rest.length > 0 && words.length <= longestWhole) claims.push(wholeClaim(text, sentence, rest, claims, own));
  }
  return claims.slice(0, mostClaims);
}

const isIn = (outer: Range, { start }: Range) => outer.start <= start && start < outer.end;

/**
 * What is said of things for certain, but in a form that the rules do not cut (`three × dogs`, `1 and 3`) or in a sentence that
 * is mostly of something else, is cut from its plain words. Words that are in a claim already are left to it.
 */
async function cutPlainFacts(text: string, prompt: string | undefined, claims: AtomicClaim[]): Promise<void> {
  const { text: plain, pieces, denied } = plainFacts(text, prompt);
  const taken = new Set(claims.flatMap(({ words }) => words.map(({ start }) => start)));
  const left = ({ start, end }: Range) => pieces(start, end).filter((piece) => !taken.has(piece.start));
  const judgeable = new Set(claimed(plain, undefined, { names: true }).map(({ start }) => start));
  for (const sentence of splitSentences(plain)) {
    if (claims.length >= mostClaims) break;
    if (denied.some(({ start, end }) => start < sentence.end && sentence.start < end)) continue;
    const words = await tagWords(plain, sentence);
    const cut: AtomicClaim[] = [];
    new SentenceCut(plain, words, judgeable, cut, { phrases: [], claims: new Map() }, []).cut();
    if (!cut.some((claim) => claim.words.some((word) => left(word).length > 0))) continue;
    tellSentence(plain, sentence, words, cut, 0);
    const places: number[] = [];
    for (const claim of cut) {
      const own = claim.words.flatMap(left).sort((a, b) => a.start - b.start);
      const known = own.length > 0 ? -1 : claims.findIndex(({ statement }) => statement === claim.statement);
      places.push(known < 0 ? claims.length : known);
      if (known < 0) claims.push({ ...claim, words: own, parents: claim.parents.map((parent) => places[parent]!) });
    }
  }
}

/** A model that is asked about a longer sentence says no for one reason or another. */
const longestWhole = 25;

/** Words that say something and are in no claim; none beside a denial, for a whole sentence that denies is no question. */
function uncut(words: readonly TaggedWord[], claims: readonly AtomicClaim[], judgeable: ReadonlySet<number>) {
  if (claims.some(({ denied }) => denied) || words.some(({ lower }) => deny.test(lower))) return [];
  const cut = new Set(claims.flatMap((claim) => claim.words.map(({ start }) => start)));
  return words.filter(({ start, part, lower, quoted }) => {
    if (!judgeable.has(start) || cut.has(start) || quoted) return false;
    if (part === 'noun') return !isUnseen(lower);
    if (part === 'number' || side.test(lower)) return true;
    return part === 'adjective' && !empty.test(lower) && !standing.test(lower);
  });
}

/** What speaks of something that was named before is no question by itself. */
const pointsBack = /^(?:it|they|he|she|its|their|his|her|both|one|(?:this|that|these|those) (?:is|are))\b/i;

/**
 * Gives the claims of a sentence that sentence, where it is a question by itself: short, denies nothing, and points at nothing.
 * A claim that builds on all others says as much as the sentence.
 */
function tellSentence(
  text: string,
  { start, end }: Range,
  words: readonly TaggedWord[],
  all: readonly AtomicClaim[],
  first: number,
): void {
  const claims = all.slice(first);
  const sentence = text.slice(start, end).trim();
  if (claims.some(({ denied }) => denied) || words.some(({ lower }) => deny.test(lower))) return;
  const whole = claims.find(({ parents }, at) =>
    claims.every((_, other) => other === at || parents.includes(first + other)),
  );
  if (!whole && (words.length > longestWhole || pointsBack.test(sentence))) return;
  const said = whole?.statement ?? capital(sentence);
  for (const claim of claims) claim.sentence = said;
}

/** What the rules did not cut is asked with its whole sentence, upon all that they did cut of it. */
function wholeClaim(
  text: string,
  { start, end }: Range,
  rest: readonly TaggedWord[],
  claims: readonly AtomicClaim[],
  own: readonly number[],
): AtomicClaim {
  const [word] = rest;
  const [kind, type] = whatOf(word!);
  return {
    statement: capital(text.slice(start, end).trim()),
    words: rest.map(({ start, end }) => ({ start, end })),
    kind,
    type,
    parents: own.filter((at) => !claims[at]!.denied),
  };
}

function whatOf({ part, lower }: TaggedWord): [AtomicClaim['kind'], FlagType] {
  if (part === 'noun') return ['thing', 'object'];
  if (part === 'number') return ['number', 'counting'];
  return ['attribute', side.test(lower) ? 'spatial' : 'attribute'];
}

/** What a question is about: `they` of an answer may stand for it. */
async function askedAbout(prompt: string | undefined): Promise<NounPhrase[]> {
  if (!prompt?.includes('?')) return [];
  const words = await tagWords(prompt, { start: 0, end: Math.min(prompt.length, 500) });
  return nounPhrases(words).filter(({ kind }) => kind === 'thing');
}

/** A word or two, or a place, that say something only together with the question. */
function answersBriefly(words: readonly TaggedWord[], prompt: string | undefined): boolean {
  const isPlace = words[0]?.part === 'preposition' && words.length <= 10;
  if (!prompt?.includes('?') || !(words.length <= 4 || isPlace)) return false;
  // `Colour: red` is a field
  if (words.some(({ part, gap }) => part === 'verb' || part === 'be' || part === 'there' || /[:–-]/.test(gap)))
    return false;
  return !/\b(?:describe|caption)\b|what (?:do you see|is in|can you see|is there|'s in|(?:can|could) be seen|is (?:seen|shown)|(?:does|do) .{1,40} (?:show|depict|contain))/i.test(
    prompt,
  );
}

/** The answer's thing, each look of it, their number and each side of a place are asked for one upon another, with the question. */
function* briefAnswers(
  text: string,
  { start, end }: Range,
  words: readonly TaggedWord[],
  prompt: string,
  from: number,
): Generator<AtomicClaim> {
  const claim = (answer: string, telling: readonly TaggedWord[], type: FlagType, parents: number[]): AtomicClaim => ({
    statement: `The answer to the question ${JSON.stringify(prompt.trim().slice(0, 300))} is ${JSON.stringify(answer)}.`,
    words: telling.map(({ start, end }) => ({ start, end })),
    kind: 'answer',
    type,
    parents,
  });
  const answer = text.slice(start, end).replace(/[.!\s]+$/, '');
  const all = words.filter(({ lower }) => side.test(lower));
  const sides = all.length > 1 ? all.filter(({ lower }) => lower !== 'corner') : all;
  if (sides.length > 1) {
    for (const one of sides)
      yield claim(
        spellWithout(
          text,
          { start, end: start + answer.length },
          sides.filter((other) => other !== one),
        ),
        [one],
        'spatial',
        [],
      );
    return;
  }
  const [phrase, another] = sides.length > 0 ? [] : nounPhrases(words);
  if (phrase?.kind === 'thing' && !another && phrase.from === 0 && phrase.to === words.length - 1) {
    const { head, modifiers, number } = phrase;
    yield claim(spellOf(head), head, 'object', []);
    for (const look of modifiers) yield claim(spellOf([look, ...head]), [look], 'attribute', [from]);
    if (number.length > 0)
      yield claim(answer, number, 'counting', [from, ...modifiers.map((_, index) => from + 1 + index)]);
    return;
  }
  const telling =
    sides.length > 0
      ? sides
      : words.filter(({ part, lower }) => (part !== 'determiner' && part !== 'pronoun') || lower === 'no');
  const type = /^(?:yes|no)\b/i.test(answer)
    ? 'counterfactual'
    : words.some(({ part }) => part === 'number')
      ? 'counting'
      : /colou?r/i.test(prompt)
        ? 'attribute'
        : sides.length > 0
          ? 'spatial'
          : 'other';
  yield claim(answer, telling.length > 0 ? telling : words, type, []);
}

const spellOf = (words: readonly TaggedWord[]): string => words.map(({ plain }) => plain).join(' ');

/** A run of the text without some of its words. */
function spellWithout(text: string, { start, end }: Range, left: readonly TaggedWord[]): string {
  let said = '';
  let at = start;
  for (const word of left) {
    said += text.slice(at, word.start);
    at = word.end;
  }
  return (said + text.slice(at, end)).replace(/\s+/g, ' ').trim();
}

/** The `Yes` or `No` before a sentence is as true as the sentence. */
function headClaim(text: string, { start, end }: Range, claims: AtomicClaim[], prompt: string | undefined): void {
  const head = polarityHead.exec(text.slice(start, end));
  if (!head || !prompt?.includes('?') || claims.at(-1)?.kind === 'answer') return;
  const at = start + head[0].length - head[1]!.length;
  claims.push({
    statement: `The answer to the question ${JSON.stringify(prompt.trim().slice(0, 300))} is ${JSON.stringify(head[1]!.toLowerCase())}.`,
    words: [{ start: at, end: at + head[1]!.length }],
    kind: 'answer',
    type: 'counterfactual',
    parents: [],
  });
}

const spatial =
  /^(?:in|on|at|over|under|above|below|beneath|underneath|behind|beside|between|among|around|near|inside|outside|against|along|alongside|atop|across|opposite|within)$/;
/** Verbs that only say that something is there. */
const standing =
  /^(?:visible|seen|shown|located|placed|positioned|situated|displayed|present|depicted|pictured|found|rendered|colou?red|drawn|is|be|being|been|lies|appear|appears|seem|seems)$/;
/** Verbs between the picture or a whole and what it holds. */
const holding =
  /^(?:shows?|reads?|says?|stands? out|showing|shown|depicts?|depicting|features?|featuring|contains?|containing|includes?|including|displays?|displaying|has|have|having|presents?|presenting|showcas(?:es?|ing)|captures?|see|sees?|observe|notice|spot|portrays?|portraying|consists?|gives?|adds?|adding|makes?|making|creates?|creating|suggests?|suggesting|indicat(?:es?|ing)|provid(?:es?|ing)|appears?|seems?|looks?)$/;
const deny = /^(?:no|not|without|neither|nor|never|\p{L}+n['’]t|cannot)$/iu;
/** Adjectives that nothing in a picture could show to be wrong. */
const empty =
  /^(?:traditional|natural|common|unique|famous|popular|vibrant|humorous|funny|likely|unlikely|luxurious|picturesque|serene|stunning|beautiful|preferred|focal|visual|standard|clear|usual|welcoming|inviting|relaxing|peaceful|interesting|important|classic|iconic|historical?|cultural|detailed|necessary|temporary|identifiable|visible|overall|various|other|additional|main|certain|specific|particular|still|nearest|previous|prominent|similar|respective|such|same|own|entire|whole|further|possible|general|typical)$/;
const grounds = /^(?:background|backdrop)$/;
const shade = /^(?:dark|light|bright|pale|deep)$/;
const adjacency =
  /^(?:next|close|adjacent|left|right|parallel|near|nearest|closest|opposite|far|lower|higher|closer|nearer|farther|further|larger|bigger|smaller|taller|shorter|longer|wider|thinner|darker|lighter|brighter)$/;
const comparesLooks = /^(?:larger|bigger|smaller|taller|shorter|longer|wider|thinner|darker|lighter|brighter)$/;
/** The words by which a relation differs from its opposite, where those are only some of its words. */
const side =
  /^(?:left|right|top|bottom|upper|lower|higher|middle|cent(?:er|re)|corner|leftmost|rightmost|left-hand|right-hand)$/;

const upDown = /^(?:top|upper|bottom|lower)$/;
const leftRight = /^(?:left|right)$/;

/** A phrase behind a preposition. */
interface Link {
  from: number;
  /** The preposition's words: `to the left of`. */
  words: TaggedWord[];
  to: number;
  end?: NounPhrase;
  /** It names a part of the picture. */
  place: boolean;
  /** What everything stands on: `on a pink background` says how that looks, and of no thing where it is. */
  ground?: NounPhrase;
}

/** What an answer has spoken of so far, the likeliest for a pronoun last, and the claims that each phrase stands for. */
interface Topics {
  phrases: NounPhrase[];
  claims: Map<NounPhrase, number[]>;
}

class SentenceCut {
  readonly #phrases: Map<number, NounPhrase>;
  /** What must hold for a phrase to be there as it is said. */
  readonly #claimsOf: Map<NounPhrase, number[]>;
  readonly #met: NounPhrase[] = [];
  #subject: NounPhrase | undefined;
  #last: NounPhrase | undefined;
  /** Words of a verb whose object is still to come, and who does it. */
  #verb: TaggedWord[] = [];
  #actor: NounPhrase | undefined;
  /** The phrase met last hangs on a preposition. */
  #hangs = false;
  /** Where the last adjective behind a verb stands: `red` of `is red and blue`. */
  #said = -1;
  /** What the last relation was said of: `above the apples and left of the pies`. */
  #related: NounPhrase | undefined;
  /** Of what there is more or less: `more kites than cars`. */
  #compared: NounPhrase | undefined;
  #denied: TaggedWord | undefined;
  /** What the phrase met last was denied by. */
  #deniedBefore: TaggedWord | undefined;
  /** What denies the next phrase as well: `no dog or cat`. */
  #deniedNext: TaggedWord | undefined;
  /** The subject is still to come: `In the middle, there is …`. */
  #waiting: Link | undefined;

  constructor(
    readonly text: string,
    readonly words: readonly TaggedWord[],
    readonly judgeable: ReadonlySet<number>,
    readonly claims: AtomicClaim[],
    readonly topics: Topics,
    readonly measures: readonly Range[],
  ) {
    this.#phrases = new Map(nounPhrases(words).map((phrase) => [phrase.from, phrase]));
    this.#claimsOf = topics.claims;
  }

  cut(): void {
    this.#print();
    for (let at = 0; at < this.words.length; ) at = this.#step(at);
    this.#act();
    // what a later sentence calls `it` or `they` is what this one is about
    const own = this.#met;
    const about = this.#subject && own.includes(this.#subject) ? this.#subject : own[0];
    if (about) this.topics.phrases.push(...own.filter((phrase) => phrase !== about), about);
  }

  #step(at: number): number {
    const word = this.words[at]!;
    if (/[;:]|^-$/.test(word.gap)) this.#clause();
    if (word.quoted) return at + 1;
    const coloured = this.#colouredAt(at);
    if (coloured !== undefined) return coloured;
    const link = this.#linkAt(at);
    if (link) {
      this.#join(link);
      return link.to + 1;
    }
    const phrase = this.#phrases.get(at);
    if (phrase) {
      this.#meet(phrase);
      return phrase.to + 1;
    }
    if (word.lower === 'there') {
      this.#clause();
      return at + 1;
    }
    // `No, the dogs are …` denies what was asked, and not the dogs
    const isHead = at === 0 && polarityHead.test(this.text.slice(word.start, word.start + 20));
    if (deny.test(word.lower) && !isHead) this.#denied = word;
    if (/n['’]t$/.test(word.lower)) this.#denied = word;
    if (word.part === 'be' || word.part === 'auxiliary') {
      if (this.#verb.length === 0 || word.gap !== '') this.#act();
      this.#verb.push(word);
    } else if (word.part === 'verb' || word.part === 'gerund' || word.part === 'participle') {
      const after = this.#verb.at(-1);
      const goesOn =
        after &&
        this.words[at - 1] &&
        after.end >= this.words[at - 1]!.start - 12 &&
        word.gap === '' &&
        this.#onlyAdverbsSince(after, at);
      if (!goesOn) {
        this.#act();
        // `grapes hanging from …`, but `the man on the bench reading …`
        const follows = word.part !== 'verb' && this.#onlyAdverbsAfterLast(at);
        this.#actor = follows && !(this.#hangs && this.#subject?.kind === 'thing') ? this.#last : undefined;
      }
      this.#verb.push(word);
    } else if (word.part === 'adjective') this.#predicate(word, at);
    else if (word.part === 'joint' || word.gap !== '') {
      // `no signs of damage or rust`
      const goesOn = /^n?or$/.test(word.lower) ? this.#deniedBefore : undefined;
      this.#act();
      this.#deniedNext = goesOn;
      if (/^(?:but|while|whereas|although|though|because|if)$/.test(word.lower)) this.#clause();
    }
    return at + 1;
  }

  /** A colour that stands behind its thing: `(black)`, `drawn in orange`, and `on gray` of what all stands on. */
  #colouredAt(at: number): number | undefined {
    const [word, next, after] = [this.words[at]!, this.words[at + 1], this.words[at + 2]];
    const alone = (one: TaggedWord | undefined, behind: TaggedWord | undefined) =>
      one !== undefined &&
      isColour(one.lower) &&
      (behind === undefined || behind.gap !== '' || behind.part === 'joint');
    if (/\($/.test(word.gap) && alone(word, next) && this.#last?.kind === 'thing') {
      this.#look(this.#last, word);
      return at + 1;
    }
    if (word.part !== 'preposition' || !next || next.gap !== '' || !alone(next, after)) return undefined;
    const verb = this.#verb.at(-1);
    const on = this.#actor ?? this.#last;
    if (word.lower === 'in' && on?.kind === 'thing' && (!verb || standing.test(verb.lower))) {
      this.#verb = [];
      this.#look(on, next);
    } else if (/^(?:on|against)$/.test(word.lower)) this.#look(undefined, next);
    else return undefined;
    return at + 2;
  }

  /** A thing, or else the ground, has a colour. */
  #look(thing: NounPhrase | undefined, colour: TaggedWord): void {
    const say = (look: string) =>
      thing ? `${capital(reference(thing))} ${beOf(thing)} ${look}.` : `The background is ${look}.`;
    const other = contrastOf(colour.lower);
    this.#add('attribute', 'attribute', say(colour.lower), [colour], this.#parents(thing), {
      contrast: other && say(other),
    });
  }

  #onlyAdverbsSince(verb: TaggedWord, at: number): boolean {
    return this.words
      .slice(this.words.indexOf(verb) + 1, at)
      .every(({ part, lower }) => part === 'adverb' || lower === 'to');
  }

  #onlyAdverbsAfterLast(at: number): boolean {
    const last = this.#last;
    return (
      last !== undefined &&
      this.words
        .slice(last.to + 1, at + 1)
        .every(
          ({ part, gap, lower }, index, all) =>
            (gap === '' || (gap === ',' && standing.test(lower))) && (index === all.length - 1 || part === 'adverb'),
        )
    );
  }

  #clause(): void {
    this.#act();
    this.#subject = undefined;
    this.#last = undefined;
    this.#related = undefined;
    this.#compared = undefined;
    this.#denied = undefined;
    this.#deniedBefore = undefined;
    this.#deniedNext = undefined;
  }

  /** A preposition with what hangs on it. */
  #linkAt(at: number): Link | undefined {
    const word = this.words[at]!;
    let next = at + 1;
    if (adjacency.test(word.lower) && /^(?:to|of|from|than)$/.test(this.words[next]?.lower ?? '')) next++;
    else if (word.part !== 'preposition' && word.lower !== 'near') return undefined;
    if (word.lower === 'of' || word.lower === 'like') return undefined;
    const first = this.#phrases.get(next);
    if (!first) return undefined;
    const after = first.to + 1;
    if (first.kind === 'place') {
      if (!/^(?:in|on|at|to|towards?|near|along|across|against)$/.test(word.lower) && next === at + 1) return undefined;
      const whole = this.words[after]?.lower === 'of' ? this.#phrases.get(after + 1) : undefined;
      if (whole && whole.kind !== 'medium')
        return { from: at, words: this.words.slice(at, after + 1), to: whole.to, end: whole, place: false };
      const to = whole?.to ?? first.to;
      const ground = grounds.test(first.head.at(-1)!.lower) && first.modifiers.length > 0 ? { ground: first } : {};
      return { from: at, words: this.words.slice(at, first.to + 1), to, place: true, ...ground };
    }
    if (next === at + 1 && !spatial.test(word.lower) && this.#verb.length === 0) return undefined;
    return { from: at, words: this.words.slice(at, next), to: first.to, end: first, place: false };
  }

  /** A phrase is met: it is the subject, the object of a verb, or one more of a list. */
  #meet(phrase: NounPhrase): void {
    if (phrase.kind === 'pronoun') {
      if (this.#verb.length > 0) this.#act(this.#resolve(phrase) ?? phrase);
      else if (!/^(?:which|who|that)$/.test(phrase.head[0]!.lower) || phrase.to === 0) {
        this.#subject = this.#resolve(phrase) ?? phrase;
        this.#last = this.#subject;
      } else this.#subject = this.#last;
      return;
    }
    this.#describe(phrase);
    if (this.words[phrase.from - 1]?.lower === 'than' && this.#compared) this.#compare(this.#compared, phrase);
    // `the colour of the zebra is`: what is said is said of the zebra
    const before = this.words[phrase.from - 1]?.lower === 'of' ? this.#last : undefined;
    if (before?.kind === 'quality' && before === this.#subject && before.to === phrase.from - 2) this.#subject = phrase;
    // `the limes are pink, the giraffes are brown`
    else if (this.#said >= 0 && this.#startsClause(phrase)) {
      this.#act();
      this.#subject = phrase;
    } else if (this.#verb.length > 0) this.#act(phrase);
    else if (!this.#subject || this.#startsClause(phrase)) this.#subject = phrase;
    [this.#last, this.#hangs] = [phrase, false];
    if (this.#waiting) {
      const link = this.#waiting;
      this.#waiting = undefined;
      if (phrase.kind === 'thing') this.#relate(phrase, link);
    }
  }

  #startsClause({ from, to }: NounPhrase): boolean {
    const joined =
      from === 0 || /[,;:]/.test(this.words[from]!.gap) || /^(?:and|but|while)$/.test(this.words[from - 1]!.lower);
    return joined && /^(?:be|verb|auxiliary)$/.test(this.words[to + 1]?.part ?? '');
  }

  /** The claims that a phrase makes by itself: that it is there, how it looks, how many. */
  #describe(phrase: NounPhrase): void {
    // `Placement: The chessboard …`
    const titled =
      phrase.from === 0 && phrase.number.length === 0 && /^[:：-]/.test(this.words[phrase.to + 1]?.gap ?? '');
    if (titled || this.#claimsOf.has(phrase)) return;
    const own: number[] = [];
    this.#claimsOf.set(phrase, own);
    this.#met.push(phrase);
    if (phrase.kind === 'medium') return;
    if (phrase.kind === 'place') {
      this.#ground(phrase, own);
      return;
    }
    const { head, number, modifiers, determiner } = phrase;
    if (this.#isAgain(phrase, own)) return;
    const before = this.words[phrase.from - 1]?.lower ?? '';
    // `no signs of damage` says nothing of damage; where a picture was taken is asked with its sentence
    if ((before === 'of' && this.#deniedBefore) || (/^(?:in|from|at|near|represents?)$/.test(before) && isName(phrase)))
      return;
    this.#deniedBefore = undefined;
    const first = this.words[phrase.from]!;
    const negation =
      determiner?.lower === 'no' ? determiner : first.lower === 'neither' ? first : (this.#deniedNext ?? this.#denied);
    this.#deniedNext = undefined;
    const heads = this.#own(head);
    let thing: number | undefined;
    if (phrase.kind === 'thing' && heads.length > 0) {
      const isDenied =
        negation !== undefined &&
        ((this.#verbless(negation) && !this.#saysOtherwise(negation, phrase)) ||
          this.words[phrase.from - 1] === negation);
      thing = this.#add(
        'thing',
        isDenied ? 'counterfactual' : 'object',
        existence(phrase, [], false),
        isDenied ? [negation, ...heads] : heads,
        [],
        { denied: isDenied },
      );
      own.push(thing);
      if (isDenied) {
        this.#deniedBefore = negation;
        return;
      }
    }
    const parents = thing === undefined ? [] : [thing];
    for (const [at, modifier] of modifiers.entries()) {
      if (this.#own([modifier]).length === 0 || empty.test(modifier.lower)) continue;
      // `dark green` is one colour
      const before = modifiers[at - 1];
      if (shade.test(modifier.lower) && isColour(modifiers[at + 1]?.lower ?? '')) continue;
      const shaded = before && shade.test(before.lower) && isColour(modifier.lower) ? [before, modifier] : [modifier];
      const isPlace = /^(?:left|right|top|bottom|upper|lower|middle|central|leftmost|rightmost|front|rear)$/.test(
        modifier.lower,
      );
      const other = contrastOf(modifier.lower);
      own.push(
        this.#add(
          isPlace ? 'place' : 'attribute',
          isPlace ? 'spatial' : 'attribute',
          existence(phrase, shaded, false),
          shaded,
          parents,
          {
            contrast: other && existence(phrase, [{ ...modifier, plain: other }], false),
          },
        ),
      );
    }
    const counts = this.#own(number).filter(
      ({ start, end }) => !this.measures.some((read) => start < read.end && end > read.start),
    );
    if (/^(?:more|fewer)$/.test(number[0]?.lower ?? '')) this.#compared = phrase;
    else if (counts.length > 0) {
      const other = otherCount(textOf(number));
      own.push(
        this.#add('number', 'counting', existence(phrase, modifiers, true), counts, [...own], {
          contrast:
            other &&
            existence(
              { ...phrase, number: [{ ...number[0]!, lower: other, plain: other }], plural: other !== 'one' },
              modifiers,
              true,
            ),
        }),
      );
    }
  }

  #isDenied(phrase: NounPhrase): boolean {
    const [thing] = this.#claimsOf.get(phrase) ?? [];
    return thing !== undefined && this.claims[thing]?.denied === true;
  }

  /** `the dogs` of dogs that were named before are no other dogs: their words hang on the same claim. */
  #isAgain(phrase: NounPhrase, own: number[]): boolean {
    const { head, number, modifiers, determiner } = phrase;
    if (
      phrase.kind !== 'thing' ||
      number.length > 0 ||
      !/^(?:the|these|those|this|that)$/.test(determiner?.lower ?? '')
    )
      return false;
    const before = [...this.topics.phrases, ...this.#met].findLast(
      (other) =>
        other !== phrase &&
        (this.#claimsOf.get(other)?.length ?? 0) > 0 &&
        textOf(other.head) === textOf(head) &&
        modifiers.every(({ lower }) => other.modifiers.some((known) => known.lower === lower)),
    );
    const claims = before && this.#claimsOf.get(before)!;
    if (!before || !claims || this.claims[claims[0]!]?.denied) return false;
    phrase.plural = before.plural;
    own.push(...claims);
    this.claims[claims[0]!]?.words.push(...this.#own(head).map(({ start, end }) => ({ start, end })));
    return true;
  }

  /** `more kites than cars` */
  #compare(more: NounPhrase, less: NounPhrase): void {
    this.#compared = undefined;
    const [word] = more.number;
    const say = (how: string) =>
      `There are ${how} ${spoken(more).replace(/^the (?:more|fewer) /, '')} than ${spoken(less).replace(/^the /, '')}.`;
    this.#add('number', 'counting', say(word!.lower), [word!], this.#parents(more, less), {
      contrast: say(word!.lower === 'more' ? 'fewer' : 'more'),
    });
  }

  /** The colour of what everything stands on: `a pink background`. */
  #ground({ head, modifiers }: NounPhrase, own: number[]): void {
    if (!grounds.test(head.at(-1)!.lower)) return;
    for (const modifier of this.#own(modifiers).filter(({ lower }) => !empty.test(lower))) {
      const say = (look: string) => `The background is ${look}.`;
      const other = contrastOf(modifier.lower);
      own.push(
        this.#add('attribute', 'attribute', say(modifier.lower), [modifier], [], { contrast: other && say(other) }),
      );
    }
  }

  /** A `no` or `without` that stands before the phrase, with no verb of its own between. */
  #verbless(negation: TaggedWord): boolean {
    return (
      /^(?:no|without|neither|nor)$/.test(negation.lower) ||
      this.#verb.some(
        ({ lower }) => holding.test(lower) || lower === 'be' || /^(?:is|are|was|were|isn|aren)/.test(lower),
      )
    );
  }

  /** `is not common for a dog` denies no dog. */
  #saysOtherwise(negation: TaggedWord, { from }: NounPhrase): boolean {
    return (
      /^(?:not|never)$|n['’]t$/.test(negation.lower) &&
      this.words
        .slice(this.words.indexOf(negation) + 1, from)
        .some(({ part, lower }) => part === 'preposition' && lower !== 'of')
    );
  }

  /** A verb is complete: with its object, or without one. */
  #act(object?: NounPhrase): void {
    const verb = this.#verb;
    this.#verb = [];
    const [denied, subject] = [this.#denied, this.#actor ?? this.#subject];
    if (verb.length > 0) this.#denied = undefined;
    this.#actor = undefined;
    const main = verb.filter(
      ({ part, lower }) => part !== 'be' && part !== 'auxiliary' && !standing.test(lower) && !holding.test(lower),
    );
    if (
      main.length === 0 ||
      !subject ||
      subject.kind === 'medium' ||
      subject.kind === 'quality' ||
      subject.kind === 'place'
    )
      return;
    if (subject === object || this.#own(main).length === 0) return;
    const bare = verb.every(({ part }) => part === 'gerund' || part === 'participle' || part === 'preposition');
    const said = this.text
      .slice(verb[0]!.start, verb.at(-1)!.end)
      .replace(/(\p{L})n['’]t\b|\s+(?:not|never)\b/giu, '$1');
    const be = bare ? `${beOf(subject)} ` : '';
    const statement = `${capital(reference(subject))} ${be}${said}${object ? ` ${spoken(object)}` : ''}.`;
    this.#add(
      'action',
      denied ? 'counterfactual' : 'attribute',
      statement,
      [...(denied ? [denied] : []), ...this.#own(main)],
      this.#parents(subject, object),
      { denied: denied !== undefined },
    );
  }

  /** A phrase with a preposition is met. */
  #join(link: Link): void {
    const { end, place, words, ground } = link;
    if (ground) {
      this.#act();
      this.#describe(ground);
      return;
    }
    if (end && end.kind !== 'pronoun') this.#describe(end);
    const verb = this.#verb;
    const main = verb.filter(
      ({ lower, part }) => part !== 'be' && part !== 'auxiliary' && !standing.test(lower) && !holding.test(lower),
    );
    const action = main.length > 0;
    const preposition = words[0]!.lower;
    const together =
      !spatial.test(preposition) ||
      (action && preposition === 'at') ||
      (main.at(-1)?.part === 'participle' && preposition === 'in');
    // `hanging from a vine` is one; `standing on a beach` is standing, and on a beach
    if (action && !place && end && together && words.length === 1) {
      this.#verb = [...verb, ...words];
      this.#act(end.kind === 'pronoun' ? this.#resolve(end) : end);
      this.#last = end;
      this.#hangs = true;
      return;
    }
    if (!place && words.length === 1 && !spatial.test(preposition)) {
      this.#act();
      if (end && end.kind !== 'pronoun') [this.#last, this.#hangs] = [end, true];
      return;
    }
    const goesOn = verb.length === 0 && this.words[link.from - 1]?.lower === 'and' ? this.#related : undefined;
    const subject =
      goesOn ?? (verb.length > 0 || !this.#last ? (this.#actor ?? this.#subject ?? this.#last) : this.#last);
    const denied = this.#denied;
    this.#act();
    if (!subject) {
      if (end?.kind !== 'medium') this.#waiting = link;
      return;
    }
    if (subject.kind === 'thing' && (end?.kind !== 'medium' || place)) this.#relate(subject, link, denied);
    if (end && end.kind !== 'pronoun') [this.#last, this.#hangs] = [end, true];
  }

  #relate(subject: NounPhrase, { words, end, place }: Link, denied?: TaggedWord): void {
    const other = end?.kind === 'pronoun' ? this.#resolve(end) : end;
    if ((!place && !other) || other === subject || this.#isDenied(subject)) return;
    if (other && (other.kind === 'medium' || other.kind === 'quality')) return;
    this.#related = subject;
    const own = this.#own(words, true);
    if (own.length === 0) return;
    const phrase = words.map(({ lower }) => lower).join(' ');
    const be = beOf(subject);
    const say = (relation: string) =>
      `${capital(reference(subject))} ${be} ${relation}${other ? ` ${spoken(other)}` : ''}.`;
    const opposite = relationOpposites.get(phrase) ?? swapSides(phrase);
    const sides = phrase === 'on top of' ? [] : words.filter(({ lower }) => side.test(lower));
    const looks = comparesLooks.test(words[0]!.lower);
    const telling = place ? words.filter(({ part }) => part !== 'preposition' && part !== 'determiner') : words;
    const key = sides.length > 0 ? sides : looks ? words.slice(0, 1) : telling;
    const [upright, level] = [
      sides.find(({ lower }) => upDown.test(lower)),
      sides.find(({ lower }) => leftRight.test(lower)),
    ];
    // `the top left corner` is at the top, and on the left
    if (place && !other && upright && level && !denied) {
      for (const [word, where] of [
        [upright, `at the ${/^(?:top|upper)$/.test(upright.lower) ? 'top' : 'bottom'}`],
        [level, `on the ${level.lower}`],
      ] as const) {
        const wrong = swapSides(where);
        this.#add('place', 'spatial', say(where), [word], this.#parents(subject), {
          contrast: wrong && say(wrong),
        });
      }
      return;
    }
    this.#add(
      place ? 'place' : 'relation',
      denied ? 'counterfactual' : looks ? 'attribute' : 'spatial',
      say(phrase),
      denied ? [denied] : key,
      this.#parents(subject, other),
      { denied: denied !== undefined, contrast: opposite && say(opposite) },
    );
  }

  /** `The backpack is red and blue`: adjectives behind the verb. */
  #predicate(word: TaggedWord, at: number): void {
    const subject = this.#subject && this.#ownerOf(this.#subject);
    const goesOn =
      this.#said >= 0 &&
      at - this.#said <= 2 &&
      this.words.slice(this.#said + 1, at).every(({ lower }) => lower === 'and' || lower === 'or');
    const linked =
      goesOn ||
      (this.#verb.length > 0 &&
        this.#verb.every(({ part, lower }) => part === 'be' || lower === 'to' || standing.test(lower)));
    if (
      !subject ||
      !linked ||
      (subject.kind === 'medium' &&
        !(isColour(word.lower) && /^(?:canvas|backdrop|ground)$/.test(subject.head.at(-1)!.lower))) ||
      subject.kind === 'pronoun' ||
      this.#own([word]).length === 0
    )
      return;
    if (standing.test(word.lower) || empty.test(word.lower)) return;
    this.#said = at;
    const denied = this.#denied;
    const say = (adjective: string) =>
      subject.kind === 'medium'
        ? `The background is ${adjective}.`
        : `${capital(reference(subject))} ${beOf(subject)} ${adjective}.`;
    const other = contrastOf(word.lower);
    const placed = /^(?:left|right|top|bottom|middle|central)$/.test(word.lower);
    this.#add(
      placed ? 'place' : 'attribute',
      denied ? 'counterfactual' : placed ? 'spatial' : 'attribute',
      say(word.lower),
      denied ? [denied] : [word],
      this.#parents(subject),
      {
        denied: denied !== undefined,
        contrast: other && say(other),
      },
    );
  }

  /** `Its colour is red` says that it is red. */
  #ownerOf(phrase: NounPhrase): NounPhrase {
    const { kind, head, determiner } = phrase;
    const own = /^(?:its|his|her|their)$/.exec(determiner?.lower ?? '')?.[0];
    if (kind !== 'quality' || !own || !/^(?:colou?r|size)s?$/.test(head.at(-1)!.lower)) return phrase;
    const things = [...this.topics.phrases, ...this.#met].filter((other) => other.kind === 'thing');
    return things.findLast(({ plural }) => plural === (own === 'their')) ?? things.at(-1) ?? phrase;
  }

  /** What is quoted, and numbers that are read rather than counted. */
  #print(): void {
    for (let at = 0; at < this.words.length; at++) {
      if (!this.words[at]!.quoted) continue;
      let to = at;
      while (this.words[to + 1]?.quoted && this.words[to + 1]!.gap.length < 2) to++;
      const quote = this.words.slice(at, to + 1);
      const said = this.text.slice(quote[0]!.start, quote.at(-1)!.end);
      if (this.#own(quote, true).length > 0)
        this.#add('print', 'ocr', `The words ${JSON.stringify(said)} are written in the picture.`, quote, []);
      at = to;
    }
    const last = this.words.at(-1)!;
    for (const { start, end } of this.measures) {
      if (start < this.words[0]!.start || end > last.end) continue;
      const words = this.words.filter((word) => word.start >= start && word.end <= end && !word.quoted);
      if (words.length > 0)
        this.#add(
          'print',
          'ocr',
          `${JSON.stringify(this.text.slice(start, end))} is written in the picture.`,
          words,
          [],
        );
    }
  }

  /** What a pronoun stands for: what the text was about last that agrees in number. */
  #resolve({ head, plural }: NounPhrase): NounPhrase | undefined {
    const pronoun = head[0]!.lower.replace(/['’].*$/, '');
    if (/^(?:which|who|that)$/.test(pronoun) && this.#last) return this.#last;
    const before = [...this.topics.phrases, ...this.#met].filter(({ kind }) => kind === 'thing');
    if (/^(?:he|she|him|her|it|this|that)$/.test(pronoun)) return before.findLast((phrase) => !phrase.plural);
    return before.findLast((phrase) => phrase.plural === plural) ?? before.at(-1);
  }

  /** The words that a scorer may judge, of those given. */
  #own(words: readonly TaggedWord[], quoted = false): TaggedWord[] {
    // `a red pair of glasses`: what is red is not seen from the word behind it
    return words.filter((word) => (this.judgeable.has(word.start) || isColour(word.lower)) && (quoted || !word.quoted));
  }

  #parents(...phrases: (NounPhrase | undefined)[]): number[] {
    return phrases.flatMap((phrase) => (phrase && this.#claimsOf.get(phrase)) ?? []);
  }

  #add(
    kind: AtomicClaim['kind'],
    type: FlagType,
    statement: string,
    words: readonly TaggedWord[],
    parents: readonly number[],
    more: { denied?: boolean; contrast?: string | undefined } = {},
  ): number {
    const ranges = words.map(({ start, end }) => ({ start, end })).sort((a, b) => a.start - b.start);
    return (
      this.claims.push({
        statement,
        words: ranges,
        type,
        kind,
        parents: [...parents],
        ...(more.denied ? { denied: true as const } : {}),
        ...(more.contrast === undefined ? {} : { contrast: more.contrast }),
      }) - 1
    );
  }
}

/** `Mount Fuji`, of no kind of thing. */
const isName = ({ kind, head, determiner, number, modifiers }: NounPhrase): boolean =>
  kind === 'thing' &&
  determiner === undefined &&
  number.length + modifiers.length === 0 &&
  head.every(({ plain }) => /^\p{Lu}\p{Ll}/u.test(plain));

const beOf = ({ plural, kind }: NounPhrase) => (plural && kind !== 'pronoun' ? 'are' : 'is');

/** A phrase as the object of a sentence: as it was said, or `the …`. */
function spoken(phrase: NounPhrase): string {
  return reference(phrase);
}

/** Another colour or size, as unlike as can be. */
function contrastOf(word: string): string | undefined {
  const [size] = oppositeSizes(word);
  if (size) return size;
  const at = (colours as readonly string[]).indexOf(word);
  return at < 0 ? undefined : colours[(at + 5) % colours.length];
}

function otherCount(count: string): string | undefined {
  const value = parseCount(count);
  return value === null || value > 18 ? undefined : numberWords[value <= 1 ? 2 : value + 1];
}

function swapSides(phrase: string): string | undefined {
  const swapped = phrase.replace(
    /\b(?:left|right|top|bottom|upper|lower)\b/,
    (side) => relationOpposites.get(side) ?? side,
  );
  return swapped === phrase ? undefined : swapped;
}
