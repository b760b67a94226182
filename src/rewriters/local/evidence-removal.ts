import type { CocoMention } from '../../text/coco-mentions.js';

const determiners =
  '(?:an?|the|one|two|three|four|five|six|seven|eight|nine|ten|\\d{1,3}|some|several|many|another|his|her|its|their|a\\s+(?:few|pair\\s+of|couple\\s+of|group\\s+of|number\\s+of))';
/** No word of a noun phrase before its noun: it joins, or says what is done. */
const noModifier =
  '(?!(?:and|or|with|of|in|on|at|by|to|is|are|was|were|has|have|an?|the|his|her|its|their|some|near|next|behind|beside|under|over|above|below|inside|from|for|that|which|who|while|as|like|holding|wearing|riding|using|driving|eating|carrying|sitting|standing|lying|playing|looking|walking|flying|leaning|holds?|wears?|rides?|sits?|stands?|eats?|plays?)\\b)';
/** The words of a noun phrase before its noun. */
const phraseLead = new RegExp(`(?<![\\p{L}-])(?:${determiners}\\s+)?(?:${noModifier}[\\p{L}-]+\\s+){0,3}$`, 'iu');
const strictLead = new RegExp(`(?<![\\p{L}-])${determiners}\\s+(?:${noModifier}[\\p{L}-]+\\s+){0,3}$`, 'iu');
/** What hangs a phrase on the rest of its sentence. */
const hinge =
  /,?\s+(?:(?:and|while|as\s+well\s+as|along\s+with|together\s+with|accompanied\s+by|including)\s+)?(?:next\s+to|close\s+to|in\s+front\s+of|on\s+top\s+of|to\s+the\s+(?:left|right)\s+of|on\s+the\s+(?:left|right)\s+side\s+of|alongside|with|near|beside|behind|under|above|below|beneath|over|by|on|in|at|inside|around|against|holding|carrying|wearing|riding|using|driving|pulling|watching|eating|throwing|catching|flying|playing\s+with|looking\s+at|leaning\s+on|sitting\s+(?:on|at|in)|standing\s+(?:on|near|by)|lying\s+on|surrounded\s+by|topped\s+with|filled\s+with)\s+$/iu;
/** What may follow a removed phrase and says nothing without it. */
const remainder =
  /^\s+(?:nearby|in\s+the\s+(?:background|foreground|distance|scene|image|picture)|behind\s+(?:him|her|it|them)|(?:on|in)\s+(?:it|them|top)|in\s+(?:his|her|their)\s+hands?)(?=[\s.,;]|$)/iu;
const openers =
  /^\s*(?:additionally|moreover|furthermore|also|finally|besides|in\s+addition|overall)?,?\s*(?:(?:in|on|at|to)\s+the\s+[\p{L}\s]{3,40},\s+)?(?:there\s+(?:is|are|was|were|appears?\s+to\s+be|seems?\s+to\s+be|can\s+be\s+seen)\s+(?:also\s+)?)?$/iu;
const verbAfter =
  /^\s+(?:also\s+)?(?:is|are|was|were|has|have|can|sits?|stands?|lies|lie|appears?|seems?|hangs?|rests?|looks?|runs?|walks?)\b/iu;
const listGoesOn = /^\s*(?:,|,?\s+and\b|,?\s+or\b)/iu;

const place =
  /\b(?:(?:in|on|at|to|near|from) the (?:\p{L}+ )?(?:image|picture|photo|photograph|scene|background|foreground|distance|left|right|middle|cent(?:er|re)|side|corner|top|bottom|frame|area|room)(?: (?:side )?of the (?:image|picture|photo|photograph|scene|frame|room))?|visible|present|nearby|as well|too|also|there)\b/giu;

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
  const inList = listGoesOn.test(after) || /(?:,|\band|\bor)\s+$/i.test(ahead);
  const isSubject = !inList && openers.test(ahead);
  const whole = isSubject && (ahead.trim() !== '' || verbAfter.test(after));
  // a sentence goes whole only where it says nothing else of the picture
  if (whole) return { text: saysMore(after) ? null : '', inList, isSubject };
  const none = { text: null, inList, isSubject };
  if (inList) {
    const listed = /^\s*,\s+(?!(?:and|or)\b)/iu.exec(after);
    // the last of a list, with what says where it is
    const joint = /,?\s+(?:and|or)\s+$/iu.exec(ahead);
    const tail = after.replace(remainder, '');
    if (joint && tail !== after && /^\s*(?:[.;!?]|$)/u.test(tail))
      return { ...none, text: ahead.slice(0, joint.index) + tail };
    // between two commas, or first of a list inside the sentence: it goes with the comma behind it
    if (!listed || ahead.trim() === '' || /\b(?:and|or)\s+$/i.test(ahead)) return none;
    return { ...none, text: ahead + after.slice(listed[0].length) };
  }
  const hung = hinge.exec(ahead);
  if (!hung) return none;
  const kept = ahead.slice(0, hung.index);
  if (/^\s*(?:an?|the|this|it|he|she|they)?\s*$/i.test(kept)) return none;
  if (/\b(?:is|are|was|were|be|been|being|and|or|the|an?|of|to)$/i.test(kept)) return none;
  const rest = after.replace(remainder, '');
  if (!/^\s*(?:[.,;:!?]|$|and\b|while\b|with\b|as\b|in\b|on\b|at\b|near\b|next\b|\p{L}+ing\b)/iu.test(rest))
    return none;
  return { text: kept + rest, inList, isSubject };
}
