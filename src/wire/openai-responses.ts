import { getIn, isObject, type JsonObject, objectsOf, setIn } from './json-path.js';
import { openaiResponsesStream } from './openai-responses-stream.js';
import { type Answer, addImageUrl, type CallReading, type Protocol, shiftAnnotations } from './protocol.js';

/** Pictures stand in messages, in the outputs of function calls, and in screenshots of computer calls. */
function addPart(reading: CallReading, part: JsonObject): void {
  if (part.type !== 'input_image' && part.type !== 'computer_screenshot') return;
  if (typeof part.image_url === 'string') addImageUrl(reading, part.image_url);
  else reading.unreadImages.push('a picture given by its file id');
}

function readRequest(body: JsonObject): CallReading {
  const schema = getIn(body, ['text', 'format', 'schema']);
  const reading: CallReading = {
    images: [],
    unreadImages: [],
    stream: body.stream === true,
    structured: /^json_/.test(String(getIn(body, ['text', 'format', 'type']))),
    ...(typeof body.model === 'string' ? { model: body.model } : {}),
    ...(isObject(schema) ? { schema } : {}),
  };
  if (typeof body.input === 'string' && body.input.trim() !== '') reading.prompt = body.input.trim();
  for (const { value: item } of objectsOf(body.input)) {
    const texts = typeof item.content === 'string' ? [item.content] : [];
    for (const { value: part } of objectsOf(item.content)) {
      if (part.type === 'input_text' && typeof part.text === 'string') texts.push(part.text);
      addPart(reading, part);
    }
    for (const { value: part } of objectsOf(item.output)) addPart(reading, part);
    if (isObject(item.output)) addPart(reading, item.output);
    const text = texts.join('\n').trim();
    if (item.role === 'user' && text !== '') reading.prompt = text;
  }
  return reading;
}

function whyNoText(body: JsonObject): string {
  const items = objectsOf(body.output).map(({ value }) => value);
  if (items.some((item) => objectsOf(item.content).some(({ value }) => value.type === 'refusal'))) {
    return 'the model refused to answer';
  }
  if (items.some((item) => String(item.type).endsWith('_call'))) return 'a tool call, no text';
  if (body.status === 'queued' || body.status === 'in_progress') return 'a background answer, not there yet';
  if (items.some((item) => item.type === 'reasoning')) return 'reasoning only, no text';
  return 'the answer is empty';
}

function readAnswers(body: JsonObject): Answer[] {
  if (body.object !== 'response' || !Array.isArray(body.output)) return [];
  const texts = objectsOf(body.output).flatMap(({ index: item, value }) =>
    value.type !== 'message'
      ? []
      : objectsOf(value.content).flatMap(({ index, value: part }): Answer[] =>
          part.type === 'output_text' && typeof part.text === 'string' && part.text.trim() !== ''
            ? [{ choice: item, path: ['output', item, 'content', index, 'text'], text: part.text }]
            : [],
        ),
  );
  return texts.length > 0 ? texts : [{ choice: 0, path: ['output'], text: '', skipped: whyNoText(body) }];
}

export function outputText(body: JsonObject): string {
  return objectsOf(body.output)
    .flatMap(({ value }) => (value.type === 'message' ? objectsOf(value.content) : []))
    .map(({ value }) => (value.type === 'output_text' ? String(value.text) : ''))
    .join('');
}

/** OpenAI responses. */
export const openaiResponses: Protocol = {
  name: 'openai-responses',
  path: '/responses',
  readRequest,
  readAnswers,
  writeAnswers(body, changes) {
    const written = changes.reduce((before, { answer, text, edits }) => {
      const part = answer.path.slice(0, -1);
      let next = setIn(before, answer.path, text);
      // The logprobs are those of words that are gone; the SDK's type has no null here.
      if (getIn(next, [...part, 'logprobs']) !== undefined) next = setIn(next, [...part, 'logprobs'], []);
      const annotations = getIn(next, [...part, 'annotations']);
      return Array.isArray(annotations)
        ? setIn(next, [...part, 'annotations'], shiftAnnotations(annotations, edits))
        : next;
    }, body);
    // Some servers send the joined text too, and the SDK then takes it as it is.
    const joined = changes.length > 0 && typeof written.output_text === 'string';
    return joined ? { ...written, output_text: outputText(written) } : written;
  },
  stream: openaiResponsesStream,
  errorBody: (message) => ({ error: { message, type: 'vlm_detective_error', param: null, code: 'correction_failed' } }),
};
