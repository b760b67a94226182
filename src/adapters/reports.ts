import { LRUCache } from 'lru-cache';
import { type CompactReport, type KeepReports, reportField } from '../http/report.js';
import { getIn } from '../wire/json-path.js';
import { answerIdOf } from '../wire/protocols.js';

/**
 * The reports of the latest answers of wrapped clients by the provider's id of the answer: a stream that was not changed
 * is sent on byte for byte, so that its report cannot stand in it, and the SDKs' accumulators drop fields that they do not
 * know. Of what they hand out, the id alone is left of what went through here; servers and middleware keep nothing.
 */
const latest = new LRUCache<string, CompactReport[]>({ max: 500 });

/** Keeps the reports of an answer for {@link correctionReports}. */
export const keepReports: KeepReports = (answerId, reports) => void latest.set(answerId, reports);

/**
 * The correction reports of what a wrapped client handed back: a chat completion, a response, a message, parsed or not,
 * or what a stream helper put together (`finalChatCompletion()`, `finalResponse()`, `finalMessage()`) after its stream
 * was read to the end: the latest 500 are kept; or of the AI SDK, a result or its `providerMetadata`. One for each text of
 * the answer, in order. Empty where the call was not corrected (another API, a client that is not wrapped).
 */
export function correctionReports(result: unknown): CompactReport[] {
  if (typeof result !== 'object' || result === null) return [];
  const reports = (result as Record<string, unknown>)[reportField];
  if (Array.isArray(reports)) return reports as CompactReport[];
  // of the AI SDK: the result, or its provider metadata (a stream's comes as a promise)
  const { providerMetadata } = result as { providerMetadata?: Record<string, unknown> };
  const inside = getIn(reports ?? providerMetadata?.[reportField], ['reports']);
  if (Array.isArray(inside)) return inside as CompactReport[];
  const id = answerIdOf(result);
  return (id !== undefined && latest.get(id)) || [];
}
