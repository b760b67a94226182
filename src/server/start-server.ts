import { createServer } from 'node:http';
import { listen } from '../base/listen.js';
import { createOwnEndpoints } from './api/own-endpoints.js';
import { createContext } from './context.js';
import { createListener } from './listener.js';
import { errorCode } from './log.js';
import type { MetricsRegistry } from './metrics.js';
import type { ServerOptions } from './server-options.js';

export { jsonLog, type Log, type LogLevel } from './log.js';
export type { CallReport, ServerOptions } from './server-options.js';

export interface RunningServer {
  /** Without a slash at its end. */
  url: string;
  /** A registry of prom-client's: `Registry.merge([yours, server.metrics])`. */
  metrics: MetricsRegistry;
  /**
   * Takes no more connections, finishes what it began, and breaks off what is not done by then. The scorer stays open.
   *
   * @param withinMs Default 30,000.
   */
  close(withinMs?: number): Promise<void>;
}

/**
 * Starts the proxy: chat calls are passed on to the upstream and their answers corrected.
 *
 * @throws DetectiveError `bad-argument` for an unusable upstream or address; what opening the report file throws.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const context = await createContext(options);
  const { host, port, maxConnections, upstreamTimeoutMs } = context.options;
  let closing: Promise<void> | undefined;
  let warm = options.warm === undefined;
  const own = createOwnEndpoints(context, () => (closing ? 'shutting down' : warm ? 'ready' : 'warming up'));
  const listener = createListener(context, own, () => closing !== undefined);
  const server = createServer({ requestTimeout: upstreamTimeoutMs, keepAliveTimeout: 65_000, noDelay: true }, listener);
  server.maxConnections = maxConnections;
  const url = await listen(server, host, port).catch(async (error) => {
    await context.close();
    throw error;
  });
  void warmUp();

  async function warmUp(): Promise<void> {
    while (!warm && closing === undefined) {
      try {
        await options.warm?.();
        warm = true;
        context.log('info', 'ready');
      } catch (error) {
        context.log('warn', 'warm-up failed', { code: errorCode(error) });
        await new Promise((resolve) => setTimeout(resolve, 2000).unref());
      }
    }
  }

  async function shutDown(withinMs: number): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    // a connection is idle only once its answer is out
    const sweep = setInterval(() => server.closeIdleConnections(), 100);
    const late = setTimeout(() => {
      for (const gone of listener.inHand) gone.abort(new Error('the server stopped'));
      server.closeAllConnections();
    }, withinMs);
    await closed;
    clearInterval(sweep);
    clearTimeout(late);
    await context.close();
  }

  return {
    url,
    metrics: context.metrics.registry,
    close(withinMs = 30_000) {
      closing ??= shutDown(withinMs);
      return closing;
    },
  };
}
