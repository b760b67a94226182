import type { Range } from '../text/range.js';
import { splitSentences } from '../text/sentences.js';

/** What follows is denied, absent, excepted or only likened, up to a word that turns back or the sentence's end. */
const opensScope =
  /\b(?:no|not|never|none|without|nobody|nothing|neither|nor|cannot|\p{L}+n['’]t|lacks?|lacking|absence of|free of|devoid of|except|except(?:ing)? for|other than|rather than|instead of|apart from|unlike|like an?|like the|likes? of|as if|as though|shaped (?:like|as)|in the shape of|resembl(?:e|es|ing)|similar to|reminiscent of|may|might|could|would|possibly|perhaps|maybe|probably|appears? to be|seems? to be|suggest(?:s|ing)?|hint(?:s|ing)? (?:at|that)|indicating|what (?:appears?|looks?|seems?))\b/giu;
const closesScope = /\b(?:but|while|whereas|although|though|however|yet)\b|[;:]/giu;
/** A choice: what stands a few words to either side of it need not be so. */
const choice = /\b(?:or|either|whether)\b/giu;
const beside = 5;
/** A part of a number of things, or of one. */
const proportion =
  /\b(?:half|halves|thirds?|quarters?|fourths?|fifths?|most|some|all|each|every|one|two|three|four|five|six|seven|eight|nine|ten|\d+) of (?:the|these|those|them|its|his|her|their)?\s*(?:\p{L}+|\d+)?|\b(?:half|quarter) (?:an?|the|of)\b|\b\d+\/\d+|\b(?:two|three) (?:thirds|quarters|fourths)\b/giu;

/**
 * Which words of a caption say how things are: where one of them becomes another, the caption becomes false. "There is no
 * dog" does not become so by a pig; neither do alternatives, comparisons with what is not there, and guesses.
 *
 * @returns For each word of the caption whether it may be changed.
 */
export function assertedWords(text: string, words: readonly Range[]): boolean[] {
  const asserted = words.map(() => true);
  const deny = (start: number, end: number) => {
    for (const [at, word] of words.entries()) if (word.start < end && word.end > start) asserted[at] = false;
  };
  for (const sentence of splitSentences(text)) {
    const said = text.slice(sentence.start, sentence.end);
    for (const opener of said.matchAll(opensScope)) {
      closesScope.lastIndex = opener.index + opener[0].length;
      const closer = closesScope.exec(said);
      deny(sentence.start + opener.index, sentence.start + (closer?.index ?? said.length));
    }
    for (const { index } of said.matchAll(choice)) {
      const at = words.findIndex(({ start }) => start === sentence.start + index);
      if (at < 0) continue;
      const first = words[Math.max(0, at - beside)]!;
      const last = words[Math.min(words.length - 1, at + beside)]!;
      deny(Math.max(sentence.start, first.start), Math.min(sentence.end, last.end));
    }
    for (const { index, 0: part } of said.matchAll(proportion))
      deny(sentence.start + index, sentence.start + index + part.length);
  }
  return asserted;
}
