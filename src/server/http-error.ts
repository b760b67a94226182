import { defaultProtocol, type ProtocolName, protocolNamed } from '../wire/protocols.js';

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

/** An error body that the SDKs of the protocol read. */
export function errorBody(status: number, message: string, name?: ProtocolName): object {
  const protocol = name === undefined ? defaultProtocol : protocolNamed(name);
  return protocol.errorBody(status, `vlm-detective: ${message}`);
}
