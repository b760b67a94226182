import type { RejectedEdit, Rewriter } from '../rewriters/rewriter.js';
import type { TokenReward } from '../scorer/scorer.js';
import { type JsonLeaf, jsonLeaves, replaceJsonLeaf } from '../text/json-leaves.js';
import { parseCount } from '../text/lexicon/numbers.js';
import { spliceEdits } from '../text/splice.js';
import type { BudgetMeter } from './budget-meter.js';
import type { CorrectionRequest, CorrectionStatus } from './correction.js';
import { Draft } from './draft.js';
import { type Ending, runRounds, type Settled } from './run-rounds.js';

/** Worst first: the status of a JSON answer is the worst of its leaves'. */
const order: readonly CorrectionStatus[] = ['aborted', 'budget', 'max-rounds', 'no-progress', 'clean', 'skipped'];

/**
 * Corrects the string and number leaves of a JSON answer, each as a short answer to the question of its key path. Types
 * are kept; a change that no longer parses, or that `validate` refuses, is taken back.
 */
export async function runJsonAnswer(
  request: CorrectionRequest,
  options: Settled,
  meter: BudgetMeter,
  signal: AbortSignal | undefined,
  draft: Draft,
): Promise<Ending> {
  const endings: Ending[] = [];
  const count = jsonLeaves(draft.text)!.length;
  const before: TokenReward[] = [];
  const original = jsonLeaves(draft.text)!;
  for (let index = 0; index < count; index++) {
    const leaf = jsonLeaves(draft.text)![index]!;
    const value = String(leaf.value);
    if (value.trim() === '') continue;
    const part = new Draft(value);
    const field = `Field: ${pathName(leaf)}${typeof leaf.value === 'number' ? ' (a number)' : ''}`;
    const prompt = [request.prompt, field].filter(Boolean).join('\n');
    const json = draft.text;
    const fits = (text: string) => withLeaf(json, leaf, text, options.validate) !== null;
    const rewriter = fittingRewriter(options.rewriter, fits);
    const ending = await runRounds(
      { ...request, prompt, response: value },
      { ...options, rewriter },
      meter,
      signal,
      part,
    );
    draft.spend(part.usage);
    if (part.evidence) draft.evidence = part.evidence;
    draft.rounds.push(...part.rounds);
    before.push(...tokensInJson(request.response, original[index]!, part.before));
    const changed = part.text === value ? null : withLeaf(json, leaf, part.text, options.validate);
    const accepted = changed !== null;
    const takenBack = part.text !== value && !accepted;
    endings.push(
      takenBack
        ? { status: 'no-progress', reason: `the new value of ${pathName(leaf)} does not fit its type or schema` }
        : ending,
    );
    if (accepted) {
      draft.steps.push([
        {
          start: leaf.start,
          end: leaf.end,
          from: draft.text.slice(leaf.start, leaf.end),
          to: changed.slice(leaf.start, changed.length - (draft.text.length - leaf.end)),
        },
      ]);
      draft.text = changed;
    }
    const now = jsonLeaves(draft.text)![index]!;
    draft.tokens = draft.tokens
      .filter((token) => token.end <= now.start)
      .concat(tokensInJson(draft.text, now, accepted ? part.tokens : part.before));
    if (ending.status === 'budget' || ending.status === 'aborted') break;
  }
  draft.before = before;
  if (endings.length === 0) return { status: 'skipped', reason: 'the JSON answer has no text or number to judge' };
  return endings.sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))[0]!;
}

export function pathName({ path }: JsonLeaf): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
}

/** The JSON with a corrected text for a leaf, or null where that is no value of its type or of the schema. */
function withLeaf(json: string, leaf: JsonLeaf, text: string, validate: Settled['validate']): string | null {
  const value = typeof leaf.value === 'string' ? text : numberIn(text);
  if (value === null) return null;
  const changed = replaceJsonLeaf(json, leaf, value);
  return validate?.(JSON.parse(changed)) === false ? null : changed;
}

function numberIn(text: string): number | null {
  const value = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text.trim()) ? Number(text) : parseCount(text);
  return value !== null && Number.isFinite(value) ? value : null;
}

/** The rewriter without the edits that the leaf cannot hold, which it is told of the next time. */
function fittingRewriter(rewriter: Rewriter, fits: (text: string) => boolean): Rewriter {
  const misfits: RejectedEdit[] = [];
  return {
    name: rewriter.name,
    async rewrite(request) {
      const result = await rewriter.rewrite({ ...request, rejected: [...request.rejected, ...misfits] });
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

/** Token rewards of a leaf's value as offsets in the JSON text, whose escapes are longer than what they stand for. */
function tokensInJson(json: string, leaf: JsonLeaf, tokens: readonly TokenReward[]): TokenReward[] {
  const offsets: number[] = [];
  const raw = json.slice(leaf.start, leaf.end);
  for (const match of raw.matchAll(/\\u[0-9a-fA-F]{4}|\\.|[\s\S]/g)) offsets.push(leaf.start + match.index);
  offsets.push(leaf.end);
  return tokens.flatMap((token) => {
    const [start, end] = [offsets[token.start], offsets[token.end]];
    return start === undefined || end === undefined
      ? []
      : [{ text: json.slice(start, end), start, end, reward: token.reward }];
  });
}
