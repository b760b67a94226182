import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { correct } from '../../agent/correct.js';
import { withinCorrection } from '../../http/reentrancy.js';
import { compactReport } from '../../http/report.js';
import { defaultRewriter } from '../../rewriters/create-rewriter.js';
import { operatingPoint } from '../../scorer/operating-point.js';
import { spanJson } from '../../text/flagged-span.js';
import { flagSpans } from '../../text/spans.js';
import { checkOverrides, withSettings } from '../call-options.js';
import type { Call, ServerContext } from '../context.js';
import { timedRewriter } from '../metrics.js';
import { ownImages } from '../pictures/own-images.js';
import { responseOptions } from '../proxy/proxy.js';
import type { correctReply, correctRequest, scoreReply, scoreRequest } from './api-schemas.js';

const imagesOf = ({ image, images = [] }: { image?: string | undefined; images?: string[] | undefined }) =>
  image === undefined ? images : [image, ...images];

const promptOf = (prompt: string | undefined) => (prompt === undefined ? {} : { prompt });

/** `POST /v1/score`. */
export async function scoreAnswer(
  context: ServerContext,
  call: Call,
  asked: z.infer<typeof scoreRequest>,
): Promise<z.infer<typeof scoreReply>> {
  const { scorer } = context;
  const own = operatingPoint(scorer, context.options);
  const threshold =
    context.options.maxHarm === undefined ? (asked.threshold ?? own) : Math.min(asked.threshold ?? own, own);
  const images = await ownImages(context, call, imagesOf(asked));
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(context.options.correctionMs)]);
  const scored = await scorer.score({ images, response: asked.response, signal, ...promptOf(asked.prompt) });
  return {
    id: call.id,
    response: scored.response,
    tokens: scored.tokens.map(({ text, start, end, reward }) => ({ text, start, end, reward })),
    spans: flagSpans(scored.response, scored.tokens, threshold).map(spanJson),
    threshold,
    scorer: scored.scorer,
    abstained: scored.abstained ?? null,
  };
}

/** `POST /v1/correct`. There is no call to an upstream here, so with `same` the default rewriter does it. */
export async function correctAnswer(
  context: ServerContext,
  call: Call,
  asked: z.infer<typeof correctRequest>,
): Promise<z.infer<typeof correctReply>> {
  const { image: _image, images: _images, prompt: _prompt, response: _response, ...settings } = asked;
  checkOverrides(settings, context.options.allowOverrides);
  const images = await ownImages(context, call, imagesOf(asked));
  const rewriter = context.rewriter === 'same' ? timedRewriter(defaultRewriter(), context.metrics) : context.rewriter;
  const {
    onReport: _,
    stallMs: __,
    stream: ___,
    ...options
  } = withSettings(responseOptions(context, call, {}), settings);
  const request = { images, response: asked.response, signal: call.signal, ...promptOf(asked.prompt) };
  const { original, response, status, report } = await withinCorrection(() =>
    correct(request, { ...options, rewriter }),
  );
  const id = randomUUID();
  const result = { original, response, status, report };
  const answers = [compactReport(id, { choice: 0 }, result)];
  context.report({ id, protocol: 'correct', answers }, call);
  return {
    id,
    original,
    response,
    status,
    ...(report.reason === undefined ? {} : { reason: report.reason }),
    rounds: report.rounds.length,
    edits: answers[0]!.edits,
    spans: answers[0]!.unresolved,
    scorer: report.scorer,
    rewriter: report.rewriter,
  };
}
