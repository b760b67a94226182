import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BackEndOptions, correctingBackEnd, nodeHeaders, parsedBodyText } from './back-end.js';
import { interceptResponse } from './intercept-response.js';

export type { CompactReport, ResponseReport } from '../http/report.js';
export type { BackEndOptions } from './back-end.js';
export { correctionReports } from './reports.js';

/** What of an Express (or Connect) request is used. */
export interface ExpressRequest extends IncomingMessage {
  originalUrl?: string;
  /** As `express.json()` leaves it. */
  body?: unknown;
}

/**
 * An Express middleware that corrects what the handlers behind it answer about the pictures of a request, where they
 * answer as OpenAI chat completions, OpenAI responses or Anthropic messages; JSON and streams. Everything else passes
 * through, and so does the answer to a request whose body nobody parsed: `express.json()` has to run before the answer.
 *
 * @example
 * app.use(express.json({ limit: '20mb' }), selfCorrection({ scorer: await createScorer('auto') }));
 */
export function selfCorrection(
  options: BackEndOptions,
): (request: ExpressRequest, response: ServerResponse, next: () => void) => void {
  const backEnd = correctingBackEnd(options);
  return function selfCorrectionMiddleware(request, response, next) {
    const { method = 'GET' } = request;
    const url = request.originalUrl ?? request.url ?? '/';
    if (backEnd.corrects(method, url)) {
      interceptResponse(
        response,
        ({ statusCode }) => request.body != null && backEnd.correctsAnswer(statusCode),
        (original, signal) => {
          const body = parsedBodyText(request.body) ?? '';
          return backEnd.correct({ url, method, headers: nodeHeaders(request.headers), body, signal }, original);
        },
      );
    }
    next();
  };
}
