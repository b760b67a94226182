import { sse } from './wire-events.js';
import type { Reply } from './wire-server.js';
import { sendJson } from './wire-server.js';

/** Gemini's answer with the given parts. */
export const generated = (parts: object[], more: object = {}) => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
  usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 9, totalTokenCount: 18 },
  modelVersion: 'gemini-2.5-flash',
  responseId: 'gemini-answer-1',
});

/** Gemini, saying some pieces: in one answer, or in one event each. */
export const gemini =
  (pieces: readonly string[], end: object = { finishReason: 'STOP' }): Reply =>
  ({ url }, response) => {
    if (!/:streamGenerateContent\?alt=sse$/.test(url)) {
      const thought = { text: 'A green car?', thought: true };
      return sendJson(response, generated([thought, { text: pieces.join('') }], end));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [index, text] of pieces.entries())
      response.write(sse(generated([{ text }], index === pieces.length - 1 ? end : {})).replaceAll('\n', '\r\n'));
    response.end();
  };
