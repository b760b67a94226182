import type { TokenReward } from '../scorer/scorer.js';
import { type JsonLeaf, jsonLeaves, replaceJsonLeaf } from '../text/json-leaves.js';
import type { BudgetMeter } from './budget-meter.js';
import type { CorrectionRequest, CorrectionStatus, CorrectOptions } from './correction.js';
import { addUsage, type Ending, type Progress, runRounds, startProgress } from './run-rounds.js';

type Settled = CorrectOptions & { threshold: number; maxRounds: number };

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
  progress: Progress,
): Promise<Ending> {
  const endings: Ending[] = [];
  const count = jsonLeaves(progress.text)!.length;
  const before: TokenReward[] = [];
  const original = jsonLeaves(progress.text)!;
  for (let index = 0; index < count; index++) {
    const leaf = jsonLeaves(progress.text)![index]!;
    const value = String(leaf.value);
    if (value.trim() === '') continue;
    const part = startProgress(value);
    const prompt = [request.prompt, `Field: ${pathName(leaf)}`].filter(Boolean).join('\n');
    const ending = await runRounds({ ...request, prompt, response: value }, options, meter, signal, part);
    addUsage(progress.usage, part.usage);
    if (part.evidence) progress.evidence = part.evidence;
    progress.rounds.push(...part.rounds);
    before.push(...tokensInJson(request.response, original[index]!, part.before));
    const kept = part.text === value ? null : replacement(leaf, part.text);
    const changed = kept === null ? null : replaceJsonLeaf(progress.text, leaf, kept);
    const accepted = changed !== null && (options.validate?.(JSON.parse(changed)) ?? true);
    const takenBack = part.text !== value && !accepted;
    endings.push(
      takenBack
        ? { status: 'no-progress', reason: `the new value of ${pathName(leaf)} does not fit its type or schema` }
        : ending,
    );
    if (accepted) {
      progress.steps.push([
        {
          start: leaf.start,
          end: leaf.end,
          from: progress.text.slice(leaf.start, leaf.end),
          to: changed.slice(leaf.start, changed.length - (progress.text.length - leaf.end)),
        },
      ]);
      progress.text = changed;
    }
    const now = jsonLeaves(progress.text)![index]!;
    progress.tokens = progress.tokens
      .filter((token) => token.end <= now.start)
      .concat(tokensInJson(progress.text, now, accepted ? part.tokens : part.before));
    if (ending.status === 'budget' || ending.status === 'aborted') break;
  }
  progress.before = before;
  if (endings.length === 0) return { status: 'skipped', reason: 'the JSON answer has no text or number to judge' };
  return endings.sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))[0]!;
}

export function pathName({ path }: JsonLeaf): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
}

/** The corrected text as a value of the leaf's type, or null where it is none. */
function replacement(leaf: JsonLeaf, text: string): string | number | null {
  if (typeof leaf.value === 'string') return text;
  const words = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(words) ? words : null;
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
