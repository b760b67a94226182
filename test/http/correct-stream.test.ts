import * as fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { correctionReports } from '../../src/adapters/reports.js';
import { wrapFetch } from '../../src/adapters/wrap-fetch.js';
import { correctResponse, type HttpCall, type ResponseOptions } from '../../src/http/correct-response.js';
import type { ResponseReport } from '../../src/http/report.js';
import { applyEdits } from '../../src/text/edits.js';
import { runs } from '../fixtures/runs.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from './doubles.js';
import {
  chatChunk,
  chatStream,
  done,
  every,
  sse,
  textMessageStream,
  textResponseStream,
  words,
} from './wire-events.js';

let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

type Api = 'chat/completions' | 'responses' | 'messages';

function call(api: Api, body: object = {}, more: Partial<HttpCall> = {}): HttpCall {
  const text = { type: api === 'responses' ? 'input_text' : 'text', text: 'What is it?' };
  const pictures = {
    'chat/completions': { type: 'image_url', image_url: { url: png } },
    responses: { type: 'input_image', image_url: png },
    messages: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png.split(',')[1] } },
  };
  const turns = [{ role: 'user', content: [text, pictures[api]] }];
  return {
    url: `https://api.example/v1/${api}`,
    method: 'POST',
    headers: {},
    body: JSON.stringify({ model: 'm', stream: true, [api === 'responses' ? 'input' : 'messages']: turns, ...body }),
    ...more,
  };
}

const options = (more: Partial<ResponseOptions> = {}): ResponseOptions => ({
  scorer: wordListScorer(['green', 'three']),
  rewriter: dictionaryRewriter({ green: 'red', three: 'two' }),
  ...more,
});

/** A body that hands over the given pieces one at a time, when asked. */
function body(pieces: readonly (string | Uint8Array)[], { fail }: { fail?: Error } = {}) {
  const state = { pulled: 0, cancelled: undefined as unknown };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[state.pulled++];
        if (piece !== undefined)
          controller.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
        else if (fail) controller.error(fail);
        else controller.close();
      },
      cancel(reason) {
        state.cancelled = reason ?? 'no reason';
      },
    },
    { highWaterMark: 0 },
  );
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'content-encoding': 'gzip' };
  return { state, response: new Response(stream, { headers }) };
}

async function run(
  api: Api,
  pieces: readonly (string | Uint8Array)[],
  more: Partial<ResponseOptions> = {},
  bodyOptions: { fail?: Error } = {},
  request: object = {},
) {
  const reports: ResponseReport[] = [];
  const response = await correctResponse(
    call(api, request),
    body(pieces, bodyOptions).response,
    options({ onReport: (report) => reports.push(report), ...more }),
  );
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { response, bytes, text: new TextDecoder().decode(bytes), report: reports[0]!, reports };
}

/** The text that a client puts together from a stream. */
function textOf(stream: string): string {
  return dataOf(stream)
    .map(({ type, choices, delta }) => {
      if (choices) return choices[0]?.delta?.content ?? '';
      if (type === 'response.output_text.delta') return delta;
      return type === 'content_block_delta' ? (delta.text ?? '') : '';
    })
    .join('');
}

function dataOf(stream: string) {
  return [...stream.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => JSON.parse(data!));
}

const make: Record<Api, (text: string, cut?: (text: string) => string[]) => string[]> = {
  'chat/completions': (text, cut = words) => chatStream(text, { cut, usage: true }),
  responses: (text, cut = words) => textResponseStream(text, { cut }),
  messages: (text, cut = words) => textMessageStream(text, cut),
};
const apis = Object.keys(make) as Api[];

const wrong = 'There is a green car. Its roof is red. I see three dogs.';
const right = 'There is a red car. Its roof is red. I see two dogs.';

describe.each(apis)('a stream of %s', (api) => {
  it.each(['sentence', 'final'] as const)('%s: comes out corrected, event by event', async (stream) => {
    const { text, report } = await run(api, make[api](wrong), { stream });
    expect(textOf(text)).toBe(right);
    expect(text.match(/^event: .*$/gm)).toEqual(
      make[api](wrong)
        .join('')
        .match(/^event: .*$/gm),
    );
    expect(dataOf(text)).toHaveLength(dataOf(make[api](wrong).join('')).length);
    expect(report.answers).toMatchObject([
      {
        status: 'clean',
        edits: [
          { from: 'green', to: 'red' },
          { from: 'three', to: 'two' },
        ],
        stream: { mode: stream },
      },
    ]);
    expect(applyEdits(wrong, report.answers[0]!.edits)).toBe(right);
    expect(text).toContain('"vlm_detective":[');
  });

  it.each(['sentence', 'final'] as const)('%s: is byte-identical where nothing is wrong', async (stream) => {
    const sent = make[api](right);
    const { text, report } = await run(api, sent, { stream });
    expect(text).toBe(sent.join(''));
    expect(report.answers).toMatchObject([{ status: 'clean', edits: [], stream: { mode: stream } }]);
  });

  it('off: is the very same response', async () => {
    const { response } = body(make[api](wrong));
    expect(await correctResponse(call(api), response, options({ stream: 'off' }))).toBe(response);
  });

  it('however the text and the bytes are cut: the same text, whole events, and identity where nothing is wrong', async () => {
    const filler = fc.constantFrom(
      'A car. ',
      'One 😀 dog!\n',
      'A green 犬。',
      '- three cats\n',
      'No. 5 is red. ',
      'e.g. a green hat, ',
      'Mr. X ',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(filler, { maxLength: 6 }).map((parts) => parts.join('')),
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 20, max: 900 }),
        fc.constantFrom('sentence', 'final'),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (text, size, bytesAtOnce, stream, lineEnd) => {
          const sent = new TextEncoder().encode(make[api](text, every(size)).join('').replaceAll('\n', lineEnd));
          const pieces = Array.from({ length: Math.ceil(sent.length / bytesAtOnce) }, (_, at) =>
            sent.slice(at * bytesAtOnce, (at + 1) * bytesAtOnce),
          );
          const { bytes, text: received, report } = await run(api, pieces, { stream: stream as 'sentence' });
          const [answer] = report.answers;
          const joined = textOf(received.replaceAll(lineEnd, '\n'));
          expect(joined).toBe(text.replaceAll('green', 'red').replaceAll('three', 'two'));
          expect(applyEdits(text, answer!.edits)).toBe(joined);
          if (joined === text) expect(Buffer.from(bytes).equals(Buffer.from(sent))).toBe(true);
        },
      ),
      { numRuns: runs(25) },
    );
  }, 90_000);
});

describe('what tells of the text', () => {
  const place = { start_index: 17, end_index: 20 };
  const link = { type: 'url_citation', url: 'https://a.example', title: 'a', ...place };

  it('a response says the corrected text four times more, and its citations point at the same words', async () => {
    const { text } = await run('responses', textResponseStream(wrong, { annotations: [link], logprobs: true }));
    const events = dataOf(text);
    const of = (type: string) => events.find((event) => event.type === type);
    const moved = { ...link, start_index: 15, end_index: 18 };
    expect(right.slice(15, 18)).toBe('car');
    expect(of('response.output_text.annotation.added').annotation).toEqual(moved);
    expect(of('response.output_text.done')).toMatchObject({ text: right, logprobs: [] });
    for (const part of [
      of('response.content_part.done').part,
      of('response.output_item.done').item.content[0],
      of('response.completed').response.output[0].content[0],
    ])
      expect(part).toMatchObject({ text: right, annotations: [moved], logprobs: [] });
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
    const coloured = events.filter(
      ({ type, delta }) => type === 'response.output_text.delta' && / (red|two)/.test(delta),
    );
    expect(coloured.map(({ logprobs }) => logprobs.length)).toEqual([0, 1, 0]);
  });

  it('the citations and log-probs of chat chunks follow too', async () => {
    const cite = { type: 'url_citation', url_citation: { url: 'https://a.example', title: 'a', ...place } };
    const logprobs = { content: [], refusal: null };
    const { text } = await run('chat/completions', [
      ...words(wrong).map((content) => sse(chatChunk({ content }, { logprobs }))),
      sse(chatChunk({ annotations: [cite] })),
      sse(chatChunk({}, { finish_reason: 'stop' })),
      done,
    ]);
    const choices = dataOf(text).map((event) => event.choices[0]);
    expect(choices.find(({ delta }) => delta.annotations).delta.annotations[0].url_citation).toMatchObject({
      start_index: 15,
      end_index: 18,
    });
    expect(choices.find(({ delta }) => delta.content === ' red').logprobs).toBeNull();
    expect(choices.find(({ delta }) => delta.content === ' car').logprobs).toEqual(logprobs);
  });
});

describe('a sentence at a time', () => {
  it('sends a sentence as soon as it is judged, against what has been sent, and never changes it', async () => {
    const scorer = wordListScorer(['green', 'three']);
    const seen: string[] = [];
    const pieces = make['chat/completions'](wrong);
    const upstream = body(pieces);
    const response = await correctResponse(call('chat/completions'), upstream.response, options({ scorer }));
    let received = '';
    for await (const chunk of response.body!) {
      received += new TextDecoder().decode(chunk);
      const text = textOf(received);
      if (text !== seen.at(-1)) seen.push(text);
      if (text.endsWith('car.')) expect(upstream.state.pulled).toBeLessThan(9);
    }
    for (const [index, text] of seen.entries()) expect(right.startsWith(text), seen[index]).toBe(true);
    expect(scorer.seen.map((request) => request.response)).toContain('There is a red car. Its roof is red. ');
  });
});

describe('when the upstream fails', () => {
  const shapes = { 'chat/completions': /"error":\{"message"/, responses: /event: error/, messages: /event: error/ };

  it.each(apis)(
    '%s: dies in mid-stream: what came is corrected and sent, then the error of the protocol',
    async (api) => {
      const all = make[api](wrong);
      const cut = all.findIndex((event) => event.includes('dogs'));
      const { text, report } = await run(api, all.slice(0, cut), {}, { fail: new TypeError('terminated') });
      expect(textOf(text)).toBe('There is a red car. Its roof is red. I see two');
      expect(text).toMatch(shapes[api]);
      expect(text.slice(text.lastIndexOf('data:'))).toContain('broke off');
      expect(report.answers).toMatchObject([{ edits: [{ to: 'red' }, { to: 'two' }] }]);
    },
  );

  it.each(apis)('%s: ends inside an event: the half event goes, the error comes', async (api) => {
    const all = make[api](wrong);
    const cut = all.findIndex((event) => event.includes('dogs'));
    const { text } = await run(api, [...all.slice(0, cut), all[cut]!.slice(0, -20)]);
    expect(textOf(text)).toBe('There is a red car. Its roof is red. I see two');
    expect(text).not.toContain('dogs');
    expect(text.slice(text.lastIndexOf('data:'))).toContain('in the middle of an event');
    for (const data of text.match(/^data: .*$/gm) ?? []) JSON.parse(data.slice(6));
  });

  it('stalls: after stallMs the same', async () => {
    const all = make['chat/completions'](wrong);
    const upstream = body(all.slice(0, 6));
    const stalled = new Response(
      upstream.response.body!.pipeThrough(new TransformStream({ flush: () => new Promise(() => {}) })),
      { headers: { 'content-type': 'text/event-stream' } },
    );
    const response = await correctResponse(call('chat/completions'), stalled, options({ stallMs: 100 }));
    const text = await response.text();
    expect(textOf(text)).toBe('There is a red car');
    expect(text).toContain('sent nothing');
  });

  it.each(apis)('%s: says so itself: its own error is the last event, behind what was held back', async (api) => {
    const all = make[api](wrong);
    const cut = all.findIndex((event) => event.includes('dogs'));
    const error = sse({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'error');
    const { text } = await run(api, [...all.slice(0, cut), error]);
    expect(textOf(text)).toBe('There is a red car. Its roof is red. I see two');
    expect(text.endsWith(error)).toBe(true);
  });

  it('a last event without its empty line is still an event', async () => {
    const all = chatStream(right);
    const sent = all.join('').slice(0, -1);
    expect((await run('chat/completions', [sent])).text).toBe(sent);
  });

  it('what is no event stream of the API at all goes through as it is', async () => {
    for (const sent of [
      '',
      'hello',
      ': ping\n\n',
      'data: {}\n\n',
      'data: [1]\n\n',
      'data\n\n',
      '\n\n\n',
      'id: 1\nretry: 5\n\n',
    ])
      expect((await run('chat/completions', [sent])).text).toBe(sent);
  });
});

describe('while nothing can be sent', () => {
  it('a comment goes out every 15 seconds, and the words when they are judged', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let answer = () => {};
      const judge = wordListScorer(['green']);
      const scorer: ResponseOptions['scorer'] = {
        name: 'slow',
        score: async (request) => {
          await new Promise<void>((resolve) => {
            answer = resolve;
          });
          return judge.score(request);
        },
      };
      const upstream = body([sse(chatChunk({ content: 'A car.' })), done]);
      const response = await correctResponse(call('chat/completions'), upstream.response, options({ scorer }));
      const reader = response.body!.getReader();
      const next = async () => new TextDecoder().decode((await reader.read()).value);
      for (let turn = 0; turn < 2; turn++) {
        const comment = next();
        await vi.advanceTimersByTimeAsync(15_001);
        expect(await comment).toBe(': keep-alive\n\n');
      }
      answer();
      expect(await next()).toContain('A car.');
      expect(await next()).toBe(done);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('when the client goes away', () => {
  it('cancels the upstream, stops the correction, and the report says so', async () => {
    const upstream = body(make['chat/completions'](wrong.repeat(50)));
    let stopped: unknown;
    const asked = vi.fn();
    const scorer: ResponseOptions['scorer'] = {
      name: 'slow',
      score: ({ signal }) =>
        new Promise((_, reject) => {
          asked();
          signal?.addEventListener('abort', () => {
            stopped = signal.reason;
            reject(signal.reason);
          });
        }),
    };
    const reports: ResponseReport[] = [];
    const response = await correctResponse(
      call('chat/completions'),
      upstream.response,
      options({ scorer, onReport: (report) => reports.push(report) }),
    );
    const reader = response.body!.getReader();
    await reader.read();
    const pending = reader.read().catch(() => {});
    await vi.waitFor(() => expect(asked).toHaveBeenCalled(), 30_000);
    await reader.cancel(new Error('gone'));
    await pending;
    await vi.waitFor(() => expect(reports).toMatchObject([{ answers: [{ status: 'aborted' }] }]), 30_000);
    expect(upstream.state.cancelled).toMatchObject({ message: 'gone' });
    expect(stopped).toMatchObject({ message: 'gone' });
    expect(upstream.state.pulled).toBeLessThan(20);
  });

  it('the signal of the call ends the stream with its reason', async () => {
    const aborter = new AbortController();
    const upstream = body(make['chat/completions'](wrong));
    const response = await correctResponse(
      call('chat/completions', {}, { signal: aborter.signal }),
      upstream.response,
      options({ scorer: { name: 'hangs', score: () => new Promise(() => {}) } }),
    );
    setTimeout(() => aborter.abort(), 50);
    await expect(response.text()).rejects.toMatchObject({ name: 'AbortError' });
    expect(upstream.state.cancelled).toBeDefined();
  });

  it('nothing is read before it is asked for', async () => {
    const upstream = body(make['chat/completions'](right));
    const response = await correctResponse(call('chat/completions'), upstream.response, options());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(upstream.state.pulled).toBe(0);
    const reader = response.body!.getReader();
    await reader.read();
    expect(upstream.state.pulled).toBe(1);
    await reader.cancel();
  });
});

describe('when the correction fails', () => {
  const scorer = { name: 'broken', score: () => Promise.reject(new Error('out of memory, key sk-other-12345678')) };

  it.each(apis)('%s: the words of the model, byte for byte, and a report that says why', async (api) => {
    const sent = make[api](wrong);
    const { text, report } = await run(api, sent, { scorer });
    expect(text).toBe(sent.join(''));
    expect(report.answers).toMatchObject([{ status: 'failed', reason: expect.stringContaining('out of memory') }]);
    expect(JSON.stringify(report)).not.toContain('sk-other');
  });

  it('a rewriter that cannot be made: the same', async () => {
    const sent = chatStream(wrong);
    const rewriter = () => Promise.reject(new Error('npm install openai'));
    const { text, report } = await run('chat/completions', sent, { rewriter });
    expect(text).toBe(sent.join(''));
    expect(report.answers).toMatchObject([{ status: 'failed', reason: 'npm install openai' }]);
  });

  it.each(apis)('%s: failClosed sends the error of the protocol and not one word', async (api) => {
    const { text } = await run(api, make[api](wrong), { scorer, failClosed: true });
    expect(textOf(text)).toBe('');
    expect(text).not.toContain('green');
    expect(text.slice(text.lastIndexOf('data:'))).toMatch(/withheld.*out of memory/);
  });

  it('onUnresolved throw: what was verified before stays, the rest is withheld', async () => {
    const rewriter = dictionaryRewriter({ green: 'red' });
    const { text } = await run('chat/completions', chatStream(wrong), { rewriter, onUnresolved: 'throw' });
    expect(textOf(text)).toBe('There is a red car. Its roof is red.');
    expect(text.slice(text.lastIndexOf('data:'))).toMatch(/still flagged/);
  });
});

describe('the report of a stream', () => {
  it('tells the time to the first sentence and what each was held back', async () => {
    const slow = wordListScorer(['green']);
    const scorer: ResponseOptions['scorer'] = {
      name: 'slow',
      score: async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return slow.score(request);
      },
    };
    const { report } = await run('chat/completions', chatStream('A green car. A dog.'), { scorer });
    const { stream } = report.answers[0]!;
    expect(stream?.sentences.map(({ start, end }) => 'A red car. A dog.'.slice(start, end))).toEqual(
      ['A red car.', ' A dog.'].map((part, index) => (index === 0 ? 'A red car. ' : part.trim())),
    );
    expect(stream!.firstSentenceMs).toBeGreaterThan(35);
    for (const { addedMs } of stream!.sentences) expect(addedMs).toBeGreaterThan(15);
  });

  it('one budget for the whole stream', async () => {
    const sentences = Array.from({ length: 6 }, () => 'A green car.').join(' ');
    const { report } = await run('chat/completions', chatStream(sentences), { budget: { tokens: 20 } });
    const { status, usage } = report.answers[0]!;
    expect(status).toBe('budget');
    expect(usage.inputTokens + usage.outputTokens).toBeLessThan(3 * 14);
  });

  it('a scorer that never answers holds a stream no longer than its budget', async () => {
    const scorer = { name: 'hangs', score: () => new Promise<never>(() => {}) };
    const { text, report } = await run('chat/completions', chatStream(wrong), { scorer, budget: { timeMs: 80 } });
    expect(textOf(text)).toBe(wrong);
    expect(report.answers).toMatchObject([{ status: 'budget', reason: expect.stringContaining('80 ms') }]);
  });

  it('is found by the id of the answer of a wrapped client, also where the stream could not carry it; of others nothing is kept', async () => {
    const answer = { id: 'msg_of_this_test_alone' };
    const stream = textMessageStream(right).map((event) => event.replace('msg_01XFDUDYJgAACzvnptvVoYEL', answer.id));
    expect(stream.join('')).toContain(answer.id);
    await run('messages', stream);
    expect(correctionReports(answer)).toEqual([]);
    const { url, method, body: asked } = call('messages');
    const fetch = wrapFetch(async () => body(stream).response, {
      ...options(),
      rewriter: dictionaryRewriter({}),
    });
    await (await fetch(url, { method, body: asked })).text();
    expect(correctionReports(answer)).toMatchObject([{ status: 'clean', edits: [] }]);
  });

  it('a stream without a picture is the very same response, with a report', async () => {
    const reports: ResponseReport[] = [];
    const { response } = body(chatStream(wrong));
    const request = { url: '/v1/chat/completions', method: 'POST', headers: {}, body: '{"stream":true,"messages":[]}' };
    expect(await correctResponse(request, response, options({ onReport: (report) => reports.push(report) }))).toBe(
      response,
    );
    expect(reports).toMatchObject([{ answers: [{ status: 'skipped', reason: 'the call holds no picture' }] }]);
  });
});
