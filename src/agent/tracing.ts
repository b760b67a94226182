import { isDetectiveError } from '../base/errors.js';
import type { RewriteResult, Rewriter, Usage } from '../rewriters/rewriter.js';
import { responseScore } from '../scorer/response-score.js';
import type { TokenReward } from '../scorer/scorer.js';
import type { FlaggedSpan } from '../text/flagged-span.js';
import type { CorrectionResult, CorrectOptions } from './correction.js';

type Attributes = Record<string, string | number | boolean>;
type Api = typeof import('@opentelemetry/api');

/** What can be said of a piece of work while it runs. Names, numbers and codes only: never a text, a picture or a key. */
export interface TraceSpan {
  set(attributes: Attributes): void;
  event(name: string, attributes: Attributes): void;
}

const nobody: TraceSpan = { set() {}, event() {} };

/** Undefined before the first look; null where the package is not installed. */
let api: Api | null | undefined;

/**
 * Runs `work` inside an OpenTelemetry span where `@opentelemetry/api` is installed; else just runs it. A failure is told by
 * its code in `error.type`: messages may quote what must not leave the process.
 */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: TraceSpan) => Promise<T>,
  kind: 'internal' | 'client' = 'internal',
): Promise<T> {
  if (api === undefined) api = await import('@opentelemetry/api').catch(() => null);
  if (!api) return work(nobody);
  const { SpanKind, SpanStatusCode, trace } = api;
  const options = { attributes, kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL };
  return trace.getTracer('vlm-detective').startActiveSpan(name, options, async (span) => {
    const fail = (type: string) => {
      span.setAttribute('error.type', type);
      span.setStatus({ code: SpanStatusCode.ERROR });
    };
    try {
      return await work({
        set({ 'error.type': type, ...rest }) {
          span.setAttributes(rest);
          if (type !== undefined) fail(String(type));
        },
        event: (event, about) => span.addEvent(event, about),
      });
    } catch (error) {
      fail(errorType(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The code or the class of an error, as `error.type` wants it. */
function errorType(error: unknown): string {
  if (isDetectiveError(error)) return error.code;
  return error instanceof Error ? error.name : '_OTHER';
}

/*
 * The spans of a correction, by OpenTelemetry's semantic conventions for generative AI: `invoke_agent` around the whole,
 * `chat MODEL` for each call of a rewriting model, and our own names for what the conventions have none for.
 * https://github.com/open-telemetry/semantic-conventions-genai
 */

const agent = {
  'gen_ai.operation.name': 'invoke_agent',
  'gen_ai.provider.name': 'vlm_detective',
  'gen_ai.agent.name': 'vlm-detective',
};

/** The span of one corrected answer, with the reward before and after as events. */
export function traceCorrection(
  { scorer, rewriter }: Pick<CorrectOptions, 'scorer' | 'rewriter'>,
  work: () => Promise<CorrectionResult>,
): Promise<CorrectionResult> {
  const attributes = { ...agent, 'vlm_detective.scorer': scorer.name, 'vlm_detective.rewriter': rewriter.name };
  return inSpan('invoke_agent vlm-detective', attributes, async (span) => {
    const result = await work();
    const { original, response, status, report } = result;
    span.set({
      ...usageAttributes(report.usage),
      'vlm_detective.status': status,
      'vlm_detective.threshold': report.threshold,
      'vlm_detective.rounds': report.rounds.length,
      'vlm_detective.edits': report.edits.length,
      'vlm_detective.unresolved': report.unresolved.length,
      'vlm_detective.coverage': report.coverage,
      ...(status === 'failed' ? { 'error.type': errorType(report.error) } : {}),
    });
    traceReward(span, original, report.before, report.threshold, 'model');
    if (response !== original) traceReward(span, response, report.after, report.threshold, 'corrected');
    return result;
  });
}

/**
 * The reward of an answer as the conventions' event for scores. `score.value` is the soft response score, 0..1. An answer
 * that was not judged gets none.
 */
export function traceReward(
  span: TraceSpan,
  response: string,
  tokens: readonly TokenReward[],
  threshold: number,
  answer: 'model' | 'corrected' | 'round',
): void {
  const score = responseScore(response, tokens, threshold);
  if (score === null) return;
  const judged = tokens.filter(({ reward }) => reward !== null);
  const flagged = judged.filter(({ reward }) => reward !== null && reward <= threshold).length;
  span.event('gen_ai.evaluation.result', {
    'gen_ai.evaluation.name': 'image_support',
    'gen_ai.evaluation.score.value': score.soft,
    'gen_ai.evaluation.score.label': score.product === 1 ? 'supported' : 'flagged',
    'gen_ai.evaluation.explanation': `${flagged} of ${judged.length} tokens at or below ${threshold}`,
    'vlm_detective.answer': answer,
  });
}

/** Flagged spans told one by one in a trace; of a longer answer the first. */
const mostTraced = 32;

/** What was flagged and of which type it is, as events; words and reasons stay out of traces. */
export function traceFlagged(span: TraceSpan, flagged: readonly FlaggedSpan[]): void {
  for (const { start, end, reward, type } of flagged.slice(0, mostTraced))
    span.event('vlm_detective.flagged', {
      'vlm_detective.start': start,
      'vlm_detective.end': end,
      'vlm_detective.reward': reward,
      ...(type === undefined ? {} : { 'vlm_detective.type': type }),
    });
}

/** The span of one call of a rewriter: of a model behind an API, a client call; else work of our own. */
export function traceRewrite(rewriter: Rewriter, work: () => Promise<RewriteResult>): Promise<RewriteResult> {
  const call = modelCall(rewriter.name);
  const [name, kind] = call ? [`chat ${call['gen_ai.request.model']}`, 'client' as const] : ['vlm_detective.rewrite'];
  return inSpan(
    name,
    { ...call, 'vlm_detective.rewriter': rewriter.name },
    async (span) => {
      const result = await work();
      if (result?.usage) span.set(usageAttributes(result.usage));
      if (Array.isArray(result?.edits)) span.set({ 'vlm_detective.edits': result.edits.length });
      return result;
    },
    kind,
  );
}

/** What the name of an API rewriter, `openai:MODEL@http://host:port/v1`, tells of its calls. */
function modelCall(name: string) {
  const [, provider = '', model = '', baseURL] = /^([\w.-]+):([^@\s]+)(?:@(https?:\/\/\S+))?$/.exec(name) ?? [];
  if (model === '') return undefined;
  const url = baseURL !== undefined && URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  return {
    'gen_ai.operation.name': 'chat',
    // the AI SDK's names tell the API as well: openai.chat, anthropic.messages
    'gen_ai.provider.name': provider.replace(/^(openai|anthropic)\..*$/, '$1'),
    'gen_ai.request.model': model,
    ...(url ? { 'server.address': url.hostname } : {}),
    ...(url && url.port !== '' ? { 'server.port': Number(url.port) } : {}),
  };
}

function usageAttributes({ inputTokens, outputTokens, cost }: Usage) {
  return {
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.output_tokens': outputTokens,
    ...(cost === undefined ? {} : { 'vlm_detective.cost_usd': cost }),
  };
}
