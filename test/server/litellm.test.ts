import { describe, expect, it } from 'vitest';
import { metric, pixel, post, question, startProxy, until } from './proxy-server.js';

const wrong = 'The bus is red.';
const right = 'The bus is blue.';
const path = '/beta/litellm_basic_guardrail_api';
const preCall = (id: string, images: string[]) => ({
  input_type: 'request',
  texts: [question],
  images,
  litellm_call_id: id,
});
const postCall = (id: string, texts: string[], params: object = {}) => ({
  input_type: 'response',
  texts,
  images: null,
  litellm_call_id: id,
  additional_provider_specific_params: params,
});

describe('LiteLLM’s guardrail', () => {
  it('does not judge a sentence that may go on, and says how much of it that is', async () => {
    const { url } = await startProxy();
    const ask = async (body: object) => (await post(url + path, body)).json();
    await ask(preCall('one', [pixel]));
    expect(await ask(postCall('one', ['The bus is red. The car is red', 'The bus is red', '🚌 red']))).toEqual({
      action: 'GUARDRAIL_INTERVENED',
      texts: ['The bus is blue. The car is red', 'The bus is red', '🚌 red'],
      stream_holdback_chars: [14, 14, 5],
    });
    expect(await ask(postCall('one', ['The bus is r']))).toEqual({ action: 'NONE', stream_holdback_chars: [12] });
    expect(await ask(postCall('one', ['The bus is "red".', 'The car is red.\n']))).toEqual({
      action: 'GUARDRAIL_INTERVENED',
      texts: ['The bus is "blue".', 'The car is blue.\n'],
    });
    expect(await ask(postCall('one', ['The bus is red'], { judge_unfinished: true }))).toEqual({
      action: 'GUARDRAIL_INTERVENED',
      texts: ['The bus is blue'],
    });
  });

  it('does not cost the caller’s own call what is too much for us, unless answers are to be withheld', async () => {
    for (const failClosed of [false, true]) {
      const { url } = await startProxy({ failClosed, maxBodyBytes: 20_000 });
      const ask = async (body: object) => {
        const response = await post(url + path, body);
        return response.status === 200 ? ((await response.json()) as { action: string }).action : response.status;
      };
      expect(await ask(preCall('many', Array(17).fill(pixel)))).toBe(failClosed ? 413 : 'NONE');
      expect(await ask(preCall('large', ['x'.repeat(30_000)]))).toBe(failClosed ? 413 : 'NONE');
      expect(await ask(postCall('many', [wrong], { threshold: 7 }))).toBe(400);
    }
  });

  it('does so where all places and the queue are full, too', async () => {
    let go = () => {};
    const blocked = new Promise<void>((resolve) => {
      go = resolve;
    });
    const slow = { name: 'slow', score: () => blocked.then(() => Promise.reject(new Error('no'))) };
    const proxy = await startProxy({ scorer: slow, concurrency: 1, queue: 0 });
    const { url } = proxy;
    await post(url + path, preCall('one', [pixel]));
    const first = post(url + path, postCall('one', [wrong]));
    await until(async () => (await metric(proxy, 'calls_in_hand ')) === 1);
    expect(await (await post(url + path, postCall('one', [wrong]))).json()).toEqual({ action: 'NONE' });
    go();
    await first;
  });

  it('keeps the pictures of a call for the key that it came with', async () => {
    const { url } = await startProxy();
    await post(url + path, preCall('one', [pixel]), { 'x-api-key': 'mine' });
    const ask = async (key: string) => (await post(url + path, postCall('one', [wrong]), { 'x-api-key': key })).json();
    expect(await ask('another')).toEqual({ action: 'NONE' });
    expect(await ask('mine')).toMatchObject({ texts: [right] });
  });
});
