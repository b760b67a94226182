import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import { abortable } from '../base/abort.js';
import { DetectiveError, errorMessage } from '../base/errors.js';
import { harmBound, operatingPoint } from '../scorer/operating-point.js';
import { type Judged, judgedWords } from '../text/content-words.js';
import { composeEdits } from '../text/edits.js';
import { jsonIslands } from '../text/json-leaves.js';
import { flagSpans } from '../text/spans.js';
import { splitWords } from '../text/words.js';
import { type BudgetMeter, startMeter } from './budget-meter.js';
import { behind } from './context.js';
import type { AppliedEdit, CorrectionRequest, CorrectionResult, CorrectOptions } from './correction.js';
import { Draft } from './draft.js';
import { runJsonAnswer } from './json-answer.js';
import { type Ending, emitter, runRounds, type Settled } from './run-rounds.js';
import { BudgetExceeded } from './safe-scorer.js';
import { traceCorrection } from './tracing.js';
import { settleUnresolved } from './unresolved.js';

/** `correct`, with all that it takes. */
export async function correctOne(request: CorrectionRequest, options: CorrectOptions): Promise<CorrectionResult> {
  const meter = startMeter(options.budget);
  try {
    return await traceCorrection(options, () => correctWithin(request, options, meter));
  } finally {
    meter.stop();
  }
}

/** `correctAll`, with all that it takes. */
export async function correctEach(
  requests: readonly CorrectionRequest[],
  options: CorrectOptions,
): Promise<CorrectionResult[]> {
  const meter = startMeter(options.budget);
  try {
    const limit = pLimit(4);
    return await Promise.all(
      requests.map((request) => limit(() => traceCorrection(options, () => correctWithin(request, options, meter)))),
    );
  } finally {
    meter.stop();
  }
}

/** @throws DetectiveError `bad-argument` for a threshold or `minJudged` that is not from 0 to 1, or `maxRounds` that is no whole number. */
export function checkOptions({
  threshold = 0.5,
  maxRounds = 3,
  minJudged = 0,
}: Pick<CorrectOptions, 'threshold' | 'maxRounds' | 'minJudged'>): void {
  if (!(minJudged >= 0 && minJudged <= 1)) {
    throw new DetectiveError('bad-argument', `minJudged must be from 0 to 1, not ${minJudged}`);
  }
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new DetectiveError('bad-argument', `the threshold must be from 0 to 1, not ${threshold}`);
  }
  if (!(Number.isInteger(maxRounds) && maxRounds >= 0)) {
    throw new DetectiveError('bad-argument', `maxRounds must be a whole number of 0 or more, not ${maxRounds}`);
  }
}

async function correctWithin(
  request: CorrectionRequest,
  options: CorrectOptions,
  meter: BudgetMeter,
): Promise<CorrectionResult> {
  checkOptions(options);
  const threshold = operatingPoint(options.scorer, options);
  const maxRounds = options.maxRounds ?? 3;
  const started = performance.now();
  const settled: Settled = behind(request.preceding, request.response, { ...options, threshold, maxRounds });
  const mayVanish = (request.preceding ?? '').trim() !== '';
  const draft = new Draft(request.response, mayVanish);
  const signals = [request.signal, meter.signal].filter((signal) => signal !== undefined);
  const signal = signals.length > 0 ? AbortSignal.any(signals) : undefined;
  // every scorer run of the correction listens to it
  if (signal) setMaxListeners(0, signal);
  let ending: Ending;
  let error: Error | undefined;
  try {
    const skip = skipReason(request);
    const run = jsonIslands(request.response).length > 0 ? runJsonAnswer : runRounds;
    ending = skip
      ? { status: 'skipped', reason: skip }
      : await abortable(() => run(request, settled, meter, signal, draft), signal);
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
    if (request.signal?.aborted) ending = { status: 'aborted', reason: 'the caller aborted' };
    else if (meter.signal?.aborted || cause instanceof BudgetExceeded)
      ending = { status: 'budget', reason: meter.exceeded() ?? 'the time budget is used up' };
    else {
      ending = { status: 'failed', reason: errorMessage(cause) };
      error = cause;
    }
    if (options.failClosed && ending.status !== 'budget') throw failure(ending, cause);
    if (error) draft.giveUp();
  }
  await applyUnresolved(draft, request, settled, ending, signal);
  const judged = judgedWords(draft.text, draft.tokens);
  if (ending.status === 'clean') ending = enoughJudged(judged, options.minJudged, draft);
  const unresolved = flagSpans(draft.text, draft.tokens, threshold);
  const edits = composeEdits(request.response, draft.steps);
  emitter(options)({ type: 'done', status: ending.status, response: draft.text });
  return {
    original: request.response,
    response: draft.text,
    status: ending.status,
    report: {
      id: randomUUID(),
      ...ending,
      threshold,
      scorer: draft.judge ?? options.scorer.name,
      rewriter: options.rewriter.name,
      rounds: draft.rounds,
      edits,
      unresolved,
      before: draft.before,
      after: draft.tokens,
      coverage: coverageOf(request.response, edits),
      judged,
      ...(draft.limits.size > 0 ? { limits: [...draft.limits] } : {}),
      ...(draft.evidence ? { evidence: draft.evidence } : {}),
      usage: draft.usage,
      ...(draft.asked.calls > 0 ? { asked: draft.asked } : {}),
      ...(draft.method === undefined ? {} : { method: draft.method }),
      ...harmBound(options.scorer, options),
      durationMs: performance.now() - started,
      ...(error ? { error } : {}),
    },
  };
}

/** Nothing is called clean of which too little was judged. */
function enoughJudged({ words, of }: Judged, minJudged: number | undefined, draft: Draft): Ending {
  if (draft.text.trim() === '' || (words > 0 && words >= (minJudged ?? 0) * of)) return { status: 'clean' };
  const reason =
    words === 0
      ? 'the scorer judged none of the content words'
      : `only ${words} of ${of} content words were judged (minJudged is ${minJudged})`;
  return { status: draft.steps.length > 0 ? 'no-progress' : 'skipped', reason };
}

function skipReason({ images, response }: CorrectionRequest): string | null {
  if (response.trim() === '') return 'the answer is empty';
  if (images.length === 0) return 'there is no image';
  return isRefusal(response) ? 'the answer is a refusal' : null;
}

const refusals = [
  /^(i['’]?m |i am )?(so |very |really )?sorry,? (but |i |that )/i,
  /^(unfortunately,? |sorry,? )?i (can['’]?t|cannot|can not|am unable to|am not able to|won['’]?t|will not|['’]?m unable to|['’]?m not able to) (help|assist|provide|answer|describe|identify|view|see|process|comply|do|discuss|analy[sz]e|access|fulfil)/i,
  /^as an? (ai|language model|ai language model|ai assistant)/i,
  /^(lo siento|je suis désolé|désolé|es tut mir leid|tut mir leid|mi dispiace|desculpe|申し訳|抱歉|对不起|죄송)/i,
];

/** Whether an answer is a refusal: it begins like one and is short. An answer that only mentions being sorry is none. */
export function isRefusal(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length < 600 && refusals.some((opening) => opening.test(trimmed));
}

function failure({ status, reason }: Ending, cause: Error): DetectiveError {
  if (status === 'aborted') return new DetectiveError('aborted', reason ?? 'aborted', { cause });
  return cause instanceof DetectiveError
    ? cause
    : new DetectiveError('scorer-failed', reason ?? errorMessage(cause), { cause });
}

/** Deletes, hedges or throws for what is still flagged when the loop ended by itself. JSON answers keep their values. */
async function applyUnresolved(
  draft: Draft,
  request: CorrectionRequest,
  options: CorrectOptions & { threshold: number },
  { status }: Ending,
  signal: AbortSignal | undefined,
): Promise<void> {
  const choice = options.onUnresolved ?? 'keep';
  if (choice === 'keep' || status === 'failed' || status === 'skipped' || status === 'aborted') return;
  const spans = flagSpans(draft.text, draft.tokens, options.threshold);
  if (spans.length === 0) return;
  if (choice === 'throw') {
    throw new DetectiveError(
      'unresolved',
      `${spans.length} spans are still flagged: ${spans.map((span) => `"${span.text}"`).join(', ')}`,
    );
  }
  if (jsonIslands(draft.text).length === 0) await settleUnresolved(choice, draft, request, options, signal);
}

function coverageOf(original: string, edits: readonly AppliedEdit[]): number {
  const words = splitWords(original);
  if (words.length === 0) return 1;
  const lost = edits
    .filter((edit) => edit.to.trim() === '')
    .reduce((sum, edit) => sum + words.filter((word) => word.start >= edit.start && word.end <= edit.end).length, 0);
  return 1 - lost / words.length;
}
