import { anthropicMessage, modelResponse, outputMessage, outputText } from './wire-bodies.js';

/** One server-sent event as it goes over the wire. */
export const sse = (data: unknown, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

export const done = sse('[DONE]');

/** Cuts a text the way a tokenizer would: a space goes with the word after it, a full stop stands alone. */
export function words(text: string): string[] {
  return text.match(/\s*[\p{L}\p{N}'’]+|\s*[^\p{L}\p{N}\s]|\s+$/gu) ?? [];
}

/** Cuts a text into pieces of a number of characters, wherever they fall. */
export function every(size: number): (text: string) => string[] {
  return (text) =>
    Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, at * size + size));
}

type Cut = (text: string) => string[];

/** A chunk as api.openai.com sends it. */
export function chatChunk(delta: object, choice: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) {
  return {
    id: 'chatcmpl-C4kq1VvN3mPz8RrTtWw2XxYy5ZzAa',
    object: 'chat.completion.chunk',
    created: 1763877600,
    model: 'gpt-5.1-2025-11-13',
    service_tier: 'default',
    system_fingerprint: 'fp_44709d6fcb',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...choice }],
    obfuscation: 'wq3Zk',
    ...rest,
  };
}

export const chatUsage = {
  prompt_tokens: 1117,
  completion_tokens: 46,
  total_tokens: 1163,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0 },
};

/** The events of a chat completion with one text, `[DONE]` included. */
export function chatStream(
  text: string,
  { cut = words, usage = false, choice = {} }: { cut?: Cut; usage?: boolean; choice?: Record<string, unknown> } = {},
): string[] {
  return [
    sse(chatChunk({ role: 'assistant', content: '', refusal: null }, choice)),
    ...cut(text).map((content) => sse(chatChunk({ content }, choice))),
    sse(chatChunk({}, { finish_reason: 'stop', ...choice })),
    ...(usage ? [sse({ ...chatChunk({}), choices: [], usage: chatUsage })] : []),
    done,
  ];
}

/** Numbers the events of a response and names them by their type, as `POST /v1/responses` does. */
export function responseEvents(events: { type: string; [key: string]: unknown }[]): string[] {
  return events.map((event, sequence_number) => sse({ ...event, sequence_number }, event.type));
}

export type ResponseEvent = { type: string; [key: string]: unknown };

/** The events of one item of a response. */
export function messageItem(
  text: string,
  { cut = words, at = 0, logprobs = false, annotations = [] as unknown[] } = {},
): ResponseEvent[] {
  const item = outputMessage([]);
  const item_id = item.id;
  const place = { item_id, output_index: at, content_index: 0 };
  const probs = (token: string) => (logprobs ? [{ token, logprob: -0.1, bytes: [1], top_logprobs: [] }] : []);
  const whole = outputText(text, { annotations, logprobs: logprobs ? cut(text).flatMap(probs) : [] });
  return [
    { type: 'response.output_item.added', output_index: at, item: { ...item, status: 'in_progress' } },
    { type: 'response.content_part.added', ...place, part: outputText('') },
    ...cut(text).map((delta) => ({
      type: 'response.output_text.delta',
      ...place,
      delta,
      logprobs: probs(delta),
      obfuscation: 'k3',
    })),
    ...annotations.map((annotation, annotation_index) => ({
      type: 'response.output_text.annotation.added',
      ...place,
      annotation_index,
      annotation,
    })),
    { type: 'response.output_text.done', ...place, text, logprobs: whole.logprobs },
    { type: 'response.content_part.done', ...place, part: whole },
    { type: 'response.output_item.done', output_index: at, item: outputMessage([whole]) },
  ];
}

/** All events of a response with the given items and final output. */
export function responseStream(
  items: ResponseEvent[],
  output: unknown[],
  rest: Record<string, unknown> = {},
): string[] {
  const open = modelResponse([], { status: 'in_progress', usage: null });
  const type = rest.status === 'incomplete' ? 'response.incomplete' : 'response.completed';
  return responseEvents([
    { type: 'response.created', response: open },
    { type: 'response.in_progress', response: open },
    ...items,
    { type, response: modelResponse(output, rest) },
  ]);
}

export const textResponseStream = (text: string, options: Parameters<typeof messageItem>[1] = {}) => {
  const items = messageItem(text, options);
  const { item } = items.at(-1) as unknown as { item: unknown };
  return responseStream(items, [item]);
};

/** The events of a message, named by their type, as `POST /v1/messages` sends them. */
export function messageStream(
  blocks: ResponseEvent[],
  { stop_reason = 'end_turn', ping = true }: { stop_reason?: string; ping?: boolean } = {},
): string[] {
  const start = anthropicMessage([], { stop_reason: null, usage: { input_tokens: 1591, output_tokens: 1 } });
  const events: ResponseEvent[] = [
    { type: 'message_start', message: start },
    ...blocks.slice(0, 1),
    ...(ping ? [{ type: 'ping' }] : []),
    ...blocks.slice(1),
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 31 } },
    { type: 'message_stop' },
  ];
  return events.map((event) => sse(event, event.type));
}

export function block(index: number, content_block: object, deltas: object[]): ResponseEvent[] {
  return [
    { type: 'content_block_start', index, content_block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

export const textBlock = (text: string, { at = 0, cut = words } = {}) =>
  block(
    at,
    { type: 'text', text: '' },
    cut(text).map((part) => ({ type: 'text_delta', text: part })),
  );

export const textMessageStream = (text: string, cut: Cut = words) => messageStream(textBlock(text, { cut }));
