import { indefiniteArticle, isPlural, pluralize, singularize } from '../text/agreement.js';
import { likeCase } from '../text/capital.js';
import { isColour, isSize, isThing } from '../text/claims/about-picture.js';
import { talliedNoun } from '../text/claims/tallies.js';
import type { JsonLeaf } from '../text/json-leaves.js';
import { numberWords, parseCount } from '../text/lexicon/numbers.js';
import { units } from '../text/lexicon/plain-words.js';
import { relationOpposites } from '../text/lexicon/relations.js';
import type { Range } from '../text/range.js';
import type { AppliedEdit } from './correction.js';

/** What is judged at once: the words between two pieces of JSON, a text in the JSON, or a sentence that its values make. */
export interface Unit {
  text: string;
  /** Null: none, because the text describes the picture and answers no question. Absent: that of the request. */
  prompt?: null;
  /** What the rewriter is told of it beside the prompt. */
  field?: string;
  inJson: boolean;
  /** Where it stands in the answer; for a sentence, where its values stand, and what they are of it. */
  at: Range | { value: Range; said: Range }[];
  /** The edits of the answer for the corrected text, or null where the answer has no place for it. */
  edits(corrected: string, steps: readonly AppliedEdit[][]): AppliedEdit[] | null;
}

export const wordSet = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));
/** Keys, in the languages that answers come in, without marks and in small letters. */
export const keys = {
  thing: wordSet(
    'object objects thing things item items label labels name noun mainobject mainsubject primaryobject what class classname category animal animals kind type entity subject element fruit vehicle objet chose element nom objeto cosa elemento nombre oggetto nome gegenstand objekt ding mainelement foregroundobject focus bezeichnung artikel tier voorwerp coisa 物体 对象 名称 类别 物 名前 もの 사물 이름',
  ),
  count: wordSet(
    'count counts number quantity qty amount n num total howmany instances numberofobjects objectcount anzahl menge zahl nombre quantite cantidad numero quantita quantidade conteggio aantal antal compte cuenta 数量 個数 数 개수',
  ),
  colour: wordSet('colour color colours colors hue shade farbe couleur colore cor kleur farg 颜色 色 색'),
  size: wordSet('size groesse grosse große größe taille tamano tamaño tamanho grootte dimensione 大小'),
  place: wordSet('side where position place location vertical horizontal placement corner area region seite'),
  relation: wordSet('relation relationship relativeposition spatialrelation predicate firstis edge'),
  from: wordSet('from source first firstobject a'),
  other: wordSet('other target reference relativeto relatedto secondobject second to b'),
  /** Of all things together, where no thing is named beside. */
  total: wordSet(
    'total totalobjects totalitems totalthings totalcount objectcount itemcount numberofobjects numberofitems numobjects numitems objectstotal counttotal objectsintotal',
  ),
  kinds: wordSet(
    'kinds kindsofthings kindsofobjects numkinds numberofkinds distinctobjects distinctkinds distincttypes uniqueobjects uniquekinds objecttypes numberoftypes typesofobjects',
  ),
  ground: wordSet(
    'background backdrop bg canvas backgroundcolor backgroundcolour bgcolor bgcolour backdropcolor backdropcolour canvascolor canvascolour',
  ),
  list: wordSet(
    'objects things items labels tags visible visibleobjects contents present animals elements keywords detected detectedobjects entities subjects',
  ),
  answer: wordSet('answer response result reply antwort reponse respuesta risposta resposta 答案 回答'),
};

export const plainKey = (key: string | number | undefined) =>
  typeof key === 'string'
    ? key
        .normalize('NFD')
        .replace(/[\p{M}\s_-]/gu, '')
        .toLowerCase()
    : '';

const pathKey = (path: readonly (string | number)[]) => JSON.stringify(path);
const isText = (leaf: JsonLeaf): leaf is JsonLeaf & { value: string } => typeof leaf.value === 'string';
const article = /^an? (?=\S)/i;
const unit = new RegExp(`^(?:${units}) of (?=\\S)`, 'i');
/** A thing, or one with an article, its unit, or its colour or size before it. */
export function named(leaf: JsonLeaf): boolean {
  if (!isText(leaf)) return false;
  const value = leaf.value.trim().replace(article, '');
  const [first = '', ...rest] = value.split(' ');
  return (
    isThing(value) ||
    isThing(value.replace(unit, '')) ||
    ((isColour(first) || isSize(first)) && isThing(rest.join(' ')))
  );
}
/** The thing that a key names: `juice_boxes`, `juiceBoxes`. */
function keyThing(key: string | number | undefined): string | undefined {
  if (typeof key !== 'string') return undefined;
  const words = [key, key.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replaceAll(/[_-]+/g, ' ')];
  return words.find((word) => isThing(word) || isThing(word.replace(unit, '')))?.toLowerCase();
}
const only = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined);

/**
 * The sentences that the values of a JSON text make: of a thing and its number, colour, size and place, of two things and
 * where one is from the other, of the background, of things in a list. Values of which none can be made for sure are in none.
 *
 * @param leaves those that are no texts of their own, in order
 */
export function jsonSentences(answer: string, leaves: readonly JsonLeaf[]): { at: number; unit: Unit }[] {
  const objects = new Map<string, JsonLeaf[]>();
  for (const leaf of leaves) {
    const parent = pathKey(leaf.path.slice(0, -1));
    const own = objects.get(parent);
    if (own) own.push(leaf);
    else objects.set(parent, [leaf]);
  }
  const units: { at: number; unit: Unit }[] = [];
  for (const fields of objects.values()) {
    const path = fields[0]!.path.slice(0, -1);
    // `{"name": "lobster", "attributes": {"color": "red"}}`: what is said of it may stand one level down
    const around = /^(?:attributes?|properties|details|features)$/.test(plainKey(path.at(-1)))
      ? (objects.get(pathKey(path.slice(0, -1))) ?? [])
      : [];
    const made =
      typeof fields[0]!.path.at(-1) === 'number'
        ? sentencesOfArray(answer, path, fields)
        : sentencesOfObject(answer, path, fields, around);
    for (const unit of made) units.push({ at: fields[0]!.start, unit });
  }
  return units;
}

function sentencesOfArray(answer: string, path: readonly (string | number)[], values: readonly JsonLeaf[]): Unit[] {
  const [first, second, third] = values;
  if (values.length === 3 && named(first!) && named(third!) && isText(second!)) {
    const unit = relationUnit(answer, first!, second!, third!);
    if (unit || !named(second!)) return unit ? [unit] : [];
  }
  const row = typeof path.at(-1) === 'number' ? rowOf(values) : null;
  if (row) return sentencesOf(answer, row.thing, row);
  const key = path.findLast((part) => typeof part === 'string');
  if (path.length > 0 && !(typeof path.at(-1) === 'string' && keys.list.has(plainKey(key)))) return [];
  return values.flatMap((leaf) => {
    const ground = groundTag(leaf);
    if (ground) return [template(answer, ['The background is ', ground, '.'])];
    return named(leaf) ? [existenceUnit(answer, leaf)] : [];
  });
}

/** `blue background` in a list of tags. */
function groundTag(leaf: JsonLeaf): Slot | null {
  const [, colour, rest] =
    /^\s*(\p{L}+)((?: colou?r(?:ed)?)?[ -](?:background|backdrop)\s*)$/iu.exec(String(leaf.value)) ?? [];
  if (colour === undefined || !isColour(colour.toLowerCase())) return null;
  return {
    leaf,
    say: colour.toLowerCase(),
    take: (said) => (isColour(said) ? likeCase(said, colour) + rest : null),
  };
}

function sentencesOfObject(
  answer: string,
  path: readonly (string | number)[],
  fields: readonly JsonLeaf[],
  around: readonly JsonLeaf[],
): Unit[] {
  const keyOf = (leaf: JsonLeaf) => plainKey(leaf.path.at(-1));
  const under = (set: ReadonlySet<string>, fits: (leaf: JsonLeaf) => boolean) =>
    fields.filter((leaf) => set.has(keyOf(leaf)) && fits(leaf));
  const units: Unit[] = [];
  for (const leaf of fields) {
    const isGround =
      keys.ground.has(keyOf(leaf)) ||
      ((keys.colour.has(keyOf(leaf)) || /^(?:what|value|is|description|name)$/.test(keyOf(leaf))) &&
        keys.ground.has(plainKey(path.at(-1))));
    if (isGround && isText(leaf) && isColour(leaf.value.trim()))
      units.push(template(answer, ['The background is ', colourSlot(leaf), '.']));
  }
  const isAlone = !fields.some((leaf) => keys.thing.has(keyOf(leaf)) && named(leaf));
  for (const leaf of isAlone && keyThing(path.at(-1)) === undefined ? fields : []) {
    const what = keys.total.has(keyOf(leaf)) ? 'things' : keys.kinds.has(keyOf(leaf)) ? 'kinds' : null;
    const number = what && countOf(leaf);
    if (what && number) units.push(tallyUnit(answer, what, leaf, number));
  }
  const parent = path.at(-1);
  if (plainKey(parent) === 'sign') units.push(...sentencesOfSign(answer, fields));
  const owner = keyThing(parent);
  const count = only(under(keys.count, (leaf) => countOf(leaf) !== null));
  const relation = only(under(keys.relation, isText));
  const things = fields.filter(
    (leaf) => (keys.thing.has(keyOf(leaf)) || (relation && keys.from.has(keyOf(leaf)))) && named(leaf),
  );
  // `{"subject": …, "predicate": …, "object": …}`
  const isTriple = relation !== undefined && things.length === 2 && keyOf(things[0]!) !== keyOf(things[1]!);
  const thing =
    (isTriple ? things.find((leaf) => keyOf(leaf) !== 'object') : only(things)) ??
    (things.length === 0 ? only(around.filter((leaf) => keys.thing.has(keyOf(leaf)) && named(leaf))) : undefined);
  const subject: Subject | undefined = thing ?? (owner !== undefined && things.length === 0 ? owner : undefined);
  const colour = only(under(keys.colour, (leaf) => isText(leaf) && isColour(leaf.value.trim())));
  const size = only(under(keys.size, (leaf) => isText(leaf) && isSize(leaf.value.trim())));
  const place = only(under(keys.place, (leaf) => isText(leaf) && placePhrase(leaf.value) !== null));
  if (subject !== undefined) {
    const other = isTriple ? things.find((leaf) => leaf !== thing) : only(under(keys.other, named));
    if (relation && other && typeof subject !== 'string') {
      const unit = relationUnit(answer, subject, relation, other);
      if (unit) units.push(unit);
    } else if (relation) return units;
    else
      units.push(
        ...sentencesOf(answer, subject, { count, colour, size, place }, subject === thing && fields.includes(thing)),
      );
    return units;
  }
  // things that are keys: of numbers, colours, sizes or places
  const byThing = fields.filter((leaf) => {
    return keyThing(leaf.path.at(-1)) !== undefined && keyOf(leaf) !== 'key';
  });
  if (byThing.length < fields.length) return units;
  for (const leaf of byThing) {
    const name = keyThing(leaf.path.at(-1))!;
    const slot = !isText(leaf)
      ? undefined
      : isColour(leaf.value.trim())
        ? colourSlot(leaf)
        : isSize(leaf.value.trim())
          ? sizeSlot(leaf)
          : placePhrase(leaf.value) !== null
            ? placeSlot(leaf)
            : undefined;
    if (slot) units.push(template(answer, ['The ', ...subjectParts(name), ' ', slot, '.']));
    else if (countOf(leaf) !== null) units.push(countUnit(answer, name, leaf, undefined, undefined));
  }
  return units;
}

/** A thing as a value, or as a key. */
type Subject = JsonLeaf | string;

interface Said {
  count?: JsonLeaf | undefined;
  colour?: JsonLeaf | undefined;
  size?: JsonLeaf | undefined;
  place?: JsonLeaf | undefined;
}

/** What is said of one thing. */
function sentencesOf(answer: string, subject: Subject, { count, colour, size, place }: Said, exists = false): Unit[] {
  const units: Unit[] = [];
  if (count) units.push(countUnit(answer, subject, count, colour, size));
  else if (colour || size) {
    for (const slot of [colour && colourSlot(colour), size && sizeSlot(size)])
      if (slot) units.push(template(answer, ['The ', ...subjectParts(subject), ' ', slot, '.']));
  } else if (exists && typeof subject !== 'string' && !place) units.push(existenceUnit(answer, subject));
  if (place) units.push(template(answer, ['The ', ...subjectParts(subject), ' ', placeSlot(place), '.']));
  return units;
}

/** A row of a table such as `["pear", 5, "red", "left"]`: a thing first, then at most one of each kind, and nothing else. */
function rowOf([thing, ...rest]: readonly JsonLeaf[]): (Said & { thing: JsonLeaf }) | null {
  if (!thing || !named(thing) || rest.length === 0) return null;
  const row: Said = {};
  for (const leaf of rest) {
    const value = isText(leaf) ? leaf.value.trim() : '';
    const kind = isColour(value)
      ? 'colour'
      : isSize(value)
        ? 'size'
        : isText(leaf) && placePhrase(value) !== null
          ? 'place'
          : countOf(leaf) !== null
            ? 'count'
            : null;
    if (kind === null || row[kind]) return null;
    row[kind] = leaf;
  }
  return { thing, ...row };
}

/** `{"text": "OPEN", "color": "red"}` under `sign`. */
function sentencesOfSign(answer: string, fields: readonly JsonLeaf[]): Unit[] {
  return fields.flatMap((leaf) => {
    const key = plainKey(leaf.path.at(-1));
    if (!isText(leaf)) return [];
    if (keys.colour.has(key) && isColour(leaf.value.trim()))
      return [template(answer, ['The sign is ', colourSlot(leaf), '.'])];
    const isPrint =
      /^(?:text|word|words|reads|says|label|content)$/.test(key) && /^[\p{L}\p{N} ]{1,30}$/u.test(leaf.value);
    return isPrint ? [template(answer, ['The sign says "', printSlot(leaf), '".'])] : [];
  });
}

const printSlot = (leaf: JsonLeaf): Slot => ({
  leaf,
  say: String(leaf.value).trim(),
  take: (said) => said,
});

const nameOf = (subject: Subject) =>
  (typeof subject === 'string' ? subject : String(subject.value)).trim().toLowerCase().replace(article, '');

/** A value in a sentence: what it says there, and the value for other words in its place; null where it has none. */
interface Slot {
  leaf: JsonLeaf;
  say: string;
  take(said: string): string | number | null;
  /** A pattern of what may stand there, where not just any words without a comma or full stop. */
  shape?: string;
}

/** The thing and the verb that goes with it. */
function subjectParts(subject: Subject): (string | Slot)[] {
  const name = nameOf(subject);
  const verb = isPlural(name) ? ' are' : ' is';
  return [typeof subject === 'string' ? name : thingSlot(subject, name), verb];
}

function thingSlot(leaf: JsonLeaf, say: string): Slot {
  const old = String(leaf.value).trim();
  const lead = article.exec(old)?.[0] ?? '';
  return {
    leaf,
    say,
    take(said) {
      if (singularize(said) === singularize(say)) return old;
      if (!isThing(said)) return null;
      const name = likeCase(isPlural(nameOf(leaf)) ? pluralize(said) : singularize(said), old.slice(lead.length));
      return lead === '' ? name : likeCase(`${indefiniteArticle(name)} ${name}`, old);
    },
  };
}

const wordSlot = (leaf: JsonLeaf, fits: (word: string) => boolean): Slot => ({
  leaf,
  say: String(leaf.value).trim().toLowerCase(),
  take: (said) => (fits(said) ? likeCase(said, String(leaf.value)) : null),
});
const colourSlot = (leaf: JsonLeaf) => wordSlot(leaf, isColour);
const sizeSlot = (leaf: JsonLeaf) => wordSlot(leaf, isSize);

function countSlot(leaf: JsonLeaf, number: number): Slot {
  const { value } = leaf;
  return {
    leaf,
    say: number === 0 ? 'no' : (numberWords[number] ?? String(number)),
    take(said) {
      const now = parseCount(said);
      if (now === null || typeof value === 'number') return now;
      return /^\d/.test(value) ? String(now) : likeCase(numberWords[now] ?? String(now), value);
    },
  };
}

const placeWord = /\b(?:top|bottom|upper|lower|left|right|center|centre|middle)\b/g;

/** The phrase for a place of the picture: `on the left` for `left`, `in the top left corner` for `top-left`; null for no such. */
function placePhrase(value: string): string | null {
  const plain = value
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .replace(/^(?:in|on|at|to|near) (?:the )?/, '');
  const said = plain.replace(/ (?:side|half|corner|part|edge|of the (?:image|picture))$/, '');
  if (/^(?:left|right)$/.test(said)) return `on the ${said}`;
  if (/^(?:top|bottom)$/.test(said)) return `at the ${said}`;
  if (/^(?:center|centre|middle)$/.test(said)) return `in the ${said}`;
  if (/^(?:top|bottom|upper|lower) (?:left|right)$/.test(said)) return `in the ${said} corner`;
  return null;
}

function placeSlot(leaf: JsonLeaf): Slot {
  const old = String(leaf.value);
  return {
    leaf,
    say: placePhrase(old)!,
    take(said) {
      const now = said.replaceAll('-', ' ').match(placeWord) ?? [];
      const was = old.toLowerCase().match(/top|bottom|upper|lower|left|right|center|centre|middle/g) ?? [];
      if (now.length !== was.length || now.length === 0) return null;
      let next = 0;
      return old.replace(/top|bottom|upper|lower|left|right|center|centre|middle/gi, (word) =>
        likeCase(now[next++]!, word),
      );
    },
  };
}

const directions: readonly (readonly [pattern: RegExp, phrase: string])[] = [
  [/\bleft\b/, 'to the left of'],
  [/\bright\b/, 'to the right of'],
  [/\b(?:above|over|on top of)\b/, 'above'],
  [/\b(?:below|under|beneath|underneath)\b/, 'below'],
  [/\b(?:larger|bigger)\b/, 'larger than'],
  [/\bsmaller\b/, 'smaller than'],
];

/** `left_of`, `on the left of`, `above`: where a thing is from another; null for other relations. */
function relationSlot(leaf: JsonLeaf): Slot | null {
  const old = String(leaf.value);
  const plain = old.toLowerCase().replace(/[\s_-]+/g, ' ');
  if (plain.length > 30) return null;
  const found = directions.filter(([pattern]) => pattern.test(plain));
  const say = only(found)?.[1];
  if (say === undefined) return null;
  return {
    leaf,
    say,
    shape: '(?:to|on) the \\w+ of|on top of|\\w+(?: than)?',
    take(said) {
      if (said === say) return old;
      const now = directions.find(([pattern]) => pattern.test(said));
      const turned = /left|right|above|below|larger|smaller/.exec(say)![0];
      const opposite = relationOpposites.get(turned) ?? { larger: 'smaller', smaller: 'larger' }[turned];
      if (!now || opposite === undefined || !new RegExp(`\\b${opposite}\\b`).test(now[1])) return null;
      return old.replace(
        /left|right|above|over|on[\s_-]top[\s_-]of|below|underneath|under|beneath|larger|bigger|smaller/i,
        (word) => likeCase(opposite, word),
      );
    },
  };
}

function relationUnit(answer: string, first: JsonLeaf, relation: JsonLeaf, second: JsonLeaf): Unit | null {
  const slot = relationSlot(relation);
  if (!slot) return null;
  return template(answer, ['The ', ...subjectParts(first), ' ', slot, ' the ', thingSlot(second, nameOf(second)), '.']);
}

function existenceUnit(answer: string, leaf: JsonLeaf): Unit {
  const name = nameOf(leaf);
  const many = isPlural(name);
  return template(answer, [many ? 'There are ' : `There is ${indefiniteArticle(name)} `, thingSlot(leaf, name), '.']);
}

/** What a value counts, where it is a number that things in a picture may have. */
export function countOf({ value }: JsonLeaf): number | null {
  const count = typeof value === 'number' ? value : parseCount(value);
  return count !== null && Number.isInteger(count) && count >= 0 && count <= 50 ? count : null;
}

/** How many things, or kinds of them, there are in all. */
function tallyUnit(answer: string, what: 'things' | 'kinds', leaf: JsonLeaf, number: number): Unit {
  const many = number !== 1;
  return template(answer, [
    many ? 'There are ' : 'There is ',
    countSlot(leaf, number),
    ` ${talliedNoun(what, many)} in all.`,
  ]);
}

function countUnit(
  answer: string,
  subject: Subject,
  count: JsonLeaf,
  colour: JsonLeaf | undefined,
  size: JsonLeaf | undefined,
): Unit {
  const number = countOf(count)!;
  const many = number !== 1;
  const noun = many ? pluralize(nameOf(subject)) : singularize(nameOf(subject));
  const parts: (string | Slot)[] = [many ? 'There are ' : 'There is ', countSlot(count, number), ' '];
  if (size) parts.push(sizeSlot(size), ' ');
  if (colour) parts.push(colourSlot(colour), ' ');
  parts.push(typeof subject === 'string' ? noun : thingSlot(subject, noun), '.');
  return template(answer, parts);
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A sentence of fixed words and values. What becomes of it is read back value by value; other changes have no place. */
function template(answer: string, parts: readonly (string | Slot)[]): Unit {
  let text = '';
  const places: { value: Range; said: Range }[] = [];
  const slots: Slot[] = [];
  let pattern = '';
  for (const part of parts) {
    const said = typeof part === 'string' ? part : part.say;
    if (typeof part === 'string')
      pattern += escaped(part)
        .replace(/^There (?:are|is)(?: an?)? /, "There(?: is| are|['’]s)(?: an?(?= ))? ")
        .replace(/ (?:is|are)$/, ' (?:is|are)')
        .replace(/ (?:things?|kinds? of things?) in all\\\.$/, ' (?:things?|kinds? of things?) in all\\.');
    else {
      places.push({ said: { start: text.length, end: text.length + said.length }, value: part.leaf });
      slots.push(part);
      pattern += `(${part.shape ?? '[^.,]+?'})`;
    }
    text += said;
  }
  const shape = new RegExp(`^${pattern}$`, 'i');
  const edits = (corrected: string): AppliedEdit[] | null => {
    const found = shape.exec(corrected);
    if (!found) return null;
    const made: AppliedEdit[] = [];
    for (const [index, { leaf, say, take }] of slots.entries()) {
      const said = /\p{Lu}/u.test(say) ? found[index + 1]! : found[index + 1]!.toLowerCase();
      if (said === say) continue;
      const value = take(said);
      if (value === null) return null;
      if (String(value) === String(leaf.value)) continue;
      const to = typeof leaf.value === 'number' ? String(value) : JSON.stringify(String(value)).slice(1, -1);
      made.push({ start: leaf.start, end: leaf.end, from: answer.slice(leaf.start, leaf.end), to });
    }
    return made.sort((a, b) => a.start - b.start);
  };
  return { text, prompt: null, field: pathName(slots[0]!.leaf), inJson: true, at: places, edits };
}

export function pathName({ path }: JsonLeaf): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
}
