import type { Claim, Scene, SceneGroup } from '../../scenes/scene.js';
import type { AppliedEdit } from '../../src/agent/correction.js';
import { sentenceAt, splitSentences } from '../../src/text/sentences.js';
import { countIsSo, isThere, type Truth, totalOf, wordIsSo } from './claim-truth.js';
import { type Outcome, unchanged } from './outcome.js';
import { type ReadClaim, readEdits } from './read-edits.js';

/** Things that a caption speaks of: the ids of their groups in the scene that it was written from. */
type Key = string;
type Assignment = ReadonlyMap<Key, readonly SceneGroup[]>;

/** At most so many ways to read who is meant are tried. */
const mostReadings = 20_000;

/**
 * What edits did to the claims of a scene's caption. A thing whose words were changed may by its new noun be another
 * thing of the scene: of all readings the one that makes the fewest claims wrong counts, so that what is called wrong
 * is wrong in any reading. Claims about things whose words nobody touched keep their labels.
 *
 * @returns null where the edited caption cannot be judged exactly: its new words cannot be read back, a claim lost its
 * noun, or the scene leaves open whether a new claim is true.
 */
export function judgeCaption(
  scene: Scene,
  text: string,
  claims: readonly Claim[],
  edits: readonly AppliedEdit[],
): Outcome | null {
  const wrong = claims.filter((claim) => !claim.good).length;
  if (edits.length === 0) return unchanged(claims.length - wrong, wrong);
  const read = readEdits(text, claims, edits);
  if (!read || isBroken(text, read) || deniesMore(read)) return null;
  const truths = judgeClaims(scene, read);
  if (!truths) return null;
  const outcome = unchanged(0, 0);
  read.forEach(({ was, word }, index) => {
    const isRight = truths[index];
    if (word === null) outcome[was.good ? 'lost' : 'removed']++;
    else if (isRight) outcome.right++;
    else outcome.wrong++;
    if (word !== null && isRight && !was.good) outcome.fixed++;
    if (word !== null && !isRight && was.good) outcome.harmed++;
  });
  return outcome;
}

const keyOf = (ids: readonly number[]): Key => ids.join();

/** Whether a noun is gone from a sentence that still says something of its thing. */
function isBroken(text: string, read: readonly ReadClaim[]): boolean {
  const sentences = splitSentences(text);
  const sentenceOf = ({ was }: ReadClaim) => sentenceAt(sentences, was.start)?.start;
  return read.some((noun) => {
    if (noun.was.kind !== 'object' || noun.word !== null) return false;
    const beside = read.filter((other) => other.word !== null && sentenceOf(other) === sentenceOf(noun));
    const ids = noun.was.subject;
    if (beside.some(({ was }) => was.kind === 'object' && keyOf(was.subject) === keyOf(ids))) return false;
    if (ids.length === 0) return beside.some(({ was }) => was.kind === 'existence' && was.subject.length === 0);
    return beside.some(
      ({ was }) => keyOf(was.subject) === keyOf(ids) || was.object?.some((id) => ids.includes(id)) === true,
    );
  });
}

/** Whether something is still said of a thing that is denied now. */
const deniesMore = (read: readonly ReadClaim[]) =>
  read.some(
    (noun) =>
      noun.denied &&
      read.some(
        (other) =>
          other !== noun &&
          other.word !== null &&
          keyOf(other.was.subject) === keyOf(noun.was.subject) &&
          noun.was.subject.length > 0,
      ),
  );

/** Whether each claim is true now (undefined where it is gone); null where the scene leaves one open. */
function judgeClaims(scene: Scene, read: readonly ReadClaim[]): (boolean | undefined)[] | null {
  const denials = denialsOf(read);
  const truths: (Truth | undefined)[] = read.map(() => undefined);
  for (const { denial, noun } of denials)
    [truths[denial], truths[noun]] = judgeDenial(scene, read[denial]!, read[noun]!);
  const paired = new Set(denials.flatMap(({ denial, noun }) => [denial, noun]));
  const rest = read.flatMap((claim, index) => (paired.has(index) || claim.word === null ? [] : [index]));
  const touched = [
    ...new Set(rest.flatMap((index) => (read[index]!.changed ? [keyOf(read[index]!.was.subject)] : []))),
  ].filter((key) => key !== '');
  const alone = new Set(
    rest.filter((index) => read[index]!.was.kind === 'object' || read[index]!.was.kind === 'count'),
  );
  const nounOf = (key: Key) =>
    rest
      .map((index) => read[index]!)
      .filter(({ was }) => was.kind === 'object' && keyOf(was.subject) === key)
      .sort((a, b) => Number(b.changed) - Number(a.changed))[0]?.word ?? undefined;
  let best: { cost: number; truths: Truth[] } | null = null;
  for (const { assignment, moved } of readings(scene, touched, nounOf)) {
    const judged = rest.map((index) => {
      const claim = read[index]!;
      const nothing = emptiness(scene, read, rest, alone, claim);
      return nothing === undefined ? judgeClaim(scene, claim, assignment) : nothing;
    });
    const cost = judged.reduce((sum, truth) => sum + (truth === false ? 1 : truth === null ? 0.5 : 0), moved * 0.01);
    if (!best || cost < best.cost) best = { cost, truths: judged };
  }
  rest.forEach((index, place) => {
    truths[index] = best!.truths[place]!;
  });
  return truths.includes(null) ? null : (truths as (boolean | undefined)[]);
}

/** The pairs of a denial and its noun: `no` and `dogs`, `aren't` and `dogs`. */
function denialsOf(read: readonly ReadClaim[]): { denial: number; noun: number }[] {
  return read.flatMap(({ was }, denial) => {
    if (was.kind !== 'existence') return [];
    const noun = [denial + 1, denial - 1].find((index) => {
      const other = read[index]?.was;
      return other?.kind === 'object' && keyOf(other.subject) === keyOf(was.subject);
    });
    return noun === undefined ? [] : [{ denial, noun }];
  });
}

const affirming = new Set(['a', 'an', 'some', 'one', 'single', 'a single', 'several', 'many', 'a few', 'multiple']);

/** A denial stands or has become its opposite: the word of it is at fault where the noun alone cannot be. */
function judgeDenial(scene: Scene, denial: ReadClaim, noun: ReadClaim): [Truth | undefined, Truth | undefined] {
  if (noun.word === null) return [undefined, undefined];
  if (!denial.changed && !noun.changed) return [denial.was.good, noun.was.good];
  const there = isThere(scene, noun.word);
  const word = denial.word;
  if (word !== null && (!denial.changed || /^(?:no|not|none|zero|0|cannot|nowhere|without)\b|n't$/.test(word)))
    return [!there, true];
  if (word === null) return [undefined, there];
  if (!there) return [true, false];
  if (affirming.has(word)) return [true, true];
  const total = totalOf(scene.groups.filter((group) => wordIsSo(scene, 'object', noun.word!, about([group]))));
  return [countIsSo(word, total), true];
}

const about = (groups: readonly SceneGroup[], others: readonly SceneGroup[] = []) => ({ groups, others });

/**
 * Claims of things said not to be there (`no red dogs`, once `two red dogs`). Undefined where the claim is not of such
 * a thing.
 */
function emptiness(
  scene: Scene,
  read: readonly ReadClaim[],
  rest: readonly number[],
  nounsAndCounts: ReadonlySet<number>,
  claim: ReadClaim,
): Truth | undefined {
  const key = keyOf(claim.was.subject);
  const same = rest.filter((index) => keyOf(read[index]!.was.subject) === key);
  const isNone = ({ was, word, changed }: ReadClaim) =>
    changed && was.kind === 'count' && /^(?:no|zero|0)$/.test(word!);
  if (key === '' || !same.some((index) => isNone(read[index]!))) return undefined;
  const noun = same.map((index) => read[index]!).find(({ was }) => was.kind === 'object');
  if (!noun || same.some((index) => !nounsAndCounts.has(index))) return null;
  if (isThere(scene, noun.word!)) return isNone(claim) ? false : undefined;
  return true;
}

function judgeClaim(scene: Scene, { was, word, changed, denied }: ReadClaim, assignment: Assignment): Truth {
  const meant = (ids: readonly number[]) => assignment.get(keyOf(ids)) ?? ids.map((id) => scene.groups[id]!);
  const moved = assignment.has(keyOf(was.subject)) || was.object?.some((id) => assignment.has(String(id))) === true;
  if (!changed && !moved) return was.good;
  if (was.kind === 'object' && (denied || was.subject.length === 0)) return isThere(scene, word!) !== (denied ?? false);
  const groups = meant(was.subject);
  const others = /(?:est|most)$/.test(word!)
    ? scene.groups.filter((group) => !groups.includes(group))
    : (was.object ?? []).flatMap((id) => [...meant([id])]);
  return wordIsSo(scene, was.kind, word!, about(groups, others));
}

/**
 * Ways to read which things of the scene are meant by the touched ones: as before, or others that go by the noun that
 * is said now. Things that nobody touched are meant as they were.
 */
function* readings(
  scene: Scene,
  touched: readonly Key[],
  nounOf: (key: Key) => string | undefined,
): Generator<{ assignment: Assignment; moved: number }> {
  const choices = touched.map((key) => {
    const noun = nounOf(key);
    if (noun === undefined) return [];
    const named = scene.groups.filter((group) => wordIsSo(scene, 'object', noun, about([group])));
    const sets = [...named.map((group) => [group]), ...(named.length > 1 ? [named] : [])];
    return sets.filter((groups) => keyOf(groups.map(({ id }) => id)) !== key);
  });
  const ways = Math.min(
    mostReadings,
    choices.reduce((product, sets) => product * (sets.length + 1), 1),
  );
  for (let way = 0; way < ways; way++) {
    const assignment = new Map<Key, readonly SceneGroup[]>();
    let left = way;
    for (const [index, key] of touched.entries()) {
      const sets = choices[index]!;
      const groups = sets[(left % (sets.length + 1)) - 1];
      left = Math.floor(left / (sets.length + 1));
      if (groups) assignment.set(key, groups);
    }
    yield { assignment, moved: assignment.size };
  }
}
