import type { Context, MiddlewareHandler } from 'hono';
import { type BackEndOptions, correctingBackEnd } from './back-end.js';

export type { CompactReport, ResponseReport } from '../http/report.js';
export type { BackEndOptions } from './back-end.js';
export { correctionReports } from './reports.js';

/**
 * A Hono middleware that corrects what the handlers behind it answer about the pictures of a request, where they answer
 * as OpenAI chat completions, OpenAI responses or Anthropic messages; JSON and streams. Everything else passes through.
 *
 * @example
 * app.use('/v1/*', selfCorrection({ scorer: await createScorer('auto') }));
 */
export function selfCorrection(options: BackEndOptions): MiddlewareHandler {
  const backEnd = correctingBackEnd(options);
  return async function selfCorrectionMiddleware(context, next) {
    const { method, url } = context.req;
    if (!backEnd.corrects(method, url)) return next();
    const text = requestText(context);
    await next();
    const { headers, signal } = context.req.raw;
    if (!backEnd.correctsAnswer(context.res.status)) return;
    const body = await text;
    if (body === undefined) return;
    const corrected = await backEnd.correct({ url, method, headers, body, signal }, context.res);
    if (corrected === context.res) return;
    // else Hono would copy the old headers, the length of the old body among them, onto the new response
    context.res = undefined;
    context.res = corrected;
  };
}

/** The body as text, and still there for the handlers; undefined where it cannot be read. */
function requestText({ req }: Context): Promise<string | undefined> {
  const text = req.raw.bodyUsed ? req.text() : req.raw.clone().text();
  return text.catch(() => undefined);
}
