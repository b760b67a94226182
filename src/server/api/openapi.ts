import { z } from 'zod';
import { correctedCalls } from '../../wire/protocols.js';
import * as schemas from './api-schemas.js';

interface Endpoint {
  method: 'get' | 'post';
  path: string;
  summary: string;
  description?: string;
  request?: z.ZodType;
  reply?: z.ZodType;
  /** For endpoints that need no key. */
  open?: boolean;
  contentType?: string;
}

const passed = {
  description: 'Passed on to the upstream, streams too. The answer is corrected where the call holds pictures.',
  request: z.looseObject({}).describe("The provider's own."),
  reply: z.looseObject({}).describe("The provider's own; corrected, it has the report under `vlm_detective`."),
};

export const endpoints: readonly Endpoint[] = [
  ...correctedCalls.map(({ path, title }) => ({
    method: 'post' as const,
    path,
    summary: `${title}, corrected`,
    ...passed,
  })),
  {
    method: 'post',
    path: '/v1/score',
    summary: 'The reward of every token of an answer',
    request: schemas.scoreRequest,
    reply: schemas.scoreReply,
  },
  {
    method: 'post',
    path: '/v1/correct',
    summary: 'An answer, corrected',
    request: schemas.correctRequest,
    reply: schemas.correctReply,
  },
  {
    method: 'post',
    path: '/beta/litellm_basic_guardrail_api',
    summary: "LiteLLM's Generic Guardrail API",
    description:
      'Register it for pre_call and post_call: the pictures come with the first, the answer with the second.',
    request: schemas.litellmRequest,
    reply: schemas.litellmReply,
  },
  {
    method: 'post',
    path: '/portkey/webhook',
    summary: "Portkey's webhook guardrail",
    description: 'For `output_guardrails`, as `default.webhook`.',
    request: schemas.portkeyRequest,
    reply: schemas.portkeyReply,
  },
  {
    method: 'get',
    path: '/v1/reports/{id}',
    summary: 'The report of a corrected call',
    description:
      'By the id in the header x-vlm-detective-report. Only with the keys that the call came with; the latest 10,000 at most.',
    reply: schemas.reportReply,
  },
  { method: 'get', path: '/healthz', summary: 'Whether the process is alive', open: true, contentType: 'text/plain' },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Whether new calls are welcome: 503 until the scorer is warm, and while shutting down',
    open: true,
    contentType: 'text/plain',
  },
  { method: 'get', path: '/metrics', summary: 'Prometheus metrics', contentType: 'text/plain' },
];

/** Refused with 403 where the server's --allow-overrides does not name them. */
const settings = {
  'x-detective-mode': '`correct` or `off`: pass this call through as it is.',
  'x-detective-threshold': 'Flag rewards at or below this, 0 to 1.',
  'x-detective-max-rounds': 'Rounds of rewriting at most, 0 to 10.',
  'x-detective-min-judged':
    'The share of content words, 0 to 1, that must have been judged for an answer to be called clean.',
  'x-detective-on-unresolved': '`keep`, `delete`, `hedge` or `throw`: what to do with words that stay flagged.',
  'x-detective-fail-closed': '`true`: an error in place of the original answer where a part fails.',
  'x-detective-stream': '`sentence`, `final` or `off`.',
  'x-detective-time-ms': 'Time for the correction; then the best so far goes out.',
};

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};

const body = (schema: object, contentType = 'application/json') => ({ content: { [contentType]: { schema } } });

const settingHeaders = Object.entries(settings).map(([name, description]) => ({
  name,
  in: 'header',
  description: `${description} 403 where the server does not let calls set it (--allow-overrides).`,
  schema: { type: 'string' },
}));

/** What stands in braces in a path. */
const inPath = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

/** The server's API by OpenAPI 3.1. */
export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const { method, path, summary, description, request, reply, open, contentType } = endpoint;
    const parameters = [...inPath(path), ...(request === passed.request ? settingHeaders : [])];
    paths[path] = {
      ...paths[path],
      [method]: {
        summary,
        ...(description === undefined ? {} : { description }),
        ...(open ? { security: [] } : {}),
        ...(parameters.length > 0 ? { parameters } : {}),
        ...(request ? { requestBody: { required: true, ...body(jsonSchema(request, 'input')) } } : {}),
        responses: {
          200: {
            description: 'Done',
            ...(reply ? body(jsonSchema(reply, 'output')) : body({ type: 'string' }, contentType)),
          },
          ...(open
            ? {}
            : { default: { description: 'Refused or failed', ...body({ $ref: '#/components/schemas/Error' }) } }),
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'vlm-detective',
      version,
      description:
        'Corrects what a vision-language model made up about a picture. Everything else under /v1/ (and Gemini’s /v1beta/) is passed to the upstream.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ key: [] }, { bearer: [] }],
    paths,
    components: {
      schemas: { Error: jsonSchema(schemas.errorReply, 'output') },
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-detective-key' },
        bearer: { type: 'http', scheme: 'bearer', description: 'On the endpoints of the server itself.' },
      },
    },
  };
}
