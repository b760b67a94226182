import type { StreamEvent } from './framing.js';
import { getIn, isObject, type JsonObject, type JsonPath, objectsOf, setIn, textAt } from './json-path.js';
import { pictureIn } from './pictures.js';
import {
  type Answer,
  addPicture,
  type CallReading,
  type EventReading,
  emptyReading,
  openaiError,
  type Protocol,
  reasonOf,
  shiftAnnotations,
} from './protocol.js';

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
      addPicture(reading, pictureIn(part));
    }
    // the outputs of function calls, and the screenshots of computer calls
    const outputs = isObject(item.output) ? [item.output] : objectsOf(item.output).map(({ value }) => value);
    for (const part of outputs) addPicture(reading, pictureIn(part));
    const text = texts.join('\n').trim();
    if (item.role === 'user' && text !== '') reading.prompt = text;
  }
  return reading;
}

function whyNoText(body: JsonObject): string {
  const items = objectsOf(body.output).map(({ value }) => value);
  return reasonOf({
    refusal: items.some((item) => objectsOf(item.content).some(({ value }) => value.type === 'refusal')),
    'tool-call': items.some((item) => String(item.type).endsWith('_call')),
    background: body.status === 'queued' || body.status === 'in_progress',
    reasoning: items.some((item) => item.type === 'reasoning'),
  });
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

function outputText(body: JsonObject): string {
  return objectsOf(body.output)
    .flatMap(({ value }) => (value.type === 'message' ? objectsOf(value.content) : []))
    .map(({ value }) => (value.type === 'output_text' ? String(value.text) : ''))
    .join('');
}

const index = (value: unknown) => (typeof value === 'number' ? value : 0);

function readEvent({ data }: StreamEvent): EventReading {
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
      if (data.error !== undefined && data.error !== null && data.type === undefined)
        return { ...reading, ends: 'all', fails: true };
      return [data.delta, data.text].some(isWords) && !noAnswer.test(String(data.type))
        ? { ...reading, strange: true }
        : reading;
  }
}

/** Events whose words are no answer: thoughts, calls, sound, code. */
const noAnswer = /reasoning|_call|arguments|audio|transcript|code|refusal/;

const isWords = (value: unknown) => typeof value === 'string' && value.trim() !== '';

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

/** OpenAI responses. */
export const openaiResponses: Protocol<'openai-responses'> = {
  name: 'openai-responses',
  title: 'OpenAI responses',
  calls: ['/v1/responses'],
  provider: 'openai',
  route: /\/responses$/,
  roots: ['/v1'],
  alternatives: false,
  readRequest,
  picture: pictureIn,
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
  answerId: (data) => textAt(data, ['response', 'id']) ?? textAt(data, ['id']),
  // the text comes in deltas and then four times more
  readEvent,
  finishEvent(data) {
    const { response } = data;
    // Some servers send the joined text too.
    if (!isObject(response) || typeof response.output_text !== 'string') return data;
    return { ...data, response: { ...response, output_text: outputText(response) } };
  },
  errorEvent(message, code, last) {
    const sequence_number = typeof last?.sequence_number === 'number' ? last.sequence_number + 1 : 0;
    const error = { type: 'vlm_detective_error', code, message, param: null };
    // Flat as documented, nested as the SDK reads it.
    return { name: 'error', data: { ...error, type: 'error', sequence_number, error } };
  },
  errorBody: openaiError,
};
