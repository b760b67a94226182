import type { CocoMention } from '../../text/coco-mentions.js';

const determiners =
  '(?:an?|the|one|two|three|four|five|six|seven|eight|nine|ten|\\d{1,3}|some|several|many|another|his|her|its|their|a\\s+(?:few|pair\\s+of|couple\\s+of|group\\s+of|number\\s+of))';
/** No word of a noun phrase before its noun: it joins, or says what is done. */
const noModifier =
  '(?!(?:and|or|with|of|in|on|at|by|to|is|are|was|were|has|have|an?|the|his|her|its|their|some|near|next|behind|beside|under|over|above|below|inside|from|for|that|which|who|while|as|like|holding|wearing|riding|using|driving|eating|carrying|sitting|standing|lying|playing|looking|walking|flying|leaning|holds?|wears?|rides?|sits?|stands?|eats?|plays?)\\b)';
/** The words of a noun phrase before its noun. */
const phraseLead = new RegExp(`(?<![\\p{L}-])(?:${determiners}\\s+)?(?:${noModifier}[\\p{L}-]+\\s+){0,3}$`, 'iu');
const strictLead = new RegExp(`(?<![\\p{L}-])${determiners}\\s+(?:${noModifier}[\\p{L}-]+\\s+){0,3}$`, 'iu');
/**
 * What sets a phrase beside the rest of its sentence. What is held, ridden, sat on or cut is no such phrase: whoever says
 * `talking on a cell phone` has seen more than the phone, and the rest would say less that is true.
 */
const hinge =
  /,?\s+(?:(?:and|while|as\s+well\s+as)\s+)?(?:(?:along|together)\s+with|(?:accompanied|followed|joined|watched)\s+by|next\s+to|close\s+to|to\s+the\s+(?:left|right)\s+of|on\s+the\s+(?:left|right)\s+side\s+of|alongside|with|near|beside|behind|by|including)\s+$/iu;
/** Cannot end a sentence: what stood behind them told where or what. */
const needsMore =
  /\b(?:is|are|was|were|be|been|being|and|or|the|an?|of|to|as|located|situated|placed|positioned|covered|filled|topped|surrounded|combined|paired|followed|accompanied|joined|(?:is|are|was|were)\s+(?:mounted|attached|set|decorated|made)|plays?|playing|leaning|resting|looking|facing|very|so|too|quite|right|directly|just|close|standing\s+in)$/iu;
/** No thing ends so: what follows belongs to it (`a red and | white car`). */
const halfPhrase =
  /\b(?:red|green|blue|yellow|purple|orange|pink|brown|black|white|gr[ae]y|beige|tan|gold(?:en)?|silver|dark|light|big|small|large|little|tall|short|long|old|new|young|wooden|metal|plastic|wet|dry|clean|dirty|empty)$/iu;
/** What may follow a removed phrase and says nothing without it. */
const remainder =
  /^\s+(?:nearby|in\s+the\s+(?:background|foreground|distance|scene|image|picture)|behind\s+(?:him|her|it|them)|(?:on|in)\s+(?:it|them|top)|in\s+(?:his|her|their)\s+hands?)(?=[\s.,;]|$)/iu;
const openers =
  /^\s*(?:additionally|moreover|furthermore|also|finally|besides|in\s+addition|overall|further\s+(?:back|away|down|off)|nearby|behind\s+(?:it|them|him|her))?,?\s*(?:(?:in|on|at|to)\s+the\s+[\p{L}\s]{3,40},\s+)?(?:there\s+(?:is|are|was|were|appears?\s+to\s+be|seems?\s+to\s+be|can\s+be\s+seen)\s+(?:also\s+)?)?$/iu;
const verbAfter =
  /^\s+(?:also\s+)?(?:is|are|was|were|has|have|can|sits?|stands?|lies|lie|appears?|seems?|hangs?|rests?|looks?|runs?|walks?)\b/iu;
/** The noun phrase ends with the thing. */
const endsPhrase =
  /^\s*(?:[.,;:!?]|$|(?:and|or|on|in|at|by|near|next|with|beside|behind|under|above|over|to|from|of|that|which|who|is|are|was|were|sits?|sitting|stands?|standing)\b)|^\s+nearby\b/iu;
const listGoesOn = /^\s*(?:,(?!\s+(?:one|each|both|all|which|who|while|as|but)\b)|,?\s+and\b|,?\s+or\b)/iu;
/** Behind these a list begins: of `cutting a cake, and a dog is there` the cake is in none. */
const opensList =
  /(?:[,:]|\b(?:and|or|with|of|are|is|has|have|includ(?:es?|ing)|contain(?:s|ing)?|shows?|featur(?:es|ing)|see|near|beside))\s+$/iu;

const place =
  /\b(?:(?:in|on|at|to|near|from) the (?:\p{L}+ )?(?:image|picture|photo|photograph|scene|background|foreground|distance|left|right|middle|cent(?:er|re)|side|corner|top|bottom|frame|area|room)(?: (?:side )?of the (?:image|picture|photo|photograph|scene|frame|room))?|(?:behind|beside|near|next to|in front of|around) (?:him|her|it|them)|visible|present|nearby|as well|too|also|there)\b/giu;

const wherePhrase =
  /^\s+(?:in|on|at|near|behind|beside|under|next\s+to|in\s+front\s+of)\s+(?:an?|the|his|her|its|their)\b/iu;
/** What a made-up thing is said to do, with nothing in it that was not spoken of before: no other thing, no other clause. */
const ofItAlone =
  /^(?:\s+(?!(?:an?|one|two|three|some|several|many|and|while|but|or|with|wearing|holding|his|her|its|their)\b)[\p{L}'’-]+){0,10}\s*[.!]?\s*$/iu;
const indefinite = /^\s*(?:an?|one|another|some|several|two|three|four)\s+$/iu;

/**
 * Whether a sentence of an answer says nothing but what an indefinite thing is or does where others, spoken of already, are: `A
 * cat sleeps under the table.` Without the thing nothing of it is true.
 */
export function isOfItAlone(response: string, mention: CocoMention, [start, end]: readonly [number, number]): boolean {
  const before = response.slice(start, mention.start);
  const lead = strictLead.exec(before)?.[0] ?? '';
  const ahead = before.slice(0, before.length - lead.length);
  const after = response.slice(mention.end, end);
  return (
    openers.test(ahead) &&
    indefinite.test(lead.replace(/(?<=^\s*\p{L}+\s+).*$/su, '')) &&
    (verbAfter.test(after) || ahead.trim() !== '' || /^\s+\p{L}+s\b/u.test(after)) &&
    ofItAlone.test(after)
  );
}

/** Whether what follows the thing claims more than where it is. */
function saysMore(after: string): boolean {
  const rest = after.replace(place, ' ').replace(/\b(?:is|are|can be seen|which|that|and)\b/giu, ' ');
  return /\p{L}{3,}/u.test(rest);
}

/** A sentence with a phrase taken out of it. */
export interface Removal {
  /** What is left: '' where the whole sentence goes. Null where nothing readable would be left. */
  text: string | null;
  /** The thing is one of several in a list: it can go by itself. */
  inList: boolean;
  /** The sentence is about the thing. */
  isSubject: boolean;
}

/**
 * The sentence without what it says of one thing: the whole sentence goes where that is what it is about, else the phrase
 * that brings the thing in (`with a dog`, `next to a bench`).
 */
export function withoutPhrase(
  response: string,
  mention: CocoMention,
  [start, end]: readonly [number, number],
): Removal {
  const before = response.slice(start, mention.start);
  const after = response.slice(mention.end, end);
  const lead = (strictLead.exec(before) ?? phraseLead.exec(before))?.[0] ?? '';
  const ahead = before.slice(0, before.length - lead.length);
  // `…, and a tv is visible behind them`: a clause of its own, that says no more
  const clause = /,?\s+(?:and|while)\s+$/iu.exec(ahead);
  if (
    clause &&
    verbAfter.test(after) &&
    !saysMore(after) &&
    !/^\s*(?:an?|the)?\s*$/iu.test(ahead.slice(0, clause.index))
  )
    if (/\b(?:is|are|has|have|\p{L}{3,}(?:ing|ed))\b/iu.test(ahead.slice(0, clause.index)) || /,/.test(clause[0]))
      return {
        text: ahead.slice(0, clause.index) + (/[.!?]\s*$/.exec(after)?.[0] ?? ''),
        inList: false,
        isSubject: false,
      };
  // the first of a sentence, or what a verb follows, is a subject: the verb would not agree any more
  const inList =
    (listGoesOn.test(after) || /(?:,|\band|\bor)\s+$/i.test(ahead)) &&
    opensList.test(ahead) &&
    (openers.test(ahead) || !verbAfter.test(after));
  const isSubject = !inList && openers.test(ahead);
  const whole = isSubject && (ahead.trim() !== '' || verbAfter.test(after));
  // a sentence goes whole only where it says nothing else of the picture
  if (whole) return { text: saysMore(after) ? null : '', inList, isSubject };
  const none = { text: null, inList, isSubject };
  if (inList) {
    const listed = /^\s*,\s+(?!(?:and|or)\b)/iu.exec(after);
    // the last of a list, with what says where it is
    const joint = /,?\s+(?:and|or)\s+$/iu.exec(ahead);
    if (joint && !strictLead.test(before) && halfPhrase.test(ahead.slice(0, joint.index)))
      return { ...none, inList: false };
    // of `a vase combination` the vase is no part that can go
    if (!endsPhrase.test(after)) return { ...none, inList: false };
    const tail = after.replace(remainder, '');
    if (joint && tail !== after && /^\s*(?:[.;!?]|$)/u.test(tail))
      return { ...none, text: ahead.slice(0, joint.index) + tail };
    // `a cake and a giraffe on a table`: where both were said to be is where the other is
    if (joint && wherePhrase.test(after)) return { ...none, text: ahead.slice(0, joint.index) + after };
    // between two commas, or first of a list inside the sentence: it goes with the comma behind it
    if (!listed || ahead.trim() === '' || /\b(?:and|or)\s+$/i.test(ahead)) return none;
    return { ...none, text: ahead + after.slice(listed[0].length) };
  }
  const hung = hinge.exec(ahead);
  if (!hung) return none;
  const kept = ahead.slice(0, hung.index);
  if (/^\s*(?:an?|the|this|it|he|she|they)?\s*$/i.test(kept)) return none;
  if (needsMore.test(kept)) return none;
  const rest = after.replace(remainder, '');
  // what goes on behind `with a cup` belongs to the cup as likely as to the rest
  if (/\bwith\s+$/iu.test(hung[0]) && !/^\s*(?:[.,;:!?]|$)/u.test(rest)) return none;
  if (!/^\s*(?:[.,;:!?]|$|and\b|while\b|with\b|as\b|in\b|on\b|at\b|near\b|next\b|\p{L}+ing\b)/iu.test(rest))
    return none;
  return { text: kept + rest, inList, isSubject };
}
