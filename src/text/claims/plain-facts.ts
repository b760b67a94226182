import { parseCount } from '../lexicon/numbers.js';
import { finiteVerbs, units } from '../lexicon/plain-words.js';
import type { Range } from '../range.js';
import { namedOtherwise } from '../terms.js';
import { splitWords } from '../words.js';
import { isThing } from './about-picture.js';
import { answered } from './answered.js';
import { type ReadSentence, readClaims } from './claims.js';
import { classified, isBareSingular, linkingForms, runsTogether, type Word } from './classified.js';
import { type Excerpt, ExcerptWriter, within } from './excerpt.js';
import { fieldSentences, fieldsOf, type Piece, restated } from './restate.js';
import { namesSeen, noFacts, type SeenThing, type SureFacts, sureFacts } from './sure-facts.js';
import { talliesIn, tallyStatement } from './tallies.js';

/**
 * What a text says in plain words of the number, colour, size and place of things that a drawn scene may hold, as a text
 * of such statements alone. A clause is in it as a whole or not at all: one with a word that is none of that world's, or
 * that speaks of a kind of things and not of those in the picture, is not. What claims nothing is left out of a clause,
 * and items such as `locks: 5, black` are made sentences.
 *
 * @param seen what was seen in the picture for certain: a sentence that names it, whatever its words, speaks of the picture
 */
export function plainFacts(text: string, prompt?: string, seen: readonly SeenThing[] = []): Excerpt {
  const named = inNounsOfScenes(text);
  return named ? within(named, factsOf(named.text, prompt, seen)) : factsOf(text, prompt, seen);
}

/** A text with each thing under the name that scenes give it; null where it has that name already. */
function inNounsOfScenes(text: string): Excerpt | null {
  const others = namedOtherwise(text);
  if (others.length === 0) return null;
  const writer = new ExcerptWriter(text);
  let end = 0;
  for (const { name, ...range } of others) {
    writer.copy({ start: end, end: range.start });
    writer.put(name, range);
    end = range.end;
  }
  writer.copy({ start: end, end: text.length });
  return writer.excerpt();
}

function factsOf(text: string, prompt: string | undefined, seen: readonly SeenThing[]): Excerpt {
  const sentences = readClaims(text, prompt);
  const parsed = sentences.map((sentence) => ({
    ...parse(text, sentence),
    namesSeen: namesSeen(text, sentence.sentence, sentence.silent, seen),
  }));
  admitLists(parsed);
  const writer = new ExcerptWriter(text);
  let last: Parsed | undefined;
  let owner: Word[] | undefined;
  const first =
    parsed[0] && parsed.length <= 2 && prompt !== undefined ? answered(prompt, text, parsed[0].range) : null;
  const isShortAnswer = prompt !== undefined && parsed.length === 1 && parsed[0]!.words <= 6;
  for (const [index, one] of parsed.entries()) {
    const field = one.row && owner && fieldsOf([owner, one.row]);
    if (field) {
      writeSure(writer, fieldSentences(field));
      continue;
    }
    owner = one.verbless ? one.thing : undefined;
    if (index === 0 && first) {
      writeSure(writer, first.facts, first.denied);
      if (!first.denied) writeFacts(writer, sureFactsOf(text, sentences[0]!, one));
      continue;
    }
    if (isShortAnswer && one.segments.every(({ clean }) => clean))
      for (const segment of one.segments) segment.admitted = true;
    if (one.pointsBack && !isShortAnswer && !(last && nothingBetween(text, last.range.end, one.range.start)))
      for (const segment of one.segments) segment.admitted = false;
    const sure = sureFactsOf(text, sentences[index]!, one, last !== undefined && last === parsed[index - 1]);
    const tallies = talliesOf(text, sentences[index]!);
    if (tallies.length === 0 && !tellsAll(sure, one) && write(writer, one)) last = one;
    else {
      writeSure(writer, tallies);
      writeFacts(writer, sure);
      writeSure(writer, printOf(text, sentences[index]!));
      if (sure.statements.length > 0) last = one;
    }
  }
  return writer.excerpt();
}

/** A run of a sentence between commas, conjunctions and what claims nothing. */
interface Segment {
  words: Word[];
  /** Holds no word of another world. */
  clean: boolean;
  verb: boolean;
  /** Names a thing, points at one, or speaks of the picture. */
  subject: boolean;
  /** A colon stands before it. */
  told: boolean;
  admitted: boolean;
}

interface Parsed {
  range: Range;
  segments: Segment[];
  words: number;
  /** No segment has a verb: a heading, an item, a cell. */
  verbless: boolean;
  /** Begins with `it` or `they`. */
  pointsBack: boolean;
  /** Names what comes and says nothing itself. */
  isHeading: boolean;
  /** It names what was seen in the picture: it must speak of that. */
  namesSeen: boolean;
  /** The words of the only thing that it names. */
  thing?: Word[];
  /** What a row such as `colour: red` says of the thing that was named before it. */
  row?: Word[];
  /** The sentences that its fields make, where it is an item of fields. */
  item?: Piece[][] | undefined;
}

const unitWords = new RegExp(`^(?:${units})$`);
const separators = /[,;:.!?…×]|\s[-–—x+]\s/;
const conjunctions = new Set(['while', 'whereas', 'but', 'and', 'or', 'which', 'who', 'whose', 'with']);
const pointing =
  /^(?:it(?! looks like there)|they|them|both|these|those|all|each)\b(?! (?:of|the)\b)(?! is all\b)(?! (?:holds?|shows?|contains?|features?|includes?|depicts?|displays?|presents?|has)\b)/i;

function parse(text: string, sentence: ReadSentence): Omit<Parsed, 'namesSeen'> {
  const { start, end } = sentence.sentence;
  const said = text.slice(start, end);
  const all = splitWords(said).map((word) => ({ start: word.start + start, end: word.end + start }));
  const verbless = !all.some((word) => finiteVerbs.has(text.slice(word.start, word.end).toLowerCase()));
  const none: ReturnType<typeof parse> = {
    range: sentence.sentence,
    segments: [],
    words: all.length,
    verbless,
    pointsBack: false,
    isHeading: verbless && !/\d/.test(said) && all.length < 6,
  };
  if (isOfNone.test(said)) return { ...none, isHeading: true };
  const counted = numberRow(said, start);
  if (counted) return { ...none, row: [counted], isHeading: true };
  if (!sentence.about || sentence.words.length === 0) return none;
  const words = classified(text, all, sentence);
  const row = rowOf(said, words);
  if (row) return { ...none, row, isHeading: true };
  const thing = onlyThing(words);
  if (thing) none.thing = thing;
  const segments = segmentsOf(text, words);
  // `My read of this one: two foxes`: what stands before the colon says nothing itself
  const told = segments.findIndex((segment) => segment.told);
  if (told > 0 && !segments.slice(0, told).every((segment) => segment.clean && saysSomething(segment)))
    segments.splice(0, told);
  const parsed = { ...none, segments, verbless: segments.every(({ verb }) => !verb), pointsBack: pointing.test(said) };
  parsed.isHeading &&= segments.length === 1 && !amount(segments[0]!);
  if (!parsed.verbless) admitClauses(segments);
  // its verb may be among what claims nothing
  else if (words.includes(null)) return none;
  return parsed;
}

/** `people: 0`, `Sign colour yellow`: says nothing of the things. */
const isOfNone =
  /^\W*(?:sign (?:text|colou?r)(?: \S+){0,3}|(?:no )?(?:people|persons?|humans?|faces?|text|words|letters|watermarks?|logos?|other (?:objects?|things?|items?)|anything else|others?)\W*(?:0|none|no|zero|nothing|false|absent)?|none|nothing else)\W*$/i;
const keys: Readonly<Record<string, RegExp>> = {
  colour: /^(?:main |dominant )?(?:colou?rs?|hue|shade)$/i,
  size: /^(?:relative )?size$/i,
  number: /^(?:count|number|quantity|qty|amount|how many|total)$/i,
  place: /^(?:location|position|place|placement|where|side|located|region|area)$/i,
};

/** The number of a row such as `Number: 4`, which elsewhere would count nothing. */
function numberRow(said: string, offset: number): Word | undefined {
  const row = /^[\s•*-]*(\p{L}+(?: \p{L}+)?)\s*[:=→]\s*(\p{L}+|\d{1,2})[\s.]*$/u.exec(said);
  if (!row || !keys.number!.test(row[1]!) || parseCount(row[2]!) === null) return undefined;
  const start = offset + said.lastIndexOf(row[2]!);
  return { start, end: start + row[2]!.length, text: row[2]!.toLowerCase(), kind: 'number' };
}

/** The words behind the key of a row such as `colour: red`, if they are of its kind. */
function rowOf(said: string, words: readonly (Word | null)[]): Word[] | undefined {
  const key = /^[\s•*-]*(\p{L}+(?: \p{L}+)?)\s*(?::|=|→|…|\.{3,}|[-–—](?=\s))/u.exec(said)?.[1];
  const kind = key && Object.keys(keys).find((one) => keys[one]!.test(key));
  if (!kind) return undefined;
  const value = words.slice(key!.split(' ').length);
  const known = value.flatMap((word) => (word ? [word] : []));
  const fits = (word: Word) =>
    word.kind === 'passed-over' || word.kind === kind || /^(?:the|in|on|at|and)$/.test(word.text);
  return known.length === value.length && known.some((word) => word.kind === kind) && known.every(fits)
    ? known
    : undefined;
}

/** The name of the thing, where one alone is named. */
function onlyThing(words: readonly (Word | null)[]): Word[] | undefined {
  const at = words.flatMap((word, index) => (word?.kind === 'thing' ? [index] : []));
  const [first, last] = [at[0], at.at(-1)];
  if (first === undefined || last! - first !== at.length - 1) return undefined;
  const name = words.slice(first, last! + 1) as Word[];
  return runsTogether(name) ? undefined : name;
}

function segmentsOf(text: string, words: readonly (Word | null)[]): Segment[] {
  const segments: Segment[] = [];
  let run: Word[] = [];
  let told = false;
  const close = () => {
    if (run.length > 0) segments.push(segmentOf(run, told));
    if (run.length > 0) told = false;
    run = [];
  };
  let end = words.find((word) => word !== null)?.start ?? 0;
  for (const word of words) {
    if (word === null) {
      // a clause that goes on in what claims nothing is whole only with a thing in it
      if (run.length > 0 && !run.some(({ kind }) => kind === 'thing')) run = [];
      close();
      continue;
    }
    const gap = text.slice(end, word.start);
    const isList = /^,\s?$/.test(gap) && describes(run.at(-1)) && describes(word);
    if (word.kind !== 'print' && !isList && separators.test(gap)) {
      close();
      told ||= gap.includes(':');
    } else if (conjunctions.has(word.text) || (word.text === 'that' && run.at(-1)?.kind === 'thing')) close();
    // `roosters 4`, `crabs red`: what stood in brackets
    else if (
      /^(?:number|colour)$/.test(word.kind) &&
      run.length > 0 &&
      run.every(({ kind, text: one }) => kind === 'thing' || one === 'at')
    ) {
      if (run.at(-1)!.text === 'at') run.pop();
      close();
    }
    run.push(word);
    end = word.end;
  }
  close();
  return segments;
}

const describes = (word: Word | undefined) => word !== undefined && /^(?:passed-over|colour|size)$/.test(word.kind);

function segmentOf(words: Word[], told: boolean): Segment {
  const clean = words.every(({ kind }) => kind !== 'unknown') && !runsTogether(words) && !isOfKind(words);
  return {
    words,
    clean: clean && (!isBareSingular(words) || words.every(({ kind }) => kind === 'thing')),
    verb: words.some(({ kind, text }) => kind === 'verb' || linkingForms.test(text)),
    subject: words.some(
      ({ kind, text }) =>
        kind === 'thing' ||
        kind === 'general' ||
        /^(?:it|it's|they|they're|this|these|those|both|one|ones|there's|each|all|everything|former|latter|background|backdrop|ground)$/.test(
          text,
        ),
    ),
    told,
    admitted: false,
  };
}

const ofThisPicture =
  /^(?:there|there's|here|i|we|you|it|this|these|those|they|both|one|ones|see|find|spot|notice|former|latter|background|backdrop|ground|left|right|top|bottom|above|below|behind|beside|under|underneath|beneath|between|near|next|everything)$/;
const visible =
  /^(?:left|right|top|bottom|upper|lower|middle|center|centre|corner|side|half|section|part|portion|area|foreground|background|here|there|visible|above|below|behind|beside|next|between|near|under|over|topmost|leftmost|rightmost|bottommost|front|largest|smallest|biggest|highest|lowest)$/;
const sees =
  /^(?:see|seen|spot|spotted|find|found|out|notice|noticed|count|counted|observe|observed|visible|shown|show|contain|include|depict|display|have|feature|present|read)$/;

/** Whether a clause speaks of a kind of things, of the past, or of what things can do, and not of what is to be seen. */
function isOfKind(words: readonly Word[]): boolean {
  const has = (pattern: RegExp) => words.some(({ text }) => pattern.test(text));
  if (has(/^(?:was|were|did|had)$/)) return true;
  if (has(/^(?:can|could|do|does|don't|doesn't|can't|cannot)$/) && !has(sees)) return true;
  const at = words.findIndex(({ kind }) => kind === 'verb');
  if (at < 0) return false;
  const subject = words.slice(0, at);
  const predicate = words.slice(at + 1);
  if (subject.length === 0) return false;
  if (subject.some(({ kind, text }) => kind === 'general' || kind === 'print' || ofThisPicture.test(text)))
    return false;
  if (predicate.some(({ kind, text }) => kind === 'participle' || kind === 'general' || visible.test(text)))
    return false;
  const first = subject.find(({ kind }) => kind !== 'passed-over');
  const isIndefinite =
    /^(?:a|an|any|most|many|some|all|every|each|few)$/.test(first?.text ?? '') &&
    !/^(?:of|the)$/.test(subject[subject.indexOf(first!) + 1]?.text ?? '');
  const isBare = !subject.some(
    ({ kind, text }) =>
      kind === 'number' || /^(?:the|this|these|those|that|no|its|their|both|another|other)$/.test(text),
  );
  // `a dog is an animal`, `the sweets are four cupcakes`
  const isNamed = predicate[0]?.kind === 'number' && predicate.some(({ kind }) => kind === 'thing');
  const saysWhatItIs =
    /^(?:is|are)$/.test(words[at]!.text) &&
    (isNamed || /^(?:a|an|the|one)$/.test(predicate[0]?.text ?? '')) &&
    !has(/^than$/);
  return isIndefinite || isBare || saysWhatItIs;
}

/** Admits the clauses that are plain statements, with the parts of the sentence that hang on them. */
function admitClauses(segments: readonly Segment[]): void {
  let open = false;
  let pending: Segment[] = [];
  for (const segment of segments) {
    const bare = segment.words.every(({ kind }) => kind === 'thing');
    if (!segment.clean || (bare && isBareSingular(segment.words))) {
      open = false;
      pending = [];
    } else if (segment.verb && (segment.subject || pending.some(({ subject }) => subject))) {
      for (const part of [...pending, segment]) part.admitted = true;
      pending = [];
      open = true;
    } else if (open) segment.admitted = true;
    else pending.push(segment);
  }
}

/** Headings, items and cells: all of a list, if nearly all of it is plain. */
function admitLists(sentences: readonly Parsed[]): void {
  for (let from = 0; from < sentences.length; ) {
    let to = from;
    while (to < sentences.length && sentences[to]!.verbless) to++;
    if (to === from) {
      from++;
      continue;
    }
    const run = sentences.slice(from, to);
    dropRowNumbers(run);
    for (const one of run) {
      one.item = itemOf(one.segments);
    }
    const plain = run.filter((one) => one.item || isPlainItem(one));
    const of = run.filter((one) => one.item || !one.isHeading).length;
    const ofSeen = run.some(({ namesSeen }) => namesSeen);
    if (ofSeen) for (const one of run) one.namesSeen = true;
    if (ofSeen || plain.length > 2 * (of - plain.length)) {
      for (const { segments } of plain)
        for (const segment of segments)
          segment.admitted = !(segments.length > 1 && segment === segments[0] && isHeading(segment));
    } else for (const one of run) one.item = undefined;
    from = to;
  }
}

/** Items that begin with 1, 2, 3 … are numbered: those numbers count nothing. */
function dropRowNumbers(run: readonly Parsed[]): void {
  const items = run.filter(({ segments }) => segments.length > 1);
  const isNumbered = ({ segments }: Parsed, index: number) =>
    segments[0]!.words.length === 1 && segments[0]!.words[0]!.text === String(index + 1);
  if (items.length > 1 && items.every(isNumbered)) for (const { segments } of items) segments.shift();
}

/** What an item of fields says, such as `locks: 5, black`, or several in a row; undefined where it is none. */
function itemOf(segments: readonly Segment[]): Piece[][] | undefined {
  const items: Segment[][] = [];
  for (const segment of segments) {
    if (segment.words.every(({ kind }) => kind === 'thing') || items.length === 0) items.push([]);
    items.at(-1)!.push(segment);
  }
  const fields = items.map((item) => fieldsOf(item.map(({ words }) => words)));
  if (fields.length === 0 || fields.includes(null)) return countedItem(segments);
  return fields.flatMap((one) => fieldSentences(one!));
}

/** What an item says that begins with a thing and its number, whatever stands behind: `Butterflies: two, both asleep`. */
function countedItem([label, number, ...rest]: readonly Segment[]): Piece[][] | undefined {
  if (!label || !number || number.words[0]?.kind !== 'number' || things(number)) return undefined;
  const thing = label.words.filter(({ kind }) => kind === 'thing');
  const at = label.words.indexOf(thing[0]!);
  if (thing.length === 0 || at + thing.length !== label.words.length || runsTogether(label.words)) return undefined;
  if (
    !label.words.slice(0, at).every(({ kind, text }) => kind === 'passed-over' || text === 'of' || unitWords.test(text))
  )
    return undefined;
  const own = rest.filter(({ words }) =>
    words.every(({ kind, text }) => (kind === 'colour' || kind === 'size') && !/er$/.test(text)),
  );
  const fields = fieldsOf([thing, number.words.slice(0, 1), ...own.map(({ words }) => words)]);
  return fields ? fieldSentences(fields) : undefined;
}

const amount = ({ words }: Segment) =>
  words.some(({ kind, text }) => /^(?:number|colour|size)$/.test(kind) || /^(?:a|an|the|no)$/.test(text));
const things = ({ words }: Segment) =>
  words.some(
    ({ kind, text }) => kind === 'thing' || kind === 'general' || /^(?:background|backdrop|ground)$/.test(text),
  );
const saysSomething = (segment: Segment) =>
  things(segment) || segment.words.some(({ kind, text }) => kind === 'colour' || visible.test(text));
/** A word alone that says what comes: `Airplanes – two brown airplanes`. */
const isHeading = (segment: Segment) => !amount(segment) && things(segment);

function isPlainItem({ segments }: Parsed): boolean {
  return (
    segments.length > 0 &&
    segments.every(({ clean, words }) => clean && (!isBareSingular(words) || segments.length > 1)) &&
    segments.some((segment) => things(segment) && amount(segment)) &&
    segments.every(
      (segment) => things(segment) || !segment.words.some(({ kind }) => /^(?:number|colour|size)$/.test(kind)),
    )
  );
}

function nothingBetween(text: string, from: number, to: number): boolean {
  const gap = text.slice(from, to);
  return gap.length < 300 && !splitWords(gap).some(({ start, end }) => isThing(gap.slice(start, end)));
}

/** Writes what of a sentence is admitted; whether anything was. */
function write(writer: ExcerptWriter, { segments, item }: Parsed): boolean {
  if (item) {
    for (const sentence of item) {
      if (!writer.isEmpty) writer.add(' ');
      writePieces(writer, sentence);
      writer.add('.');
    }
    return item.length > 0;
  }
  let last: number | undefined;
  segments.forEach((segment, index) => {
    if (!segment.admitted) return;
    const said = restated(segment.words);
    if (last !== undefined) {
      const gap = { start: segments[last]!.words.at(-1)!.end, end: segment.words[0]!.start };
      const anew = typeof said[0] === 'string';
      if (last === index - 1 && !segment.told && !anew) writer.copy(gap);
      else writer.add(segment.verb || anew ? '. ' : ', ');
    } else if (!writer.isEmpty) writer.add(' ');
    writePieces(writer, said);
    if (segment.words.at(-1)!.kind === 'print') writer.copyQuote(segment.words.at(-1)!.end);
    last = index;
  });
  if (last !== undefined) writer.add('.');
  return last !== undefined;
}

/** What a sentence that is not plain as a whole says for sure. */
function sureFactsOf(
  text: string,
  { sentence, section, silent }: ReadSentence,
  { namesSeen }: Parsed,
  goesOn = false,
): SureFacts {
  const said = text.slice(sentence.start, sentence.end);
  const isOfPicture =
    section || namesSeen || ofPicture.test(said) || (goesOn && /^it (?:also )?(?:has|shows|contains)\b/i.test(said));
  return isOfPicture ? sureFacts(text, sentence, silent, namesSeen) : noFacts;
}

const onSign = '(?:sign|sticker|label|plaque|placard|lettering|inscription)';
const printed =
  '(?:["“‘\'](?<quoted>[^"”’\'\\n]{1,20})["”’\']|(?<capitals>\\p{Lu}[\\p{Lu}\\p{N}]{1,14})(?![\\p{L}\\p{N}]))';
/** `the sign, which is black, says "PARK"`, `a sign saying WEST` */
const printSaid = new RegExp(
  `\\b${onSign}\\b(?<between>[^.?!\\n"“]{0,60}?)\\b(?:says?|reads?|saying|reading|spells?|spelling)(?: out)?(?: the words?)?[:,]?\\s+${printed}`,
  'u',
);

const denies = /\b(?:not|no|if|would|could|might)\b|n['’]t\b/i;

/** What a sentence of the picture says is printed on a sign, as a statement. */
function printOf(text: string, { sentence, section }: ReadSentence): Piece[][] {
  const said = text.slice(sentence.start, sentence.end);
  const found = section || ofPicture.test(said) ? printSaid.exec(said) : null;
  if (!found) return [];
  const { quoted, capitals, between } = found.groups!;
  if (denies.test(said.slice(0, found.index) + between)) return [];
  const word = (quoted ?? capitals)!;
  const start = sentence.start + found.index + found[0].lastIndexOf(word);
  return [['the sign says "', { start, end: start + word.length }, '"']];
}

/** How many there are in all, and of what there are more, where the picture is spoken of. */
const talliesOf = (text: string, { sentence, section }: ReadSentence): Piece[][] => {
  const said = text.slice(sentence.start, sentence.end);
  if (!(section || ofPicture.test(said))) return [];
  return talliesIn(said).map((tally) => tallyStatement(tally, sentence.start));
};

const ofPicture =
  /\b(?:the|your|this|attached) (?:\w+ ){0,2}(?:image|picture|photo(?:graph)?|illustration|drawing|graphic|screenshot|diagram|upload|file)\b/i;

const direction =
  /^(?:left|right|top|bottom|upper|lower|above|below|under|over|beneath|underneath|beside|between|near|next|corner|larger|smaller|bigger)/;

/** Whether what is sure has every thing, number, colour, size and place that a plain sentence has. */
function tellsAll({ statements, undrawn }: SureFacts, { segments, item }: Parsed): boolean {
  if (undrawn.length > 0) return true;
  if (item || statements.length === 0) return false;
  const told = new Set(
    statements
      .flat()
      .flatMap((piece) => (typeof piece === 'string' ? [] : ['for' in piece ? piece.for.start : piece.start])),
  );
  return segments.every(
    ({ words, admitted }) =>
      !admitted ||
      words.every(
        ({ kind, text, start }) =>
          !(
            /^(?:number|colour|size|print)$/.test(kind) ||
            (kind === 'thing' && !told.has(start)) ||
            direction.test(text)
          ) || told.has(start),
      ),
  );
}

function writeFacts(writer: ExcerptWriter, { statements, undrawn }: SureFacts): void {
  writeSure(writer, statements);
  for (const name of undrawn) writer.leaveOut(name);
}

function writeSure(writer: ExcerptWriter, facts: readonly Piece[][], denied = false): void {
  for (const fact of facts) {
    if (!writer.isEmpty) writer.add(' ');
    const from = writer.length;
    writePieces(writer, fact, true);
    if (denied) writer.deny(from);
    writer.add('.');
  }
}

function writePieces(writer: ExcerptWriter, pieces: readonly Piece[], sure = false): void {
  for (const piece of pieces) {
    if (typeof piece === 'string') writer.add(piece);
    else if ('for' in piece) writer.put(piece.text, piece.for);
    else writer.copy(piece);
    if (sure && typeof piece !== 'string') writer.claim('for' in piece ? piece.for : piece);
  }
}
