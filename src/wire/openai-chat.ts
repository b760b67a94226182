import { getIn, isObject, type JsonObject, objectsOf, setIn } from './json-path.js';
import { openaiChatStream } from './openai-chat-stream.js';
import { type Answer, addImageUrl, type CallReading, type Protocol, shiftAnnotations } from './protocol.js';

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
      if (part.type === 'image_url') {
        addImageUrl(reading, isObject(part.image_url) ? part.image_url.url : part.image_url);
      }
    }
    const text = texts.join('\n').trim();
    if (message.role === 'user' && text !== '') reading.prompt = text;
  }
  return reading;
}

function whyNoText(message: JsonObject): string {
  if (typeof message.refusal === 'string' && message.refusal !== '') return 'the model refused to answer';
  if (Array.isArray(message.tool_calls) && message.tool_calls.length > 0) return 'a tool call, no text';
  if (isObject(message.function_call)) return 'a tool call, no text';
  if (isObject(message.audio)) return 'a spoken answer (audio), no text';
  return 'the answer is empty';
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

/** OpenAI chat completions, and the many servers that speak it. */
export const openaiChat: Protocol = {
  name: 'openai-chat',
  path: '/chat/completions',
  readRequest,
  readAnswers: (body) =>
    objectsOf(body.choices).flatMap(({ index, value }) =>
      isObject(value.message) ? answersOfChoice(index, value.message) : [],
    ),
  writeAnswers: (body, changes) =>
    changes.reduce((written, { answer, text, edits }) => {
      const choicePath = ['choices', answer.choice];
      let next = setIn(written, answer.path, text);
      // The logprobs are those of words that are gone.
      if (getIn(next, [...choicePath, 'logprobs']) !== undefined) next = setIn(next, [...choicePath, 'logprobs'], null);
      const annotations = getIn(next, [...choicePath, 'message', 'annotations']);
      return Array.isArray(annotations)
        ? setIn(next, [...choicePath, 'message', 'annotations'], shiftAnnotations(annotations, edits))
        : next;
    }, body),
  stream: openaiChatStream,
  errorBody: (message) => ({ error: { message, type: 'vlm_detective_error', param: null, code: 'correction_failed' } }),
};
