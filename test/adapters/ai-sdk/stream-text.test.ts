import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CompactReport,
  correctionReports,
  type ResponseReport,
  type SelfCorrectionOptions,
  selfCorrection,
} from '../../../src/adapters/ai-sdk/self-correction.js';
import { runs } from '../../fixtures/runs.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from '../../http/doubles.js';
import { type AnyPart, type ModelOptions, partsOf, type Said, type Script, streamOf, versions } from './models.js';

let bytes: Uint8Array;
beforeAll(async () => {
  const png = await pngDataUrl();
  bytes = new Uint8Array(Buffer.from(png.slice(png.indexOf(',') + 1), 'base64'));
});

const fixes = { green: 'red', three: 'two' };
const text = (words: string, rest: object = {}) => ({ type: 'text', text: words, ...rest });
const twoSentences: Said = { content: [text('A green car is here. It has three doors.')] };

async function collect<T>(stream: ReadableStream<T>): Promise<T[]> {
  const parts: T[] = [];
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) parts.push(read.value);
  return parts;
}
const wordsOf = (parts: readonly AnyPart[], id?: string) =>
  parts
    .filter((part) => part.type === 'text-delta' && (id === undefined || part.id === id))
    .map((part) => part.delta)
    .join('');

describe.each(versions)('$name: streamText', ({ sdk, model: modelOf, spec }) => {
  function setUp(script: Script, options: Partial<SelfCorrectionOptions> = {}, more: ModelOptions = {}) {
    const scorer = wordListScorer(Object.keys(fixes));
    const rewriter = dictionaryRewriter(fixes);
    const bare = modelOf(script, more);
    const middleware = selfCorrection({ scorer, rewriter, ...options });
    const model = sdk.wrapLanguageModel({ model: bare.model as never, middleware });
    return { scorer, rewriter, calls: bare.calls, model };
  }
  const messages = () => [
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: 'What is in the picture?' },
        { type: 'image' as const, image: bytes },
      ],
    },
  ];
  const params = (rest: object = {}) => ({
    prompt: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'file', mediaType: 'image/png', data: spec === 'v4' ? { type: 'data', data: bytes } : bytes },
        ],
      },
    ],
    ...rest,
  });
  /** The parts of one call, as the SDK would read them. */
  async function partsFor(script: Script, options: Partial<SelfCorrectionOptions> = {}, more: ModelOptions = {}) {
    const set = setUp(script, options, more);
    const { stream } = await set.model.doStream(params() as never);
    return { ...set, parts: (await collect(stream)) as AnyPart[] };
  }
  const reportsIn = (parts: readonly AnyPart[]): CompactReport[] => correctionReports(parts.at(-1));

  it('lets whole corrected sentences go, one after the other, and reports with the finish', async () => {
    const reports: ResponseReport[] = [];
    const { model, scorer } = setUp(twoSentences, { onReport: (report) => reports.push(report) });
    const result = sdk.streamText({ model, messages: messages() });
    const chunks: string[] = [];
    for await (const chunk of result.textStream) chunks.push(chunk);
    expect(chunks).toEqual(['A red car is here. ', 'It has two doors.']);
    expect(await result.text).toBe('A red car is here. It has two doors.');
    expect(await result.finishReason).toBe('stop');
    expect(await result.usage).toMatchObject({ inputTokens: 900, outputTokens: 40 });
    const [report, ...more] = correctionReports(await result.providerMetadata);
    expect(more).toEqual([]);
    expect(report).toMatchObject({
      choice: 0,
      status: 'clean',
      edits: [
        { start: 2, end: 7, from: 'green', to: 'red' },
        { start: 28, end: 33, from: 'three', to: 'two' },
      ],
      stream: { mode: 'sentence', firstSentenceMs: expect.any(Number), sentences: [{ start: 0 }, { end: 36 }] },
    });
    expect(reports).toMatchObject([{ protocol: 'ai-sdk', answers: [{ status: 'clean' }] }]);
    expect(scorer.seen.length).toBeGreaterThan(1);
  });

  it('sends the first sentence before the model has said the second', async () => {
    let goOn = () => {};
    const second = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const parts = partsOf(twoSentences);
    const split = parts.findIndex((part) => part.delta === ' has');
    const stream = () =>
      new ReadableStream<AnyPart>({
        async start(controller) {
          for (const part of parts.slice(0, split)) controller.enqueue(part);
          await second;
          for (const part of parts.slice(split)) controller.enqueue(part);
          controller.close();
        },
      });
    const { model } = setUp(twoSentences, {}, { stream });
    const iterator = sdk.streamText({ model, messages: messages() }).textStream[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe('A red car is here. ');
    goOn();
    expect((await iterator.next()).value).toBe('It has two doors.');
  });

  it('final holds the text until it is whole; off hands the very stream on', async () => {
    const final = await partsFor(twoSentences, { stream: 'final' });
    expect(final.parts.filter(({ type }) => type === 'text-delta')).toEqual([
      { type: 'text-delta', id: 'text-0', delta: 'A red car is here. It has two doors.' },
    ]);
    expect(reportsIn(final.parts)).toMatchObject([{ stream: { mode: 'final' } }]);
    const off = await partsFor(twoSentences, { stream: 'off' });
    expect(off.parts).toEqual(partsOf(twoSentences));
    expect(off.scorer.seen).toEqual([]);
  });

  it('keeps ids, order, metadata and every other part as they are', async () => {
    const signature = { acme: { thoughtSignature: 'abc' } };
    const parts: AnyPart[] = [
      { type: 'stream-start', warnings: [] },
      { type: 'raw', rawValue: { anything: 1 } },
      { type: 'reasoning-start', id: 'r', providerMetadata: signature },
      { type: 'reasoning-delta', id: 'r', delta: 'A green car.' },
      { type: 'reasoning-end', id: 'r' },
      { type: 'text-start', id: 'a', providerMetadata: signature },
      { type: 'text-delta', id: 'a', delta: 'A green', providerMetadata: signature },
      { type: 'text-delta', id: 'a', delta: ' car' },
      { type: 'source', sourceType: 'url', id: 's', url: 'https://example.com/green' },
      { type: 'text-delta', id: 'a', delta: '.' },
      { type: 'text-end', id: 'a', providerMetadata: { acme: { itemId: 'i' } } },
      { type: 'tool-input-start', id: 'c', toolName: 'paint' },
      { type: 'tool-input-delta', id: 'c', delta: '{"colour":"green"}' },
      { type: 'tool-input-end', id: 'c' },
      { type: 'tool-call', toolCallId: 'c', toolName: 'paint', input: '{"colour":"green"}' },
      partsOf({ content: [], finish: 'tool-calls', providerMetadata: signature }).at(-1)!,
    ];
    const { parts: got } = await partsFor(twoSentences, {}, { stream: () => streamOf(parts) });
    const finish = got.at(-1)!;
    expect(finish.providerMetadata.acme).toEqual(signature.acme);
    expect(correctionReports(finish)).toMatchObject([{ choice: 1, status: 'clean' }]);
    expect(got.slice(0, -1)).toEqual([
      ...parts.slice(0, 6),
      parts[8],
      { type: 'text-delta', id: 'a', delta: 'A red car.', providerMetadata: signature },
      ...parts.slice(10, -1),
    ]);
  });

  it('corrects two texts that come in turns, each under its own id', async () => {
    const turns = [
      { type: 'text-start', id: 'a' },
      { type: 'text-start', id: 'b' },
      ...['A green', ' car.'].flatMap((delta, index) => [
        { type: 'text-delta', id: 'a', delta },
        { type: 'text-delta', id: 'b', delta: index === 0 ? 'Three' : ' dogs.' },
      ]),
      { type: 'text-end', id: 'b' },
      { type: 'text-end', id: 'a' },
      partsOf({ content: [] }).at(-1)!,
    ];
    const { parts } = await partsFor(twoSentences, {}, { stream: () => streamOf(turns) });
    expect(wordsOf(parts, 'a')).toBe('A red car.');
    expect(wordsOf(parts, 'b')).toBe('Two dogs.');
    expect(reportsIn(parts).map(({ choice }) => choice)).toEqual([0, 1]);
  });

  it('lets no held-back word get lost when the model never ends its text', async () => {
    const open = partsOf(twoSentences).filter(({ type }) => type !== 'text-end');
    for (const stream of [open, open.slice(0, -1)]) {
      const { parts } = await partsFor(twoSentences, {}, { stream: () => streamOf(stream) });
      expect(wordsOf(parts)).toBe('A red car is here. It has two doors.');
    }
    const object = '{"object": "car", "count": 1, "colour": "green"}';
    const json = partsOf({ content: [text(object)] }).filter(({ type }) => type !== 'text-end');
    const { parts } = await partsFor(twoSentences, {}, { stream: () => streamOf(json) });
    expect(JSON.parse(wordsOf(parts))).toEqual({ object: 'car', count: 1, colour: 'red' });
  });

  it('speaks before a tool call what was said before it', async () => {
    const parts = partsOf({ content: [text('I count three')] });
    const call = { type: 'tool-call', toolCallId: 'c', toolName: 'count', input: '{}' };
    parts.splice(
      parts.findIndex(({ type }) => type === 'text-end'),
      0,
      call,
    );
    const { parts: got } = await partsFor(twoSentences, {}, { stream: () => streamOf(parts) });
    const types = got.map(({ type }) => type);
    expect(wordsOf(got.slice(0, types.indexOf('tool-call')))).toBe('I count two');
  });

  it('passes a stream without a picture through part by part, and says why in the finish', async () => {
    const { model, scorer } = setUp(twoSentences);
    const { stream } = await model.doStream({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    } as never);
    const parts = (await collect(stream)) as AnyPart[];
    expect(parts.slice(0, -1)).toEqual(partsOf(twoSentences).slice(0, -1));
    expect(reportsIn(parts)).toMatchObject([{ status: 'skipped', reason: 'the call holds no picture' }]);
    expect(scorer.seen).toEqual([]);
  });

  it('says why there was nothing to correct', async () => {
    const call = { type: 'tool-call', toolCallId: 'c', toolName: 'count', input: '{}' };
    const { parts } = await partsFor({ content: [call], finish: 'tool-calls' });
    expect(reportsIn(parts)).toMatchObject([{ status: 'skipped', reason: 'a tool call, no text' }]);
    const refusal = await partsFor({ content: [text("I'm sorry, but I can't help with the green car.")] });
    expect(wordsOf(refusal.parts)).toBe("I'm sorry, but I can't help with the green car.");
    expect(reportsIn(refusal.parts)).toMatchObject([{ status: 'skipped', reason: 'the answer is a refusal' }]);
  });

  it('corrects what a broken stream had said, and hands the failure on', async () => {
    const parts: (AnyPart | Error)[] = partsOf(twoSentences).slice(0, -3);
    const { model } = setUp(twoSentences, {}, { stream: () => streamOf([...parts, new Error('upstream is gone')]) });
    const { stream } = await model.doStream(params() as never);
    const got: AnyPart[] = [];
    const reader = (stream as ReadableStream<AnyPart>).getReader();
    const failure = await (async () => {
      for (let read = await reader.read(); !read.done; read = await reader.read()) got.push(read.value);
      return 'ended well';
    })().catch((error) => error.message);
    expect(failure).toBe('upstream is gone');
    expect(wordsOf(got)).toBe('A red car is here. It has two');
  });

  it('does not correct half a JSON text that breaks off', async () => {
    const parts = partsOf({ content: [text('{"colour": "green", "note": "three')] }).slice(0, -2);
    const { model } = setUp(twoSentences, {}, { stream: () => streamOf([...parts, new Error('gone')]) });
    const { stream } = await model.doStream(params() as never);
    const got: AnyPart[] = [];
    const reader = (stream as ReadableStream<AnyPart>).getReader();
    await expect(
      (async () => {
        for (let read = await reader.read(); !read.done; read = await reader.read()) got.push(read.value);
      })(),
    ).rejects.toThrow('gone');
    expect(wordsOf(got)).toBe('{"colour": "green", "note": "three');
  });

  it('cancelling reaches the model, ends the correction and is reported', async () => {
    const reports: ResponseReport[] = [];
    let cancelled: unknown;
    let asked = false;
    let aborted = false;
    const scorer = {
      name: 'stuck',
      score: ({ signal }: { signal?: AbortSignal }) =>
        new Promise<never>((_, reject) => {
          asked = true;
          signal?.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason);
          });
        }),
    };
    const stream = () =>
      streamOf(partsOf(twoSentences), (reason) => {
        cancelled = reason;
      });
    const { model } = setUp(twoSentences, { scorer, onReport: (report) => reports.push(report) }, { stream });
    const { stream: corrected } = await model.doStream(params() as never);
    const reader = corrected.getReader();
    for (let index = 0; index < 3; index++) await reader.read();
    const pending = reader.read();
    await expect.poll(() => asked, { timeout: 30_000 }).toBe(true);
    await reader.cancel('client gone');
    expect((await pending).done).toBe(true);
    expect(cancelled).toBe('client gone');
    await expect.poll(() => aborted, { timeout: 30_000 }).toBe(true);
    await expect.poll(() => reports, { timeout: 30_000 }).toMatchObject([{ answers: [{ status: 'aborted' }] }]);
  });

  it('pulls no more from the model than its reader asks for', async () => {
    let pulled = 0;
    const parts = partsOf({ content: [text('It is red. '.repeat(500))] });
    const stream = () =>
      new ReadableStream<AnyPart>(
        {
          pull(controller) {
            const part = parts[pulled++];
            if (part) controller.enqueue(part);
            else controller.close();
          },
        },
        { highWaterMark: 0 },
      );
    const { model } = setUp(twoSentences, {}, { stream });
    const { stream: corrected } = await model.doStream(params() as never);
    const reader = corrected.getReader();
    for (let index = 0; index < 5; index++) await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(pulled).toBeLessThan(20);
    await reader.cancel();
  });

  it('an abort by the caller fails the stream', async () => {
    const stopper = new AbortController();
    const rewriter = {
      name: 'slow',
      rewrite: () => new Promise<never>(() => stopper.abort(new Error('changed my mind'))),
    };
    const { model } = setUp(twoSentences, { rewriter });
    const { stream } = await model.doStream(params({ abortSignal: stopper.signal }) as never);
    await expect(collect(stream)).rejects.toThrow('changed my mind');
  });

  it('an error of the model, or a tool call, never overtakes words that are held back', async () => {
    for (const type of ['error', 'tool-input-start', 'file']) {
      const said = partsOf({ content: [text('A green car is here. And')] }).filter((part) => part.type !== 'text-end');
      const stream = () => streamOf([...said.slice(0, -1), { type, id: 'x', error: new Error('boom') }, said.at(-1)!]);
      const { parts } = await partsFor(twoSentences, {}, { stream });
      const at = parts.findIndex((part) => part.type === type);
      expect(wordsOf(parts.slice(0, at)), type).toBe('A red car is here. And');
      expect(wordsOf(parts), type).toBe('A red car is here. And');
    }
  });

  it('a failure lets the words go as they are; failClosed ends the stream with the error and stops the model', async () => {
    const key = 'sk-live-abcdefgh12345678';
    const rewriter = { name: 'broken', rewrite: () => Promise.reject(new Error(`401 for ${key}`)) };
    const { parts } = await partsFor(twoSentences, { rewriter });
    expect(wordsOf(parts)).toBe('A green car is here. It has three doors.');
    expect(reportsIn(parts)).toMatchObject([{ status: 'failed', edits: [] }]);
    expect(JSON.stringify(parts)).not.toContain('abcdefgh');

    let cancelled = false;
    const stream = () =>
      streamOf(partsOf(twoSentences), () => {
        cancelled = true;
      });
    const { model, calls } = setUp(twoSentences, { rewriter, failClosed: true }, { stream });
    const errors: unknown[] = [];
    const result = sdk.streamText({ model, messages: messages(), onError: ({ error }) => void errors.push(error) });
    let shown = '';
    for await (const chunk of result.textStream) shown += chunk;
    expect(shown).toBe('');
    expect(errors).toMatchObject([{ name: 'DetectiveError', code: 'rewriter-failed' }]);
    expect(String(errors[0])).not.toContain('abcdefgh');
    expect(cancelled).toBe(true);
    expect(calls).toHaveLength(1);
  });

  it('what was sent adds up to the text of the report, however the model cuts its words', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom(
            'A green car. ',
            'Three dogs! ',
            'Nothing here.\n',
            '🐕‍🦺 runs? ',
            'Red ',
            'green',
            '. ',
            '\n\n',
          ),
          { minLength: 1, maxLength: 12 },
        ),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('sentence' as const, 'final' as const),
        async (words, cuts, stream) => {
          const whole = words.join('');
          const deltas: string[] = [];
          for (let at = 0, turn = 0; at < whole.length; turn++) {
            const size = cuts[turn % cuts.length]!;
            deltas.push(whole.slice(at, at + size));
            at += size;
          }
          const said = [
            { type: 'text-start', id: 't' },
            ...deltas.map((delta) => ({ type: 'text-delta', id: 't', delta })),
            { type: 'text-end', id: 't' },
            partsOf({ content: [] }).at(-1)!,
          ];
          const { parts } = await partsFor(twoSentences, { stream }, { stream: () => streamOf(said) });
          const [report] = reportsIn(parts);
          let rebuilt = whole;
          for (const { start, end, to } of [...(report?.edits ?? [])].sort((a, b) => b.start - a.start)) {
            rebuilt = rebuilt.slice(0, start) + to + rebuilt.slice(end);
          }
          expect(wordsOf(parts)).toBe(rebuilt);
          expect(wordsOf(parts).match(/\b(green|three)\b/gi)).toBeNull();
        },
      ),
      { numRuns: runs(40) },
    );
  });

  it('works under the tool loop and the UI message stream of the SDK', async () => {
    const { z } = await import('zod');
    const { model } = setUp((_, nth) =>
      nth === 1
        ? {
            content: [text('Three? '), { type: 'tool-call', toolCallId: 'c', toolName: 'count', input: '{}' }],
            finish: 'tool-calls',
          }
        : { content: [text('There are three dogs.')] },
    );
    const count = sdk.tool({ inputSchema: z.object({}), execute: async () => 2 });
    const result = sdk.streamText({ model, tools: { count }, stopWhen: sdk.stepCountIs(3), messages: messages() });
    const body = await result.toUIMessageStreamResponse().text();
    const shown = [...body.matchAll(/"type":"text-delta","id":"[^"]+","delta":"([^"]*)"/g)]
      .map((match) => match[1])
      .join('');
    expect(shown).toBe('Two? There are two dogs.');
    expect(await result.text).toBe('There are two dogs.');
  });

  if (spec === 'v4') {
    it('sends a ping while it is quiet for long, so that no proxy takes the stream for dead', async () => {
      const { vi } = await import('vitest');
      vi.useFakeTimers();
      try {
        const scorer = { name: 'slow', score: () => new Promise<never>(() => {}) };
        const { model } = setUp(twoSentences, { scorer });
        const { stream } = await model.doStream(params() as never);
        const reader = stream.getReader();
        for (let index = 0; index < 3; index++) await reader.read();
        const next = reader.read();
        await vi.advanceTimersByTimeAsync(10_500);
        expect((await next).value).toEqual({ type: 'ping' });
        await reader.cancel();
      } finally {
        vi.useRealTimers();
      }
    });
  }
});
