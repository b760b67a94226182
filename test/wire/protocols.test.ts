import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppliedEdit } from '../../src/agent/correction.js';
import { anthropicMessages } from '../../src/wire/anthropic-messages.js';
import { openaiChat } from '../../src/wire/openai-chat.js';
import { openaiResponses } from '../../src/wire/openai-responses.js';
import { shiftOffset } from '../../src/wire/protocol.js';
import { correctedCalls, protocolAtRoot, protocolOf } from '../../src/wire/protocols.js';
import {
  anthropicMessage,
  chatCompletion,
  chatCompletions,
  modelResponse,
  outputMessage,
  outputText,
} from '../http/wire-bodies.js';

const png = 'data:image/png;base64,iVBORw0KGgo=';
const jpeg = 'data:image/jpeg;base64,/9j/4AAQ';

describe('which calls are corrected', () => {
  it.each([
    ['POST', 'https://api.openai.com/v1/chat/completions', 'openai-chat'],
    [
      'post',
      'https://x.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2025-04-01',
      'openai-chat',
    ],
    ['POST', 'http://localhost:8000/v1/responses', 'openai-responses'],
    ['POST', 'https://api.anthropic.com/v1/messages?beta=true', 'anthropic-messages'],
    ['POST', '/v1/messages/', 'anthropic-messages'],
    ['GET', 'https://api.openai.com/v1/chat/completions', undefined],
    ['POST', 'https://api.openai.com/v1/responses/resp_1/cancel', undefined],
    ['POST', 'https://api.openai.com/v1/embeddings', undefined],
    ['POST', 'https://api.anthropic.com/v1/messages/count_tokens', undefined],
    ['POST', 'https://api.anthropic.com/v1/messages/batches', undefined],
    ['POST', 'https://evil.example/?x=/chat/completions', undefined],
  ])('%s %s: %s', (method, url, name) => {
    expect(protocolOf(method, url)?.name).toBe(name);
  });

  it.each(correctedCalls)('$path is a call of $title, at its own address', ({ path, title }) => {
    expect(protocolAtRoot('POST', path.replace('{model}', 'm-1.5'))?.title).toBe(title);
  });
});

describe('reading a chat completions call', () => {
  it('takes the pictures of every user turn and the last question', () => {
    const reading = openaiChat.readRequest({
      model: 'gpt-5.1',
      messages: [
        { role: 'system', content: 'Answer in English.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: png } },
          ],
        },
        { role: 'assistant', content: 'A cat.' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: jpeg, detail: 'high' } },
            { type: 'text', text: 'And this?' },
            { type: 'text', text: 'Be brief.' },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'zoom', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'zoomed' },
      ],
    });
    expect(reading).toEqual({
      images: [png, jpeg],
      unreadImages: [],
      prompt: 'And this?\nBe brief.',
      model: 'gpt-5.1',
      stream: false,
      structured: false,
    });
  });

  it.each([
    ['https://example.com/secret-token.png', 'a picture behind a https URL'],
    ['http://169.254.169.254/latest/meta-data', 'a picture behind a http URL'],
    ['file:///etc/passwd', 'a picture behind a file URL'],
    ['/etc/passwd', 'a picture behind a relative URL'],
    ['../secret.png', 'a picture behind a relative URL'],
    ['', 'a picture without a URL'],
    [{ nested: true }, 'a picture without a URL'],
  ])('never opens %j', (url, said) => {
    const reading = openaiChat.readRequest({
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
    });
    expect(reading.images).toEqual([]);
    expect(reading.unreadImages).toEqual([said]);
  });

  it('reads the schema that the answer has to satisfy', () => {
    const schema = { type: 'object', properties: { count: { type: 'integer' } } };
    expect(
      openaiChat.readRequest({
        messages: [],
        response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
      }).schema,
    ).toEqual(schema);
    expect(
      openaiResponses.readRequest({ input: 'x', text: { format: { type: 'json_schema', name: 'x', schema } } }).schema,
    ).toEqual(schema);
    expect(
      anthropicMessages.readRequest({ messages: [], output_config: { format: { type: 'json_schema', schema } } })
        .schema,
    ).toEqual(schema);
  });
});

describe('reading a responses call', () => {
  it('takes a plain string as the question', () => {
    expect(openaiResponses.readRequest({ model: 'm', input: ' Hello ' })).toMatchObject({
      prompt: 'Hello',
      images: [],
    });
  });

  it('takes pictures from messages, function outputs and screenshots, and tells file ids apart', () => {
    const reading = openaiResponses.readRequest({
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look.' },
            { type: 'input_image', image_url: png, detail: 'auto' },
          ],
        },
        { type: 'function_call', call_id: 'c', name: 'shot', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', image_url: jpeg }] },
        { type: 'computer_call_output', call_id: 'd', output: { type: 'computer_screenshot', image_url: png } },
        { role: 'user', content: [{ type: 'input_image', file_id: 'file-123' }] },
      ],
    });
    expect(reading.images).toEqual([png, jpeg, png]);
    expect(reading.unreadImages).toEqual(['a picture given by its file id']);
    expect(reading.prompt).toBe('Look.');
  });
});

describe('reading a messages call', () => {
  it('takes base64, tool results and data URLs, and leaves URLs and files unread', () => {
    const reading = anthropicMessages.readRequest({
      model: 'claude',
      stream: true,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            { type: 'image', source: { type: 'file', file_id: 'file_1' } },
            { type: 'text', text: 'Compare.' },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'crop', input: {} }] },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't',
              content: [{ type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'BBBB' } }],
            },
          ],
        },
      ],
    });
    expect(reading).toEqual({
      images: ['data:image/png;base64,AAAA', 'data:image/webp;base64,BBBB'],
      unreadImages: ['a picture behind a https URL', 'a picture given by its file id'],
      prompt: 'Compare.',
      model: 'claude',
      stream: true,
      structured: false,
    });
  });
});

describe('what passes untouched, and why', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
  it.each([
    ['a refusal', openaiChat, chatCompletion({ refusal: "I can't help with that." }), 'the model refused to answer'],
    [
      'a tool call',
      openaiChat,
      chatCompletion({ tool_calls: [call] }, { finish_reason: 'tool_calls' }),
      'a tool call, no text',
    ],
    [
      'an old function call',
      openaiChat,
      chatCompletion({ function_call: { name: 'f', arguments: '{}' } }),
      'a tool call, no text',
    ],
    [
      'audio',
      openaiChat,
      chatCompletion({ audio: { id: 'a', data: '', expires_at: 1, transcript: 'A dog.' } }),
      'a spoken answer (audio), no text',
    ],
    ['an empty text', openaiChat, chatCompletion({ content: '  \n' }), 'the answer is empty'],
    ['a missing text', openaiChat, chatCompletion({}), 'the answer is empty'],
    [
      'a refusal',
      openaiResponses,
      modelResponse([outputMessage([{ type: 'refusal', refusal: 'No.' }])]),
      'the model refused to answer',
    ],
    [
      'a tool call',
      openaiResponses,
      modelResponse([{ type: 'function_call', id: 'fc', call_id: 'c', name: 'f', arguments: '{}' }]),
      'a tool call, no text',
    ],
    [
      'a background answer',
      openaiResponses,
      modelResponse([], { status: 'queued', background: true }),
      'a background answer, not there yet',
    ],
    [
      'reasoning only',
      openaiResponses,
      modelResponse([{ type: 'reasoning', id: 'rs', summary: [] }]),
      'reasoning only, no text',
    ],
    [
      'a refusal',
      anthropicMessages,
      anthropicMessage([{ type: 'text', text: 'I will not.' }], { stop_reason: 'refusal' }),
      'the model refused to answer',
    ],
    [
      'a tool call',
      anthropicMessages,
      anthropicMessage([{ type: 'tool_use', id: 't', name: 'f', input: {} }]),
      'a tool call, no text',
    ],
    [
      'thinking only',
      anthropicMessages,
      anthropicMessage([{ type: 'thinking', thinking: 'a dog?', signature: 's' }]),
      'reasoning only, no text',
    ],
    [
      'a cited text',
      anthropicMessages,
      anthropicMessage([{ type: 'text', text: 'Page 3 says so.', citations: [{ type: 'page_location' }] }]),
      'every text cites a document, not the picture',
    ],
    ['an empty message', anthropicMessages, anthropicMessage([]), 'the answer is empty'],
  ])('%s (%o)', (_what, protocol, body, reason) => {
    const answers = protocol.readAnswers(body);
    expect(answers).toHaveLength(1);
    expect(answers[0]?.skipped).toBe(reason);
  });

  it.each([
    [openaiChat, { object: 'list', data: [] }],
    [openaiChat, { choices: 'none' }],
    [openaiResponses, { object: 'response.compaction', output: [] }],
    [
      anthropicMessages,
      { object: 'thread.message', role: 'assistant', content: [{ type: 'text', text: { value: 'x' } }] },
    ],
  ])('a body of another kind is no answer (%#)', (protocol, body) => {
    expect(protocol.readAnswers(body)).toEqual([]);
  });
});

describe('reading and writing answers', () => {
  it('takes the text beside tool calls, reasoning and thinking, and nothing else', () => {
    const chat = chatCompletion({ content: 'A cat.', reasoning_content: 'a dog?', tool_calls: [{ id: 'c' }] });
    expect(openaiChat.readAnswers(chat).map(({ text }) => text)).toEqual(['A cat.']);
    const response = modelResponse([
      { type: 'reasoning', id: 'rs', summary: [] },
      outputMessage([outputText('A cat.')]),
    ]);
    expect(openaiResponses.readAnswers(response).map(({ text, choice }) => [text, choice])).toEqual([['A cat.', 1]]);
    const message = anthropicMessage([
      { type: 'thinking', thinking: 'a dog?', signature: 's' },
      { type: 'text', text: 'A cat.' },
      { type: 'tool_use', id: 't', name: 'f', input: {} },
      { type: 'text', text: 'Two cats.' },
    ]);
    expect(anthropicMessages.readAnswers(message).map(({ text, choice }) => [text, choice])).toEqual([
      ['A cat.', 1],
      ['Two cats.', 3],
    ]);
  });

  it('takes each choice, and each text part of servers that answer in parts', () => {
    const body = chatCompletions([
      { message: { content: 'One.' } },
      {
        message: {
          content: [
            { type: 'thinking', thinking: [] },
            { type: 'text', text: 'Two.' },
          ],
        },
      },
      { message: { refusal: 'No.' } },
    ]);
    expect(openaiChat.readAnswers(body).map(({ choice, text, skipped }) => [choice, text, skipped])).toEqual([
      [0, 'One.', undefined],
      [1, 'Two.', undefined],
      [2, '', 'the model refused to answer'],
    ]);
  });

  it('writes one choice, nulls its logprobs, moves its annotations, and changes nothing else', () => {
    const annotation = {
      type: 'url_citation',
      url_citation: { start_index: 15, end_index: 20, url: 'https://a.example', title: 'A' },
    };
    const logprobs = { content: [{ token: 'A', logprob: -0.1, bytes: [65], top_logprobs: [] }], refusal: null };
    const body = chatCompletions([
      { message: { content: 'A green car on grass.', annotations: [annotation] }, logprobs },
      { message: { content: 'A blue car.' }, logprobs },
    ]);
    const before = structuredClone(body);
    const [answer] = openaiChat.readAnswers(body);
    const written = openaiChat.writeAnswers(body, [
      { answer: answer!, text: 'A red car on grass.', edits: [{ start: 2, end: 7, from: 'green', to: 'red' }] },
    ]);
    expect(body).toEqual(before);
    const expected = structuredClone(before);
    expected.choices[0]!.message = {
      ...expected.choices[0]!.message,
      content: 'A red car on grass.',
      annotations: [{ ...annotation, url_citation: { ...annotation.url_citation, start_index: 13, end_index: 18 } }],
    } as never;
    expected.choices[0]!.logprobs = null;
    expect(written).toEqual(expected);
  });

  it('keeps a joined output_text in step with its parts', () => {
    const body = modelResponse(
      [outputMessage([outputText('A dog.', { logprobs: [{ token: 'A' }] }), outputText(' Two cars.')])],
      { output_text: 'A dog. Two cars.' },
    );
    const [first] = openaiResponses.readAnswers(body);
    const written = openaiResponses.writeAnswers(body, [{ answer: first!, text: 'A cat.', edits: [] }]);
    expect(written.output_text).toBe('A cat. Two cars.');
    expect((written.output as { content: unknown[] }[])[0]?.content[0]).toEqual(outputText('A cat.'));
  });
});

describe('offsets after edits', () => {
  it('point at the same words as before, wherever the edits are', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 });
    const piece = fc.record({
      text: word,
      to: fc.option(fc.string({ unit: 'grapheme', maxLength: 6 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const edits: AppliedEdit[] = [];
        const places: { from: number; to: number; text: string }[] = [];
        let before = '';
        let after = '';
        for (const { text, to } of pieces) {
          if (to === undefined) places.push({ from: before.length, to: after.length, text });
          else edits.push({ start: before.length, end: before.length + text.length, from: text, to });
          before += text;
          after += to ?? text;
        }
        for (const place of places) {
          const start = shiftOffset(place.from, edits);
          expect(start).toBe(place.to);
          expect(after.slice(start, shiftOffset(place.from + place.text.length, edits)).startsWith(place.text)).toBe(
            true,
          );
        }
      }),
    );
  });
});
