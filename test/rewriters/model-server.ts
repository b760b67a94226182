import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';
import type { RewriteRequest } from '../../src/rewriters/rewriter.js';
import type { FlaggedSpan } from '../../src/text/flagged-span.js';
import { splitSentences } from '../../src/text/sentences.js';

export interface SeenCall {
  path: string;
  headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: what the SDKs really sent
  body: any;
  at: number;
}

export type Answer = (response: ServerResponse, call: SeenCall) => void;

/** A local HTTP server that gives the scripted answers in order, the last one again and again. */
export async function startModelServer(answers: Answer[]) {
  const calls: SeenCall[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const call = { path: request.url ?? '', headers: request.headers, body, at: performance.now() };
      calls.push(call);
      answers[Math.min(calls.length, answers.length) - 1]!(response, call);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    calls,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export const cutConnection: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
  response.write('{"id": "half of an ans');
  setTimeout(() => response.destroy(), 10);
};

/** Headers at once, and then nothing: the clock has to cover the body. */
export const endlessBody: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"id":');
};

export const silence: Answer = () => {};

/** How a provider says things on the wire. */
export interface Dialect {
  reply(text: string): Answer;
  refusal: Answer;
  cutOff(text: string): Answer;
  failure(status: number, message: string, headers?: Record<string, string>): Answer;
  promptOf(call: SeenCall): string;
  /** The field that asks for JSON of a schema. */
  schema: string;
}

export const openaiDialect: Dialect & { reply(text: string, logprobs?: object[]): Answer } = {
  reply: (text: string, logprobs?: object[]) =>
    json(200, completion({ content: text, refusal: null }, 'stop', logprobs)),
  refusal: json(200, completion({ content: null, refusal: 'I will not look at this.' }, 'stop')),
  cutOff: (text) => json(200, completion({ content: text, refusal: null }, 'length')),
  failure: (status, message, headers) =>
    json(status, { error: { message, type: 'error', param: null, code: null } }, headers),
  promptOf: (call) => call.body.messages[0].content.find((part: { type: string }) => part.type === 'text').text,
  schema: 'json_schema',
};

function completion(message: { content: string | null; refusal: string | null }, finish: string, content?: object[]) {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', ...message },
        finish_reason: finish,
        logprobs: content ? { content } : null,
      },
    ],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  };
}

export const anthropicDialect: Dialect = {
  reply: (text) => json(200, message(text, 'end_turn')),
  refusal: json(200, message('', 'refusal')),
  cutOff: (text) => json(200, message(text, 'max_tokens')),
  failure: (status, text, headers) =>
    json(status, { type: 'error', error: { type: 'api_error', message: text } }, headers),
  promptOf: (call) => call.body.messages[0].content.find((part: { type: string }) => part.type === 'text').text,
  schema: 'json_schema',
};

function message(text: string, stop: string) {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: text === '' ? [] : [{ type: 'text', text, citations: null }],
    stop_reason: stop,
    stop_sequence: null,
    usage: { input_tokens: 60, cache_creation_input_tokens: 30, cache_read_input_tokens: 10, output_tokens: 10 },
  };
}

export const geminiDialect: Dialect = {
  reply: (text) => json(200, generated([{ text: 'Let me see.', thought: true }, { text }], 'STOP')),
  refusal: json(200, { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: geminiUsage() }),
  cutOff: (text) => json(200, generated([{ text }], 'MAX_TOKENS')),
  failure: (status, message, headers) => json(status, { error: { code: status, message, status: 'X' } }, headers),
  promptOf: (call) => call.body.contents[0].parts.find((part: { text?: string }) => part.text !== undefined).text,
  schema: 'responseJsonSchema',
};

function generated(parts: object[], finishReason: string) {
  return {
    candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }],
    usageMetadata: geminiUsage(),
    modelVersion: 'm',
  };
}

function geminiUsage() {
  return { promptTokenCount: 100, candidatesTokenCount: 7, thoughtsTokenCount: 3, totalTokenCount: 110 };
}

/** A request whose flagged spans are written in the text as `[words]`. */
export function requestOf(marked: string, more: Partial<RewriteRequest> = {}): RewriteRequest {
  const places: [number, number][] = [];
  let response = '';
  for (const part of marked.split(/(\[[^\]]*\])/)) {
    const isSpan = part.startsWith('[');
    const words = isSpan ? part.slice(1, -1) : part;
    if (isSpan) places.push([response.length, response.length + words.length]);
    response += words;
  }
  const sentences = splitSentences(response);
  const spans = places.map(([start, end], index): FlaggedSpan => {
    const sentence = sentences.find((range) => range.start <= start && start < range.end)!;
    return {
      id: index + 1,
      start,
      end,
      text: response.slice(start, end),
      reward: 0.1,
      sentence: [sentence.start, sentence.end],
    };
  });
  return { images: [pngPixel()], response, spans, rejected: [], ...more };
}

/** A real PNG of one red pixel. */
export function pngPixel(): Uint8Array {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from([0, 255, 0, 0]))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(data: Buffer): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
