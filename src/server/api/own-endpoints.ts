import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { errorMessage } from '../../base/errors.js';
import { packageRoot } from '../../base/package-root.js';
import { settingsFromHeaders } from '../call-options.js';
import type { Call, ServerContext } from '../context.js';
import { createLitellmGuardrail, insteadOf } from '../gateways/litellm.js';
import { portkeyWebhook } from '../gateways/portkey.js';
import { HttpError } from '../http-error.js';
import { checkKey } from '../limits/access-key.js';
import { plainBody, readBody } from '../limits/body.js';
import type { OwnEndpoints } from '../listener.js';
import { writeResponse } from '../proxy/write-response.js';
import * as schemas from './api-schemas.js';
import { openApiDocument } from './openapi.js';
import { openApiPage } from './openapi-page.js';
import { correctAnswer, scoreAnswer } from './score-and-correct.js';

interface Env {
  Bindings: HttpBindings & { call: Call };
}

const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };

/** What the server answers by itself. */
export function createOwnEndpoints(
  context: ServerContext,
  state: () => 'ready' | 'warming up' | 'shutting down',
): OwnEndpoints {
  const { options, gate, metrics } = context;
  const app = new Hono<Env>();

  /** An endpoint that takes JSON, within the limits, and works on it in a place of its own. */
  const post = <Asked>(
    path: string,
    schema: z.ZodType<Asked>,
    work: (asked: Asked, context: Context<Env>) => Promise<object>,
    /** What is answered in place of an error; it may throw that. */
    orElse: (error: unknown, call: Call, asked?: Asked) => object = (error) => {
      throw error;
    },
  ) => {
    const answer = async (c: Context<Env>): Promise<object> => {
      const { incoming, call } = c.env;
      let asked: Asked | undefined;
      try {
        const body = await readBody(incoming, options, call.holding);
        const encoding = incoming.headers['content-encoding'];
        const bytes = await plainBody(body, encoding, options.maxBodyBytes, call.holding);
        if (bytes === undefined) throw new HttpError(400, 'the body is in an encoding that is not known here');
        asked = parse(schema, bytes.toString('utf8'));
        const leave = await gate.enter(call.signal, call.caller);
        try {
          return await work(asked, c);
        } finally {
          leave();
        }
      } catch (error) {
        return orElse(error, call, asked);
      }
    };
    app.post(path, async (c) => {
      checkKey(c.env.incoming.headers, options.key, true);
      return c.json(await answer(c));
    });
  };

  app.get('/', (c) => c.redirect('docs'));
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => (state() === 'ready' ? c.text('ok\n') : c.text(`${state()}\n`, 503)));
  app.get('/openapi.json', (c) => c.json(openApiDocument(version)));
  app.get('/docs', (c) => {
    c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    return c.html(openApiPage(version));
  });
  app.get('/metrics', async (c) => {
    checkKey(c.env.incoming.headers, options.key, true);
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType });
  });
  post('/v1/score', schemas.scoreRequest, (asked, c) => scoreAnswer(context, c.env.call, asked));
  post('/v1/correct', schemas.correctRequest, (asked, c) => correctAnswer(context, c.env.call, asked));
  const litellm = createLitellmGuardrail(context);
  post(
    '/beta/litellm_basic_guardrail_api',
    schemas.litellmRequest,
    (asked, c) => litellm(asked, c.env.call),
    (error, call, asked) => insteadOf(context, call, error, asked),
  );
  app.get('/v1/reports/:id', (c) => {
    const { incoming, call } = c.env;
    checkKey(incoming.headers, options.key, true);
    const report = context.reports.get(c.req.param('id'), call.caller);
    if (report === undefined) throw new HttpError(404, 'there is no such report of yours, or no longer');
    return c.json(report);
  });
  post('/portkey/webhook', schemas.portkeyRequest, (asked, c) =>
    portkeyWebhook(context, c.env.call, asked, settingsFromHeaders(c.env.incoming.headers, options.allowOverrides)),
  );
  app.notFound(() => {
    throw new HttpError(405, 'this endpoint does not take that method: see /docs');
  });
  app.onError((error) => {
    throw error;
  });

  const paths = new Set(app.routes.map(({ path }) => path));
  return (pathname) => {
    const route = /^\/v1\/reports\/[^/]+$/.test(pathname) ? '/v1/reports/:id' : pathname;
    return paths.has(route) ? { route, handle: answer } : undefined;
  };

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse, call: Call): Promise<void> {
    const request = new Request(new URL(incoming.url ?? '/', 'http://localhost'), { method: incoming.method ?? 'GET' });
    const response = await app.fetch(request, { incoming, outgoing, call });
    await writeResponse(response, outgoing, call);
  }
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError(400, 'the body is no JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new HttpError(400, errorMessage(z.prettifyError(parsed.error)));
  return parsed.data;
}
