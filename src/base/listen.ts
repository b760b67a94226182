import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { DetectiveError, errorMessage } from './errors.js';

/**
 * Has a server listen.
 *
 * @param port 0 takes any free one.
 * @returns the base URL, without a slash at its end
 * @throws DetectiveError `bad-argument` where it cannot listen there
 */
export async function listen(server: Pick<Server, 'listen' | 'address'>, host: string, port: number): Promise<string> {
  try {
    server.listen(port, host);
    await once(server as Server, 'listening');
  } catch (cause) {
    throw new DetectiveError(
      'bad-argument',
      `cannot listen on ${host}:${port} (${errorMessage(cause)}): give --port another number, or 0 for any free one`,
      { cause },
    );
  }
  const address = server.address() as AddressInfo;
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
