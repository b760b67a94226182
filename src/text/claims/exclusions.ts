import { labelled, setPhrases, units } from '../lexicon/filler.js';
import { parseCount } from '../lexicon/numbers.js';
import { matches } from '../matches.js';
import type { Range } from '../range.js';
import { general, isColour, isSize, isThing } from './about-picture.js';

/** Where a clause ends. */
const clauseStop = /[,;:!?()—]|\s[–-]\s|\s(?:but|while|whereas|although|though)\s/gi;
/** After a comma, what begins something new rather than going on with a list. */
const freshStart =
  /^\s*(?:and |but |with |while |plus )?(?:there|the|a|an|two|three|four|five|six|seven|eight|nine|ten|\d+|it|they|this|that|what|we|i|you|one|on|in|at|no|its|their|he|she)\b/i;

function clauseEnd(said: string, from: number): number {
  clauseStop.lastIndex = from;
  for (;;) {
    const match = clauseStop.exec(said);
    if (!match) return said.length;
    if (match[0] !== ',') return match.index;
    if (freshStart.test(said.slice(match.index + 1, match.index + 30))) return match.index;
  }
}

/** Where the clause that holds an offset begins. */
function clauseStart(said: string, at: number): number {
  const before = said.slice(Math.max(0, at - 200), at);
  const match = /.*(?:[,;:!?()—]|\s[–-]\s|\s(?:but|while|whereas|although|though)\s)/is.exec(before);
  return match ? at - before.length + match[0].length : Math.max(0, at - 200);
}

/** From the match to the end of its clause. */
const tails = new RegExp(
  [
    String.raw`(?<!\b(?:as|is|are) )\b(?:suggest|indicat|imply|hint|evok|convey|contribut|emphasi[sz]|enhanc|reflect|demonstrat|symboli[sz]|signif|inspir|remind|encourag|allow|invit|mean|promot|ensur)(?:ing|es?|s|ying|ies|ying|ed)\b(?! in the)`,
    String.raw`\b(?:adding|giving|making|lending|creating|bringing|providing|offering|helping|warning)\b`,
    String.raw`, which (?!(?:is|are|has|have|shows?|reads?|says?|appears?|seems?|looks?|sits?|stands?|lies?|rests?)\b)`,
    String.raw`\b(?:that|who) (?:adds?|gives?|makes?(?! (?:a total|one|two|three|four|five|six|\d))|brings?|creates?|(?:has|have) become|(?:is|are) (?:often|typically|usually|commonly|known|used|considered))\b`,
    String.raw`, an? (?:\w+ )?(?:classic|traditional|popular|historic|famous|well-known|common|iconic|renowned|significant|reference)\b`,
    String.raw`\b(?:it['’]s|it is)(?: not)? (?:important|difficult|hard|possible|impossible|worth|recommended|best|advisable|crucial|essential|recommendable|common|clear|safe|easy)\b`,
    String.raw`\b(?:is|are) (?:an? )?(?:common|popular|traditional|classic|staple|typical|well-known|usual)\b`,
    String.raw`\b(?:does not|doesn['’]t|do not|don['’]t) (?:provide|give|specify|indicate|offer|allow|reveal|mean|include enough)\b|\bI (?:will|would|['’]ll)\b`,
    String.raw`\bI(?: am|['’]m)? (?:cannot|can['’]t|unable|not able|afraid|sorry)\b(?! (?:see|find|spot|make|read|count))`,
    String.raw`\b(?:is|are) (?:one of|among) the\b|\b(?:most|more|very|highly) (?:suitable|appropriate|popular|famous|likely)\b`,
    String.raw`,? which (?:adds?|gives?|makes?|lends?|draws?|creates?|brings?|could|can|may|might|would|is (?:often|typically|usually|commonly|known|used|a))\b`,
    String.raw`\b(?:as if|as though|just like|much like|such a|reminiscent of|similar to|resembl(?:es?|ing)|in the style of|inspired by|perfect for|ideal for|suitable for|appropriate for|typical of|characteristic of|great for|good for|useful for|intended (?:for|to)|meant (?:for|to)|designed (?:for|to)|used (?:for|to|in|as|by)|associated with|in case|in order to|so that|because of|due to|for (?:use|example|instance)|thanks to)\b`,
    String.raw`\b(?:rather than|instead of|unlike|as opposed to|in contrast to|in comparison|compared (?:to|with) (?!the\b)|different from|(?:not )?to be (?:confused|mistaken) (?:with|for)|(?:often )?(?:confused|mistaken) (?:with|for)|apart from being)\b`,
    String.raw`\b(?:a |the )?(?:sense|feel|feeling|atmosphere|mood|air|vibe|symbol|sign|hint|touch) of (?!a\b)`,
    String.raw`(?<!\d(?:st|nd|rd|th)? )\b(?:might|may|must|should|ought to|shall|will|could|can)(?:n['’]t| not)? (?!\d)(?!(?:is|are|was|with|of|on|in|near|next|has|and|or|to|at|by|from|above|below|behind|beside|sits?|stands?|lies?)\b)(?!(?:also |clearly |be |just |only |safely |confidently |gladly |do is (?:to )?)*(?:(?:seen?|spotted|found|noticed|visible|counted|made out|identified|recogni[sz]ed|spot|find|notice|make out|count|read|identify|recogni[sz]e|detect)\b|(?:confirm|report|say|tell you|tell|assure you)(?: you)? that\b))`,
    String.raw`\b(?:likely|possibly|perhaps|maybe|presumably|potentially|probably) (?=(?:a|an|the|in|from|used|to|part|for|because|due|taken|as)\b)`,
    String.raw`\b(?:if(?! you look)|unless|whether|until|(?<!\bI )suppose|imagine|wish)\b`,
    general.source,
  ].join('|'),
  'gi',
);
/** A whole clause is only thought of. */
const wholly =
  /\b(?:would|could have|might have|should have|(?<!\b(?:picture|image|photo|drawing|illustration|file) (?:that |which )?(?:you|I|we))['’]d (?:be|have|like|make))\b/gi;
/** A thing that another is compared with: up to the end of the noun phrase. */
const simile =
  /(?<!\b(?:looks?|looking|appears?|seems?|feels?|would|['’]d|do|you|I|we|they) )(?<!-)\blike (?:an?|the|some|its?|two|those|most|many|any|in|on|\p{L}+)\b|\bas (?!well|many|much|far|few)\p{L}+ as (?:an? |the )?|\bthan (?:any|most|usual|the average|life)\b/giu;
const sayings = new RegExp(String.raw`\b(?:${setPhrases})\b`, 'gi');
const possessive =
  /\b(?:children|kids?|child|baker|lady|king|queen|devil|valentine|mother|father|new year|women|men|farmer|artist|viewer|photographer|painter|chef|today|yesterday|nature|world|author|reader|owner|people|master|collector|beginner|driver)(?:['’]s|s['’])\s+(?:\p{L}+(?:\s+(?=books?|shows?|part(?:y|ies)|rooms?))?)+?\b/giu;

/** Runs of a sentence, by offsets in it, that claim nothing although the sentence describes the picture. */
export function phrasesWithoutClaim(said: string): Range[] {
  const found: Range[] = [];
  const add = (start: number, end: number) => {
    if (end > start) found.push({ start, end });
  };
  for (const match of matches(said, sayings)) {
    if (!isThing(match[0]) && !isThing(match[0].replace(/\s+/g, '-'))) add(match.index, match.index + match[0].length);
  }
  for (const match of matches(said, possessive)) add(match.index, match.index + match[0].length);
  let past = 0;
  for (const match of matches(said, tails)) {
    if (match.index < past) continue;
    const indefinite =
      /^(?:might|may|could|should|must|can|will)/i.test(match[0]) && isIndefiniteSubject(said, match.index);
    past = clauseEnd(said, match.index + match[0].length);
    add(indefinite ? clauseStart(said, match.index) : match.index, past);
  }
  for (const match of matches(said, wholly)) add(clauseStart(said, match.index), clauseEnd(said, match.index));
  for (const match of matches(said, simile)) {
    const end = match.index + match[0].length;
    const phrase =
      /^\s*(?:(?!(?:and|or|with|on|in|at|next|near|behind|is|are|that|which|while|but)\b)[\p{L}'’-]+\s*){0,4}/iu.exec(
        said.slice(end, end + 80),
      )![0];
    add(match.index, end + phrase.length);
  }
  return found;
}

const isIndefiniteSubject = (said: string, at: number) =>
  /^\s*(?:an?|another|some|any|it|this|that|they|you|one|people|we|he|she)\b/i.test(
    said.slice(clauseStart(said, at), at),
  );

/** A number that counts nothing in the picture: a measure, a year, a range, a time, part of a name. */
export function isNoCount(said: string, word: Range): boolean {
  const text = said.slice(word.start, word.end);
  const before = said.slice(Math.max(0, word.start - 24), word.start);
  const after = said.slice(word.end, word.end + 24);
  const isDigits = /^\d/.test(text);
  if (isDigits && !/^\d{1,3}$/.test(text)) return true;
  if (/[$€£¥#№@/]\s?$|\d\s?[-–—x×*+=/]\s?$|\d (?:to|or) $/.test(before)) return true;
  if (
    /^\s?(?:[-–—×x*+=/]\s?\d|%|°|º|(?:to|or) (?:\d|\p{L}+ (?!the)))/u.test(after) &&
    (isDigits || /^\s(?:to|or) (?:two|three|four|five|six|seven|eight|nine|ten|more|so|fewer)\b/.test(after))
  ) {
    if (!/^\s(?:to|or) (?:the|a|an|its|their|be)\b/.test(after)) return true;
  }
  const next = /^[\s-]?([\p{L}.°%]+)/u.exec(after)?.[1]?.toLowerCase().replace(/\.$/, '');
  if (
    next !== undefined &&
    units.has(next) &&
    !/^(?:in|a|v|w|m|l|g|am|x|second|seconds|times|years?|points?|speed)$/.test(next)
  )
    return true;
  if (
    next !== undefined &&
    /^(?:m|l|g|am|v|w|x|years?|points?|speed|times)$/.test(next) &&
    (isDigits || /^(?:years?|points?|speed|times)$/.test(next))
  )
    return true;
  const last = /([\p{L}#-]+)[\s:]\s?$/u.exec(before)?.[1]?.toLowerCase();
  if (last !== undefined && labelled.has(last)) return true;
  if (
    last !== undefined &&
    /^(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)$/.test(
      last,
    )
  )
    return true;
  if (/[([]\s?(?:-?\d+(?:\.\d+)?,\s?)*$/.test(before) && /^\s?(?:,\s?-?\d|[)\]])/.test(after) && isDigits)
    return /,/.test(before.slice(-8)) || /^\s?,/.test(after);
  return false;
}

/** A capital inside a sentence that is not written in title case: a name, of which no word is a thing. */
export function namesIn(said: string, words: readonly Range[]): ReadonlySet<number> {
  const names = new Set<number>();
  const texts = words.map(({ start, end }) => said.slice(start, end));
  const isCapital = (word: string) => /^\p{Lu}[\p{Ll}\p{Lu}'’-]*$/u.test(word) && word !== 'I' && !/^I['’]/.test(word);
  const long = texts.filter((word) => word.length > 3);
  if (speaksOfPrint.test(said)) return names;
  if (long.filter(isCapital).length > 1 && long.filter(isCapital).length > 0.6 * long.length) return names;
  texts.forEach((word, index) => {
    if (index === 0 || !isCapital(word)) return;
    const alone = !isCapital(texts[index + 1] ?? '') && !(index > 1 && isCapital(texts[index - 1]!));
    if (alone && (isColour(word) || isSize(word))) return;
    const gap = said.slice(words[index - 1]!.end, words[index]!.start);
    if (/[:.!?–—\n•*"“‘'([|/-]/.test(gap) || printed.test(texts[index - 1]!)) return;
    if (index > 1 && parseCount(texts[index - 1]!) !== null && /^\p{Lu}/u.test(texts[index - 1]!)) return;
    names.add(index);
    const first = texts[index - 1]!;
    if (
      index === 1 &&
      isCapital(first) &&
      (isThing(first) || isColour(first) || isSize(first)) === isThing(word) &&
      gap === ' ' &&
      !commonFirst.test(first)
    )
      names.add(0);
  });
  return names;
}
const speaksOfPrint =
  /\b(?:signs?|signage|reads?|reading|says?|saying|labell?ed|labels?|titled?|words?|text|letters|lettering|inscription|poster|banner|billboard|logo|printed|written|writing|caption|headline|receipt|menu)\b/i;
/** What follows such a word is printed. */
const printed = /^(?:reads?|reading|says?|saying|words?|spells?|letters?|labell?ed|text|titled|written)$/i;
const commonFirst =
  /^(?:the|an?|this|that|these|those|in|on|at|by|with|and|but|two|three|four|five|six|seven|eight|nine|ten|one|no|yes|there|here|its?|his|her|their|near|behind|some|both|all)$/i;
