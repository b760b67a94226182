import type { LanguageModelV3Middleware } from '@ai-sdk/provider';
import type { LanguageModelMiddleware as Middleware6 } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import {
  correctionReports,
  type ResponseReport,
  type SelfCorrectionOptions,
  selfCorrection,
} from '../../../src/adapters/ai-sdk/self-correction.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from '../../http/doubles.js';
import { type ModelOptions, resultOf, type Said, type Script, seven, versions } from './models.js';

let png: string;
let bytes: Uint8Array;
beforeAll(async () => {
  png = await pngDataUrl();
  bytes = new Uint8Array(Buffer.from(png.slice(png.indexOf(',') + 1), 'base64'));
});

const fixes = { green: 'red', three: 'two' };
const text = (words: string, rest: object = {}) => ({ type: 'text', text: words, ...rest });
const wrong: Said = { content: [text('A green car on the grass.')] };

it('is accepted as a middleware by the types of AI SDK 6 and of its providers', () => {
  const middleware = () => selfCorrection({ scorer: wordListScorer([]) });
  expectTypeOf(middleware).returns.toExtend<Middleware6>();
  expectTypeOf(middleware).returns.toExtend<LanguageModelV3Middleware>();
});

describe.each(versions)('$name: generateText', ({ sdk, model: modelOf, spec }) => {
  function setUp(script: Script, options: Partial<SelfCorrectionOptions> = {}, more: ModelOptions = {}) {
    const scorer = wordListScorer(Object.keys(fixes));
    const rewriter = dictionaryRewriter(fixes);
    const bare = modelOf(script, more);
    const middleware = selfCorrection({ scorer, rewriter, ...options });
    return {
      scorer,
      rewriter,
      calls: bare.calls,
      model: sdk.wrapLanguageModel({ model: bare.model as never, middleware }),
    };
  }
  const question = (...images: unknown[]) => [
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: 'What is in the picture?' },
        ...(images.length > 0 ? images : [{ type: 'image', image: bytes }]),
      ] as never,
    },
  ];

  it('hands back the corrected text, with the report in the provider metadata', async () => {
    const reports: ResponseReport[] = [];
    const { model, scorer } = setUp(
      { ...wrong, providerMetadata: { acme: { cached: true } } },
      { onReport: (report) => reports.push(report) },
    );
    const result = await sdk.generateText({ model, messages: question() });
    expect(result.text).toBe('A red car on the grass.');
    expect(result.usage).toMatchObject({ inputTokens: 900, outputTokens: 40 });
    expect(result.response).toMatchObject({ id: 'answer-1' });
    expect(result.providerMetadata).toMatchObject({ acme: { cached: true } });
    expect(correctionReports(result)).toEqual([
      expect.objectContaining({
        choice: 0,
        status: 'clean',
        edits: [{ start: 2, end: 7, from: 'green', to: 'red' }],
        scorer: 'word-list',
        rewriter: 'dictionary',
        usage: { inputTokens: 11, outputTokens: 3 },
      }),
    ]);
    expect(JSON.parse(JSON.stringify(result.providerMetadata))).toEqual(result.providerMetadata);
    expect(scorer.seen[0]).toMatchObject({ images: [png], prompt: 'What is in the picture?' });
    expect(reports).toMatchObject([{ protocol: 'ai-sdk', model: 'vision-1', answers: [{ status: 'clean' }] }]);
    expect(reports[0]?.details[0]?.after.length).toBeGreaterThan(0);
  });

  const pictures: [string, () => unknown][] = [
    ['bytes', () => ({ type: 'image', image: bytes })],
    ['base64', () => ({ type: 'image', image: png.slice(png.indexOf(',') + 1) })],
    ['a data: URL as text', () => ({ type: 'image', image: png })],
    ['a data: URL object', () => ({ type: 'image', image: new URL(png) })],
    ['a file of bytes', () => ({ type: 'file', data: bytes, mediaType: 'image/png' })],
    ['a file as a data: URL', () => ({ type: 'file', data: png, mediaType: 'image/png' })],
    [
      'a Buffer inside a larger one',
      () => ({ type: 'image', image: Buffer.concat([Buffer.alloc(9), bytes]).subarray(9) }),
    ],
  ];
  it.each(pictures)('takes a picture given as %s', async (_, picture) => {
    const { model, scorer } = setUp(wrong);
    const { text: corrected } = await sdk.generateText({ model, messages: question(picture()) });
    expect(corrected).toBe('A red car on the grass.');
    expect(scorer.seen[0]?.images).toEqual([png]);
  });

  it('does not fetch a picture that the model takes by its URL, and says so', async () => {
    const { model, scorer } = setUp(wrong, {}, { supportedUrls: { 'image/*': [/^https:\/\/example\.com\//] } });
    const result = await sdk.generateText({
      model,
      messages: question({ type: 'image', image: new URL('https://example.com/secret-path/cat.png?token=1') }),
    });
    expect(result.text).toBe('A green car on the grass.');
    const [report] = correctionReports(result);
    expect(report).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('a picture behind a https URL'),
    });
    expect(report?.reason).not.toContain('secret-path');
    expect(scorer.seen).toEqual([]);
  });

  it('inlineImages has the SDK download it, so that model and scorer see the same bytes', async () => {
    const scorer = wordListScorer(['green']);
    const bare = modelOf(wrong, { supportedUrls: { 'image/*': [/.*/] } });
    const middleware = selfCorrection({ scorer, rewriter: dictionaryRewriter(fixes), inlineImages: true });
    const model = sdk.wrapLanguageModel({ model: bare.model as never, middleware });
    const asked: string[] = [];
    const result = await sdk.generateText({
      model,
      messages: question({ type: 'image', image: new URL('https://example.com/cat.png') }),
      experimental_download: async (downloads) => {
        asked.push(...downloads.map(({ url }) => url.href));
        return downloads.map(() => ({ data: bytes, mediaType: 'image/png' }));
      },
    });
    expect(asked).toEqual(['https://example.com/cat.png']);
    expect(result.text).toBe('A red car on the grass.');
    expect(scorer.seen[0]?.images).toEqual([png]);
  });

  it('uses the pictures and the last question of earlier turns and of tool results', async () => {
    const { model, scorer } = setUp(wrong);
    await sdk.generateText({
      model,
      system: 'Answer briefly.',
      messages: [
        ...question(),
        { role: 'assistant', content: 'A car.' },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', toolCallId: 'call-1', toolName: 'zoom', input: { at: 'roof' } }],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'call-1',
              toolName: 'zoom',
              output: {
                type: 'content',
                value: [
                  spec === 'v3'
                    ? { type: 'image-data', data: png.slice(png.indexOf(',') + 1), mediaType: 'image/png' }
                    : { type: 'file', data: { type: 'data', data: bytes }, mediaType: 'image/png' },
                ] as never,
              },
            },
          ],
        },
        { role: 'user', content: 'And its colour?' },
      ],
    });
    expect(scorer.seen[0]).toMatchObject({ images: [png, png], prompt: 'And its colour?' });
  });

  it('leaves tool calls, reasoning, sources and files as they are, and their order', async () => {
    const others = [
      { type: 'reasoning', text: 'I see a green car.' },
      text('Three cars.'),
      { type: 'source', sourceType: 'url', id: 's1', url: 'https://example.com/green', title: 'green' },
      { type: 'tool-call', toolCallId: 'c1', toolName: 'paint', input: '{"colour":"green"}' },
    ];
    const { model } = setUp({ content: others, finish: 'tool-calls' });
    const result = await model.doGenerate({ prompt: [filePrompt()] } as never);
    expect(result.content).toEqual([others[0], text('Two cars.'), others[2], others[3]]);
    expect(result.finishReason).toEqual({ unified: 'tool-calls', raw: 'tool-calls' });
    expect(correctionReports(result)).toMatchObject([{ choice: 1, status: 'clean' }]);
  });

  const filePrompt = () => ({
    role: 'user',
    content: [
      { type: 'text', text: 'What is it?' },
      { type: 'file', mediaType: 'image', data: spec === 'v4' ? { type: 'data', data: bytes } : bytes },
    ],
  });

  it('corrects several texts of one answer each by itself', async () => {
    const { model } = setUp({
      content: [text('A green car.'), { type: 'reasoning', text: 'Hm.' }, text('Three dogs.')],
    });
    const result = await sdk.generateText({ model, messages: question() });
    expect(result.content.filter(({ type }) => type === 'text')).toMatchObject([
      { text: 'A red car.' },
      { text: 'Two dogs.' },
    ]);
    expect(correctionReports(result).map(({ choice }) => choice)).toEqual([0, 2]);
  });

  it('runs a tool loop: the call passes through, and the answer after it is corrected', async () => {
    const { model, calls } = setUp((_, nth) =>
      nth === 1
        ? {
            content: [{ type: 'tool-call', toolCallId: 'c', toolName: 'count', input: '{"of":"green"}' }],
            finish: 'tool-calls',
          }
        : { content: [text('There are three cars, all of them green.')] },
    );
    const seen: unknown[] = [];
    const { z } = await import('zod');
    const count = sdk.tool({
      inputSchema: z.object({ of: z.string() }),
      execute: async (input) => {
        seen.push(input);
        return 2;
      },
    });
    const result = await sdk.generateText({
      model,
      tools: { count },
      stopWhen: sdk.stepCountIs(3),
      messages: question(),
    });
    expect(seen).toEqual([{ of: 'green' }]);
    expect(result.text).toBe('There are two cars, all of them red.');
    expect(calls).toHaveLength(2);
    expect(result.steps.map((step) => correctionReports(step)[0])).toMatchObject([
      { status: 'skipped', reason: 'a tool call, no text' },
      { status: 'clean' },
    ]);
  });

  const skipped: [string, Said, string][] = [
    ['an empty text', { content: [text('')] }, 'the answer is empty'],
    [
      'a refusal by the provider',
      { content: [text('No green.')], finish: 'content-filter' },
      'the model refused to answer',
    ],
    ['a refusal in words', { content: [text("I'm sorry, but I can't help with green.")] }, 'the answer is a refusal'],
    ['reasoning only', { content: [{ type: 'reasoning', text: 'green' }] }, 'reasoning only, no text'],
    [
      'a text that cites a document as a whole',
      { content: [text('It is green.', { citations: [{ source: { type: 'source' } }] })] },
      'the text cites a source, not the picture',
    ],
  ];
  it.each(skipped)('passes %s through untouched, with the reason', async (_, said, reason) => {
    const { model } = setUp(said);
    const result = await model.doGenerate({ prompt: [filePrompt()] } as never);
    expect(result.content).toEqual(said.content);
    expect(correctionReports(result)).toMatchObject([{ status: 'skipped', reason }]);
  });

  it('passes a call without a picture through, and one that says so', async () => {
    const { model, scorer } = setUp(wrong);
    const plain = await sdk.generateText({ model, prompt: 'Say something.' });
    expect(plain.text).toBe('A green car on the grass.');
    expect(correctionReports(plain)).toMatchObject([{ status: 'skipped', reason: 'the call holds no picture' }]);
    const off = await sdk.generateText({
      model,
      messages: question(),
      providerOptions: { vlm_detective: { correct: false } },
    });
    expect(off.text).toBe('A green car on the grass.');
    expect(correctionReports(off)).toEqual([]);
    expect(scorer.seen).toEqual([]);
  });

  it('takes other settings for one call, and refuses settings that there are not', async () => {
    const { model } = setUp(wrong);
    const ask = (vlm_detective: Record<string, number | string>) =>
      sdk.generateText({ model, messages: question(), providerOptions: { vlm_detective }, maxRetries: 0 });
    expect((await ask({ threshold: 0.01 })).text).toBe('A green car on the grass.');
    await expect(ask({ treshold: 0.01 })).rejects.toThrow(/providerOptions\.vlm_detective.*treshold/s);
    await expect(ask({ threshold: 7 })).rejects.toThrow(/threshold/);
  });

  it('moves citations to where their words are now', async () => {
    const citations = [{ source: { type: 'source' }, startIndex: 12, endIndex: 15 }];
    const { model } = setUp({ content: [text('A green car (BBC).', { citations })] });
    const result = await model.doGenerate({ prompt: [filePrompt()] } as never);
    const [part] = result.content as unknown as {
      text: string;
      citations: { startIndex: number; endIndex: number }[];
    }[];
    expect(part?.text).toBe('A red car (BBC).');
    const { startIndex, endIndex } = part!.citations[0]!;
    expect(part?.text.slice(startIndex, endIndex)).toBe('A green car (BBC).'.slice(12, 15));
  });

  it('without a rewriter has the same model rewrite: the picture goes along, tools and limits do not', async () => {
    const scorer = wordListScorer(['green']);
    const bare = modelOf((options) =>
      options.responseFormat?.type === 'json'
        ? { content: [text('{"edits":[{"span":1,"replacement":"red","scope":"span"}]}')] }
        : wrong,
    );
    const price = { input: 2, output: 10 };
    const model = sdk.wrapLanguageModel({ model: bare.model as never, middleware: selfCorrection({ scorer, price }) });
    const result = await sdk.generateText({
      model,
      messages: question(),
      maxOutputTokens: 20,
      headers: { 'x-tenant': 'blue' },
      providerOptions: { acme: { effort: 'low' } },
    });
    expect(result.text).toBe('A red car on the grass.');
    expect(bare.calls).toHaveLength(2);
    const rewrite = bare.calls[1];
    expect(rewrite.maxOutputTokens).toBeUndefined();
    expect(rewrite.tools).toBeUndefined();
    expect(rewrite).toMatchObject({ headers: { 'x-tenant': 'blue' }, providerOptions: { acme: { effort: 'low' } } });
    const file = rewrite.prompt[0].content[0];
    const base64 = png.slice(png.indexOf(',') + 1);
    expect(file).toEqual({
      type: 'file',
      mediaType: 'image/png',
      data: spec === 'v4' ? { type: 'data', data: base64 } : base64,
    });
    const [report] = correctionReports(result);
    expect(report).toMatchObject({ rewriter: 'acme.vision:vision-1', usage: { inputTokens: 900, outputTokens: 40 } });
    expect(report?.usage.cost).toBeCloseTo((900 * 2 + 40 * 10) / 1e6, 12);
  });

  it('asks a model that knows no JSON schema again without one', async () => {
    const bare = modelOf((options) => {
      if (options.responseFormat?.type === 'json') {
        throw Object.assign(new Error('response_format json_schema is not supported'), { statusCode: 400 });
      }
      return JSON.stringify(options.prompt).includes('edits')
        ? { content: [text('{"edits":[{"span":1,"replacement":"red"}]}')] }
        : wrong;
    });
    const middleware = selfCorrection({ scorer: wordListScorer(['green']) });
    const model = sdk.wrapLanguageModel({ model: bare.model as never, middleware });
    expect((await sdk.generateText({ model, messages: question() })).text).toBe('A red car on the grass.');
  });

  it('does not correct what a scorer or rewriter asks of a wrapped model', async () => {
    const inner = setUp(wrong);
    const rewriter = {
      name: 'nested',
      async rewrite() {
        const { text: said } = await sdk.generateText({ model: inner.model, messages: question() });
        expect(said).toBe('A green car on the grass.');
        return { edits: [{ span: 1, replacement: 'red' }] };
      },
    };
    const { model } = setUp(wrong, { rewriter });
    expect((await sdk.generateText({ model, messages: question() })).text).toBe('A red car on the grass.');
    expect(inner.scorer.seen).toEqual([]);
  });

  it('never loses the answer to a failure, and shows no key in the report', async () => {
    const key = 'sk-live-abcdefgh12345678';
    const rewriter = {
      name: 'broken',
      rewrite: () => Promise.reject(new Error(`401 for Bearer ${key}`)),
    };
    const { model } = setUp(wrong, { rewriter });
    const result = await sdk.generateText({ model, messages: question(), headers: { authorization: `Bearer ${key}` } });
    expect(result.text).toBe('A green car on the grass.');
    const [report] = correctionReports(result);
    expect(report).toMatchObject({ status: 'failed', edits: [] });
    expect(JSON.stringify(result.providerMetadata)).not.toContain('abcdefgh');
  });

  it('failClosed and onUnresolved: throw fail the call once, without a retry', async () => {
    const rewriter = { name: 'broken', rewrite: () => Promise.reject(new Error('no route to sk-abcdefgh12345678')) };
    const closed = setUp(wrong, { rewriter, failClosed: true });
    const failure = await sdk.generateText({ model: closed.model, messages: question() }).catch((error) => error);
    expect(failure).toMatchObject({ name: 'DetectiveError', code: 'rewriter-failed' });
    expect(failure.message).not.toContain('abcdefgh');
    expect(closed.calls).toHaveLength(1);
    const unresolved = setUp(wrong, { rewriter: dictionaryRewriter({}), onUnresolved: 'throw' });
    await expect(sdk.generateText({ model: unresolved.model, messages: question() })).rejects.toMatchObject({
      code: 'unresolved',
    });
    expect(unresolved.calls).toHaveLength(1);
  });

  it('an abort ends the correction at once and fails the call; a time-out hands back the answer', async () => {
    const stopper = new AbortController();
    const rewriter = { name: 'slow', rewrite: () => new Promise<never>(() => stopper.abort(new Error('gone'))) };
    const aborted = setUp(wrong, { rewriter });
    const call = sdk.generateText({ model: aborted.model, messages: question(), abortSignal: stopper.signal });
    await expect(call).rejects.toThrow('gone');

    const stuck = { name: 'stuck', rewrite: () => new Promise<never>(() => {}) };
    const timed = setUp(wrong, { rewriter: stuck });
    const result = await timed.model.doGenerate({
      prompt: [filePrompt()],
      abortSignal: AbortSignal.timeout(150),
    } as never);
    expect(result.content).toEqual(wrong.content);
    expect(correctionReports(result)).toMatchObject([{ status: 'aborted' }]);
  });

  it('is not upset by an observer that throws', async () => {
    const { model } = setUp(wrong, {
      onReport: () => {
        throw new Error('observer');
      },
    });
    expect((await sdk.generateText({ model, messages: question() })).text).toBe('A red car on the grass.');
  });
});

it.skipIf(!seven)(
  'corrects a V3 model in AI SDK 7, and the rewrite goes to it in the shape of its own version',
  async () => {
    const sdk = seven!.ai;
    const calls: { prompt: unknown }[] = [];
    const v3 = new MockLanguageModelV3({
      doGenerate: async (options) => {
        calls.push(options);
        const edits = '{"edits":[{"span":1,"replacement":"red","scope":"span"}]}';
        return resultOf(calls.length === 1 ? wrong : { content: [text(edits)] }) as never;
      },
    });
    const middleware = selfCorrection({ scorer: wordListScorer(['green']) });
    const model = sdk.wrapLanguageModel({ model: v3, middleware });
    const result = await sdk.generateText({
      model,
      messages: [{ role: 'user', content: [{ type: 'image', image: bytes }] }],
    });
    expect(result.text).toBe('A red car on the grass.');
    expect(calls[1]?.prompt).toMatchObject([
      { content: [{ type: 'file', data: expect.any(String) }, { type: 'text' }] },
    ]);
  },
);
