import type { IncomingHttpHeaders } from 'node:http';
import { bodyText, correctResponse, type HttpCall, type ResponseOptions } from '../http/correct-response.js';
import { keyedProviders } from '../models/address.js';
import { createRewriter, defaultRewriter } from '../rewriters/create-rewriter.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import { type ProtocolName, protocolNamed, protocolOf, type WireProtocol } from '../wire/protocols.js';

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
  protocol?: ProtocolName;
}

/** The engine behind the adapters of the web frameworks. */
export interface BackEnd {
  /** Whether the answer to such a request may be one to correct. */
  corrects(method: string, url: string): boolean;
  /** Whether an answer with such a status may be one to correct; where not, it need not be looked into. */
  correctsAnswer(status: number): boolean;
  /** Never throws; see `correctResponse`. */
  correct(call: HttpCall, response: Response): Promise<Response>;
}

export function correctingBackEnd({ protocol: name, rewriter, ...options }: BackEndOptions): BackEnd {
  const named = name === undefined ? undefined : protocolNamed(name);
  const protocolFor = (method: string, url: string) =>
    named === undefined || method.toUpperCase() !== 'POST' ? protocolOf(method, url) : named;
  return {
    corrects: (method, url) => protocolFor(method, url) !== undefined,
    correctsAnswer: (status) => status >= 200 && status < 300 && status !== 204 && status !== 205,
    correct: (call, response) =>
      correctResponse({ ...call, ...(named ? { protocol: named.name } : {}) }, response, {
        ...options,
        rewriter: rewriter ?? (({ model }) => ownRewriter(protocolFor(call.method, call.url), model)),
      }),
  };
}

function ownRewriter(protocol: WireProtocol | undefined, model: string | undefined): Rewriter {
  const provider = protocol?.provider ?? 'openai';
  return model !== undefined && keyedProviders().includes(provider) && !model.includes('@')
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
