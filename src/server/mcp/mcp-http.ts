import { createAdaptorServer } from '@hono/node-server';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  type McpServer,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import { DetectiveError } from '../../base/errors.js';
import { listen } from '../../base/listen.js';
import { HttpError } from '../http-error.js';
import { checkKey } from '../limits/access-key.js';
import { maxMessageBytes } from './whole-lines.js';

export interface McpHttpOptions {
  host: string;
  port: number;
  /** Callers send it as a bearer token or in `x-detective-key`. */
  key: string | undefined;
}

/** The endpoint as a function: only this machine's own host names and pages reach a server without a key. */
export function mcpEndpoint(build: () => McpServer, key: string | undefined): (request: Request) => Promise<Response> {
  const handler = createMcpHandler(build, { maxRequestBodySize: maxMessageBytes });
  return async (request) => {
    if (new URL(request.url).pathname !== '/mcp') return new Response('the endpoint is /mcp\n', { status: 404 });
    const origins = originValidationResponse(request, localhostAllowedHostnames());
    if (origins) return origins;
    if (key === undefined) {
      const hosts = hostHeaderValidationResponse(request, localhostAllowedHostnames());
      if (hosts) return hosts;
    }
    try {
      checkKey(Object.fromEntries(request.headers), key, true);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return Response.json(
        { error: error.message },
        { status: error.status, headers: { 'www-authenticate': 'Bearer' } },
      );
    }
    return handler.fetch(request);
  };
}

/**
 * Serves MCP over streamable HTTP at `/mcp`.
 *
 * @throws DetectiveError `bad-argument` where others could reach a server without a key, or it cannot listen there.
 */
export async function serveMcpHttp(
  build: () => McpServer,
  { host, port, key }: McpHttpOptions,
): Promise<{ url: string; close(): Promise<void> }> {
  if (key === undefined && !['127.0.0.1', 'localhost', '::1'].includes(host))
    throw new DetectiveError('bad-argument', `for others to reach ${host}, set VLM_DETECTIVE_KEY`);
  const server = createAdaptorServer({ fetch: mcpEndpoint(build, key) });
  const url = await listen(server, host, port);
  return {
    url: `${url}/mcp`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
