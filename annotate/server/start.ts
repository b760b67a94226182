import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { type AppOptions, createApp } from './app.js';

export interface RunningAnnotator {
  /** With the token, where one is asked for. */
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the web application of the annotation tool.
 *
 * @throws DetectiveError `bad-argument` where it cannot listen there.
 */
export async function startAnnotator(options: AppOptions & { host: string; port: number }): Promise<RunningAnnotator> {
  const { host, port, token } = options;
  const server = createAdaptorServer({ fetch: createApp(options).fetch });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw new DetectiveError(
      'bad-argument',
      `cannot listen on ${host}:${port} (${errorMessage(cause)}): give --port another number, or 0`,
      { cause },
    );
  }
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}/${token === undefined ? '' : `?token=${token}`}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
