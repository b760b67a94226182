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

/** Gemini, saying some pieces: in one answer, in one event each, or, without `alt=sse`, in one element of an array each. */
export const gemini =
  (pieces: readonly string[], end: object = { finishReason: 'STOP' }): Reply =>
  ({ url }, response) => {
    if (/:streamGenerateContent$/.test(url)) {
      response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' });
      for (const [index, text] of pieces.entries()) {
        const element = JSON.stringify(generated([{ text }], index === pieces.length - 1 ? end : {}), null, 2);
        response.write(`${index === 0 ? '[' : '\n,\n'}${element}`);
      }
      return response.end('\n]\n');
    }
    if (!/:streamGenerateContent\?alt=sse$/.test(url)) {
      const thought = { text: 'A green car?', thought: true };
      return sendJson(response, generated([thought, { text: pieces.join('') }], end));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [index, text] of pieces.entries())
      response.write(sse(generated([{ text }], index === pieces.length - 1 ? end : {})).replaceAll('\n', '\r\n'));
    response.end();
  };
