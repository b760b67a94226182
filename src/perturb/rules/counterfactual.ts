import { indefiniteArticle, isPlural, singularize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { splitSentences } from '../../text/sentences.js';
import { type Caption, neighbour } from '../caption.js';
import type { Change } from '../label-changes.js';
import { isCountable, isNoun } from '../lexicon/nouns.js';
import { isNamedAgain, isPersonAgain } from '../mentions.js';
import { isWholeNoun, modifiedNoun } from '../noun-phrases.js';
import { changeOf, doubted, type Rule } from './rule.js';

/**
 * Counterfactual: a statement is denied, or a denial is lifted. `is` becomes `is not`; `has a`, `with a` and `there is a`
 * become `has no`, `with no` and `there is no`; `not` and `no` go; `without` becomes `with`.
 */
export const counterfactual: Rule = (caption) =>
  caption.words.flatMap((word, index) => {
    if (word.quoted || nearNegation(caption, index) || (!word.asserted && !negation.test(word.lower))) return [];
    const change = lifted(caption, index) ?? denied(caption, index);
    return change ? [doubted([change], doubtOfDenial(caption, index, change))] : [];
  });

const postures =
  /^(?:sitting|standing|wearing|holding|lying|facing|parked|open|closed|smiling|walking|running|playing|eating|riding|looking|sleeping|leaning|carrying|flying|swimming|reading|drinking)$/;

/** What people do and how things stand may be denied anywhere; where a thing was found, or of what it is made, seldom. */
function doubtOfDenial(caption: Caption, index: number, { text }: Change): number {
  if (/\bnot $/i.test(text)) return 2;
  if (/\bnot$/i.test(text)) return postures.test(neighbour(caption, index, 1)) ? 0 : 3;
  return /^no$/i.test(text) ? (caption.words[index]!.lower === 'with' ? 2 : 1) : 2;
}

const negation = /^(not|no|never|none|without|nobody|nothing|neither|cannot|\p{L}+n't)$/u;

function nearNegation({ words }: Caption, index: number): boolean {
  const own = negation.test(words[index]!.lower);
  return !own && words.slice(Math.max(0, index - 3), index + 4).some(({ lower }) => negation.test(lower));
}

function lifted(caption: Caption, index: number): Change | null {
  const word = caption.words[index]!;
  // were it not so, it is there but not seen
  if (/\b(?:if|but|although|though|only|yet|whether)\b/i.test(sentenceBefore(caption, index))) return null;
  const after = neighbour(caption, index, 1);
  if (word.lower === 'without' && /^(an?|any|the|his|her|its|their)$/.test(after))
    return after === 'any'
      ? changeOf(caption, index, index + 1, likeCase('with some', word.text))
      : changeOf(caption, index, index, likeCase('with', word.text));
  if (word.lower === 'no' && isNoun(after) && /^(with|has|have|is|are|and|there)$/.test(neighbour(caption, index, -1)))
    return changeOf(
      caption,
      index,
      index,
      likeCase(isCountable(after) && !isPlural(after) ? indefiniteArticle(after) : 'some', word.text),
    );
  if (word.lower === 'not' && /^(is|are|was|were)$/.test(neighbour(caption, index, -1))) {
    const { start, end } = caption.words[index]!;
    return after === ''
      ? null
      : { start, end: caption.words[index + 1]!.start, text: caption.text.slice(end, end), role: 'bad' };
  }
  return null;
}

function denied(caption: Caption, index: number): Change | null {
  const { words } = caption;
  const word = words[index]!;
  const after = neighbour(caption, index, 1);
  const before = neighbour(caption, index, -1);
  // two bottles, one near the wall: told one by one
  if (/\b(?:two|three|four|five|some|many|several|people)\b/i.test(`${before} ${after}`))
    if (
      /^[^.!?]*(?::|,? (?:with )?(?:one|another|others|each|including|some of (?:them|which))\b)/i.test(
        restOfClause(caption, index),
      )
    )
      return null;
  // what it does by being so: a tree stands there, breaking into a canopy; a chair and, as well, a bottle
  if (
    /,(?: and| thus| thereby)? \p{L}+ing\b|, (?:which|most likely|likely|possibly|perhaps)\b|\bas (?:well|is|are)\b|\balso\b|\bin addition\b/iu.test(
      restOfClause(caption, index),
    )
  )
    return null;
  if (argues(caption, index) || /\b(?:inscription|lettering|model number)\b/i.test(restOfClause(caption, index)))
    return null;
  // is empty, other than
  if (/^[^.!?]{0,30}\b(?:other than|except|apart from|aside from)\b/i.test(caption.text.slice(word.end))) return null;
  if (/^(is|are|was|were)$/.test(word.lower)) {
    if (
      /^(there|this|it|that|here|what|who|which)$/.test(before) &&
      /^(an?|two|three|four|five|some|many|several|the)$/.test(after)
    )
      return before === 'there' &&
        after !== 'the' &&
        hasNoun(caption, index + 1) &&
        !/^(?:total|number|lot|couple|variety|group|bunch|pair|few|unknown|hint|sense)$/.test(
          words[index + 2]?.lower ?? '',
        ) &&
        !/^[^.!?]*, an? /.test(caption.text.slice(word.end)) &&
        !isNamedAgain(caption, modifiedNoun(caption, index + 1)!) &&
        !isPersonAgain(caption, modifiedNoun(caption, index + 1)!) &&
        !/^(?:shadow|light|reflection|glare|glow|effect)s?$/.test(words[modifiedNoun(caption, index + 1)!]!.lower) &&
        !goesOn.test(nextSentence(caption, index)) &&
        !results.test(restOfClause(caption, index))
        ? changeOf(caption, index + 1, index + 1, noIn(caption))
        : null;
    // what the photograph does, and what a result of it is said to be
    if (
      /^(?:captured|seen|shown|depicted|photographed|presented|featured|rendered|taken|visible|nestled|set|dominated|filled)$/.test(
        after,
      )
    )
      return null;
    if (results.test(restOfClause(caption, index)) || opensWithResult(caption, index)) return null;
    if (
      /\b(?:both|all|each|every|many|most|some|few|several|no) (?:of )?(?:\p{L}+ ){0,3}$|^(?:all|both|each|every|most|many|some)\b[^.,;]*$|\b(?:scene|image|photo|photograph|picture|view|shot|frame) (?:\p{L}+ )?$/iu.test(
        sentenceBefore(caption, index),
      )
    )
      return null;
    if (speaksOn(caption, index)) return null;
    // the waves they are riding
    if (
      /^(?:it|they|he|she|we|you)$/.test(before) &&
      !/^(?:|and|but|while|where|as|that|because|since|if|when)$/.test(neighbour(caption, index - 1, -1))
    )
      return null;
    const article = subjectArticle(caption, index);
    if (article !== null && !opensSentence(caption, article)) return noSubject(caption, article, index);
    if (
      /(?:ing|ed)$/.test(after) ||
      /^(in|on|at|near|behind|under|above|next|inside|outside|up|lying|full|empty|open|closed|busy|ready|holding|standing|parked|shown|seen|made|set|covered)$/.test(
        after,
      )
    )
      return {
        start: word.end,
        end: word.end,
        text: caption.text === caption.text.toUpperCase() ? ' NOT' : ' not',
        role: 'bad',
      };
    return null;
  }
  const owns =
    /^(has|have|with|having|featuring|features|boasts|bears|contains|includes|holds|displays|wears|carries|sports)$/.test(
      word.lower,
    );
  if (owns && /^(an?|some|two|three|four|five|several|many)$/.test(after) && hasNoun(caption, index + 1)) {
    const rest = restOfClause(caption, index) + nextSentence(caption, index).slice(0, 12);
    if (/\b(another|other|it|its|he|she|they)\b/i.test(rest)) return null;
    if (
      word.lower === 'with' &&
      (/(?:ed|ing)$/.test(before) || /^(plays?|made|full|fight|talks?|eats?)$/.test(before)) &&
      !/^(building|ceiling|painting|bed|shed|sitting|standing)$/.test(before)
    )
      return null;
    if (
      /^(lot|lots|couple|variety|group|number|bunch|pair|view|bit|large|few|help|smile)$/.test(
        words[index + 2]?.lower ?? '',
      )
    )
      return null;
    const thing = modifiedNoun(caption, index + 1)!;
    if (
      /^(?:feature|theme|sense|design|atmosphere|style|pattern|finish|texture|shadow|light|reflection|glare|glow|highlight|effect|sky|background|backdrop|surface|look|appearance|view|top|bottom|side|front|back|base|end|edge)s?$/.test(
        words[thing]!.lower,
      )
    )
      return null;
    return isNamedAgain(caption, thing) || isPersonAgain(caption, thing) || isTold(caption, thing)
      ? null
      : changeOf(caption, index + 1, index + 1, noIn(caption));
  }
  const verb = deniedVerb(caption, index);
  if (verb) return verb;
  if (showsWhat.test(caption.text.slice(0, word.start))) return null;
  if (/ing$/.test(word.lower) && isNoun(before) && acts.test(word.lower) && isWholeNoun(caption, index - 1, index - 1))
    return { start: word.start, end: word.start, text: 'not ', role: 'bad' };
  return null;
}

/** How the next sentence goes on about several things: some of them. */
const goesOn = /^\s*(?:some|they|these|those|one|each|their|its|it|all|both|most|many|others?)\b/i;

/** What a photograph shows is there: it shows no dog not standing. */
const showsWhat =
  /\b(?:shot|view|image|photo|photograph|picture|reveals?|captures?|shows?|depicts?|presents?)\b[^.]*$/i;

/** By wearing a helmet, since it is like one: a denial breaks the reasoning and not the picture. */
function argues({ text, words }: Caption, index: number): boolean {
  const sentence = splitSentences(text).find(
    ({ start, end }) => start <= words[index]!.start && words[index]!.start < end,
  );
  const said = text.slice(sentence?.start ?? 0, sentence?.end);
  return (
    /^(?:by \p{L}+ing|since|because|as|given|due|despite|although|though|if|when)\b/iu.test(said) ||
    /\b(?:because|since|so that|therefore|thus|in order to|accompan\p{L}+|responsible|ensur\p{L}+|promot\p{L}+)\b/iu.test(
      said,
    )
  );
}

/** What only a thing that is there can do to the look of the rest. */
const results =
  /, (?:with|each|the [\p{L}\d ]+ly)\b|,? (?:secured|punctuated|bearing|held|extending|completing|offering|leading|leaving|adding|creating|enhancing|giving|lending|emphasizing|contributing|accentuating|casting|making|providing|contrasting|revealing|showing|forming|allowing|its|their|suggesting|indicating|hinting|accompanied|while)\b/iu;

/** The sentence up to a word. */
function sentenceBefore({ text, words }: Caption, index: number): string {
  const sentence = splitSentences(text).find(
    ({ start, end }) => start <= words[index]!.start && words[index]!.start < end,
  );
  return text.slice(sentence?.start ?? 0, words[index]!.start);
}

function restOfClause({ text, words }: Caption, index: number): string {
  const sentence = splitSentences(text).find(
    ({ start, end }) => start <= words[index]!.start && words[index]!.start < end,
  );
  return text.slice(words[index]!.end, sentence?.end ?? text.length);
}

function nextSentence({ text, words }: Caption, index: number): string {
  const sentences = splitSentences(text);
  const own = sentences.findIndex(({ start, end }) => start <= words[index]!.start && words[index]!.start < end);
  const next = sentences[own + 1];
  return next ? text.slice(next.start, next.end) : '';
}

/** Whether the next sentence is about what this one tells of: affixed to a brick wall. The bricks are red. */
function speaksOn(caption: Caption, index: number): boolean {
  const rest = restOfClause(caption, index)
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .map(singularize);
  const [, opening = ''] =
    /^\s*(?:the|its|these|those|their)((?: \p{L}+){1,3})/iu.exec(nextSentence(caption, index)) ?? [];
  const own = splitSentences(caption.text).find(
    ({ start, end }) => start <= caption.words[index]!.start && caption.words[index]!.start < end,
  );
  const subject = caption.text
    .slice(own?.start ?? 0, caption.words[index]!.start)
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .map(singularize);
  return opening
    .toLowerCase()
    .trim()
    .split(' ')
    .some((word) => word.length > 3 && (rest.includes(singularize(word)) || subject.includes(singularize(word))));
}

/** Adding a pop of colour, a banner hangs: what is not there adds nothing. */
function opensWithResult({ text, words }: Caption, index: number): boolean {
  const sentence = splitSentences(text).find(
    ({ start, end }) => start <= words[index]!.start && words[index]!.start < end,
  );
  return /^\p{Lu}\p{L}+ing\b/u.test(text.slice(sentence?.start ?? 0));
}

/** The a or an of the subject before a verb; null where it has another determiner. */
function subjectArticle(caption: Caption, verb: number): number | null {
  if (!caption.words[verb]!.joined) return null;
  for (let at = verb - 1; at >= Math.max(0, verb - 5); at--) {
    const { lower } = caption.words[at]!;
    if (/^(?:an?|another|one|some|two|three|four|several)$/.test(lower)) return at;
    if (/^(?:the|this|that|these|those|his|her|its|their)$/.test(lower) || !caption.words[at]!.joined) return null;
  }
  return null;
}

function opensSentence({ text, words }: Caption, index: number): boolean {
  return splitSentences(text).some(({ start }) => words[index]!.start === start);
}

/** `On the mat, a dog is lying` to `On the mat, no dog is lying`, unless the rest tells of the dog. */
function noSubject(caption: Caption, article: number, verb: number): Change | null {
  const noun = modifiedNoun(caption, article);
  if (
    /\b(?:of|once|when|if|until|where|as|after|before|while) $/i.test(
      caption.text.slice(0, caption.words[article]!.start),
    )
  )
    return null;
  if (noun === null || noun + 1 !== verb || !/^an?$/.test(caption.words[article]!.lower)) return null;
  if (/^\s*(?:he|she|it|they|his|her|its|their)\b/i.test(nextSentence(caption, verb))) return null;
  if (/^(?:shadow|light|reflection|glare|glow|effect)s?$/.test(caption.words[noun]!.lower)) return null;
  if (/^(?:unknown|unidentified|indistinct)$/.test(neighbour(caption, article, 1))) return null;
  if (isNamedAgain(caption, noun) || /\b(?:it|its|he|she|his|her|they|their)\b/i.test(restOfClause(caption, verb)))
    return null;
  return changeOf(caption, article, article, likeCase(noIn(caption), caption.words[article]!.text));
}

/** What is not there has no look: a plate that reads, a pendant resembling an arrow. */
function isTold(caption: Caption, noun: number): boolean {
  const next = neighbour(caption, noun, 1);
  return (
    /^(?:that|which|who|with|of|to|as|from|for|so|and|bearing)$/.test(next) ||
    (/(?:ing|ed)$/.test(next) && !isNoun(next)) ||
    /^,? (?:its|their|his|her|adding|creating|complete|complementing|enhancing|giving|lending|each)\b/.test(
      caption.text.slice(caption.words[noun]!.end),
    )
  );
}

/** `The dog sits` to `The dog does not sit`. */
function deniedVerb(caption: Caption, index: number): Change | null {
  const word = caption.words[index]!;
  const plain = verbs.get(word.lower);
  const before = neighbour(caption, index, -1);
  if (plain === undefined || !isNoun(before) || isPlural(before) || !isWholeNoun(caption, index - 1, index - 1))
    return null;
  const article = subjectArticle(caption, index);
  if (article !== null && !opensSentence(caption, article)) return null;
  if (results.test(restOfClause(caption, index)) || neighbour(caption, index, 1) === '') return null;
  return changeOf(caption, index, index, likeCase(`does not ${plain}`, word.text));
}

const verbs = new Map(
  [
    ...[
      'sit',
      'stand',
      'rest',
      'hang',
      'hold',
      'wear',
      'face',
      'walk',
      'run',
      'ride',
      'lean',
      'look',
      'sleep',
      'swim',
      'play',
      'cover',
    ],
    ...['eat', 'drink', 'read', 'smile', 'jump', 'surround', 'contain'],
  ].map((verb): [string, string] => [`${verb}s`, verb]),
).set('lies', 'lie');

const acts =
  /^(sitting|standing|riding|holding|walking|eating|playing|wearing|lying|laying|looking|flying|running|smiling|sleeping|talking|driving|skiing|cutting|posing|jumping|grazing|swimming|surfing|cooking|reading|drinking|using|throwing|swinging|carrying|hanging)$/;

/** Whether a determiner opens a noun phrase that no list follows: `no` would deny all of `a toilet, sink and mirror`. */
function hasNoun(caption: Caption, determiner: number): boolean {
  const noun = modifiedNoun(caption, determiner);
  if (/^(?:half|quarter|part|portion|piece|slice)s?$/.test(neighbour(caption, determiner, 1))) return false;
  return noun !== null && !/^(?:\s*,| and(?! an? ))/i.test(caption.text.slice(caption.words[noun]!.end));
}

/** `no`, in capitals in a caption that shouts. */
function noIn({ text }: Caption): string {
  return text === text.toUpperCase() ? 'NO' : 'no';
}
