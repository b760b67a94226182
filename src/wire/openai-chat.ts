import type { StreamEvent } from './framing.js';
import { getIn, isObject, type JsonObject, objectsOf, setIn, textAt } from './json-path.js';
import { pictureIn } from './pictures.js';
import {
  type Answer,
  addPicture,
  type CallReading,
  type EventReading,
  emptyReading,
  type OtherContent,
  openaiError,
  type Protocol,
  reasonOf,
  shiftAnnotations,
} from './protocol.js';

function readRequest(body: JsonObject): CallReading {
  const schema = getIn(body, ['response_format', 'json_schema', 'schema']);
  const reading: CallReading = {
    images: [],
    unreadImages: [],
    stream: body.stream === true,
    structured: /^json_/.test(String(getIn(body, ['response_format', 'type']))),
    ...(typeof body.model === 'string' ? { model: body.model } : {}),
    ...(isObject(schema) ? { schema } : {}),
  };
  for (const { value: message } of objectsOf(body.messages)) {
    const texts = typeof message.content === 'string' ? [message.content] : [];
    for (const { value: part } of objectsOf(message.content)) {
      if (part.type === 'text' && typeof part.text === 'string') texts.push(part.text);
      addPicture(reading, pictureIn(part));
    }
    const text = texts.join('\n').trim();
    if (message.role === 'user' && text !== '') reading.prompt = text;
  }
  return reading;
}

function whyNoText({ refusal, tool_calls: calls, function_call: call, audio }: JsonObject): string {
  return reasonOf({
    refusal: typeof refusal === 'string' && refusal !== '',
    'tool-call': (Array.isArray(calls) && calls.length > 0) || isObject(call),
    audio: isObject(audio),
  });
}

function answersOfChoice(choice: number, message: JsonObject): Answer[] {
  const path = ['choices', choice, 'message', 'content'];
  const content = message.content;
  const refused = typeof message.refusal === 'string' && message.refusal !== '';
  if (!refused && typeof content === 'string' && content.trim() !== '') return [{ choice, path, text: content }];
  // Some providers (Mistral, vLLM with reasoning) answer in parts.
  const parts = refused
    ? []
    : objectsOf(content).flatMap(({ index, value }) =>
        value.type === 'text' && typeof value.text === 'string' && value.text.trim() !== ''
          ? [{ choice, path: [...path, index, 'text'], text: value.text }]
          : [],
      );
  if (parts.length > 0) return parts;
  return [{ choice, path, text: typeof content === 'string' ? content : '', skipped: whyNoText(message) }];
}

function readEvent({ raw, data }: StreamEvent): EventReading {
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
    // some give each piece twice, some the whole so far as a message beside it, some one of these alone
    const text = typeof value.text === 'string' ? { path: ['choices', at, 'text'] } : undefined;
    const copy = text && value.text === delta.content ? { copy: text.path } : {};
    if (typeof delta.content === 'string') reading.texts.push({ channel, choice, path, ...copy, ...logprobs });
    else if (text) reading.texts.push({ channel, choice, ...text, ...logprobs });
    if (typeof getIn(value, ['message', 'content']) === 'string')
      reading.repeats.push({ channel, choice, path: ['choices', at, 'message'], field: 'content' });
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

/** OpenAI chat completions, and the many servers that speak it. */
export const openaiChat: Protocol<'openai-chat'> = {
  name: 'openai-chat',
  title: 'OpenAI chat completions',
  calls: ['/v1/chat/completions'],
  provider: 'openai',
  route: /\/chat\/completions$/,
  roots: ['/v1'],
  alternatives: true,
  readRequest,
  picture: pictureIn,
  readAnswers: (body) =>
    objectsOf(body.choices).flatMap(({ index, value }) =>
      isObject(value.message) ? answersOfChoice(index, value.message) : [],
    ),
  writeAnswers: (body, changes) =>
    changes.reduce((written, { answer, text, edits }) => {
      const choicePath = ['choices', answer.choice];
      let next = setIn(written, answer.path, text);
      // some say it twice
      if (getIn(next, [...choicePath, 'text']) === answer.text) next = setIn(next, [...choicePath, 'text'], text);
      // The logprobs are those of words that are gone.
      if (getIn(next, [...choicePath, 'logprobs']) !== undefined) next = setIn(next, [...choicePath, 'logprobs'], null);
      const annotations = getIn(next, [...choicePath, 'message', 'annotations']);
      return Array.isArray(annotations)
        ? setIn(next, [...choicePath, 'message', 'annotations'], shiftAnnotations(annotations, edits))
        : next;
    }, body),
  answerId: (data) => textAt(data, ['id']),
  readEvent,
  errorBody: openaiError,
  errorEvent: (message, code) => ({ data: { error: { message, type: 'vlm_detective_error', param: null, code } } }),
};
