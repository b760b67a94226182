import type { z } from 'zod';
import { correctBody } from '../../http/correct-response.js';
import { reportField } from '../../http/report.js';
import { defaultRewriter } from '../../rewriters/create-rewriter.js';
import { isObject } from '../../wire/json-path.js';
import { type ProtocolName, protocolNamed } from '../../wire/protocols.js';
import type { portkeyReply, portkeyRequest } from '../api/api-schemas.js';
import { type HeaderSettings, withSettings } from '../call-options.js';
import type { Call, ServerContext } from '../context.js';
import { checkPictures, inlinePictures } from '../pictures/pictures.js';
import { responseOptions } from '../proxy/proxy.js';

/** How Portkey calls the three APIs. */
const protocols: ReadonlyMap<string, ProtocolName> = new Map([
  ['chatComplete', 'openai-chat'],
  ['createModelResponse', 'openai-responses'],
  ['messages', 'anthropic-messages'],
]);

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
  const { request, response, eventType, requestType } = asked;
  const name = protocols.get(requestType ?? 'chatComplete');
  if (eventType !== 'afterRequestHook' || name === undefined || settings.mode === 'off') return { verdict: true };
  if (!isObject(request.json) || !isObject(response?.json)) return { verdict: true };
  const protocol = protocolNamed(name);
  const { images, unreadImages } = protocol.readRequest(request.json);
  await checkPictures(images, unreadImages.length, context.options);
  const reading = protocol.readRequest(await inlinePictures(context, call, request.json));
  const read = { protocol, reading, headers: new Headers(), signal: call.signal };
  const corrected = await correctBody(read, JSON.stringify(response.json), {
    ...withSettings(responseOptions(context, call, settings), settings),
    rewriter: context.rewriter === 'same' ? defaultRewriter() : context.rewriter,
  });
  if (corrected?.status !== undefined) return { verdict: false, data: JSON.parse(corrected.text) };
  const reports = call.report?.answers;
  if (corrected === undefined || !reports?.some(({ edits }) => edits.length > 0)) {
    return { verdict: true, ...(reports ? { data: { [reportField]: reports } } : {}) };
  }
  return {
    verdict: true,
    data: { [reportField]: reports },
    transformedData: { response: { json: JSON.parse(corrected.text) } },
  };
}
