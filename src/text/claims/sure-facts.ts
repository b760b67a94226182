import { colourSynonyms } from '../lexicon/colours.js';
import type { Noun } from '../lexicon/nouns.js';
import { parseCount } from '../lexicon/numbers.js';
import { joiningWords, units } from '../lexicon/plain-words.js';
import { isUndrawn, type UndrawnThing } from '../lexicon/undrawn-things.js';
import type { Range } from '../range.js';
import { findTerms } from '../terms.js';
import { splitWords } from '../words.js';
import { general, medium as mediumPattern } from './about-picture.js';
import { kindOf, massNouns, type Word } from './classified.js';
import type { UndrawnName } from './excerpt.js';
import { type Piece, withArticles } from './restate.js';

/** A thing that was seen in the picture for certain: the singular name that scenes give it, and its colour where that is certain too. */
export interface SeenThing {
  name: string;
  colour?: string;
}

/**
 * The statements that a sentence makes for certain, whatever else it says: a counted thing behind `there is`, `it shows`,
 * `you can spot` or a colon, the colour, size or place of `the dogs`, where one thing is from another, and the colour of
 * the background. Each is restated in the plainest words, without a full stop. Words between them claim nothing here.
 *
 * @param silent runs of the text that claim nothing, in order
 * @param speaksOfSeen the sentence names what was seen ({@link namesSeen}): all things that it counts are said to be there
 */
export function sureFacts(text: string, sentence: Range, silent: readonly Range[], speaksOfSeen = false): SureFacts {
  const said = text.slice(sentence.start, sentence.end);
  if (isNoStatement(said)) return noFacts;
  return new Reader(tokensOf(said, sentence.start, silent), speaksOfSeen).read();
}

export interface SureFacts {
  statements: Piece[][];
  /** What the sentence says is there, and no scene draws. */
  undrawn: UndrawnName[];
}
export const noFacts: SureFacts = { statements: [], undrawn: [] };

/**
 * Whether a sentence names what was seen so exactly that it must speak of this picture, whatever its words: things in their
 * number or colour, or two of them.
 */
export function namesSeen(
  text: string,
  sentence: Range,
  silent: readonly Range[],
  seen: readonly SeenThing[],
): boolean {
  const said = text.slice(sentence.start, sentence.end);
  if (seen.length === 0 || isNoStatement(said)) return false;
  return new Reader(tokensOf(said, sentence.start, silent), true).names(seen);
}

const isNoStatement = (said: string) =>
  /\?["”')\]]*$/.test(said) || (general.test(said) && !/\b(?:image|picture|drawing|illustration|scene)\b/i.test(said));

/** A word, or the words of one name. */
interface Token extends Word {
  /** What stands before it: a space, a comma, or what ends a clause. */
  gap: 'space' | 'comma' | 'stop';
  /** A colon, a dash, an arrow or the like stands before it: what comes is said of what was named. */
  told: boolean;
  plural: boolean;
  /** What the lexicon knows of the thing. */
  noun?: Noun;
  capital: boolean;
  /** Claims nothing. */
  silent: boolean;
}

function tokensOf(said: string, offset: number, silent: readonly Range[]): Token[] {
  const names = findTerms(said).flatMap((term) => (term.kind === 'noun' ? [term] : []));
  const tokens: Token[] = [];
  let last = 0;
  let next = 0;
  for (const word of splitWords(said)) {
    while (next < names.length && names[next]!.end <= word.start) next++;
    const name = names[next];
    if (name && name.start < word.start) continue;
    const own = name && name.start === word.start ? name : undefined;
    const end = own?.end ?? word.end;
    const lower = said.slice(word.start, end).toLowerCase().replaceAll('’', "'");
    const between = said.slice(last, word.start);
    // the cross of a box that is ticked, or of `three × dogs`
    if (lower === 'x' && !said.slice(last, word.start).includes(',')) {
      last = tokens.length === 0 ? word.end : last;
      continue;
    }
    tokens.push({
      start: word.start + offset,
      end: end + offset,
      text: lower,
      kind: own && kindOf(lower) !== 'colour' ? 'thing' : kindOf(lower),
      plural: own?.plural ?? false,
      ...(own && { noun: own.noun }),
      capital: /^\p{Lu}/u.test(said.slice(word.start)),
      gap: /[;:!?.()…+=→]|(?:^|\s)[-–—](?:\s|$)/.test(between) ? 'stop' : between.includes(',') ? 'comma' : 'space',
      told: /^[\s"'”’]*(?:[:=…→–—-]|\.{3}|[-=]>)[\s"'“‘]*$/.test(between),
      silent: silent.some((run) => run.start <= word.start + offset && run.end > word.start + offset),
    });
    last = end;
  }
  return tokens;
}

/** A noun phrase. `to` is the place of the token behind it. */
interface Phrase {
  to: number;
  words: Token[];
  /** `the` rather than a number or `a`. */
  definite: boolean;
  many: boolean;
}

const ground = /^(?:background|backdrop|canvas|ground)$/;
const around = /^(?:background|backdrop|canvas|ground|area|surface|field)$/;
const be = /^(?:is|are|appears?|looks?)$/;
const stands =
  /^(?:is|are|sits?|stands?|lies?|rests?|floats?|appears?|hovers?|placed|located|positioned|situated|sitting|standing|lying|floating|shown|drawn|seen|visible|found)$/;
const drawn = /^(?:drawn|shown|rendered|painted|depicted|done|coloured|colored)$/;
const lists = /^(?:and|plus|also|then|as|well|too|with|along|together|including)$/;
const adverb =
  /^(?:also|just|only|all|both|quite|rather|very|clearly|mostly|exactly|simply|namely|fairly|really|instead|altogether|overall|here)$/;
/** What says nothing of its own between the things of a list. */
const aside =
  /^(?:in (?:it|there|them)|(?:in|on|of) (?:the|this|that|your) (?:image|picture|photo|drawing|illustration|scene|canvas)|to be (?:precise|exact|sure|clear|fair)|as (?:requested|asked|promised|expected|you asked|you requested)|of course|in total|in short|in all|so to speak|if you like|by the way|no more and no less)(?= |$)/;
const unit = new RegExp(`^(?:${units})$`);
const seen =
  /^(?:see|sees|spot|spots|notice|noticed|find|finds|found|count|counts|counted|drew|identify|identified|recogni[sz]e|detect|detected|shows?|showing|contains?|containing|depicts?|depicting|features?|featuring|includes?|including|displays?|displaying|presents?|illustrates?)$/;
const medium =
  /^(?:image|picture|photo|photograph|illustration|drawing|graphic|scene|screenshot|cartoon|artwork|diagram|sketch|painting|file|upload|it)$/;
/** `the focal point of the image is a dog` */
const focus = /^(?:focus|focal|subjects?|star|motif|centerpiece|centrepiece|protagonist|hero|highlight|theme)$/;
/** `the part that I would point at are two dogs` */
const parts = /^(?:parts?|things?|objects?|items?|contents|subjects?|animals?)$/;
const unreal =
  /^(?:if|whether|unless|imagine|would|could|might|should|wouldn't|couldn't|no|not|never|without|nor|neither|than|like|isn't|aren't|don't|doesn't|didn't|can't|cannot)$/;
const relation =
  /^(?:(?:to|on|at) (?:the|its|their) (?:far )?(?:left|right)(?:-hand| hand)?(?: side)? of|(?:left|right) of|above|below|over|under|beneath|underneath|on top of|higher(?: up)? than|lower(?: down)? than|(?:larger|bigger|smaller) than)(?= |$)/;
const place =
  /^(?:in|on|at|near|towards?) (?:the|its) (?:very |far )?(?:(?:top|bottom|upper|lower)[ -](?:left|right)|left|right|top|bottom|middle|center|centre)(?:-hand| hand)?(?: corner| half| side| part| edge)?(?= |$)/;

const inPicture = new RegExp(`^(?:in|on) (?:the|this|that|your|our) (?:\\S+ )?${mediumPattern}(?= |$)`);

class Reader {
  readonly #tokens: readonly Token[];
  readonly #speaksOfSeen: boolean;
  readonly #statements: Piece[][] = [];
  readonly #undrawn: UndrawnName[] = [];
  /** A place at the head of a clause, for the first thing behind it: `near its top there are two dogs`. */
  #where: { at: number; to: number } | undefined;
  /** What was named so far. */
  readonly #named: Phrase[] = [];
  /** What comes next is said to be there. */
  #open = false;
  /** The last statement was that something is there: `two dogs appear in the picture, as well as a cat`. */
  #listed = false;
  /** The clause speaks of what is not, or may not be. */
  #unreal = false;
  /** A thing that the lexicon does not know was named: `four horns on the left, and two dogs`. */
  #namedUnknown = false;
  /** The clause from its first token to the one before `to`, which is read once: whether it says `what`, and names a picture. */
  readonly #clause = { from: 0, to: 0, what: false, medium: false };

  constructor(tokens: readonly Token[], speaksOfSeen: boolean) {
    this.#tokens = tokens;
    this.#speaksOfSeen = speaksOfSeen;
  }

  /** Whether the phrases name seen things, two of them or one in its number or colour. */
  names(seen: readonly SeenThing[]): boolean {
    let sure = 0;
    for (const at of this.#tokens.keys()) {
      if (this.#tokens[at]!.gap === 'stop') this.#unreal = false;
      if (this.#isUnreal(at)) this.#unreal = true;
      const phrase = this.#unreal || this.#tokens[at]!.silent ? null : this.#phrase(at);
      if (phrase) sure += sureness(phrase, seen);
      if (sure >= 2) return true;
    }
    return false;
  }

  read(): SureFacts {
    const tokens = this.#tokens;
    for (let at = 0; at < tokens.length; ) {
      const token = tokens[at]!;
      if (at === 0 || token.gap === 'stop') {
        this.#unreal = false;
        this.#open = this.#isPlainTo(at);
        if (!this.#open) this.#where = undefined;
      }
      const lead = this.#tokens[at - 1];
      this.#namedUnknown ||=
        token.kind === 'unknown' && lead !== undefined && (lead.kind === 'number' || /^an?$/.test(lead.text));
      if (this.#where === undefined && this.#named.length === 0 && /^(?:in|on|at|near|towards?)$/.test(token.text)) {
        const count = this.#matched(place, at);
        if (count > 0 && this.#placeEnds(at + count) && !this.#namedUnknown) this.#where = { at, to: at + count };
      }
      if (token.silent) {
        const next = this.#open ? this.#behindAside(at) : null;
        if (next === null) this.#open = false;
        at = next ?? at + 1;
        continue;
      }
      const next = this.#background(at) ?? this.#statement(at) ?? this.#pronoun(at);
      if (next !== null) {
        at = next;
        continue;
      }
      if (this.#isUnreal(at)) this.#unreal = true;
      const passed = this.#open && !this.#unreal ? this.#matched(aside, at) : 0;
      if (passed > 0) {
        at += passed;
        continue;
      }
      this.#open =
        this.#opens(at) ||
        (this.#open && (lists.test(token.text) || adverb.test(token.text) || /ly$/.test(token.text)));
      at++;
    }
    return { statements: this.#statements, undrawn: this.#undrawn };
  }

  /** The words of so many tokens, as one text; '' where a stop or comma lies between them. */
  #said(at: number, count: number): string {
    const words: string[] = [];
    for (let index = at; index < Math.min(at + count, this.#tokens.length); index++) {
      const token = this.#tokens[index]!;
      if (token.silent || (index > at && token.gap !== 'space')) break;
      words.push(token.text);
    }
    return words.join(' ');
  }

  #matched(pattern: RegExp, at: number): number {
    const found = pattern.exec(this.#said(at, 8))?.[0];
    return found ? found.split(' ').length : 0;
  }

  #isUnreal(at: number): boolean {
    const [before, { text }] = [this.#tokens[at - 1]?.text ?? '', this.#tokens[at]!];
    if (text === 'suppose') return before !== 'i';
    return unreal.test(text) && !(text === 'like' && /^(?:i|you|we)(?:'d)?$/.test(before));
  }

  /** The place behind an aside that claims nothing, where a list goes on behind it: `two dogs, to be precise, and a cat`. */
  #behindAside(at: number): number | null {
    if (this.#tokens[at]!.gap !== 'comma') return null;
    let next = at + 1;
    while (this.#tokens[next]?.silent && this.#tokens[next]!.gap === 'space') next++;
    const token = this.#tokens[next];
    return token && !token.silent && token.gap === 'comma' && lists.test(token.text) ? next : null;
  }

  /** Whether all from here to the end of the clause is plain, names a thing, and says nothing with a verb. */
  #isPlainTo(at: number): boolean {
    let named = false;
    for (let index = at; index < this.#tokens.length; index++) {
      const token = this.#tokens[index]!;
      if (index > at && token.gap === 'stop') break;
      const passed = index > at ? this.#matched(aside, index) : 0;
      if (passed > 0) {
        index += passed - 1;
        continue;
      }
      if (token.gap === 'comma' && named && (token.silent || /^(?:no|without|nothing)$/.test(token.text))) break;
      if (token.silent || token.kind === 'unknown' || unreal.test(token.text)) return false;
      if (token.kind === 'verb') return false;
      named ||= token.kind === 'thing';
    }
    return named;
  }

  /** Whether what follows this token is said to be in the picture. */
  #opens(at: number): boolean {
    if (this.#unreal) return false;
    const [before, here] = [this.#tokens[at - 1], this.#tokens[at]!];
    const clause = this.#clauseTo(at);
    if (/^(?:is|are)$/.test(here.text))
      return (
        this.#where?.to === at ||
        (clause.first === 'the' && parts.test(this.#tokens[clause.from + 1]?.text ?? '')) ||
        (clause.medium && this.#tokens.slice(clause.from, clause.from + 3).some(({ text }) => focus.test(text))) ||
        /^(?:there|here|depicted|pictured|shown|visible|seen|drawn)$/.test(before?.text ?? '') ||
        (clause.what && clause.medium) ||
        (before?.text === 'also' && this.#tokens[at - 2]?.text === 'there') ||
        clause.first === 'what' ||
        (/^(?:here|see|have|received|of)$/.test(before?.text ?? '') && clause.what)
      );
    if (here.text === 'have' && clause.first === 'here') return /^(?:we|you|i)$/.test(before?.text ?? '');
    if (here.text === 'got') return /^(?:you've|we've|i've)$/.test(before?.text ?? '');
    if (here.text === 'which') return before?.text === 'in' && clause.medium;
    if (here.text === 'them') return before?.text === 'among';
    if (/^(?:there's|here's|there're)$/.test(here.text)) return true;
    if (seen.test(here.text)) return true;
    if (/^(?:has|have|holds?|with)$/.test(here.text)) return clause.medium;
    return here.text === 'of' && /^(?:drawing|illustration|picture|image|sketch|set)$/.test(before?.text ?? '');
  }

  #clauseTo(at: number): { from: number; first: string | undefined; what: boolean; medium: boolean } {
    const clause = this.#clause;
    for (; clause.to <= at; clause.to++) {
      const { gap } = this.#tokens[clause.to]!;
      if (gap === 'stop') Object.assign(clause, { from: clause.to, what: false, medium: false });
      else if (clause.to > 0) {
        const { text } = this.#tokens[clause.to - 1]!;
        clause.what ||= text === 'what';
        clause.medium ||= medium.test(text);
      }
    }
    return { ...clause, first: clause.from < at ? this.#tokens[clause.from]!.text : undefined };
  }

  /** `a red background`, `the background is red`, `background: red`, `all of it on red`. */
  #background(at: number): number | null {
    const [token, next] = [this.#tokens[at]!, this.#tokens[at + 1]];
    if (this.#unreal) return null;
    const before = this.#tokens[at - 1]?.text ?? '';
    if (token.kind === 'colour') {
      if (next && next.gap === 'space' && around.test(next.text) && (token.capital || !next.capital)) {
        const on = this.#tokens[at - 2]?.text ?? '';
        const isGround =
          ground.test(next.text) || /^(?:on|against|over)$/.test(/^(?:an?|the)$/.test(before) ? on : before);
        // `colour: red background: blue`
        const isKey = this.#tokens[at + 2]?.told === true && this.#tokens[at + 2]!.kind === 'colour';
        return isGround && !isKey && !(this.#tokens[at + 2]?.silent && this.#tokens[at + 2]!.gap === 'space')
          ? this.#saysGround(token, at + 2)
          : null;
      }
      const closed = next?.gap !== 'space' || next.silent;
      if (/^(?:on|against)$/.test(before) && closed && token.gap === 'space') return this.#saysGround(token, at + 1);
      return null;
    }
    if (!ground.test(token.text)) return null;
    const behind = /^colou?r$/.test(next?.text ?? '') && next!.gap === 'space' ? 1 : 0;
    const said = this.#tokens[at + 1 + behind];
    if (said?.kind === 'colour' && said.gap !== 'space') return this.#saysGround(said, at + 2 + behind);
    for (let index = at + 1; index < Math.min(at + 7, this.#tokens.length - 1); index++) {
      const [verb, colour] = [this.#tokens[index]!, this.#tokens[index + 1]!];
      if (verb.gap !== 'space' || verb.silent || verb.kind === 'thing') return null;
      if (verb.text === 'is' && colour.kind === 'colour' && colour.gap === 'space' && !colour.silent)
        return this.#saysGround(colour, index + 2);
    }
    return null;
  }

  #saysGround(colour: Token, next: number): number {
    const after = this.#tokens[next];
    if (after?.gap === 'space' && (after.kind === 'thing' || after.kind === 'colour')) return next;
    this.#statements.push(['the background is ', colour]);
    return next;
  }

  /** What is said of a noun phrase that begins here. */
  #statement(at: number): number | null {
    const phrase = this.#phrase(at);
    if (!phrase) return null;
    this.#named.push(phrase);
    const where = this.#where;
    this.#where = undefined;
    const anchored = (this.#open || (this.#speaksOfSeen && !this.#unreal)) && !phrase.definite;
    const { to } = phrase;
    this.#listed = false;
    const tail = this.#predicate(phrase, anchored);
    if (tail !== null) {
      this.#open = anchored || this.#listed;
      return tail;
    }
    if (anchored && !this.#unreal) {
      this.#exists(phrase);
      if (where) this.#says(phrase, this.#placed(phrase, where.at, where.to - where.at));
      this.#open = true;
    } else {
      // `what stands out are the red dogs`
      if (this.#open && !this.#unreal) this.#says(phrase, ...attributes(phrase));
      this.#open = false;
    }
    return to;
  }

  /** Colour, size, place or relation said of a phrase; the place behind it, or null where nothing is. */
  #predicate(phrase: Phrase, anchored: boolean): number | null {
    if (this.#unreal) return null;
    const tokens = this.#tokens;
    let at = phrase.to;
    let verb = false;
    const isOpen = (index: number) => tokens[index]?.gap === 'space' && !tokens[index]!.silent;
    // `two dogs, drawn in red`
    const apart = tokens[at]?.gap === 'comma' && !tokens[at]!.silent;
    if ((isOpen(at) || apart) && drawn.test(tokens[at]!.text)) {
      const colour = tokens[at + 2];
      if (tokens[at + 1]?.text === 'in' && colour?.kind === 'colour' && isOpen(at + 2) && this.#endsAt(at + 3)) {
        if (anchored) this.#exists(phrase);
        this.#says(phrase, [...definite(phrase), phrase.many ? ' are ' : ' is ', colour]);
        return at + 3;
      }
    }
    // `the dogs: red`
    const told = tokens[at];
    if (
      phrase.definite &&
      told?.told &&
      !told.silent &&
      /^(?:colour|size)$/.test(told.kind) &&
      this.#itemEndsAt(at + 1)
    ) {
      this.#says(phrase, [...definite(phrase), phrase.many ? ' are ' : ' is ', told]);
      return at + 1;
    }
    // `two dogs, placed to the left of the cat`
    if (apart && /^(?:placed|located|positioned|situated|sitting|standing)$/.test(tokens[at]!.text)) {
      const where = anchored ? this.#matched(place, at + 1) : 0;
      if (where > 0 && this.#placeEnds(at + 1 + where)) {
        this.#exists(phrase);
        this.#says(phrase, this.#placed(phrase, at + 1, where));
        return at + 1 + where;
      }
      const count = this.#matched(relation, at + 1);
      const other = count > 0 ? this.#phrase(at + 1 + count) : null;
      if (other) {
        if (anchored) this.#exists(phrase);
        this.#relates({ ...phrase, definite: true }, tokens.slice(at + 1, at + 1 + count), other);
        return other.to;
      }
    }
    // `two dogs, in the top left corner`
    if (apart && anchored) {
      const count = this.#matched(place, at);
      if (count > 0 && this.#placeEnds(at + count)) {
        this.#exists(phrase);
        this.#says(phrase, this.#placed(phrase, at, count));
        return at + count;
      }
    }
    // `the dogs have their place at the top`
    if (
      isOpen(at) &&
      /^(?:has|have)$/.test(tokens[at]!.text) &&
      /^(?:its|their) (?:place|spot|position|home)$/.test(this.#said(at + 1, 2))
    ) {
      verb = true;
      at += 3;
    }
    while (isOpen(at) && (stands.test(tokens[at]!.text) || (verb && adverb.test(tokens[at]!.text)))) {
      verb = true;
      at++;
    }
    if (
      isOpen(at) &&
      /^(?:right|directly|immediately|just)$/.test(tokens[at]!.text) &&
      this.#matched(relation, at + 1) > 0
    )
      at++;
    const shown = anchored || phrase.definite ? 0 : verb ? this.#matched(inPicture, at) : 0;
    if (shown > 0) {
      this.#exists(phrase);
      this.#listed = true;
      return at + shown;
    }
    const last = tokens[at - 1]!;
    // of sheep and fish the verb tells the number
    if (verb && /^(?:is|are)$/.test(tokens[phrase.to]!.text))
      phrase = { ...phrase, many: tokens[phrase.to]!.text === 'are' };
    const word = isOpen(at) ? tokens[at] : undefined;
    if (!word) return null;
    const related = this.#matched(relation, at);
    if (related > 0) {
      const other = this.#phrase(at + related);
      if (!other || tokens[at + related]!.gap !== 'space') return null;
      if (!verb && !anchored && phrase.definite) return null;
      this.#relates(phrase, tokens.slice(at, at + related), other);
      return other.to;
    }
    if (verb && (be.test(last.text) || adverb.test(last.text)) && (word.kind === 'colour' || word.kind === 'size')) {
      if (!phrase.definite || !this.#endsAt(at + 1)) return null;
      this.#says(phrase, [...definite(phrase), phrase.many ? ' are ' : ' is ', word]);
      return at + 1;
    }
    const count = this.#matched(place, at);
    if (count > 0 && (verb || anchored) && this.#placeEnds(at + count)) {
      if (anchored) this.#exists(phrase);
      this.#says(phrase, this.#placed(phrase, at, count));
      return at + count;
    }
    return null;
  }

  /** `the dogs: they are rather small`, where nothing else is named before. */
  #pronoun(at: number): number | null {
    const [token, verb] = [this.#tokens[at]!, this.#tokens[at + 1]];
    const phrase = this.#named.length === 1 ? this.#named[0]! : undefined;
    if (!phrase || this.#unreal || !/^(?:it|they)$/.test(token.text) || !/^(?:is|are)$/.test(verb?.text ?? ''))
      return null;
    if ((token.text === 'they') !== phrase.many || (verb!.text === 'are') !== phrase.many) return null;
    let index = at + 2;
    const isOpen = () => this.#tokens[index]?.gap === 'space' && !this.#tokens[index]!.silent;
    while (isOpen() && adverb.test(this.#tokens[index]!.text)) index++;
    const word = this.#tokens[index];
    if (!isOpen() || !/^(?:colour|size)$/.test(word!.kind) || !this.#endsAt(index + 1)) return null;
    this.#says(phrase, [...definite(phrase), phrase.many ? ' are ' : ' is ', word!]);
    return index + 1;
  }

  #exists(phrase: Phrase): void {
    const noun = undrawnIn(phrase);
    if (noun) this.#undrawn.push({ start: phrase.words.at(-1)!.start, end: phrase.words.at(-1)!.end, noun });
    else this.#statements.push([phrase.many ? 'there are ' : 'there is ', ...withArticles(phrase.words)]);
  }

  /** What is said of a thing that scenes draw. */
  #says(phrase: Phrase, ...statements: readonly Piece[][]): void {
    if (!undrawnIn(phrase)) this.#statements.push(...statements);
  }

  #relates(one: Phrase, relation: readonly Token[], other: Phrase): void {
    if (undrawnIn(one) || undrawnIn(other)) {
      for (const phrase of [one, other]) if (!phrase.definite) this.#exists(phrase);
      return;
    }
    this.#statements.push([
      ...(one.definite ? definite(one) : withArticles(one.words)),
      one.many ? ' are ' : ' is ',
      ...withArticles(relation),
      ' ',
      ...(other.definite ? definite(other) : withArticles(other.words)),
    ]);
  }

  #placed(phrase: Phrase, at: number, count: number): Piece[] {
    const words = this.#tokens.slice(at, at + count);
    const said = words.map((word): Word => (word.text === 'its' ? { ...word, text: 'the' } : word));
    return [...definite(phrase), phrase.many ? ' are ' : ' is ', ...withArticles(said)];
  }

  /** Whether a place is one of the picture, and no `on the left of the dog`. */
  #placeEnds(at: number): boolean {
    const next = this.#tokens[at];
    if (next?.gap !== 'space' || next.text !== 'of') return true;
    return medium.test(this.#tokens[at + 2]?.text ?? '');
  }

  #endsAt(at: number): boolean {
    const next = this.#tokens[at];
    return next?.gap !== 'space' || next.silent || /^(?:and|but|while|whereas|which|that|or)$/.test(next.text);
  }

  /** Whether an item ends here, or another begins: `the dogs: red and white` says more. */
  #itemEndsAt(at: number): boolean {
    const next = this.#tokens[at];
    return next?.gap !== 'space' || next.silent || next.text === 'the';
  }

  /** A noun phrase with a number, an article or `the`, all of whose words are plain. */
  #phrase(from: number): Phrase | null {
    const tokens = this.#tokens;
    const words: Token[] = [];
    let at = from;
    let definite = false;
    let number: number | null = null;
    const first = tokens[at];
    if (!first) return null;
    if (/^(?:an?)$/.test(first.text)) {
      words.push(first);
      number = 1;
      at++;
    } else if (/^(?:the|each)$/.test(first.text)) {
      definite = true;
      at++;
    } else if (first.kind === 'number' && parseCount(first.text) !== null && parseCount(first.text) !== 0) {
      words.push(first);
      number = parseCount(first.text);
      at++;
    } else return null;
    const isOpen = (index: number) => index < tokens.length && tokens[index]!.gap === 'space' && !tokens[index]!.silent;
    while (isOpen(at)) {
      const token = tokens[at]!;
      if (token.kind === 'colour' || token.kind === 'size') words.push(token);
      else if (unit.test(token.text) && tokens[at + 1]?.text === 'of') words.push(token, tokens[++at]!);
      else if (
        token.kind !== 'passed-over' &&
        !(this.#speaksOfSeen && token.kind === 'unknown' && tokens[at + 1]?.kind === 'thing' && isOpen(at + 1))
      )
        break;
      at++;
    }
    const thing = tokens[at];
    if (!isOpen(at) || thing?.kind !== 'thing') return null;
    words.push(thing);
    at++;
    const next = tokens[at];
    // another word makes it a name or a thing of its own: `a bear market`
    if (next && isOpen(at) && (/^(?:unknown|thing|general|passed-over)$/.test(next.kind) || next.text === "'s")) {
      if (
        !(next.kind === 'unknown' && (/ing$/.test(next.text) || (this.#speaksOfSeen && thing.plural))) &&
        !joiningWords.has(next.text) &&
        !adverb.test(next.text)
      )
        return null;
    }
    const many = number === null ? thing.plural : number > 1;
    if (number !== null && many && !thing.plural && !massNouns.has(thing.text)) return null;
    return { to: at, words, definite, many };
  }
}

/** How surely a phrase speaks of what was seen: 2 where its number or colour fit, 1 where only its name does. */
function sureness({ words, definite: isDefinite, many }: Phrase, seen: readonly SeenThing[]): number {
  const alike = seen.filter(({ name }) => name === words.at(-1)!.noun?.singular);
  if (alike.length === 0) return 0;
  const said = words.find(({ kind }) => kind === 'colour')?.text;
  if (said !== undefined && alike.some(({ colour }) => colour === (colourSynonyms[said] ?? said))) return 2;
  if (many) return alike.length > 1 ? (isDefinite ? 1 : 2) : 0;
  return alike.length === 1 ? 1 : 0;
}

/** What `the red dogs` says of the dogs. */
const attributes = (phrase: Phrase): Piece[][] =>
  phrase.words
    .filter(({ kind }) => kind === 'colour' || kind === 'size')
    .map((word) => [
      'the ',
      ...withArticles(phrase.words.filter(({ kind }) => kind !== 'colour' && kind !== 'size')),
      phrase.many ? ' are ' : ' is ',
      word,
    ]);

/** The name of a phrase, where no scene draws it. */
function undrawnIn({ words }: Phrase): UndrawnThing | undefined {
  const { noun } = words.at(-1)!;
  return noun && isUndrawn(noun) ? noun : undefined;
}

/** The phrase with `the` before it, and without its number. */
function definite({ words }: Phrase): Piece[] {
  const named = words.filter(({ kind, text }) => (kind !== 'number' || unit.test(text)) && !/^an?$/.test(text));
  return ['the ', ...withArticles(named)];
}
