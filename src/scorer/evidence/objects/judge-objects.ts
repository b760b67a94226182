import { colourClaims } from '../../../text/coco-colours.js';
import { countOf } from '../../../text/coco-counts.js';
import { type CocoMention, findCocoMentions } from '../../../text/coco-mentions.js';
import type { PerturbationType } from '../../../text/flag-type.js';
import type { CocoCategory } from '../../../text/lexicon/coco-objects.js';
import { parseCount } from '../../../text/lexicon/numbers.js';
import type { Range } from '../../../text/range.js';
import { splitSentences } from '../../../text/sentences.js';
import type { Judgement } from '../rewards.js';
import { areFewer, countDistribution, countReward, hardlyKnown, presence, priorPresent } from './calibration.js';
import { isColouredSo } from './colour.js';
import { isNearSo, isPlacedSo, nearClaims, placeClaims } from './geometry.js';
import type { Detection } from './yolox.js';

/** Rewards of loose words below this say nothing: the detector may not know the thing by that name. */
const surelyThere = 0.5;

/** A detector of people cannot tell these from one another: that no one is there refutes them, that someone is does not bear them out. */
const saysMore =
  /^(?:(?!human)\p{L}*m[ae]n|boys?|girls?|lad(?:y|ies)|guys?|child(?:ren)?|kids?|bab(?:y|ies)|toddlers?|infants?|adults?|teens?|teenagers?|youngsters?|(?:grand)?(?:mother|father)s?|moms?|dads?|sons?|daughters?|brothers?|sisters?|husbands?|wi(?:fe|ves)|brides?|grooms?|waiters?|waitress(?:es)?)$/iu;

/**
 * What the detections say of the COCO things that a response names: whether they are there (or, of what it says is not
 * there, whether they are not), how many, and of a yes or no to the prompt, whether it is right.
 */
export function judgeObjects(response: string, prompt: string | undefined, seen: readonly Detection[]): Judgement[] {
  const best = (category: CocoCategory) => Math.max(0, ...ofCategory(category).map(({ score }) => score));
  const ofCategory = (category: CocoCategory) => seen.filter((item) => item.category === category);
  const countsAs = (category: CocoCategory, count: number, exact: boolean) =>
    countReward(countDistribution(ofCategory(category)), count, exact);

  const sentences = splitSentences(response);
  const judgements: Judgement[] = [];
  const add = ({ start, end }: Range, reward: number, type: PerturbationType, reason: string) =>
    judgements.push({ start, end, reward, type, reason });
  const seenOf = (category: CocoCategory) => {
    const boxes = ofCategory(category).length;
    return boxes === 0
      ? `no ${category} was detected`
      : `${category}: ${boxes} detected, the surest at ${best(category).toFixed(2)}`;
  };

  const mentions = findCocoMentions(response);
  for (const mention of mentions) {
    if (mention.unreal) continue;
    const { category, negation, loose } = mention;
    if (negation) {
      const reward = 1 - presence(best(category), category, 1 - priorPresent);
      if (loose && reward > surelyThere) continue;
      add(mention, reward, 'counterfactual', seenOf(category));
      add(negation, reward, 'counterfactual', seenOf(category));
      continue;
    }
    const there = presence(best(category), category);
    if ((loose || hardlyKnown.has(category)) && there < surelyThere) continue;
    const kind = saysMore.test(mention.text);
    if (!(kind && there >= surelyThere)) add(mention, there, 'object', seenOf(category));
    const claim = countOf(response, mention, sentences);
    // of what is not there at all, the name is wrong and not the number
    if (claim && there >= surelyThere && !loose) {
      // a detector that misses some refutes a number of the whole picture by seeing more, and any by surely seeing fewer
      const own = ofCategory(category);
      const more = claim.exact && !kind && atLeast(own) > claim.count;
      const reward = countsAs(category, claim.count, claim.exact);
      const farFewer = claim.exact && claim.count >= 2 * atMost(own) + 2;
      if (more || areFewer(own, claim.count, category)) add(claim, refuted, 'counting', seenOf(category));
      else if (farFewer || (reward > surelyThere && !kind)) add(claim, reward, 'counting', seenOf(category));
    }
  }
  for (const claim of placeClaims(response, mentions, sentences)) {
    const so = isPlacedSo(claim, seen);
    if (so !== null)
      add(
        claim,
        so ? placedReward : 1 - placedReward,
        'spatial',
        `by the boxes it is ${so ? '' : 'not '}${claim.direction}`,
      );
  }
  for (const claim of nearClaims(response, mentions))
    if (isNearSo(claim, seen) === false)
      add(claim, 1 - placedReward, 'spatial', 'by the boxes they are far apart in the picture');
  for (const claim of colourClaims(response, mentions)) {
    const so = isColouredSo(claim, seen);
    if (so !== null)
      add(
        claim,
        so ? colouredReward : 1 - colouredReward,
        'attribute',
        so ? `${claim.colour} is in its box` : `hardly anything ${claim.colour} is in its box`,
      );
  }
  const answer = prompt === undefined ? null : judgeAnswer(response, prompt, best, countsAs);
  return answer ? [...judgements, answer] : judgements;
}

/**
 * At least so many of the thing there are: of 74 right numbers in captions' manner 1 had more boxes than this, of as many
 * numbers one too low 20 (half of the photographs, chosen by hash; `eval/photos/captions.ts`).
 */
const atLeast = (boxes: readonly Detection[]) => boxes.filter(({ score }) => score >= 0.6).length;
const refuted = 0.3;
/** Of a number that is twice this and two more, not all were missed. */
const atMost = (boxes: readonly Detection[]) => boxes.filter(({ score }) => score >= 0.2).length;
/** A colour that is surely not there, or plainly is. */
const colouredReward = 0.8;
/** Boxes with a margin between them are on the sides that they seem to be on this often. */
const placedReward = 0.92;

const yesOrNo = /^\s*["'“]?(?<word>yes|no)\b(?!\s+\p{L})/iu;
const isThere =
  /\b(?:is|are)\s+there\s+(?:(?:an?|any|some)\s+)?(?:\p{L}+\s+){0,1}$|\b(?:do|can)\s+you\s+see\s+(?:(?:an?|any|some)\s+)?$/iu;
const howMany = /\bhow\s+many\s+(?:\p{L}+\s+){0,1}$/iu;
const wholePicture =
  /^\s*(?:\?|$|(?:are\s+there|are\s+visible|can\s+you\s+see|is\s+there)?\s*(?:in|on)\s+(?:the|this)\s+(?:image|picture|photo|photograph|scene)|(?:are\s+there|are\s+visible|do\s+you\s+see|can\s+you\s+see)\s*\??\s*$)/iu;
const firstNumber = /^\s*(?:there\s+(?:is|are)\s+)?(?<word>\p{L}+|\d{1,2})\b/iu;

/** A yes, a no or a number that answers "Is there a dog in the image?" or "How many dogs are there?". */
function judgeAnswer(
  response: string,
  prompt: string,
  best: (category: CocoCategory) => number,
  countsAs: (category: CocoCategory, count: number, exact: boolean) => number,
): Judgement | null {
  const question = prompt.trim().split('\n', 1)[0]!.slice(0, 300);
  const asked = findCocoMentions(question).filter((mention) => !mention.loose);
  if (asked.length !== 1) return null;
  const [{ start, end, category, text: name }] = asked as [CocoMention];
  if (saysMore.test(name) && presence(best(category), category, 0.5) >= surelyThere) return null;
  const [lead, rest] = [question.slice(0, start), question.slice(end)];
  const word = yesOrNo.exec(response)?.groups?.word;
  if (word && isThere.test(lead) && wholePicture.test(rest)) {
    const at = response.indexOf(word);
    const there = presence(best(category), category, 0.5);
    return { start: at, end: at + word.length, reward: /yes/i.test(word) ? there : 1 - there, type: 'counterfactual' };
  }
  const said = firstNumber.exec(response)?.groups?.word;
  const count = said === undefined ? null : parseCount(said);
  if (said && count !== null && count <= 12 && howMany.test(lead) && wholePicture.test(rest)) {
    const at = response.indexOf(said);
    return { start: at, end: at + said.length, reward: countsAs(category, count, true), type: 'counting' };
  }
  return null;
}
