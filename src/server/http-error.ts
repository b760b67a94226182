import type { Protocol } from '../wire/protocol.js';

/** A request that is answered with an error of the server's own. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'HttpError';
  }
}

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

/** An error body that the SDKs of the protocol read; OpenAI's where there is none. */
export function errorBody(status: number, message: string, protocol?: Protocol['name']): object {
  const type = types[status] ?? 'api_error';
  return protocol === 'anthropic-messages'
    ? { type: 'error', error: { type, message: `vlm-detective: ${message}` } }
    : { error: { message: `vlm-detective: ${message}`, type, param: null, code: `vlm_detective_${type}` } };
}
