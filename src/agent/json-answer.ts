import { addCalls, addUsage } from '../models/price.js';
import type { RejectedEdit, Rewriter } from '../rewriters/rewriter.js';
import type { TokenReward } from '../scorer/scorer.js';
import { singularize } from '../text/agreement.js';
import { isColour, isThing } from '../text/claims/about-picture.js';
import { applyEdits, composeEdits } from '../text/edits.js';
import { type JsonLeaf, jsonIslands, jsonLeaves, wholeJson, withoutTrailingCommas } from '../text/json-leaves.js';
import { parseCount } from '../text/lexicon/numbers.js';
import type { Range } from '../text/range.js';
import { spliceEdits } from '../text/splice.js';
import { why } from '../text/words.js';
import type { BudgetMeter } from './budget-meter.js';
import type { AppliedEdit, CorrectionRequest, CorrectionStatus } from './correction.js';
import { Draft } from './draft.js';
import { jsonSentences, keys, named, pathName, plainKey, type Unit, wordSet } from './json-sentences.js';
import { type Ending, runRounds, type Settled } from './run-rounds.js';

/** Worst first: the status of the answer is the worst of its parts'. */
const order: readonly CorrectionStatus[] = ['aborted', 'budget', 'max-rounds', 'no-progress', 'clean', 'skipped'];

/**
 * Corrects an answer that is JSON or has JSON in it. Of each JSON the texts are judged as texts, and a thing, its
 * number, colour and size that stand in one object as the sentence that they make together: `{"object":"drum",
 * "count":3,"colour":"blue"}` is "There are three blue drums." Values of which no sentence can be made for sure are not
 * judged, and nothing of the JSON is ever deleted. Words around it are judged as any others.
 */
export async function runJsonAnswer(
  request: CorrectionRequest,
  options: Settled,
  meter: BudgetMeter,
  signal: AbortSignal | undefined,
  draft: Draft,
): Promise<Ending> {
  const answer = draft.text;
  const endings: Ending[] = [];
  const edits: AppliedEdit[] = [];
  const judged: { unit: Unit; before: TokenReward[]; after: TokenReward[] }[] = [];
  const settle = () => {
    edits.sort((a, b) => a.start - b.start);
    draft.text = applyEdits(answer, edits);
    draft.steps = edits.length > 0 ? [edits] : [];
    const still: Move = (at) => at;
    const moved = moveBy(edits);
    draft.before = judged.flatMap(({ unit, before }) => placed(answer, unit, before, still)).sort(inOrder);
    draft.tokens = judged.flatMap(({ unit, after }) => placed(draft.text, unit, after, moved)).sort(inOrder);
  };
  try {
    const units = unitsOf(answer, request.prompt);
    for (const unit of units) {
      const part = new Draft(unit.text, !unit.inJson);
      const fits = (text: string) => {
        const own = unit.edits(text, [[{ start: 0, end: unit.text.length, from: unit.text, to: text }]]);
        if (own?.some((edit) => namesAgain(answer, units, edit))) return false;
        return own !== null && isValid(answer, unit, [...edits, ...own], options.validate);
      };
      const { prompt: asked, ...rest } = request;
      const prompt = unit.prompt === null ? undefined : asked;
      const told = [asked, unit.field && `Field: ${unit.field}`].filter(Boolean).join('\n');
      const ending = await runRounds(
        { ...rest, ...(prompt === undefined ? {} : { prompt }), response: unit.text },
        { ...options, rewriter: fittingRewriter(options.rewriter, told, fits) },
        meter,
        signal,
        part,
      );
      addUsage(draft.usage, part.usage);
      addCalls(draft.asked, part.asked);
      draft.method ??= part.method;
      if (part.judge !== undefined) draft.judge ??= part.judge;
      if (part.evidence) draft.evidence = part.evidence;
      draft.rounds.push(...part.rounds);
      const own = part.text === unit.text ? [] : unit.edits(part.text, part.steps);
      const accepted = own !== null && isValid(answer, unit, [...edits, ...own], options.validate);
      if (accepted) edits.push(...own);
      judged.push({ unit, before: part.before, after: accepted ? part.tokens : part.before });
      endings.push(
        accepted ? ending : { status: 'no-progress', reason: 'the new value does not fit its type or schema' },
      );
      if (ending.status === 'budget' || ending.status === 'aborted') break;
    }
  } finally {
    settle();
  }
  if (endings.length === 0) return { status: 'skipped', reason: 'the JSON answer has nothing that can be judged' };
  return endings.sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))[0]!;
}

/** Whether an edit names a thing that another value of the JSON names already: `["owl", "pizza"]` never becomes `["owl", "owl"]`. */
function namesAgain(answer: string, units: readonly Unit[], { start, from, to }: AppliedEdit): boolean {
  const name = thingIn(to);
  if (!isThing(name) || name === thingIn(from)) return false;
  return units.some(
    ({ at, inJson }) =>
      inJson &&
      (Array.isArray(at) ? at.map(({ value }) => value) : [at]).some(
        (value) =>
          (start < value.start || start >= value.end) && thingIn(answer.slice(value.start, value.end)) === name,
      ),
  );
}

/** The thing of a value, without its article or number. */
function thingIn(value: string): string {
  const [first = '', ...rest] = value.trim().toLowerCase().split(/\s+/);
  const bare = rest.length > 0 && (/^an?$/.test(first) || parseCount(first) !== null);
  return singularize(bare ? rest.join(' ') : [first, ...rest].join(' '));
}

/** Whether the JSON of the answer satisfies the schema with the edits. */
function isValid(
  answer: string,
  { inJson }: Unit,
  edits: readonly AppliedEdit[],
  validate: Settled['validate'],
): boolean {
  if (!validate || !inJson) return true;
  const text = applyEdits(
    answer,
    [...edits].sort((a, b) => a.start - b.start),
  );
  const at = wholeJson(text);
  return at === null || validate(JSON.parse(text.slice(at.start, at.end))) !== false;
}

/** The rewriter without the edits that the JSON cannot hold, which it is told of the next time. */
function fittingRewriter(rewriter: Rewriter, prompt: string, fits: (text: string) => boolean): Rewriter {
  const misfits: RejectedEdit[] = [];
  return {
    name: rewriter.name,
    async rewrite(request) {
      const asked = { ...request, ...(prompt ? { prompt } : {}), rejected: [...request.rejected, ...misfits] };
      const result = await rewriter.rewrite(asked);
      if (!Array.isArray(result?.edits)) return result;
      const edits = result.edits.filter((edit) => {
        const span = request.spans.find(({ id }) => id === edit?.span);
        if (!span || typeof edit.replacement !== 'string') return false;
        const fitting = fits(spliceEdits(request.response, request.spans, [edit]).text);
        const reason = 'the value would not fit its type or schema';
        if (!fitting) misfits.push({ text: span.text, replacement: edit.replacement, reason });
        return fitting;
      });
      return { ...result, edits };
    },
  };
}

/** Where an offset of the answer is after the edits: of what begins there, or of what ends there. */
type Move = (at: number, ends: boolean) => number;

function moveBy(edits: readonly AppliedEdit[]): Move {
  let sum = 0;
  const sums = edits.map(({ from, to }) => {
    sum += to.length - from.length;
    return sum;
  });
  return (at, ends) => {
    let [low, high] = [0, edits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const { start, end } = edits[middle]!;
      if (end <= at && (ends || start < at)) low = middle + 1;
      else high = middle;
    }
    return at + (low > 0 ? sums[low - 1]! : 0);
  };
}

const inOrder = (a: Range, b: Range) => a.start - b.start;

/** The rewards of a unit's text, where it stands in the answer as it is now. */
function placed(answer: string, { at, inJson }: Unit, tokens: readonly TokenReward[], move: Move): TokenReward[] {
  const token = (start: number, end: number, of: Partial<TokenReward> = {}): TokenReward => ({
    text: answer.slice(start, end),
    start,
    end,
    reward: of.reward ?? null,
    ...why(of),
  });
  if (Array.isArray(at)) {
    return at.map(({ value, said }) => {
      const own = tokens.filter(({ start, end, reward }) => reward !== null && start < said.end && end > said.start);
      const lowest = own.reduce<TokenReward | undefined>(
        (low, one) => (low && low.reward! <= one.reward! ? low : one),
        undefined,
      );
      return token(move(value.start, false), move(value.end, true), lowest);
    });
  }
  const [start, end] = [move(at.start, false), move(at.end, true)];
  const offsets = inJson ? escapeOffsets(answer.slice(start, end), start) : undefined;
  return tokens.flatMap((one) => {
    const [from, to] = offsets ? [offsets[one.start], offsets[one.end]] : [one.start + start, one.end + start];
    return from === undefined || to === undefined ? [] : [token(from, to, one)];
  });
}

/** Where each character of a JSON string stands in its raw form, and where it ends. */
function escapeOffsets(raw: string, start: number): number[] {
  const offsets: number[] = [];
  for (const match of raw.matchAll(/\\u[0-9a-fA-F]{4}|\\.|[\s\S]/g)) offsets.push(start + match.index);
  offsets.push(start + raw.length);
  return offsets;
}

/** Words of a key under which nothing is said of the picture, or the contrary. */
const silentWords = wordSet(
  `absent missing not without excluded exclude excluding option options candidate candidates alternative alternatives
  distractor distractors example examples schema ingredient ingredients recipe recipes step steps tip tips suggestion
  suggestions question questions prompt prompts url urls path paths file files filename id ids uuid guid date dates
  datetime time times timestamp model models version license licence email phone instruction instructions code codes`,
);

/** The words of a key: of `imageUrl`, `image_url`, `image-url` and `IMAGE URL`. */
const wordsOf = (key: string) =>
  key
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
const isSilentKey = (key: string | number) =>
  typeof key === 'string' && wordsOf(key).some((word) => silentWords.has(word));

/** A text that describes, and is no name, code or single word: two words or more. */
const isProse = (value: string) =>
  /^[^{}<>=]*\p{L}[\p{L}'’-]*\s+\p{L}/u.test(value) && /^["“'(]?[\p{L}\d]/u.test(value.trim());
const nounPhrase = /^(?:an?|the|no|some|several|two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\s/i;

/** Everything in an answer that can be judged, in order. */
function unitsOf(answer: string, prompt: string | undefined): Unit[] {
  const units: Unit[] = [];
  let at = 0;
  for (const { outer, json } of jsonIslands(answer)) {
    units.push(...proseUnit(answer, at, outer.start), ...unitsOfJson(answer, json, prompt));
    at = outer.end;
  }
  return [...units, ...proseUnit(answer, at, answer.length)];
}

/** The words between two pieces of JSON. */
function proseUnit(answer: string, start: number, end: number): Unit[] {
  const text = answer.slice(start, end);
  const edits: Unit['edits'] = (_, steps) =>
    composeEdits(text, steps).map((edit) => ({ ...edit, start: edit.start + start, end: edit.end + start }));
  return /\p{L}{2}/u.test(text) ? [{ text, inJson: false, at: { start, end }, edits }] : [];
}

function unitsOfJson(answer: string, { start, end }: Range, prompt: string | undefined): Unit[] {
  const json = answer.slice(start, end);
  const leaves = (jsonLeaves(json) ?? jsonLeaves(withoutTrailingCommas(json)) ?? []).map((leaf) => ({
    ...leaf,
    start: leaf.start + start,
    end: leaf.end + start,
  }));
  const isAnswer = leaves.length === 1 && prompt !== undefined && /\?\s*(?:\n|$)|\?/.test(prompt);
  const values: JsonLeaf[] = [];
  const units: { at: number; unit: Unit }[] = [];
  for (const leaf of leaves) {
    // a phone may be pink
    const isOwner = (key: string | number) => isThing(String(key)) && isColour(String(leaf.value));
    if (leaf.path.some((key) => isSilentKey(key) && !isOwner(key))) continue;
    if (isAnswer && keys.answer.has(plainKey(leaf.path.at(-1)))) {
      units.push({ at: leaf.start, unit: textUnit(answer, leaf) });
    } else if (
      typeof leaf.value === 'string' &&
      isProse(leaf.value) &&
      !(keys.thing.has(plainKey(leaf.path.at(-1))) && named(leaf)) &&
      (nounPhrase.test(leaf.value) || leaf.value.trim().split(/\s+/).length > 3)
    ) {
      units.push({ at: leaf.start, unit: { ...textUnit(answer, leaf), prompt: null } });
    } else values.push(leaf);
  }
  units.push(...jsonSentences(answer, values));
  return units.sort((a, b) => a.at - b.at).map(({ unit }) => unit);
}

/** A value that is a text of its own. Its escapes stay as they are outside of the edits. */
function textUnit(answer: string, leaf: JsonLeaf): Unit {
  const raw = answer.slice(leaf.start, leaf.end);
  const text = String(leaf.value);
  const offsets = escapeOffsets(raw, leaf.start);
  return {
    text,
    inJson: true,
    at: { start: leaf.start, end: leaf.end },
    field: pathName(leaf),
    edits: (corrected, steps) => {
      if (typeof leaf.value === 'number') {
        const value = numberIn(corrected);
        return value === null ? null : [{ start: leaf.start, end: leaf.end, from: raw, to: String(value) }];
      }
      return composeEdits(text, steps).map(({ start, end, to }) => {
        const [first, last] = [offsets[start]!, offsets[end]!];
        return { start: first, end: last, from: answer.slice(first, last), to: JSON.stringify(to).slice(1, -1) };
      });
    },
  };
}

function numberIn(text: string): number | null {
  const value = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text.trim())
    ? Number(text)
    : parseCount(text.trim().replace(/\.$/, ''));
  return value !== null && Number.isFinite(value) ? value : null;
}
