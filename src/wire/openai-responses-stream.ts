import { isObject, type JsonObject, type JsonPath, objectsOf } from './json-path.js';
import { outputText } from './openai-responses.js';
import type { StreamEvent } from './stream-event.js';
import { type EventReading, emptyReading, type StreamProtocol } from './stream-protocol.js';

const index = (value: unknown) => (typeof value === 'number' ? value : 0);

function read({ data }: StreamEvent): EventReading {
  const reading = emptyReading();
  if (!data) return reading;
  const choice = index(data.output_index);
  const channel = `${choice}:${index(data.content_index)}`;
  switch (data.type) {
    case 'response.output_text.delta':
      if (typeof data.delta === 'string') {
        const logprobs = Array.isArray(data.logprobs) ? { logprobs: { path: ['logprobs'], none: [] } } : {};
        reading.texts.push({ channel, choice, path: ['delta'], ...logprobs });
      }
      return reading;
    case 'response.output_text.annotation.added':
      if (isObject(data.annotation)) reading.annotations.push({ channel, path: ['annotation'] });
      return reading;
    case 'response.output_text.done':
      return { ...reading, repeats: [{ channel, choice, path: [] }], ends: [channel] };
    case 'response.content_part.done':
      if (isObject(data.part) && data.part.type === 'output_text')
        return { ...reading, repeats: [{ channel, choice, path: ['part'] }], ends: [channel] };
      return reading;
    case 'response.output_item.added':
    case 'response.output_item.done':
      return { ...reading, ...(isObject(data.item) ? readItem(data.item, choice, ['item']) : {}) };
    case 'response.refusal.delta':
    case 'response.refusal.done':
      return { ...reading, choices: [{ choice, other: 'refusal' }] };
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      return { ...reading, ...readWhole(data), ends: 'all', closes: true };
    case 'error':
      return { ...reading, ends: 'all', fails: true };
    default:
      return data.error !== undefined && data.error !== null && data.type === undefined
        ? { ...reading, ends: 'all', fails: true }
        : reading;
  }
}

function readItem(item: JsonObject, choice: number, path: JsonPath): Pick<EventReading, 'repeats' | 'choices'> {
  if (item.type === 'reasoning') return { repeats: [], choices: [{ choice, other: 'reasoning' }] };
  if (String(item.type).endsWith('_call')) return { repeats: [], choices: [{ choice, other: 'tool-call' }] };
  const parts = item.type === 'message' ? objectsOf(item.content) : [];
  const texts = parts.filter(({ value }) => value.type === 'output_text' && typeof value.text === 'string');
  const refused = parts.some(({ value }) => value.type === 'refusal');
  return {
    repeats: texts.map((part) => ({
      channel: `${choice}:${part.index}`,
      choice,
      path: [...path, 'content', part.index],
    })),
    choices: [{ choice, ...(refused ? { other: 'refusal' as const } : {}) }],
  };
}

function readWhole(data: JsonObject): Pick<EventReading, 'repeats' | 'choices' | 'reportAt'> {
  if (!isObject(data.response)) return { repeats: [], choices: [] };
  const items = objectsOf(data.response.output).map(({ index: at, value }) =>
    readItem(value, at, ['response', 'output', at]),
  );
  return {
    repeats: items.flatMap(({ repeats }) => repeats),
    choices: items.flatMap(({ choices }) => choices),
    reportAt: ['response'],
  };
}

/** Events of OpenAI responses: the text comes in deltas and then four times more. */
export const openaiResponsesStream: StreamProtocol = {
  read,
  finish(data) {
    const { response } = data;
    // Some servers send the joined text too.
    if (!isObject(response) || typeof response.output_text !== 'string') return data;
    return { ...data, response: { ...response, output_text: outputText(response) } };
  },
  error(message, code, last) {
    const sequence_number = typeof last?.sequence_number === 'number' ? last.sequence_number + 1 : 0;
    const error = { type: 'vlm_detective_error', code, message, param: null };
    // Flat as documented, nested as the SDK reads it.
    return { name: 'error', data: { ...error, type: 'error', sequence_number, error } };
  },
};
