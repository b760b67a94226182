import type { z } from 'zod';
import { reportField } from '../agent/http/compact-report.js';
import { correctResponse } from '../agent/http/correct-response.js';
import { isObject } from '../agent/http/json-path.js';
import { defaultRewriter } from '../rewriters/create-rewriter.js';
import type { portkeyReply, portkeyRequest } from './api-schemas.js';
import { type HeaderSettings, withSettings } from './call-options.js';
import type { Call, ServerContext } from './context.js';
import { inlinePictures } from './pictures.js';
import { responseOptions } from './proxy.js';

/** How Portkey calls the three APIs. */
const routes: Readonly<Record<string, string>> = {
  chatComplete: '/v1/chat/completions',
  createModelResponse: '/v1/responses',
  messages: '/v1/messages',
};

/**
 * Portkey's webhook guardrail: the call and the answer in, the corrected answer out. Where nothing is to be changed, a
 * verdict alone. `false` only where the answer is to be withheld.
 */
export async function portkeyWebhook(
  context: ServerContext,
  call: Call,
  asked: z.infer<typeof portkeyRequest>,
  settings: HeaderSettings,
): Promise<z.infer<typeof portkeyReply>> {
  const { options, log } = context;
  const { request, response, eventType, requestType } = asked;
  const route = routes[requestType ?? 'chatComplete'];
  if (eventType !== 'afterRequestHook' || route === undefined || settings.mode === 'off') return { verdict: true };
  if (!isObject(request.json) || !isObject(response?.json)) return { verdict: true };
  const body = options.imageUrls
    ? await inlinePictures(request.json, { ...options.imageUrls, signal: call.signal }, { ...options, log })
    : request.json;
  const answer = new Response(JSON.stringify(response.json), {
    status: 200,
    headers: { 'content-type': 'application/json' },
  });
  const corrected = await correctResponse(
    {
      url: route,
      method: 'POST',
      headers: {},
      // the answer is whole by now
      body: JSON.stringify({ ...body, stream: false }),
      signal: call.signal,
    },
    answer,
    {
      ...withSettings(responseOptions(context, call, settings), settings),
      rewriter: context.rewriter === 'same' ? defaultRewriter() : context.rewriter,
    },
  );
  if (!corrected.ok) return { verdict: false, data: await corrected.json() };
  const reports = call.report?.answers;
  if (corrected === answer || !reports?.some(({ edits }) => edits.length > 0)) {
    return { verdict: true, ...(reports ? { data: { [reportField]: reports } } : {}) };
  }
  return {
    verdict: true,
    data: { [reportField]: reports },
    transformedData: { response: { json: await corrected.json() } },
  };
}
