import { colourSynonyms, colours } from '../lexicon/colours.js';
import {
  beforeObject,
  beforeOrders,
  generalAdjectives,
  generalVerbs,
  kinds,
  moods,
  orders,
  ordersBeforeObject,
} from '../lexicon/filler.js';
import { nouns } from '../lexicon/nouns.js';
import { parseCount } from '../lexicon/numbers.js';
import { otherNames } from '../lexicon/other-names.js';
import { sizeWords } from '../lexicon/sizes.js';
import type { Range } from '../range.js';
import { splitSentences } from '../sentences.js';

/** Words for a picture as a thing to speak of: they claim nothing themselves. */
export const mediumWords: ReadonlySet<string> = new Set(
  'image images picture pictures photo photos photograph photographs illustration graphic scene screenshot'.split(' '),
);

/** A picture as a thing to speak of, as a part of a pattern. */
export const medium = String.raw`(?:image|picture|photo(?:graph)?|illustration|drawing|graphic|scene|screenshot|cartoon|artwork|sketch|painting|clip ?art|frame|snapshot|render(?:ing)?)`;
const see = String.raw`(?:see|spot|notice|make out|find|count|observe|read)`;
/** Such a sentence tells what is in the picture. */
const frame = new RegExp(
  [
    String.raw`\bthere(?:['’]s\b| (?:is|are|isn['’]t|aren['’]t|was|were|appears?|seems?|does|do|also|exists?)\b)`,
    String.raw`\b(?:this|the|your|an?|in|our|whole|entire) (?:\w+ ){0,2}${medium}\b`,
    String.raw`\b${medium} (?:shows?|of|with|showing|contains?|features?|depicts?|displays?|has|includes?|presents?)\b`,
    String.raw`\b(?:I|we|you|one)(?:(?: can| could| do| did| will| may|['’]ll|['’]d)(?:n['’]t|['’]t|not| not)?)?(?: also| clearly| only| just| even)* ${see}\b`,
    String.raw`^(?:shows?|showing|shown|depicts?|depicted|pictured|featuring|displayed|seen|notice|observed?)\b`,
    String.raw`\b(?:is|are|be|can be|also|clearly|not|as) (?:\w+ly )?(?:seen|visible|shown|depicted|pictured|displayed|in view|in sight|present|to be seen)\b`,
    String.raw`\bin (?:the )?(?:foreground|background|view|sight|front|distance)\b|\bthe (?:background|backdrop|foreground|ground) (?:is|has|shows|looks|appears)\b`,
    String.raw`\b(?:on|at|to|in|near|towards?) the (?:far |very |upper |lower |top |bottom )?(?:left|right|top|bottom|middle|cent(?:er|re)|corner)\b`,
  ].join('|'),
  'i',
);
const mentionsMedium = new RegExp(String.raw`\b${medium}\b`, 'i');
const seesSomething = new RegExp(
  String.raw`\b(?:you|we)(?:['’]re| are) looking at\b|\b(?:I|we|you|one)(?:(?: can| could| do| did| will| may|['’]ll|['’]d)(?:n['’]t|['’]t|not| not)?)?(?: also| clearly| only| just| even)* ${see}\b`,
  'i',
);

/** Said to the reader, or about the one who speaks. */
const address = new RegExp(
  [
    String.raw`\blet me know\b|\bfeel free\b|\bhope (?:this|that|it|you)\b|\bhappy to\b|\bglad to\b|\bwould you like\b|\bdo you (?:want|need|have)\b|\bhere to help\b|\bplease (?!note that there)\w+|\bif you(?:['’]d|['’]ll|['’]re|['’]ve)? (?!look|zoom|see\b|count)\w+|\bwant me to\b|\blike me to\b|\bI can (?:also |certainly |gladly )?(?:help|provide|write|make|draw|create|give|try|suggest|add|change|do|explain|turn|generate|translate)\b`,
    String.raw`^(?:hi|hello|hey|sure|certainly|of course|great question|good question|absolutely|thanks?|thank you|welcome|you(?:['’]re| are) welcome|no problem|got it|okay|ok|enjoy|cheers|good luck|happy \w+ing|sorry)(?: \w+){0,3}[.!]*$`,
    String.raw`\b(?:I|we)(?:['’]m| am) (?:sorry|afraid|unable|not able|here|just|an? (?:AI|language|assistant)|glad|happy|not (?:sure|certain))\b|\bas an AI\b`,
    String.raw`\bI (?:cannot|can['’]t|can not|won['’]t|could not|couldn['’]t|don['’]t|do not|am not|would|['’]d|will|['’]ll|recommend|suggest|apologi[sz]e|hope|wish|love|like)\b`,
    String.raw`\bI['’](?:d|ll) (?!say there|say that there|describe)\w+`,
    String.raw`^(?:it['’]s|it is) (?:important|difficult|hard|possible|impossible|worth|recommended|best|advisable|crucial|essential|recommendable|common|clear|safe|easy)\b`,
    String.raw`^(?:in order )?to \p{L}+ (?!the (?:left|right)|left|right)[^,]+, (?:we|you|one|simply|first|start|\p{L}+ the)\b|^I (?:have|['’]ve) (?!found)\p{L}+ed\b`,
    String.raw`\bwe (?:need|would|should|will|must|have to|know|use|get|obtain|calculate|first|then|want)\b`,
    String.raw`^(?:what an?|how) [^,:]*!$`,
    String.raw`^(?:without (?:more|further|additional) (?:context|information|details?))\b`,
  ].join('|'),
  'iu',
);
/** Announces something that is no description. */
const announcement =
  /^(?:here(?:['’]s| is| are)|below (?:is|are)|the following|following|these are|this is|let['’]s|let us)\b(?!.*\b(?:image|picture|photo|scene) (?:shows?|contains?)).*(?:\b(?:codes?|recipes?|lists?|breakdown|answers?|steps?|how|what|why|some|summary|tables?|idea|ideas|tips?|guide|examples?|ingredients|details|explanation|version|translation|captions?|description|poem|story|joke|things|ways|options|suggestions?|facts?|logos|transcription|analysis)\b|:\s*$)/i;
const secondPerson = /\b(?:you|your|you['’]\w+|yourself|yours)\b/i;

/** Speaks of all such things or of most of them, or of other times. */
export const general =
  /\b(?:typically|usually|often|generally|commonly|traditionally|historically|worldwide|around the (?:world|globe)|in general|in (?:the wild|nature|captivity)|(?:many|most|some|few) (?:people|cultures?|children|families|cooks|species|countries|places|households)|people (?:often|say|use|like|love|believe|draw|who)|throughout (?:history|the (?:world|year|centuries|ages))|for (?:centuries|generations|millennia|decades)|(?:each|every) (?:year|day|winter|summer|spring|autumn)|sometimes|always|never|rarely|frequently|originat(?:ed|es?|ing)|dates? back|century|centuries|ancient|such (?:warnings|signs|scenes|images|things|places|\w+s) (?:are|is)|(?:was|were) (?:first |originally )?(?:invented|introduced|founded|discovered|domesticated|born|released|established|named|built in|developed|published)|known (?:for|as|to)|famous for|native to|rich in|good for|belongs? to (?:the )?(?:order|family|genus|class|species|[A-Z]))\b|\b(?:in|since|from|until|around) (?:1[0-9]|20)\d\d\b/i;
/** A modal or conditional that governs what comes after it. */
const demonstrative =
  /^(?:(?:yes|no|well|so|also|additionally|overall|indeed|specifically|in addition),? )?(?:this|that|these|those|it|the|both|they|he|she|his|her|their|its|a|an|\d+|one|two|three|four|five|six|seven|eight|nine|ten|several|some|no|yes|each|all|everything|on|in|at|to|behind|above|below|next|near|beside)\b/i;

const heading = {
  off: /\b(?:ingredients?|instructions?|directions?|method|recipes?|tips?|steps?|fun facts?|facts?|trivia|how to|how it works|uses|benefits?|storage|serving|variations?|substitutions?|optional|care|suggestions?|recommendations?|next steps|history|background information|did you know|disclaimer|references?|sources?|pros|cons|materials|equipment|requirements|nutrition|about (?:the )?(?:artist|author|dish|species|breed)|(?:need|needs|following|require|requires)|advice|prices? may|you(?:['’]ll| will| would| might| may)? (?:likely )?(?:need|try|use)|general (?:knowledge|information)|safety|ideas?|activities|questions?|meaning|symbolism|usage|code|shopping list|what to do|alternatives?|other(?! (?:objects?|things?|items?|elements?|details?|animals?|subjects?|shapes?)\b))\b/i,
  on: /\b(?:images?|pictures?|photos?|scene|objects?|description|foreground|background|see|seen|visible|shown|left|right|centre|center|middle|top|bottom|details|answer|caption|overview|colou?rs?|counts?|things|animals|items|contents|setting|subjects?|elements|people|text)\b/i,
};
/** `2 cups flour`, `1 tbsp sugar`. */
const measure =
  /^(?:(?:\d+(?:[-–./]\d+)?|[¼½¾⅓⅔]|one|two|three|half|a)\s?)+(?:tbsps?|tsps?|teaspoons?|tablespoons?|grams?|g|ml|kg|oz|ounces?|pounds?|lbs?|cloves?|pinch|dash|sticks? of|cups? (?:of )?(?:\w+ )?(?:flour|sugar|milk|water|broth|stock|rice|butter|oil|cream|cheese|oats|juice|yog[h]?urt))\b/i;
const ordinalStep = /^(?:(?:step|stage|part|tip|phase)\s*\d+\s*[:.)–-]?|\(?\d{1,2}[.)]|[a-z]\))\s*/i;
const leading = /^(?:["“‘'(*•–-]\s*)+/;

const sizes: ReadonlySet<string> = new Set([...sizeWords.small, ...sizeWords.large]);
const colourWords: ReadonlySet<string> = new Set([...colours, ...Object.keys(colourSynonyms)]);
const thingWords: ReadonlySet<string> = new Set(
  nouns
    .flatMap(({ singular, plural, synonyms }) => [
      singular,
      plural,
      ...[...synonyms, ...(otherNames.get(singular) ?? [])].flat(),
    ])
    .map((word) => word.toLowerCase()),
);
export const isThing = (word: string): boolean => thingWords.has(word.toLowerCase());
export const isColour = (word: string): boolean => colourWords.has(word.toLowerCase());
export const isSize = (word: string): boolean => sizes.has(word.toLowerCase());

export interface ReadSentence extends Range {
  /** It describes this picture, or may. */
  about: boolean;
  /** It stands where the picture is spoken of, and not in a recipe, a list of tips or the like. */
  section: boolean;
}

/** A prompt that asks for something other than what is to be seen. */
const otherTask =
  /\b(?:write|compose|create|make up|tell me|generate|give me|draft|invent)\b[^.?!]{0,40}\b(?:poem|story|stories|song|code|html|css|latex|recipe|e-?mail|haiku|joke|essay|script|meme|lyrics|advice|tips|ideas)\b|\bhow (?:do|can|should|would) (?:i|we|you)\b|\brecipe\b|\bingredients\b/i;

/**
 * The sentences of a text, each with the word whether it describes the picture. What follows a heading or lead-in like
 * `Ingredients:` or `Here is a recipe:` is of its kind until something is said of the picture again.
 */
export function readSentences(text: string, prompt?: string): ReadSentence[] {
  let section = !(prompt !== undefined && otherTask.test(prompt));
  let before: 'about' | 'general' | 'other' = 'about';
  return splitSentences(text).map((range) => {
    const said = text.slice(range.start, range.end);
    const kind = kindOf(said, before);
    const short =
      said.length < 80 &&
      (/[:：]\W*$/.test(said) || !/[.!?]\W*$/.test(said) || (kind !== 'framed' && said.split(' ').length < 6));
    if (kind === 'framed') section = true;
    if (/:\W*$/.test(said) || (short && said.length < 40 && !praise.test(said))) {
      if (heading.off.test(said) && kind !== 'framed') section = false;
      else if (heading.on.test(said)) section = true;
    }
    // the view ends a lead-in such as `You will need:` with a full stop
    if (said.length < 60 && (kind === 'other' || kind === 'address') && heading.off.test(said)) section = false;
    const about = kind === 'framed' || (kind === 'about' && section);
    before = about ? 'about' : kind === 'general' ? 'general' : kind === 'address' ? before : 'other';
    return { ...range, about, section };
  });
}

/** `Good question.` is no heading. */
const praise = /\b(?:good|great|nice|fair|interesting|fun|lovely|excellent) (?:question|idea|one|tip|fact)\b/i;

type Kind = 'framed' | 'about' | 'general' | 'address' | 'other';

function kindOf(said: string, before: 'about' | 'general' | 'other'): Kind {
  const bare = said.replace(leading, '').replace(ordinalStep, '').replace(leading, '');
  if (/\?["”')\]]*$/.test(said)) return 'address';
  if (measure.test(bare)) return 'other';
  const looks = /^(?:\w+,? )?(?:if you )?look\b/i.test(bare) && seesSomething.test(bare);
  if (isOrder(bare) && !looks) return 'other';
  const isFramed = frame.test(bare);
  const rest = /[,;] (?:but|however,?|though) (.+)$/is.exec(bare)?.[1];
  if (address.test(bare) && rest && !address.test(rest)) return kindOf(rest, before);
  if (
    address.test(bare) &&
    !looks &&
    !(isFramed && /^(?:yes|no|sure|certainly)\b/i.test(bare)) &&
    !/\bthere (?:is|are)\b/i.test(bare) &&
    !seesSomething.test(bare)
  )
    return 'address';
  if (announcement.test(bare)) return 'address';
  if (secondPerson.test(bare) && !seesSomething.test(bare) && !/\byour (?:image|picture|photo)/i.test(bare))
    return 'other';
  if (seesSomething.test(bare) && general.test(bare)) return 'general';
  const subject =
    /^(?:(?:overall|together|the|this|these|its|a|an|their) ,?\s*){0,2}(?:overall |general |whole )?(\w+)/i.exec(
      bare,
    )?.[1];
  if (madeOf.test(bare)) return 'framed';
  if (subject && moods.has(subject.toLowerCase())) return 'other';
  if (isFramed && (mentionsMedium.test(bare) || !general.test(bare))) return 'framed';
  if (general.test(bare) && !demonstrative.test(bare)) return 'general';
  if (isOfKind(bare) || history.test(bare)) return 'general';
  if (/^(?:they|it|this|these|those|he|she|its|their)\b/i.test(bare)) {
    if (before === 'general' || before === 'other') return plainPredicate.test(bare) ? 'about' : before;
    if (general.test(bare) && /^(?:they|it|these|those|such)\b/i.test(bare)) return 'general';
  }
  return 'about';
}

const madeOf =
  /^(?:the|this|its) (?:\w+ )?composition (?:is (?:made up|composed) of|consists of|shows?|includes?|contains?|features?)\b/i;

function isOrder(bare: string): boolean {
  const words = bare.split(/[\s,]+/, 6);
  let at = 0;
  while (at < words.length - 1 && beforeOrders.has(words[at]!.toLowerCase())) at++;
  // `Prepare Toppings:` and `Crust: roll it out` begin with a title
  const title = /^[^:.,]{1,40}:\s+(\p{L}+)\s+(?:the|a|an|your|it|them|some|in|for|until|with|all)\b/u
    .exec(bare)?.[1]
    ?.toLowerCase();
  if (title && (orders.has(title) || ordersBeforeObject.has(title))) return true;
  // `Count: 2` is a key
  if (/^(?:count|place)\s*:/i.test(bare)) return false;
  const first = words[at]!.toLowerCase().replace(/[^\p{L}'’-]/gu, '');
  const second = (words[at + 1] ?? '').toLowerCase().replace(/[^\p{L}\p{N}'’]/gu, '');
  if (first === '') return false;
  if (orders.has(first)) return second !== '' && !/^(?:is|are|was|were|of)$/.test(second);
  const takesObject =
    /^(?:the|an?|your|it|them|this|these|that|each|some|all|any|until|into|for|with|gently|well|away|one|off|down|out)$/.test(
      second,
    );
  if (ordersBeforeObject.has(first)) return takesObject || parseCount(second) !== null;
  return (
    /^(?:the|an?|your|it|them|this|these|each)$/.test(second) &&
    at === 0 &&
    !/[,:;–—-]$/.test(words[0]!) &&
    /^\p{Lu}\p{Ll}/u.test(words[0]!) &&
    !beforeObject.has(first) &&
    !isThing(first) &&
    !isColour(first) &&
    parseCount(first) === null &&
    !/(?:s|ing|ed|ly|n)$/.test(first)
  );
}

const visiblePredicate = new RegExp(
  String.raw`^(?:(?:not|all|very|quite|rather|fairly|completely|also|both|clearly|entirely|mostly|really|so|too|only|just|mainly|each|slightly|right|either|both|partly) )*(?:${colours.join('|')}|grey|violet|${[...sizes].join('|')}|visible|shown|seen|depicted|pictured|drawn|displayed|placed|located|positioned|situated|present|here|there|in|on|at|near|next|above|below|behind|beside|under|over|between|to|left|right|close|far|inside|around|against|among|adjacent|lined|arranged|scattered|stacked|set|no|\d+|one|two|three|four|five|six|seven|eight|nine|ten|more|fewer|\p{L}+ing)\b`,
  'iu',
);
const plainPredicate = new RegExp(
  String.raw`^\S+ (?:is|are|look|looks|appears?|seems?)(?: (?:to be|all|both|very|quite|each|completely|rather|fairly))* (?:${colours.join('|')}|grey|violet|${[...sizes].join('|')}|visible|shown|seen|to the (?:left|right)|above|below|behind|beside|next to|near)\b`,
  'i',
);

/** A sentence about a kind of thing and not about the things of this picture. */
function isOfKind(bare: string): boolean {
  const match =
    /^((?:(?:an?|the|one|some|most|all|many) )?(?:[\p{L}'’-]+ ){1,4}?)(is|are|was|were|have|has|can|may|will|would|could|should|[\p{L}]+s?)\b\s*(.*)$/iu.exec(
      bare,
    );
  const head = /^(an?|the|most|all|many|some)\s/i.exec(bare)?.[1]?.toLowerCase();
  const be = /^((?:[\p{L}'’-]+ ){1,4}?)(is|are|was|were) (.*)$/iu.exec(bare);
  if (be) {
    const predicate = be[3]!;
    if (/^(?:one|something|anything|someone|what) (?:that|which|who|of the)\b/i.test(predicate)) return true;
    if (/^\p{L}+/u.test(predicate) && isKind(predicate) && !/^(?:this|it|these|that)\b/i.test(bare)) return true;
    if (visiblePredicate.test(predicate)) return false;
    if (isBare(bare) && be[2] !== 'is') return true;
    if (isBare(bare) && generalAdjectives.has(firstWord(predicate))) return true;
    if (isBare(bare) && /^(?:an?|one of|the)\b/i.test(predicate))
      return !/^(?:an?|the) (?:image|picture|photo)/.test(predicate);
    if (head === 'most' || head === 'many') return true;
    if ((head === 'a' || head === 'an') && be[2] === 'is')
      return /^(?:not )?(?:an?|one|the)\b/i.test(predicate) || generalAdjectives.has(firstWord(predicate));
    return (
      generalAdjectives.has(firstWord(predicate)) &&
      !/^(?:one|good|best|great)\b/.test(predicate) &&
      !/^(?:the|this|these|it)\b.*\b(?:here|picture|image)\b/i.test(bare)
    );
  }
  if (!match || !isBare(bare)) return false;
  const words = bare.toLowerCase().split(/[^\p{L}'’-]+/u, 5);
  return words.slice(1, 4).some((word, index) => generalVerbs.has(word) && index < 3) && !parseFrameVerb.test(bare);
}
const parseFrameVerb = /^\p{L}+ (?:and \p{L}+ )?(?:has|have) (?:an?|two|three|four|\d+|no) /iu;

const history =
  /\b(?:was|were) (?:first |originally )?(?:invented|domesticated|discovered|founded|introduced|brought to)\b/i;

const firstWord = (text: string) =>
  /^(?:(?:also|very|quite|not|both|all|really|so) )*([\p{L}-]+)/iu.exec(text)?.[1]?.toLowerCase() ?? '';

/** The predicate names a kind: `a star`, `one of the most loyal animals`. */
function isKind(predicate: string): boolean {
  const words = predicate.toLowerCase().split(/[^\p{L}-]+/u, 6);
  if (!/^(?:an?|the|one|among)$/.test(words[0]!) && !kinds.has(words[0]!)) return false;
  return words
    .slice(0, 5)
    .some((word, index) => kinds.has(word) && !words.slice(0, index).some((w) => /^(?:with|in|on|of)$/.test(w)));
}

const notBare =
  /^(?:the|this|that|these|those|it|its|they|their|he|she|his|her|we|i|you|our|my|your|there|here|everything|all|both|each|every|some|several|many|few|a|an|one|no|not|yes|none|nothing|someone|somebody|another|other|multiple|numerous|countless|in|on|at|to|near|behind|above|below|next|under|beside|between|around|over|with|inside|left|right|top|bottom|only|exactly|also|and|but|while|what|which|who|also|additionally|moreover|furthermore|overall|most|more|fewer|shows?|notice|besides|further|specifically|finally|just|approximately|about|roughly|at least|nearly)\b/i;
const isBare = (bare: string) => {
  const first = /^[\p{L}'’-]+/u.exec(bare)?.[0] ?? '';
  return (
    first !== '' &&
    !notBare.test(bare) &&
    !beforeObject.has(first.toLowerCase()) &&
    !/^(?:far|nowhere|close|adjacent|placed|located|positioned|set|directly|immediately|on|\p{L}+ing)$/iu.test(first) &&
    parseCount(first) === null &&
    !isColour(first) &&
    !isSize(first)
  );
};
