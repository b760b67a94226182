import type { TaggedWord } from './tag-words.js';

/** What ties a sentence to the picture, whatever else it says. */
const shown =
  /\b(?:there(?:['’]s| is| are| isn['’]t| aren['’]t)|here|images?|pictures?|photo(?:graph)?s?|drawings?|illustrations?|scene|paintings?|sketch|screenshot|graphic|artwork|foreground|background|backdrop|corner|visible|shown|seen|depict\w*|show(?:s|ing)|see|spot|noticed?|I count|confirm|draw your attention|point at|(?:you|we)(?:['’]ve| have) got|(?:it|your (?:\w+ )?\w+) (?:has|contains|features)|wearing|reads|says|written|labell?ed|signs?|(?:on|to|at|near|in) (?:the|its|their|his|her) (?:\w+ )?(?:left|right|top|bottom|middle|cent(?:er|re)|side|edge))\b/i; /** Said of all times, of other times, or of how long something takes. */
const otherTimes =
  /\b(?:usually|typically|often|always|never|nowadays|traditionally|every (?:\w+ )?(?:day|night|week|month|year|time|hour|minute|second)s?|(?:a|per|each|one|once a) (?:second|minute|hour|day|night|week|month|year|percent)|since (?:the )?(?:late |early )?\d{4}|in (?:the )?(?:late |early )?(?:1[0-9]|20)\d\ds?|of (?:1[0-9]|20)\d\d|(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|several|few|working) (?:seconds|minutes|hours|days|weeks|months|years|centuries)|half an hour|weekdays|meanwhile|hopefully|afterwards?|tomorrow|yesterday|later|century)\b/i;
/** Amounts that nobody sees. */
const amounts =
  /\d ?(?:%|°|g\b|kg\b|mg\b|ml\b|l\b|km\b|kilomet\w+|percent\b)|\b(?:kilomet(?:er|re)s?|centimet(?:er|re)s?|percent)\b/i;
/** People in general, the one who writes, or the one who reads. */
const people =
  /\b(?:I|I['’]\w+|me|my|mine|we|we['’]\w+|our|you|you['’]\w+|your|yours|yourself|everyone|everybody|nobody|anyone|anybody|people who|most (?:people|adults|of us)|adults|beginners)\b/i;
const toUs = /\bus\b/;
const duty = /\b(?:should(?:n['’]t)?|must(?:n['’]t)?|won['’]t|needs? to|have to|has to|let['’]?s?)\b/i;
const conditions =
  /^(?:if|when|before|after|to|for|according to|dear|kind regards|tip|remember|according)\b|\b(?:if|unless|so that|depending on|which is why|that is why|is why|in order to|means that|too \w+ (?:for|to))\b/i;
const history =
  /\b(?:comes? from|came from|was born|were born|was chosen|was invented|was founded|wrote|gave|ended|began|borrowed|built in|named after|is called|(?:is|was|are|were) often (?:called|traced))\b/i;
const signs: readonly RegExp[] = [otherTimes, amounts, people, toUs, duty, conditions, history];

/**
 * Whether a sentence of an answer is said beside the picture: general knowledge, advice, a letter around a description. A model
 * that is asked whether the picture shows that needles come in metric sizes says no, and the words would be made wrong. What
 * speaks of the picture in any way is never taken for one.
 */
export function isAside(sentence: string, words: readonly TaggedWord[]): boolean {
  if (shown.test(sentence) || isGoingOn(words)) return false;
  return signs.some((sign) => sign.test(sentence.trim()));
}

/** `is holding`, `are stacked`. */
function isGoingOn(words: readonly TaggedWord[]): boolean {
  return words.some(
    ({ part }, at) =>
      part === 'be' && words.slice(at + 1, at + 3).some((next) => next.part === 'gerund' && next.gap === ''),
  );
}
