import * as z from 'zod';
import type { StreamMode } from '../../agent/text-stream.js';
import { DetectiveError } from '../../base/errors.js';
import type { AnswerOptions } from '../../http/correct-answers.js';
import type { ResponseReport } from '../../http/report.js';
import { reportField } from '../../http/report.js';
import type { Price } from '../../models/price.js';
import type { CallReading } from '../../wire/protocol.js';
import type { WrapOptions } from '../wrap-options.js';
import type { CallParams, LanguageModel } from './contract.js';
import { readCall } from './read-call.js';

/**
 * How the middleware corrects. `correct`, `threshold`, `maxRounds`, `onUnresolved` and `stream` can also be set for one
 * call: `providerOptions: { vlm_detective: { threshold: 0.3 } }`; `correct: false` passes it through.
 */
export interface SelfCorrectionOptions extends Omit<WrapOptions, 'stallMs'> {
  /**
   * Has the SDK download the pictures that are given by URL and send their bytes: the model and the scorer then see the
   * same picture. Default false: an answer about a picture behind a URL that the model takes passes through, with
   * status `skipped`.
   */
  inlineImages?: boolean;
}

const perCall = z.strictObject({
  correct: z.boolean().optional(),
  threshold: z.number().min(0).max(1).optional(),
  maxRounds: z.int().min(0).optional(),
  onUnresolved: z.enum(['keep', 'delete', 'hedge', 'throw']).optional(),
  stream: z.enum(['sentence', 'final', 'off']).optional(),
});

/** What one call is corrected with. */
export interface CallSettings {
  params: CallParams;
  model: LanguageModel;
  options: AnswerOptions;
  mode: StreamMode;
  headers: Headers;
  /** What the call asks: read once, when it is first wanted. */
  reading(): CallReading;
  announce(report: Pick<ResponseReport, 'id' | 'answers' | 'details'>): void;
}

/**
 * The settings of one call; null where it is not to be corrected.
 *
 * @throws DetectiveError `bad-argument` for per-call options that are none.
 */
export function callSettings(
  params: CallParams,
  model: LanguageModel,
  { inlineImages: _, price, stream, onReport, rewriter, ...options }: SelfCorrectionOptions,
  streamed: boolean,
): CallSettings | null {
  const own = perCall.safeParse(params.providerOptions?.[reportField] ?? {});
  if (!own.success) {
    throw new DetectiveError('bad-argument', `providerOptions.${reportField}: ${z.prettifyError(own.error)}`);
  }
  const { correct, stream: mode, ...changed } = own.data;
  if (correct === false) return null;
  const headers = headersOf(params);
  let reading: CallReading | undefined;
  return {
    params,
    model,
    mode: mode ?? stream ?? 'sentence',
    headers,
    options: { ...options, ...given(changed), rewriter: rewriter ?? (() => sameModel(model, params, price)) },
    reading() {
      reading ??= readCall(params, model.modelId, streamed);
      return reading;
    },
    announce(report) {
      try {
        onReport?.({ ...report, protocol: 'ai-sdk', model: model.modelId });
      } catch {
        // an observer's fault is not the caller's
      }
    },
  };
}

async function sameModel(model: LanguageModel, params: CallParams, price: Price | undefined) {
  const { modelRewriter } = await import('./model-rewriter.js');
  return modelRewriter(model, params, price);
}

/** Without what is undefined. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function headersOf({ headers }: CallParams): Headers {
  const entries = Object.entries(headers ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new Headers(entries);
}
