import type { StreamEvent } from './framing.js';
import { getIn, isObject, type JsonObject, objectsOf, setIn, textAt } from './json-path.js';
import { pictureIn } from './pictures.js';
import {
  type Answer,
  addPicture,
  type CallReading,
  type EventReading,
  emptyReading,
  errorTypes,
  type OtherContent,
  type Protocol,
  reasonOf,
} from './protocol.js';

function readRequest(body: JsonObject): CallReading {
  const schema = getIn(body, ['output_config', 'format', 'schema']);
  const reading: CallReading = {
    images: [],
    unreadImages: [],
    stream: body.stream === true,
    structured: /^json_/.test(String(getIn(body, ['output_config', 'format', 'type']))),
    ...(typeof body.model === 'string' ? { model: body.model } : {}),
    ...(isObject(schema) ? { schema } : {}),
  };
  for (const { value: message } of objectsOf(body.messages)) {
    const texts = typeof message.content === 'string' ? [message.content] : [];
    for (const { value: block } of objectsOf(message.content)) {
      if (block.type === 'text' && typeof block.text === 'string') texts.push(block.text);
      addPicture(reading, pictureIn(block));
    }
    const text = texts.join('\n').trim();
    if (message.role === 'user' && text !== '') reading.prompt = text;
  }
  return reading;
}

function whyNoText(body: JsonObject): string {
  const blocks = objectsOf(body.content).map(({ value }) => value);
  return reasonOf({
    refusal: body.stop_reason === 'refusal',
    'tool-call': blocks.some(({ type }) => String(type).endsWith('tool_use')),
    cited: blocks.some((block) => isCited(block)),
    reasoning: blocks.some(({ type }) => String(type).endsWith('thinking')),
  });
}

/** A cited text says what a document says: the picture is no judge of it. */
function isCited(block: JsonObject): boolean {
  return block.type === 'text' && Array.isArray(block.citations) && block.citations.length > 0;
}

function readAnswers(body: JsonObject): Answer[] {
  if (body.type !== 'message' || body.role !== 'assistant' || !Array.isArray(body.content)) return [];
  const texts =
    body.stop_reason === 'refusal'
      ? []
      : objectsOf(body.content).flatMap(({ index, value }): Answer[] =>
          value.type === 'text' && typeof value.text === 'string' && value.text.trim() !== '' && !isCited(value)
            ? [{ choice: index, path: ['content', index, 'text'], text: value.text }]
            : [],
        );
  return texts.length > 0 ? texts : [{ choice: 0, path: ['content'], text: '', skipped: whyNoText(body) }];
}

const cites = 'the text cites a document, not the picture';

function readEvent({ name, data }: StreamEvent): EventReading {
  const reading = emptyReading();
  if (!data) return reading;
  const choice = typeof data.index === 'number' ? data.index : 0;
  const channel = String(choice);
  switch (data.type ?? name) {
    case 'content_block_start': {
      const block = isObject(data.content_block) ? data.content_block : {};
      if (block.type !== 'text') return { ...reading, choices: [{ choice, ...otherContent(block) }] };
      // With citations at all, the block says at its end whether it holds any.
      if (Array.isArray(block.citations)) reading.whole.push(channel);
      if (Array.isArray(block.citations) && block.citations.length > 0)
        reading.unjudged.push({ channel, reason: cites });
      if (typeof block.text === 'string') reading.texts.push({ channel, choice, path: ['content_block', 'text'] });
      return reading;
    }
    case 'content_block_delta': {
      const delta = isObject(data.delta) ? data.delta : {};
      if (delta.type === 'text_delta' && typeof delta.text === 'string')
        reading.texts.push({ channel, choice, path: ['delta', 'text'] });
      else if (typeof delta.text === 'string' && delta.text.trim() !== '') reading.strange = true;
      if (delta.type === 'citations_delta') reading.unjudged.push({ channel, reason: cites });
      return reading;
    }
    case 'message_start':
      // it is said in blocks of its own, later
      return objectsOf(getIn(data, ['message', 'content'])).some(({ value }) => textAt(value, ['text']))
        ? { ...reading, strange: true }
        : reading;
    case 'content_block_stop':
      return { ...reading, ends: [channel] };
    case 'message_delta': {
      const refused = isObject(data.delta) && data.delta.stop_reason === 'refusal';
      const choices = refused ? [{ choice: 0, other: 'refusal' as const }] : [];
      return { ...reading, choices, ends: 'all', reportAt: [] };
    }
    case 'message_stop':
      return { ...reading, ends: 'all', closes: true };
    case 'error':
      return { ...reading, ends: 'all', fails: true };
    default:
      return reading;
  }
}

function otherContent(block: JsonObject): { other?: OtherContent } {
  const type = String(block.type);
  if (type.endsWith('tool_use')) return { other: 'tool-call' };
  return type.endsWith('thinking') ? { other: 'reasoning' } : {};
}

/** Anthropic messages. */
export const anthropicMessages: Protocol<'anthropic-messages'> = {
  name: 'anthropic-messages',
  title: 'Anthropic messages',
  calls: ['/v1/messages'],
  provider: 'anthropic',
  route: /\/messages$/,
  roots: ['/v1'],
  alternatives: false,
  readRequest,
  picture: pictureIn,
  readAnswers,
  writeAnswers: (body, changes) =>
    changes.reduce((written, { answer, text }) => setIn(written, answer.path, text), body),
  answerId: (data) => textAt(data, ['message', 'id']) ?? textAt(data, ['id']),
  readEvent,
  errorBody: (status, message) => ({ type: 'error', error: { type: errorTypes[status] ?? 'api_error', message } }),
  errorEvent: (message, code) => ({
    name: 'error',
    data: { type: 'error', error: { type: code === 'upstream_failed' ? 'api_error' : 'vlm_detective_error', message } },
  }),
};
