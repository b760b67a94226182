import { anthropicMessagesStream } from './anthropic-messages-stream.js';
import { getIn, isObject, type JsonObject, objectsOf, setIn } from './json-path.js';
import { type Answer, addImageUrl, type CallReading, type Protocol } from './protocol.js';

/** Tool results hold blocks, which the API lets hold no further ones; deeper than this, nobody looks. */
const maxDepth = 8;

function addBlock(reading: CallReading, block: JsonObject, depth = 0): void {
  if (block.type === 'tool_result') {
    const inside = objectsOf(block.content);
    if (depth < maxDepth) for (const { value } of inside) addBlock(reading, value, depth + 1);
    else if (inside.length > 0) reading.unreadImages.push('what is nested too deep');
  }
  if (block.type !== 'image') return;
  const source = isObject(block.source) ? block.source : {};
  if (source.type === 'base64' && typeof source.data === 'string') {
    reading.images.push(`data:${String(source.media_type ?? 'image/png')};base64,${source.data}`);
  } else if (source.type === 'url') addImageUrl(reading, source.url);
  else reading.unreadImages.push('a picture given by its file id');
}

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
      addBlock(reading, block);
    }
    const text = texts.join('\n').trim();
    if (message.role === 'user' && text !== '') reading.prompt = text;
  }
  return reading;
}

function whyNoText(body: JsonObject): string {
  const blocks = objectsOf(body.content).map(({ value }) => value);
  if (body.stop_reason === 'refusal') return 'the model refused to answer';
  if (blocks.some((block) => String(block.type).endsWith('tool_use'))) return 'a tool call, no text';
  if (blocks.some((block) => isCited(block))) return 'every text cites a document, not the picture';
  if (blocks.some((block) => String(block.type).endsWith('thinking'))) return 'reasoning only, no text';
  return 'the answer is empty';
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

/** Anthropic messages. */
export const anthropicMessages: Protocol = {
  name: 'anthropic-messages',
  path: '/messages',
  readRequest,
  readAnswers,
  writeAnswers: (body, changes) =>
    changes.reduce((written, { answer, text }) => setIn(written, answer.path, text), body),
  stream: anthropicMessagesStream,
  errorBody: (message) => ({ type: 'error', error: { type: 'vlm_detective_error', message } }),
};
