import { isObject, type JsonObject } from './json-path.js';
import type { StreamEvent } from './stream-event.js';
import { type EventReading, emptyReading, type OtherContent, type StreamProtocol } from './stream-protocol.js';

/** A cited text says what a document says: the picture is no judge of it. */
const cites = 'the text cites a document, not the picture';

function read({ name, data }: StreamEvent): EventReading {
  const reading = emptyReading();
  if (!data) return reading;
  const choice = typeof data.index === 'number' ? data.index : 0;
  const channel = String(choice);
  switch (data.type ?? name) {
    case 'content_block_start': {
      const block = isObject(data.content_block) ? data.content_block : {};
      if (block.type !== 'text') return { ...reading, choices: [{ choice, ...other(block) }] };
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
      if (delta.type === 'citations_delta') reading.unjudged.push({ channel, reason: cites });
      return reading;
    }
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

function other(block: JsonObject): { other?: OtherContent } {
  const type = String(block.type);
  if (type.endsWith('tool_use')) return { other: 'tool-call' };
  return type.endsWith('thinking') ? { other: 'reasoning' } : {};
}

/** Events of Anthropic messages. */
export const anthropicMessagesStream: StreamProtocol = {
  read,
  error: (message, code) => ({
    name: 'error',
    data: { type: 'error', error: { type: code === 'upstream_failed' ? 'api_error' : 'vlm_detective_error', message } },
  }),
};
