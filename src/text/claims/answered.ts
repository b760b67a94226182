import { numberWords, parseCount } from '../lexicon/numbers.js';
import { isUndrawn } from '../lexicon/undrawn-things.js';
import type { Range } from '../range.js';
import { findTerms, type Term, type TermOf } from '../terms.js';
import type { Piece } from './restate.js';
import { talliedNoun } from './tallies.js';

/** What a short answer says together with its question, in the plainest words, without full stops. */
export interface Answered {
  facts: Piece[][];
  /** The answer is that none of it is so. */
  denied: boolean;
}

/**
 * An answer that only means something with its question (`How many ducks?` `Three.`), as statements; null where the two make
 * none for certain. What stands in the question and not in the answer is added words, but for what a yes or a thing named
 * says all of: that stands for the yes or the thing.
 */
export function answered(prompt: string, text: string, sentence: Range): Answered | null {
  const asked = questionOf(prompt);
  const said = text.slice(sentence.start, sentence.end);
  if (!asked || said.length > 120) return null;
  const reply = new Reply(said, sentence.start);
  const plainly = (facts: Piece[][] | null): Answered | null => (facts ? { facts, denied: false } : null);
  return (
    polarity(asked, reply) ??
    plainly(tally(asked, reply)) ??
    plainly(number(asked, reply)) ??
    plainly(colour(asked, reply)) ??
    plainly(size(asked, reply)) ??
    plainly(direction(asked, reply)) ??
    plainly(place(asked, reply)) ??
    plainly(thingAt(asked, reply)) ??
    plainly(print(asked, reply))
  );
}

interface Question {
  /** In small letters, without its question mark. */
  text: string;
  terms: Term[];
  nouns: TermOf<'noun'>[];
}

/** The last question of a prompt, or all of a short one. */
function questionOf(prompt: string): Question | null {
  const sentences = prompt.slice(-400).match(/[^.?!\n]+[.?!]*/g) ?? [];
  const last = sentences.findLast((one) => one.trim().endsWith('?')) ?? (sentences.length === 1 ? sentences[0]! : '');
  const text = last
    .trim()
    .replace(/[?.!\s]+$/, '')
    .replace(/’/g, "'")
    .toLowerCase()
    .replace(/[\s,]*\b(?:pls|please|plz|thanks)$/, '')
    .replace(
      /^(?:hey|hi|hello|yes or no|true or false|please|quick question|one question|tell me|question)\s*[:,–—-]\s*/,
      '',
    )
    .replace(/[\s,;(–—-]*\b(?:yes or no|yes\/no|true or false|right or wrong)\)?$/, '')
    .replace(
      /\b(background|backdrop|ground) (?:of|in) (?:the|this|that|your) (?:image|picture|drawing|scene|illustration)\b/,
      '$1',
    );
  if (text === '' || text.length > 200) return null;
  const terms = drawnTerms(text);
  return { text, terms, nouns: terms.filter((term) => term.kind === 'noun') };
}

const drawnTerms = (text: string) => findTerms(text).filter((term) => term.kind !== 'noun' || !isUndrawn(term.noun));

/** The words of an answer, where they are in the whole text. */
class Reply {
  readonly terms: Term[];
  readonly nouns: TermOf<'noun'>[];
  readonly negated: boolean;

  constructor(
    readonly said: string,
    readonly offset: number,
  ) {
    this.terms = drawnTerms(said);
    this.nouns = this.of('noun');
    this.negated = /\b(?:no|not|none|never|neither|nor|without|cannot)\b|n['’]t\b/i.test(said);
  }

  of<Kind extends Term['kind']>(kind: Kind): TermOf<Kind>[] {
    return this.terms.filter((term): term is TermOf<Kind> => term.kind === kind);
  }

  at = ({ start, end }: Range): Range => ({ start: start + this.offset, end: end + this.offset });
  /** The numbers, `a` not among them. */
  numbers = () =>
    this.of('count').filter(({ style, value }) => style !== 'article' && style !== 'vague' && value !== null);
}

/** A noun under the name that scenes give it. */
const nameOf = ({ noun, plural }: TermOf<'noun'>, many = plural) =>
  (many ? noun.plural : noun.singular).replaceAll('-', ' ');
const isMany = (term: TermOf<'noun'>, { text }: Question) =>
  term.plural || (term.noun.plural === term.noun.singular && /\bare\b/.test(text));
/** The colours and sizes right before a noun, with a space behind each. */
function adjectivesOf(noun: TermOf<'noun'>, { text, terms }: Question): string {
  const own = terms.filter(({ kind, end }) => (kind === 'colour' || kind === 'size') && end <= noun.start);
  let start = noun.start;
  for (const { start: from, end } of own.toReversed()) if (/^\s+$/.test(text.slice(end, start))) start = from;
  return text.slice(start, noun.start);
}
const subject = (noun: TermOf<'noun'>, question: Question) =>
  `the ${adjectivesOf(noun, question)}${nameOf(noun)} ${isMany(noun, question) ? 'are' : 'is'} `;
const alone = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined);

const head =
  /^\W*(?:(?:oh|well|hmm?),?\s+)?(yes|no|yeah|yep|nope|true|false|correct|incorrect|right|wrong|(?:that|it)(?:['’]s| is)(?: not)? (?:true|false|correct|incorrect|right|wrong))(?![\p{L}\p{N}])/iu;
/** What may stand behind a yes or no without saying anything of its own. */
const echo =
  /^[\s\p{P}]*(?:(?:there|it|they|i|you|we|that|this|one|some|any|of|them|the|indeed|exactly|all|is|are|do|does|see|can|was|correct|right|true|here|background|not|no|none|\p{L}+n['’]t)[\s\p{P}]*)*$/iu;

function polarity(question: Question, reply: Reply): Answered | null {
  const found = head.exec(reply.said);
  if (!found) return null;
  const statement = statementOf(question);
  if (!statement) return null;
  const word = found[1]!.toLowerCase();
  const no = /^no|false|incorrect|wrong/.test(word) !== /\bnot\b/.test(word);
  const start = found.index + found[0].length - found[1]!.length;
  const range = reply.at({ start, end: found.index + found[0].length });
  let rest = reply.said.slice(found.index + found[0].length);
  let count: Range | undefined;
  const number = alone(reply.numbers());
  if (number && statement.count !== undefined && number.value === statement.count) {
    count = reply.at(number);
    rest = rest.replace(number.text, '');
  }
  const colour = alone(reply.of('colour'));
  if (colour && colour.colour === statement.colour) rest = rest.replace(colour.text, '');
  if (!echo.test(rest)) return null;
  const facts = statement.parts.map((part): Piece => {
    if (!('claim' in part)) return part.text;
    return part.claim === 'count' && count ? { for: count, text: part.text } : { for: range, text: part.text };
  });
  return { facts: [facts], denied: no };
}

type Part = { text: string; claim?: 'count' | 'other' };
interface Statement {
  parts: Part[];
  count?: number;
  colour?: string;
}

const existence = new RegExp(
  `^(?:${[
    '(?:is it (?:true|correct|right) that|would you say(?: that)?) there (?:is|are)',
    '(?:is|are) there',
    '(?:do|can) you (?:see|spot|find)',
    'does (?:the|this) (?:image|picture|drawing|illustration) (?:show|contain|include|have)',
  ].join('|')}) (?:any |an? |exactly )?(?:(${numberWords.slice(1, 13).join('|')}|\\d+) )?`,
  'u',
);

/** What a yes to the question says. */
function statementOf(question: Question): Statement | null {
  const { text } = question;
  const noun = alone(question.nouns);
  const colour = alone(question.terms.filter((term): term is TermOf<'colour'> => term.kind === 'colour'));
  const ground =
    /^(?:is|are) (?:the|its) (?:background|backdrop|canvas)(?: colou?r)? (?:really |actually )?(\p{L}+)$/u.exec(text);
  if (ground && colour && !noun)
    return { parts: [{ text: 'the background is ' }, { text: ground[1]!, claim: 'other' }], colour: colour.colour };
  if (!noun) return null;
  const there = existence.exec(text);
  const tail = text.slice(noun.end);
  const ends =
    /^(?: (?:in|on|at) (?:the|this|that) (?:\p{L}+ ){0,2}(?:image|picture|photo|drawing|illustration|scene)| here| anywhere| visible| present)*$/u;
  if (there && ends.test(tail)) {
    const adjectives = adjectivesOf(noun, question);
    const between = text.slice(there[0].length, noun.start);
    const count = there[1] === undefined ? null : parseCount(there[1]);
    if (between !== adjectives) return null;
    if (count !== null && count > 0)
      return {
        parts: [
          { text: count === 1 ? 'there is ' : 'there are ' },
          { text: there[1]!, claim: 'count' },
          { text: ' ' },
          { text: adjectives + nameOf(noun), claim: 'other' },
        ],
        count,
      };
    if (adjectives !== '') return null;
    return {
      parts: [{ text: noun.plural ? 'there are ' : 'there is a ' }, { text: nameOf(noun), claim: 'other' }],
    };
  }
  const so = /^(?:is|are) the ([\p{L}' -]+?) (\p{L}+)$/u.exec(text);
  if (
    so &&
    colour &&
    colour.text === so[2] &&
    noun.end + 1 === colour.start &&
    /^(?:is|are) the $/.test(text.slice(0, noun.start))
  )
    return { parts: [{ text: subject(noun, question) }, { text: colour.text, claim: 'other' }], colour: colour.colour };
  return null;
}

const asksHowMany =
  /^(?:and )?(?:how many|what is the (?:total )?number of|count the) (?:(?:different|distinct|separate) )?(?:(kinds|types|sorts)(?: of (?:things|objects|items|elements))?|things|objects|items|elements)(?: (?:are|is|there|do|does|can|you|i|we|see|find|spot|count|shown|visible|drawn|depicted|contain|show|in|on|the|this|that|your|it|here|total|all|altogether|overall|together|image|picture|photo|illustration|drawing|scene))*$/;

/** Whether a question is how many things, or kinds of them, there are in all. */
export function asksForTally(prompt: string): 'things' | 'kinds' | null {
  const question = questionOf(prompt);
  const found = question && question.nouns.length === 0 ? asksHowMany.exec(question.text) : null;
  return found && (found[1] ? 'kinds' : 'things');
}

/** How many things or kinds there are in all, and of which of two there are more. */
function tally({ text, nouns }: Question, reply: Reply): Piece[][] | null {
  if (reply.negated) return null;
  const amount = alone(reply.numbers());
  const counted = nouns.length === 0 && reply.nouns.length === 0 ? asksHowMany.exec(text) : null;
  if (counted && amount && amount.value !== 0) {
    const many = amount.value !== 1;
    const what = talliedNoun(counted[1] ? 'kinds' : 'things', many);
    return [[many ? 'there are ' : 'there is ', reply.at(amount), ` ${what} in all`]];
  }
  const more = /^\W*(more|fewer|less)\W*$/i.exec(reply.said);
  const [one, other] = nouns;
  const compares = /^(?:are|is) there (?:more|fewer|less) .* than\b/.test(text);
  if (!more || !one || !other || nouns.length !== 2 || !compares || one.noun === other.noun) return null;
  const at = more.index + more[0].indexOf(more[1]!);
  const word = reply.at({ start: at, end: at + more[1]!.length });
  return [['there are ', word, ` ${nameOf(one, true)} than ${nameOf(other, true)}`]];
}

function number(question: Question, reply: Reply): Piece[][] | null {
  if (reply.negated || reply.nouns.length > 0) return null;
  const numbers = reply.numbers();
  if (/^(?:and )?(?:how many|(?:what is )?(?:the )?number of)\b/.test(question.text)) {
    const [noun, amount] = [alone(question.nouns), alone(numbers)];
    return noun && amount && amount.value !== 0 ? [counted(noun, amount, question, reply)] : null;
  }
  const isCount = /^(?:please )?(?:count|how many)\b/.test(question.text);
  const [first, second] = question.nouns;
  if (!isCount || question.nouns.length !== 2 || numbers.length !== 2 || numbers.some(({ value }) => value === 0))
    return null;
  return [counted(first!, numbers[0]!, question, reply), counted(second!, numbers[1]!, question, reply)];
}

function counted(noun: TermOf<'noun'>, amount: TermOf<'count'>, question: Question, reply: Reply): Piece[] {
  const many = amount.value !== 1;
  const what = ` ${adjectivesOf(noun, question)}${nameOf(noun, many)}`;
  return [many ? 'there are ' : 'there is ', reply.at(amount), what];
}

const sign = /\b(?:sign|label|plate)\b/;
const ground = /\b(?:background|backdrop|canvas)\b/;

function colour(question: Question, reply: Reply): Piece[][] | null {
  const found = alone(reply.of('colour'));
  if (!found || reply.negated || reply.nouns.length > 0 || !/^(?:and )?what\b.*\bcolou?rs?\b/.test(question.text))
    return null;
  if (ground.test(reply.said) || sign.test(reply.said)) return null;
  const noun = alone(question.nouns);
  if (noun) return [[subject(noun, question), reply.at(found)]];
  if (question.nouns.length > 0) return null;
  if (ground.test(question.text)) return [['the background is ', reply.at(found)]];
  return sign.test(question.text) ? [['the sign is ', reply.at(found)]] : null;
}

function size(question: Question, reply: Reply): Piece[][] | null {
  const [noun, found] = [alone(question.nouns), alone(reply.of('size'))];
  if (!noun || !found || reply.negated || reply.nouns.length > 0) return null;
  if (!/^(?:is|are) the .* (?:small|large|big|tiny|huge) or (?:small|large|big|tiny|huge)\b/.test(question.text))
    return null;
  return [[subject(noun, question), reply.at(found)]];
}

const sideways = /\b(?:(?:to|on|at) (?:the|its|their) )?(left|right)\b(?: (?:of|from) (?:it|them))?/i;
const upright = /\b(above|below|over|under|beneath|underneath)\b/i;

/** Where one thing is from another. */
function direction(question: Question, reply: Reply): Piece[][] | null {
  const [one, other] = question.nouns;
  if (!one || !other || question.nouns.length !== 2 || reply.negated) return null;
  const asks =
    /^where (?:is|are) .* (?:in relation to|relative to|compared (?:to|with)|with respect to) /.test(question.text) ||
    /^(?:is|are) the .* (?:above or below|below or above|(?:(?:to|on) the )?(?:left or right|right or left)(?: side)? of) the /.test(
      question.text,
    );
  if (!asks || reply.nouns.some(({ noun }) => noun !== other.noun)) return null;
  const [side, up] = [sideways.exec(reply.said), upright.exec(reply.said)];
  if (!!side === !!up) return null;
  const match = (side ?? up)!;
  const at = match.index + match[0].indexOf(match[1]!);
  const word = reply.at({ start: at, end: at + match[1]!.length });
  const pieces: Piece[] = side ? ['to the ', word, ' of'] : [word];
  return [[subject(one, question), ...pieces, ` the ${adjectivesOf(other, question)}${nameOf(other)}`]];
}

const where =
  /\b(?:(?:far |very )?(top|bottom|upper|lower)(?:[ -](left|right))?|(left|right)|(?:middle|cent(?:er|re)))\b(?:[- ]?hand)?(?: (?:corner|side|half|part|edge|area))?/gi;

function place(question: Question, reply: Reply): Piece[][] | null {
  const noun = alone(question.nouns);
  const asks =
    /^(?:where|(?:in|on|at) (?:which|what) (?:corner|side|part|half|area)|(?:which|what) (?:corner|side|part|half))\b/;
  if (!noun || reply.negated || reply.nouns.length > 0 || !asks.test(question.text)) return null;
  const found = alone([...reply.said.matchAll(where)]);
  if (!found) return null;
  const words = reply.at({ start: found.index, end: found.index + found[0].length });
  const corner = found[2] !== undefined;
  const lead = corner ? 'in the ' : found[1] ? 'at the ' : found[3] ? 'on the ' : 'in the ';
  return [
    [
      subject(noun, question),
      lead,
      words,
      corner && !/ \p{L}+$/u.test(found[0].replace(/[ -](?:left|right)/i, '')) ? ' corner' : '',
    ],
  ];
}

/** `What is at the top?` `Three ducks.`: that they are there is said of the thing named. */
function thingAt(question: Question, reply: Reply): Piece[][] | null {
  const asks = /^what(?:'s| is| are| do you see| can (?:you|be) see?n?)(?: there)? (?:at|in|on|near) the (.*)$/.exec(
    question.text,
  );
  const noun = alone(reply.nouns);
  if (!asks || !noun || reply.negated || question.nouns.length > 0) return null;
  const at = alone([...asks[1]!.matchAll(where)]);
  if (!at || /\b(?:above|below|of (?!the (?:image|picture|photo|drawing|illustration|scene)))/.test(asks[1]!))
    return null;
  const many = noun.plural || reply.numbers().some(({ value }) => value! > 1);
  const range = reply.at(noun);
  const words = at[0]
    .split(/([ -])/)
    .map((word): Piece => (/^(?:top|bottom|left|right|upper|lower)$/.test(word) ? { for: range, text: word } : word));
  return [
    [
      'the ',
      { for: range, text: nameOf(noun) },
      many ? ' are ' : ' is ',
      at[3] ? 'on the ' : at[2] ? 'in the ' : 'at the ',
      ...words,
    ],
  ];
}

/** What a sign says: a word in quotation marks, in capitals, or alone. */
function print(question: Question, reply: Reply): Piece[][] | null {
  if (
    !/^what (?:does|do|is) .*\b(?:sign|text|label)\b.*\b(?:says?|reads?|written|printed)\b|^what(?:'s| is) written\b/.test(
      question.text,
    )
  )
    return null;
  const found =
    /["“]([^"”]+)["”]/.exec(reply.said) ??
    /\b(?:says?|reads?|:) +(\p{Lu}[\p{Lu}\d]+|\d+)\b/u.exec(reply.said) ??
    /^\W*([\p{L}\d]+)\W*$/u.exec(reply.said);
  if (!found || /\b(?:sign|says?|reads?)\b.*["“]/i.test(reply.said)) return null;
  const start = found.index + found[0].indexOf(found[1]!);
  return [['the sign says "', reply.at({ start, end: start + found[1]!.length }), '"']];
}
