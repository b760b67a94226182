import { createAdaptorServer } from '@hono/node-server';
import { listen } from '../../src/base/listen.js';
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
  const url = await listen(server, host, port);
  return {
    url: `${url}/${token === undefined ? '' : `?token=${token}`}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
