import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { selfCorrection } from '../../src/adapters/ai-sdk/self-correction.js';
import { wrapAnthropic } from '../../src/adapters/wrap-anthropic.js';
import { wrapOpenAI } from '../../src/adapters/wrap-openai.js';
import type { WrapOptions } from '../../src/adapters/wrap-options.js';
import { type Said, versions } from '../adapters/ai-sdk/models.js';
import { dictionaryRewriter, pngDataUrl, preparing, wordListScorer } from '../http/doubles.js';
import { anthropicMessage, chatCompletion } from '../http/wire-bodies.js';
import { chatStream, textMessageStream } from '../http/wire-events.js';
import { sendJson, serve } from '../http/wire-server.js';

const wrong = 'A green car.';
const right = 'A red car.';
let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

/** A wrapped client whose model does `first` before it answers; a failure of that is the model's. `ask` gives its words. */
type Client = (
  options: WrapOptions,
  first: () => Promise<void>,
) => Promise<(call: { stream: boolean; picture?: string | null }) => Promise<string>>;

const joined = (parts: readonly (string | null | undefined)[]) => parts.map((part) => part ?? '').join('');

async function collected<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

/** A server that does `first`, and then answers whole or streamed; with a 400 where that fails. */
const answering = (first: () => Promise<void>, whole: unknown, events: readonly string[]) =>
  serve(async ({ body }, response) => {
    try {
      await first();
    } catch {
      return sendJson(response, { type: 'error', error: { type: 'invalid_request_error', message: 'no' } }, 400);
    }
    if (!body.stream) return sendJson(response, whole);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events.join(''));
  });

const throughOpenAI: Client = async (options, first) => {
  const server = await answering(first, chatCompletion({ content: wrong }), chatStream(wrong));
  const client = wrapOpenAI(new OpenAI({ apiKey: 'sk-x', baseURL: `${server.origin}/v1` }), options);
  return async ({ stream, picture = png }) => {
    const { chat } = client;
    const content: OpenAI.Chat.ChatCompletionContentPart[] = [{ type: 'text', text: 'What is it?' }];
    if (picture !== null) content.push({ type: 'image_url', image_url: { url: picture } });
    const call = { model: 'gpt-5.1', messages: [{ role: 'user' as const, content }] };
    if (!stream) return (await chat.completions.create(call)).choices[0]?.message.content ?? '';
    const chunks = await collected(await chat.completions.create({ ...call, stream }));
    return joined(chunks.map(({ choices }) => choices[0]?.delta.content));
  };
};

const throughAnthropic: Client = async (options, first) => {
  const server = await answering(first, anthropicMessage([{ type: 'text', text: wrong }]), textMessageStream(wrong));
  const client = wrapAnthropic(new Anthropic({ apiKey: 'sk-x', baseURL: server.origin }), options);
  return async ({ stream, picture = png }) => {
    const content: Anthropic.ContentBlockParam[] = [{ type: 'text', text: 'What is it?' }];
    if (picture?.startsWith('data:')) {
      const data = picture.slice(picture.indexOf(',') + 1);
      content.push({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } });
    } else if (picture !== null) content.push({ type: 'image', source: { type: 'url', url: picture } });
    const call = { model: 'claude-haiku-5-5', max_tokens: 99, messages: [{ role: 'user' as const, content }] };
    if (!stream) {
      const message = await client.messages.create(call);
      return joined(message.content.map((block) => (block.type === 'text' ? block.text : '')));
    }
    const events = await collected(await client.messages.create({ ...call, stream }));
    return joined(
      events.map((event) =>
        event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : '',
      ),
    );
  };
};

const throughAiSdk =
  ({ sdk, model }: (typeof versions)[number]): Client =>
  async (options, first) => {
    const said: Said = { content: [{ type: 'text', text: wrong }] };
    const speaker = model(
      async () => {
        await first();
        return said;
      },
      { supportedUrls: { 'image/*': [/./] } },
    );
    const wrapped = sdk.wrapLanguageModel({ model: speaker.model as never, middleware: selfCorrection(options) });
    return async ({ stream, picture = png }) => {
      const image = picture === null ? [] : [{ type: 'image' as const, image: picture }];
      const content = [{ type: 'text' as const, text: 'What is it?' }, ...image];
      const call = { model: wrapped, maxRetries: 0, messages: [{ role: 'user' as const, content }] };
      if (!stream) return (await sdk.generateText(call)).text;
      return joined(await collected(sdk.streamText({ ...call, onError: () => {} }).textStream));
    };
  };

const clients: [string, Client][] = [
  ['wrapOpenAI', throughOpenAI],
  ['wrapAnthropic', throughAnthropic],
  ...versions.map((version): [string, Client] => [version.name, throughAiSdk(version)]),
];

const rewriter = dictionaryRewriter({ green: 'red' });
const wordList = () => wordListScorer(['green']);
const pixels = (url: unknown) => String(url).slice(String(url).indexOf(',') + 1);

describe.each(clients)('the scorer’s head start through %s', (_name, client) => {
  it.each([false, true])('begins while the model has not answered yet (stream: %s)', async (stream) => {
    const { scorer, seen } = preparing(wordList());
    // an answer that waits for the head start: without one there would be none
    const ask = await client({ scorer, rewriter }, () => vi.waitUntil(() => seen.length === 1, 20_000).then(() => {}));
    expect(await ask({ stream })).toBe(right);
    expect(seen.map(({ images }) => images.map(pixels))).toEqual([[pixels(png)]]);
    await vi.waitUntil(() => seen[0]?.signal?.aborted);
  });

  it('is taken back where the call fails', async () => {
    const { scorer, seen } = preparing(wordList(), () => new Promise(() => {}));
    const ask = await client({ scorer, rewriter }, () => Promise.reject(new Error('no')));
    for (const stream of [false, true]) {
      await ask({ stream }).catch(() => {});
      await vi.waitUntil(() => seen.at(-1)?.signal?.aborted);
    }
    expect(seen).toHaveLength(2);
  });

  it('is not given where nothing is to be judged', async () => {
    const { scorer, seen } = preparing(wordList());
    const nothing = async () => {};
    const ask = await client({ scorer, rewriter }, nothing);
    expect(await ask({ stream: false, picture: null })).toBe(wrong);
    expect(await ask({ stream: false, picture: 'https://example.com/a.png' })).toBe(wrong);
    const off = await client({ scorer, rewriter, stream: 'off' }, nothing);
    expect(await off({ stream: true })).toBe(wrong);
    expect(seen).toEqual([]);
  });

  it('costs nothing where it fails', async () => {
    const { scorer } = preparing(wordList(), () => Promise.reject(new Error('no memory')));
    const throwing = {
      ...scorer,
      prepare() {
        throw new Error('at once');
      },
    };
    for (const one of [scorer, throwing]) {
      const ask = await client({ scorer: one, rewriter }, async () => {});
      expect(await ask({ stream: false })).toBe(right);
    }
  });
});
