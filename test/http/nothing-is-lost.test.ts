import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { correctResponse, type ResponseOptions } from '../../src/http/correct-response.js';
import type { ResponseReport } from '../../src/http/report.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from './doubles.js';

let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

const event = (data: object | string, name?: string) =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

const chunk = (index: number, delta: object, finish_reason: string | null = null) =>
  event({ id: 'c', object: 'chat.completion.chunk', choices: [{ index, delta, finish_reason }] });
const block = (type: string, rest: object) => event({ type, ...rest }, type);

interface Wire {
  path: string;
  body: () => object;
  /** Events of an answer, that may come in any order: so many providers, so many bugs. */
  events: (index: number, words: string) => string[];
  /** Where the answer is no event stream: what else may stand in it, and how all of it is put together. */
  array?: true;
}

const geminiCall = () => ({
  contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: png.split(',')[1] } }] }],
});
const geminiSaid = (index: number, text: string): object[] => {
  const said = (parts: object[], more: object = {}) => ({
    responseId: 'g',
    candidates: [{ index, content: { role: 'model', parts }, ...more }],
  });
  return [
    said([{ text }]),
    said([{ text }, { text: 'A hat.' }]),
    said([{ text }], { finishReason: 'STOP' }),
    said([{ text, thought: true }]),
    said([{ functionCall: { name: text } }]),
    said([], { finishReason: 'SAFETY' }),
    { usageMetadata: { totalTokenCount: 3 } },
    { promptFeedback: { blockReason: 'OTHER' } },
  ];
};

const wires: Record<string, Wire> = {
  'chat completions': {
    path: '/v1/chat/completions',
    body: () => ({
      stream: true,
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: png } }] }],
    }),
    events: (index, content) => [
      chunk(index, { content }),
      chunk(index, { content }, 'stop'),
      chunk(index, { content: [{ type: 'text', text: content }] }),
      chunk(index, {}, 'stop'),
      chunk(index, { content: null, tool_calls: [{ index: 0, function: { arguments: content } }] }),
      chunk(index, { reasoning_content: content }),
      event({ id: 'c', choices: [], usage: { total_tokens: 3 } }),
      event('[DONE]'),
    ],
  },
  responses: {
    path: '/v1/responses',
    body: () => ({ stream: true, input: [{ role: 'user', content: [{ type: 'input_image', image_url: png }] }] }),
    events: (output_index, words) => {
      const at = { output_index, content_index: 0, item_id: 'i' };
      const part = { type: 'output_text', text: words, annotations: [] };
      const item = { type: 'message', content: [part] };
      return [
        block('response.output_text.delta', { ...at, delta: words }),
        block('response.output_text.done', { ...at, text: words }),
        block('response.content_part.done', { ...at, part }),
        block('response.output_item.added', { output_index, item: { type: 'reasoning' } }),
        block('response.output_item.done', { output_index, item }),
        block('response.completed', { response: { id: 'r', output: [item], output_text: words } }),
        block('response.in_progress', { response: { id: 'r' } }),
      ];
    },
  },
  messages: {
    path: '/v1/messages',
    body: () => ({
      stream: true,
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: png.split(',')[1] } }],
        },
      ],
    }),
    events: (index, text) => [
      block('message_start', { message: { id: 'm', content: [] } }),
      block('content_block_start', { index, content_block: { type: 'text', text: '' } }),
      block('content_block_start', { index, content_block: { type: 'text', text, citations: [] } }),
      block('content_block_start', { index, content_block: { type: 'tool_use' } }),
      block('content_block_delta', { index, delta: { type: 'text_delta', text } }),
      block('content_block_delta', { index, delta: { type: 'citations_delta', citation: {} } }),
      block('content_block_stop', { index }),
      block('message_delta', { delta: { stop_reason: 'end_turn' } }),
      block('message_stop', {}),
      block('ping', {}),
    ],
  },
  gemini: {
    path: '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    body: geminiCall,
    events: (index, text) => geminiSaid(index, text).map((one) => event(one)),
  },
  'gemini in an array': {
    path: '/v1beta/models/gemini-2.5-flash:streamGenerateContent',
    body: geminiCall,
    events: (index, text) => geminiSaid(index, text).map((one) => JSON.stringify(one, null, index)),
    array: true,
  },
};

/** The bytes of an answer, as its parts make it up. */
const whole = ({ array }: Wire, parts: readonly string[]) => (array ? `[${parts.join('\n,\n')}\n]\n` : parts.join(''));
const partOf = ({ array }: Wire, data: object) => (array ? JSON.stringify(data) : event(data));

/** For a long run: `FUZZ_RUNS=100000 FUZZ_SEED=7 npx vitest run test/http/nothing-is-lost.test.ts`. */
const { FUZZ_RUNS = '150', FUZZ_SEED: seed } = process.env;
const runs = Number(FUZZ_RUNS);

const strange = [
  ': still here\n\n',
  'id: 7\nretry: 10\n\n',
  '\n',
  event('{not json'),
  event('null'),
  event('"words"'),
  event({ unknown: 'A green car.' }),
  '{"a":1}\n\n',
];
const strangeElements = ['3', 'null', '"a ] { word"', '[[1], {"b": "]"}]', '{"unknown": "A green car."}', '{"a": 1e2}'];

const scorer = (): ResponseOptions['scorer'] => wordListScorer(['never-said']);

/** On a busy machine a silence may be long enough for the engine's own word: a comment, or a line end between two elements. */
const withoutFiller = ({ array }: Wire, text: string) => text.replaceAll(array ? '\n' : ': keep-alive\n\n', '');

/** What comes out of a stream in which nothing is wrong, and what is told of it. */
async function through(wire: Wire, bytes: Uint8Array, size: number, more: Partial<ResponseOptions>) {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.slice(at * size, (at + 1) * size),
  );
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const reports: ResponseReport[] = [];
  const corrected = await correctResponse(
    { url: `https://api.example${wire.path}`, method: 'POST', headers: {}, body: JSON.stringify(wire.body()) },
    new Response(body, { headers: { 'content-type': wire.array ? 'application/json' : 'text/event-stream' } }),
    { scorer: scorer(), rewriter: dictionaryRewriter({}), onReport: (report) => reports.push(report), ...more },
  );
  const out = Buffer.from(await corrected.arrayBuffer()).toString();
  return { out: withoutFiller(wire, out), reports };
}

describe.each(Object.entries(wires))('%s: nothing of a stream is lost', (_name, wire) => {
  it(
    'whatever events come in whatever order, cut wherever: bytes in are bytes out',
    async () => {
      const words = fc.constantFrom('A car. ', 'One 😀 dog', ' is here.', '{"a": "b"}', '', '犬。');
      const one = fc
        .tuple(fc.integer({ min: 0, max: 2 }), words)
        .chain(([index, said]) =>
          fc.constantFrom(...wire.events(index, said), ...(wire.array ? strangeElements : strange)),
        );
      await fc.assert(
        fc.asyncProperty(
          fc.array(one, { maxLength: 14 }),
          fc.integer({ min: 1, max: 300 }),
          fc.constantFrom<'sentence' | 'final'>('sentence', 'final'),
          fc.constantFrom('\n', '\r\n', '\r'),
          fc.boolean(),
          async (events, size, stream, lineEnd, blankAtEnd) => {
            const all = whole(wire, events).replaceAll('\n', lineEnd);
            // half an event at the end is an upstream that broke off, and told as such
            const sent = blankAtEnd || /not json\s*$/.test(all) ? all : all.replace(/[\r\n]+$/, '');
            const { out, reports } = await through(wire, new TextEncoder().encode(sent), size, { stream });
            expect(out).toBe(withoutFiller(wire, sent));
            expect(reports).toHaveLength(1);
          },
        ),
        { numRuns: runs, ...(seed === undefined ? {} : { seed: Number(seed) }) },
      );
    },
    90_000 + runs * 2000,
  );

  it('what no one can read goes out as it came and is told; with failClosed it stays, and that is told', async () => {
    const sent = whole(wire, [partOf(wire, { unknown: 'A green car.' }), partOf(wire, { more: 'Two dogs.' })]);
    const open = await through(wire, new TextEncoder().encode(sent), 40, {});
    expect(open.out).toBe(withoutFiller(wire, sent));
    const reason = expect.stringContaining('no event of the stream');
    expect(open.reports).toMatchObject([{ answers: [{ status: 'failed', reason }] }]);
    const closed = await through(wire, new TextEncoder().encode(sent), 40, { failClosed: true });
    expect(closed.out).not.toContain('green');
    expect(closed.out).toContain('withheld');
    if (wire.array) expect(JSON.parse(closed.out)).toMatchObject([{ error: { code: 422 } }]);
    expect(closed.reports).toMatchObject([{ answers: [{ status: 'failed' }] }]);
  });
});

describe('text after its end', () => {
  it('is judged too, where a provider repeats finish_reason in each chunk', async () => {
    const parts = ['A car is ', 'here. A green ', 'dog sits.'];
    const sent = parts.map((content) => chunk(0, { content }, 'stop')).join('') + event('[DONE]');
    const { out, reports } = await through(wires['chat completions']!, new TextEncoder().encode(sent), 50, {
      scorer: wordListScorer(['green']),
      rewriter: dictionaryRewriter({ green: 'red' }),
    });
    expect(out).toContain('here. A red ');
    expect(out.endsWith(event('[DONE]'))).toBe(true);
    expect(reports).toMatchObject([{ answers: [{ status: 'clean', edits: [{ from: 'green', to: 'red' }] }] }]);
  });
});
