import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { wrapOpenAI } from '../../src/adapters/wrap-openai.js';
import { correct, correctAll } from '../../src/agent/correct.js';
import { responseScore } from '../../src/scorer/response-score.js';
import { pngDataUrl, wordListScorer } from '../http/doubles.js';
import { chatCompletion } from '../http/wire-bodies.js';
import { sendJson, serve } from '../http/wire-server.js';
import { badWords, dictionary, image, scripted } from './doubles.js';

/** What the SDK's package for Node does: the active span follows the asynchronous calls. */
class Contexts implements ContextManager {
  private readonly storage = new AsyncLocalStorage<Context>();
  active() {
    return this.storage.getStore() ?? ROOT_CONTEXT;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    run: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.storage.run(active, () => run.call(self, ...args)) as ReturnType<F>;
  }
  bind<T>(_active: Context, target: T) {
    return target;
  }
  enable() {
    return this;
  }
  disable() {
    return this;
  }
}

const exporter = new InMemorySpanExporter();
beforeAll(() => {
  context.setGlobalContextManager(new Contexts());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
});
afterAll(() => {
  trace.disable();
  context.disable();
});
beforeEach(() => exporter.reset());

const spansNamed = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name);
const parentName = (span: ReadableSpan) =>
  exporter.getFinishedSpans().find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId)?.name;
const written = () =>
  JSON.stringify(
    exporter.getFinishedSpans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
  );

const request = { images: [image], prompt: 'What secretquestion is it?', response: 'Two grue cars. A blorp dog sits.' };

describe('a correction traced with the real SDK', () => {
  it('is an agent span with a span for each round, each rewrite and each scoring below it', async () => {
    const rewriter = scripted(({ spans }) =>
      spans.some(({ text }) => text === 'grue') ? [{ span: 1, replacement: 'red' }] : [{ span: 1, replacement: 'wet' }],
    );
    const { report } = await correct(request, { scorer: badWords('grue', 'blorp'), rewriter });
    const [agent, ...others] = spansNamed('invoke_agent vlm-detective');
    expect(others).toEqual([]);
    expect(agent?.attributes).toEqual({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': 'vlm_detective',
      'gen_ai.agent.name': 'vlm-detective',
      'gen_ai.usage.input_tokens': report.usage.inputTokens,
      'gen_ai.usage.output_tokens': report.usage.outputTokens,
      'vlm_detective.scorer': 'words',
      'vlm_detective.rewriter': 'scripted',
      'vlm_detective.status': 'clean',
      'vlm_detective.threshold': 0.5,
      'vlm_detective.rounds': 2,
      'vlm_detective.edits': 2,
      'vlm_detective.unresolved': 0,
      'vlm_detective.coverage': 1,
    });
    expect(agent?.status.code).toBe(SpanStatusCode.UNSET);
    const rounds = spansNamed('vlm_detective.round');
    expect(rounds.map(({ attributes }) => attributes)).toEqual([
      {
        'vlm_detective.round': 1,
        'vlm_detective.flagged': 2,
        'vlm_detective.accepted': 1,
        'vlm_detective.rejected': 0,
      },
      {
        'vlm_detective.round': 2,
        'vlm_detective.flagged': 1,
        'vlm_detective.accepted': 1,
        'vlm_detective.rejected': 0,
      },
    ]);
    expect(rounds.map(parentName)).toEqual(['invoke_agent vlm-detective', 'invoke_agent vlm-detective']);
    expect(spansNamed('vlm_detective.rewrite').map(parentName)).toEqual(['vlm_detective.round', 'vlm_detective.round']);
    const scoring = spansNamed('vlm_detective.score');
    expect(scoring[0]?.attributes).toEqual({ 'vlm_detective.scorer': 'words', 'vlm_detective.texts': 1 });
    expect(parentName(scoring[0]!)).toBe('invoke_agent vlm-detective');
    expect(scoring.slice(1).map(parentName)).toContain('vlm_detective.round');
  });

  it('carries the reward as evaluation results: before, after each round, and of what is handed back', async () => {
    const { response, report } = await correct(request, {
      scorer: badWords('grue', 'blorp'),
      rewriter: dictionary({ grue: 'red', blorp: 'wet' }),
    });
    const [agent] = spansNamed('invoke_agent vlm-detective');
    const score = (text: string, tokens: typeof report.before) => responseScore(text, tokens, 0.5)?.soft;
    expect(agent?.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      [
        'gen_ai.evaluation.result',
        {
          'gen_ai.evaluation.name': 'image_support',
          'gen_ai.evaluation.score.value': score(request.response, report.before),
          'gen_ai.evaluation.score.label': 'flagged',
          'gen_ai.evaluation.explanation': '2 of 7 tokens at or below 0.5',
          'vlm_detective.answer': 'model',
        },
      ],
      [
        'gen_ai.evaluation.result',
        {
          'gen_ai.evaluation.name': 'image_support',
          'gen_ai.evaluation.score.value': score(response, report.after),
          'gen_ai.evaluation.score.label': 'supported',
          'gen_ai.evaluation.explanation': '0 of 7 tokens at or below 0.5',
          'vlm_detective.answer': 'corrected',
        },
      ],
    ]);
    expect(score(request.response, report.before)).toBeCloseTo(0.1, 9);
    const [round] = spansNamed('vlm_detective.round');
    expect(round?.events.at(-1)?.attributes).toMatchObject({
      'gen_ai.evaluation.score.value': 0.9,
      'vlm_detective.answer': 'round',
    });
  });

  it('tells what was flagged by place and type, without a word of the answer', async () => {
    const colours = { images: [Buffer.from('png')], response: 'A red dog and two cats.' };
    await correct(colours, { scorer: badWords('red', 'two'), rewriter: dictionary({}) });
    const flagged = spansNamed('vlm_detective.round')[0]?.events.filter(({ name }) => name === 'vlm_detective.flagged');
    expect(flagged?.map(({ attributes }) => attributes)).toEqual([
      {
        'vlm_detective.start': 2,
        'vlm_detective.end': 5,
        'vlm_detective.reward': 0.1,
        'vlm_detective.type': 'attribute',
      },
      {
        'vlm_detective.start': 14,
        'vlm_detective.end': 17,
        'vlm_detective.reward': 0.1,
        'vlm_detective.type': 'counting',
      },
    ]);
  });

  it('each choice of a call has its own', async () => {
    const rewriter = dictionary({ grue: 'red' });
    await correctAll([request, { ...request, response: 'One grue hat.' }], { scorer: badWords('grue'), rewriter });
    expect(spansNamed('invoke_agent vlm-detective')).toHaveLength(2);
  });

  it('a rewriting model is a client call by its provider, with its tokens and no address but the server’s', async () => {
    const key = 'sk-proj-abcdefgh12345678';
    const server = await serve(({ body }, response) => {
      const rewrite = JSON.stringify(body).includes('replacement');
      const content = rewrite ? '{"edits":[{"span":1,"replacement":"red","scope":"span"}]}' : 'A grue car.';
      sendJson(response, chatCompletion({ content }));
    });
    const openai = wrapOpenAI(new OpenAI({ apiKey: key, baseURL: `${server.origin}/v1` }), {
      scorer: wordListScorer(['grue']),
    });
    const url = await pngDataUrl();
    await openai.chat.completions.create({
      model: 'gpt-5.1',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
    });
    const [chat, ...more] = spansNamed('chat gpt-5.1');
    expect(more).toEqual([]);
    expect(chat?.kind).toBe(SpanKind.CLIENT);
    expect(chat?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5.1',
      'gen_ai.usage.input_tokens': 1117,
      'gen_ai.usage.output_tokens': 46,
      'vlm_detective.rewriter': 'openai:gpt-5.1',
      'vlm_detective.edits': 1,
    });
    expect(parentName(chat!)).toBe('vlm_detective.round');
    expect(written()).not.toMatch(/grue|abcdefgh|iVBOR/);
  });

  it('takes the server of a model of one’s own from the name of the rewriter', async () => {
    const rewriter = { ...dictionary({ grue: 'red' }), name: 'openai:qwen-vl@http://10.0.0.7:8000/v1' };
    await correct(request, { scorer: badWords('grue'), rewriter });
    expect(spansNamed('chat qwen-vl')[0]?.attributes).toMatchObject({
      'gen_ai.provider.name': 'openai',
      'server.address': '10.0.0.7',
      'server.port': 8000,
    });
  });

  it('tells the cost where the price is known', async () => {
    const rewriter = scripted(() => [{ span: 1, replacement: 'red' }], {
      inputTokens: 10,
      outputTokens: 5,
      cost: 0.25,
    } as never);
    await correct({ ...request, response: 'A grue car.' }, { scorer: badWords('grue'), rewriter });
    expect(spansNamed('invoke_agent vlm-detective')[0]?.attributes).toMatchObject({ 'vlm_detective.cost_usd': 0.25 });
  });

  it('holds no word of question or answer, no picture and no key, whatever fails', async () => {
    const quote = `401 for sk-live-abcdefgh12345678 on "${request.prompt}": ${request.response}`;
    const broken = { name: 'broken', rewrite: () => Promise.reject(new Error(quote)) };
    const dead = { name: 'dead', score: () => Promise.reject(new Error(quote)) };
    await correct(request, { scorer: badWords('grue'), rewriter: broken });
    await correct(request, { scorer: dead, rewriter: broken });
    const strict = { scorer: badWords('grue'), rewriter: dictionary({}), onUnresolved: 'throw' as const };
    await expect(correct(request, strict)).rejects.toThrow(/grue/);
    await expect(correct(request, { scorer: dead, rewriter: broken, failClosed: true })).rejects.toThrow();
    await correct({ ...request, response: '{"kind":"grue","count":2}' }, { ...strict, onUnresolved: 'keep' });
    const agents = spansNamed('invoke_agent vlm-detective');
    expect(agents.map(({ attributes, status }) => [attributes['error.type'], status.code])).toEqual([
      ['rewriter-failed', SpanStatusCode.ERROR],
      ['scorer-failed', SpanStatusCode.ERROR],
      ['unresolved', SpanStatusCode.ERROR],
      ['scorer-failed', SpanStatusCode.ERROR],
      [undefined, SpanStatusCode.UNSET],
    ]);
    expect(exporter.getFinishedSpans().length).toBeGreaterThan(10);
    expect(written()).not.toMatch(/grue|blorp|secretquestion|abcdefgh|test double of a picture/);
  });
});

it('corrects all the same, and looks once only, where OpenTelemetry is not installed', async () => {
  let looked = 0;
  vi.resetModules();
  vi.doMock('@opentelemetry/api', () => {
    looked++;
    throw new Error('not installed');
  });
  try {
    const fresh = await import('../../src/agent/correct.js');
    const options = { scorer: badWords('grue'), rewriter: dictionary({ grue: 'red' }) };
    expect((await fresh.correct(request, options)).response).toContain('Two red cars.');
    expect((await fresh.correct(request, options)).response).toContain('Two red cars.');
    expect(looked).toBe(1);
    expect(exporter.getFinishedSpans()).toEqual([]);
  } finally {
    vi.doUnmock('@opentelemetry/api');
  }
});
