import { isObject, type JsonObject, objectsOf } from './json-path.js';
import type { StreamEvent } from './stream-event.js';
import { type EventReading, emptyReading, type OtherContent, type StreamProtocol } from './stream-protocol.js';

function read({ raw, data }: StreamEvent): EventReading {
  const reading = emptyReading();
  if (raw.startsWith('[DONE]')) return { ...reading, ends: 'all', closes: true };
  if (!data) return reading;
  if (data.error !== undefined && data.error !== null) return { ...reading, ends: 'all', fails: true };
  const ended: string[] = [];
  for (const { index: at, value } of objectsOf(data.choices)) {
    const choice = typeof value.index === 'number' ? value.index : at;
    const channel = String(choice);
    const delta = isObject(value.delta) ? value.delta : {};
    const path = ['choices', at, 'delta', 'content'];
    const logprobs = value.logprobs == null ? {} : { logprobs: { path: ['choices', at, 'logprobs'], none: null } };
    if (typeof delta.content === 'string') reading.texts.push({ channel, choice, path, ...logprobs });
    for (const { index, value: part } of objectsOf(delta.content)) {
      if (part.type !== 'text' || typeof part.text !== 'string') continue;
      reading.texts.push({ channel, choice, path: [...path, index, 'text'], ...logprobs });
    }
    const other = otherContent(delta);
    reading.choices.push({ choice, ...(other ? { other } : {}) });
    if (other) reading.pauses.push(channel);
    for (const { index } of objectsOf(delta.annotations))
      reading.annotations.push({ channel, path: ['choices', at, 'delta', 'annotations', index] });
    if (typeof value.finish_reason === 'string' && value.finish_reason !== '') ended.push(channel);
  }
  return { ...reading, ends: ended, ...(ended.length > 0 ? { reportAt: [] } : {}) };
}

function otherContent(delta: JsonObject): OtherContent | undefined {
  const { refusal, tool_calls, function_call, audio, reasoning_content, reasoning } = delta;
  if (typeof refusal === 'string' && refusal !== '') return 'refusal';
  if ((Array.isArray(tool_calls) && tool_calls.length > 0) || isObject(function_call)) return 'tool-call';
  if (isObject(audio)) return 'audio';
  const thoughts = reasoning_content ?? reasoning;
  const thinks = objectsOf(delta.content).some(({ value }) => value.type === 'thinking');
  return thinks || (typeof thoughts === 'string' && thoughts !== '') ? 'reasoning' : undefined;
}

/** Chunks of OpenAI chat completions, and of the many servers that speak them. */
export const openaiChatStream: StreamProtocol = {
  read,
  error: (message, code) => ({ data: { error: { message, type: 'vlm_detective_error', param: null, code } } }),
};
