import type { IncomingHttpHeaders } from 'node:http';
import { bodyText } from '../http/body-text.js';
import { correctResponse, type HttpCall, type ResponseOptions } from '../http/correct-response.js';
import { createRewriter, defaultRewriter } from '../rewriters/create-rewriter.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import type { Protocol } from '../wire/protocol.js';
import { protocolNamed, protocolOf } from '../wire/protocols.js';

/** How the answers of a chat back end are corrected: the options of `correct()`, and these. */
export interface BackEndOptions extends Omit<ResponseOptions, 'rewriter'> {
  /**
   * Default: the model of the call on its provider, where that one's key is in the environment (OPENAI_API_KEY,
   * ANTHROPIC_API_KEY); else the provider whose key is there; else the local rewriter.
   */
  rewriter?: ResponseOptions['rewriter'];
  /**
   * The wire protocol that every POST to these routes speaks. Default: by the end of the path, as the providers have it:
   * `/chat/completions`, `/responses`, `/messages`.
   */
  protocol?: Protocol['name'];
}

/** The engine behind the adapters of the web frameworks. */
export interface BackEnd {
  /** Whether the answer to such a request may be one to correct. */
  corrects(method: string, url: string): boolean;
  /** Whether such an answer may be one to correct; where not, it need not be looked into. */
  correctsAnswer(status: number, contentType: string): boolean;
  /** Never throws; see `correctResponse`. */
  correct(call: HttpCall, response: Response): Promise<Response>;
}

const correctable = /^(?:application\/(?:[\w.-]+\+)?json|text\/event-stream)\b/i;

export function correctingBackEnd({ protocol, rewriter, ...options }: BackEndOptions): BackEnd {
  const path = protocol === undefined ? undefined : protocolNamed(protocol).path;
  const addressOf = (url: string) => path ?? url;
  return {
    corrects: (method, url) => protocolOf(method, addressOf(url)) !== undefined,
    correctsAnswer: (status, contentType) =>
      status >= 200 && status < 300 && status !== 204 && status !== 205 && correctable.test(contentType),
    correct: (call, response) =>
      correctResponse({ ...call, url: addressOf(call.url) }, response, {
        ...options,
        rewriter: rewriter ?? (({ model }) => ownRewriter(protocolOf(call.method, addressOf(call.url)), model)),
      }),
  };
}

function ownRewriter(protocol: Protocol | undefined, model: string | undefined): Rewriter {
  const provider = protocol?.name === 'anthropic-messages' ? 'anthropic' : 'openai';
  const key = provider === 'anthropic' ? process.env.ANTHROPIC_API_KEY : process.env.OPENAI_API_KEY;
  return model !== undefined && key && !model.includes('@')
    ? createRewriter(`${provider}:${model}`)
    : defaultRewriter();
}

/** The text of a request's body, as the parser of a framework left it; undefined where there is none. */
export function parsedBodyText(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  return bodyText(body) ?? JSON.stringify(body);
}

/** The headers of a Node request. */
export function nodeHeaders(headers: IncomingHttpHeaders): Headers {
  const found = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value]) found.append(name, one);
  }
  return found;
}
