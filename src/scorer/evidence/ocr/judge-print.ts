import { checkValues } from '../../../text/print/check-values.js';
import { checkWords } from '../../../text/print/check-words.js';
import { isEnglish } from '../../../text/print/language.js';
import { findPrintedClaims, findQuotations, type PrintedClaim } from '../../../text/printed-claims.js';
import type { Range } from '../../../text/range.js';
import { sentenceAt, splitSentences } from '../../../text/sentences.js';
import type { Judgement } from '../rewards.js';
import { foldText, matchScore } from './ctc-match.js';
import { printedLines } from './rows.js';
import type { TextLine } from './text-line.js';

/** From the log odds of what is claimed against what was read, to a reward. Fitted by `eval/photos/print.ts --fit`. */
export const printWeights: readonly [bias: number, slope: number] = [5.46, 0.85];
/** What was not found at all can be no worse than this, in log odds. */
const leastScore = -12;
/** Shorter words say too little to be looked up alone anywhere in the picture. */
const shortWord = 2;

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

export function printReward(score: number): number {
  return sigmoid(printWeights[0] + printWeights[1] * Math.max(leastScore, score));
}

/** Words and numbers with at least this score were read so. */
const foundScore = -1;
/** A word is found where the reader only lost the spaces beside it. */
const gluedScore = -3.5;
/** Lines below this confidence are hardly legible; of a picture with more of them than this, nothing is absent. */
const legible = 0.85;
const mostIllegible = 0.4;
/** A picture with so many lines is a document, a screen or a sign, and its values are what an answer speaks of. */
const linesOfDocument = 6;
/** Of an answer with more claims than this, the later ones are not judged. */
const maxClaims = 1000;
/** A short word that is not in the lines of its neighbours, but somewhere else, is this much less likely. */
const elsewhere = -1.5;

/** A value that is printed, but for something else than the answer gives it for, is as likely as this to be right. */
const elsewhereReward = 0.2;

/**
 * What the print in a picture says of the quotations, numbers and names of a response. Where nothing was read, nothing
 * is judged; neither is what the response does not say to be printed, unless it is found, nor a value that may have been
 * overlooked, as no other of its type was read in its place. Values are compared by what they say, not by their letters, and
 * by what they are printed beside. In other languages than English names cannot be told from other words: there only
 * quotations and values are judged.
 *
 * @param quotes Where the response has quotations, if their marks are not in it any more.
 */
export function judgePrint(
  response: string,
  lines: readonly TextLine[],
  quotes: readonly Range[] = findQuotations(response),
): Judgement[] {
  if (lines.length === 0) return [];
  const claims = findPrintedClaims(response, quotes).slice(0, maxClaims);
  const anchors = anchorLines(claims, lines);
  const scores = new Map(claims.map((claim) => [claim, claimScore(claim, claims, lines, anchors.get(claim.group))]));
  const scoreIn = (range: Range) => claims.filter((claim) => meets(claim, range)).map((claim) => scores.get(claim)!);
  const table = printedLines(lines);
  const checks = checkValues(response, table, (value) => {
    const likely = scoreIn(value);
    const isRead = likely.length > 0 && Math.min(...likely) > foundScore;
    return value.parts.length < 2 && (isRead || isBehindIcon(value.text, lines) || looksLikeWord(value.text, lines));
  });
  const checkOf = (range: Range) => checks.find(({ value }) => meets(value, range));
  const isFound = (claim: PrintedClaim) =>
    (claim.kind === 'word' && (scores.get(claim)! > gluedScore || isGlued(claim, response, lines))) ||
    (checkOf(claim)?.verdict ?? 'absent') !== 'absent' ||
    scores.get(claim)! > foundScore;
  const found = claims.filter(isFound);
  // an answer most of whose claims stand there is about what is printed, whatever its words
  const aboutPrint = found.length >= 2 && found.length * 2 >= claims.length;
  const english = isEnglish(response);
  const isLegible = lines.filter(({ confidence }) => confidence < legible).length <= mostIllegible * lines.length;

  const isDocument = lines.length >= linesOfDocument && isLegible;
  const sentences = splitSentences(response);
  const namesPrint = (claim: PrintedClaim) => {
    const { start, end } = sentenceAt(sentences, claim.start) ?? claim;
    const first = claims.find(({ group }) => group === claim.group) ?? claim;
    return (
      printedNames.test(response.slice(start, Math.min(end, start + 2000))) &&
      beforeName.test(response.slice(Math.max(start, first.start - 20), first.start))
    );
  };

  const ofClaims = claims.flatMap((claim): Judgement[] => {
    const { start, end, quoted, kind, group } = claim;
    const check = checkOf(claim);
    const named = check !== undefined && (check.verdict !== 'absent' || check.instead !== null);
    const asserted =
      claim.asserted ||
      (isDocument && (check ? check.value.kind !== 'number' && !check.counts : kind === 'word' && namesPrint(claim)));
    const wrong = check?.wrong.some((range) => meets(range, claim));
    const isValue = check !== undefined || kind === 'number';
    if (isFound(claim) && !wrong)
      return [
        {
          start,
          end,
          reward: printReward(isValue || isGlued(claim, response, lines) ? 0 : scores.get(claim)!),
          type: 'ocr',
          named,
        },
      ];
    if (check?.verdict === 'elsewhere')
      return [
        {
          start,
          end,
          reward: elsewhereReward,
          type: 'ocr',
          reason: 'it is printed, but beside something else',
          named,
        },
      ];
    if (!isLegible) return [];
    if (isDocument && kind === 'word' && !quoted && isMaker(claim.text)) return [];
    const inName = found.some((other) => other.group === group && other !== claim);
    if (!asserted && !aboutPrint && !inName && !check?.instead) return [];
    if (isValue ? !quoted && !wrong : !quoted && (!english || isCalendarWord(claim.text))) return [];
    const likely = printReward(scores.get(claim)!);
    const reward = isValue ? Math.min(0.5, likely) : likely;
    if (reward > 0.5) return [{ start, end, reward, type: 'ocr' }];
    return [{ start, end, reward, type: 'ocr', reason: 'it was not read in the picture', named }];
  });
  const ofCounts = checks
    .filter(({ value }) => !claims.some((claim) => meets(claim, value)))
    .flatMap(({ verdict, value: { start, end }, named }): Judgement[] => {
      if (verdict === 'printed') return named ? [{ start, end, reward: printReward(0), type: 'counting' }] : [];
      if (verdict === 'absent' && !isLegible) return [];
      return [{ start, end, reward: elsewhereReward, type: 'counting', reason: 'another number is printed for it' }];
    });
  const ofWords = checkWords(response, table)
    .filter((word) => isLegible && !claims.some((claim) => meets(claim, word)))
    .map(
      ({ start, end, instead }): Judgement =>
        instead === null
          ? { start, end, reward: printReward(0), type: 'ocr' }
          : { start, end, reward: elsewhereReward, type: 'ocr', reason: `"${instead}" is printed there` },
    );
  return [...ofClaims, ...ofCounts, ...ofWords];
}

/** A short code that was read as letters alone: `AI` for `A1`. */
const looksLikeWord = (code: string, lines: readonly TextLine[]) =>
  /\p{L}/u.test(code) &&
  lines.some(({ text }) =>
    text
      .split(/\s+/)
      .some((word) => word.length === code.length && !/\d/.test(word) && asDigits(word) === asDigits(code)),
  );
const asDigits = (text: string) => text.replace(/[Il|]/g, '1').replace(/O/g, '0').toLowerCase();

/** A mark or icon that a line begins with is often read as a letter of its first word. */
const isBehindIcon = (code: string, lines: readonly TextLine[]) =>
  code.length >= 3 &&
  lines.some(({ text }) => text.slice(1).startsWith(code) && !/^[\p{L}\d]/u.test(text.slice(1 + code.length)));

/**
 * The reader lost the space between a word and the answer's word next to it (`VentoS`), or a small word (`Jazzon`): what is
 * left over is a whole word, where `BAKERY` is another than `BAKER`.
 */
function isGlued({ start, end, text }: PrintedClaim, response: string, lines: readonly TextLine[]): boolean {
  if (text.length < 4 || !/^\p{L}+$/u.test(text)) return false;
  const next = /^ ([\p{L}\d]+)/u.exec(response.slice(end, end + 40))?.[1];
  const before = /([\p{L}\d]+) $/u.exec(response.slice(Math.max(0, start - 40), start))?.[1];
  const wanted = [
    ...['on', 'of', 'in', 'at', 'the', 'and', 'to', 'by', 'is', 'for'].map((filler) => text + filler),
    ...(next ? [text + next] : []),
    ...(before ? [before + text] : []),
  ].map((glued) => glued.toLowerCase());
  return lines.some((line) => {
    const read = line.text.toLowerCase();
    return wanted.some((glued) => {
      const at = read.indexOf(glued);
      return at >= 0 && !/\p{L}$/u.test(read.slice(0, at)) && !/^\p{L}/u.test(read.slice(at + glued.length));
    });
  });
}

/** In such a sentence about a document a name is one that is printed. */
const printedNames =
  /\b(?:addressed|letters?|posters?|leaflets?|flyers?|forms?|certificates?|cards?|patients?|guests?|passengers?|customers?|networks?|languages?|trains?|locations?|venues?|takes? place|held|destinations?|authors?|compan(?:y|ies)|e-?mails?|schedules?|timetables?|calendars?|medicines?|drugs?|prescriptions?|flights?|statements?|websites?|headlines?|restaurants?|city|town|teams?)\b/i;

const beforeName = /\b(?:is|are|was|were|called|named|titled|to|from|at|network|advertises|shows)\s$/i;

/** Names of what a thing was made with or for, which need not be printed on it. */
const isMaker = (name: string) =>
  /^(?:england|britain|scotland|wales|ireland|america|europe|germany|france|spain|italy|china|japan|canada|australia|india|windows|mac|macos|linux|ubuntu|android|ios|iphone|ipad|apple|google|microsoft|excel|word|outlook|gmail|chrome|safari|firefox|whatsapp|pdf|html|css|usb|gps|sms|ui|uk|us|usa|eu|wi|fi|internet|roman|latin|arabic|swiss|dutch|danish|swedish|polish|portuguese|russian|turkish|christmas|easter)$/i.test(
    name,
  );

const meets = (a: Range, b: Range) => a.start < b.end && b.start < a.end;

/** Days, months, halves of the day and units are printed in many forms and languages. */
const isCalendarWord = (word: string) =>
  /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september|october|november|december|[ap]m|utc|gmt|[kmgt]b|[kmg]hz|kg|km|usd|eur|gbp|chf|[cf])$/i.test(
    word,
  );

/** The best score of any form of a claim in any line. */
export function claimScore(
  claim: PrintedClaim,
  claims: readonly PrintedClaim[],
  lines: readonly TextLine[],
  anchor?: readonly TextLine[],
): number {
  const short =
    claim.text.length <= shortWord && claims.some((other) => other.group === claim.group && other !== claim);
  const forms = claim.forms.map(foldText);
  const best = (among: readonly TextLine[]) =>
    Math.max(leastScore, ...forms.flatMap((form) => among.map((line) => matchScore(line, form))));
  if (!short || !anchor || anchor.length === 0) return best(lines);
  return Math.max(leastScore, best(anchor), best(lines) + elsewhere);
}

/** Of each group, the lines that say at least one of its longer words. */
function anchorLines(claims: readonly PrintedClaim[], lines: readonly TextLine[]): Map<number, TextLine[]> {
  const anchors = new Map<number, TextLine[]>();
  for (const claim of claims) {
    if (claim.text.length <= shortWord) continue;
    const found = lines.filter((line) => claim.forms.some((form) => matchScore(line, foldText(form)) > foundScore));
    anchors.set(claim.group, [...new Set([...(anchors.get(claim.group) ?? []), ...found])]);
  }
  return anchors;
}
