import { type ChildProcess, spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatCompletion, modelResponse, outputMessage, outputText } from '../http/wire-bodies.js';
import { always, serve } from '../http/wire-server.js';
import { installed, packages } from '../versions/installed.js';
import { allowOverrides, chatCall, pixel, post, question, startProxy, until } from './proxy-server.js';

const wrong = 'The bus is red.';
const right = 'The bus is blue.';

describe('LiteLLM’s Generic Guardrail API', () => {
  const path = '/beta/litellm_basic_guardrail_api';
  const about = { request_data: { user_api_key_hash: 'h', user_api_key_alias: null }, litellm_trace_id: 'trace' };
  const preCall = (id: string, images: string[] | null) => ({
    ...about,
    input_type: 'request',
    texts: ['You are kind.', question],
    images,
    tools: null,
    structured_messages: [{ role: 'user', content: [{ type: 'text', text: question }] }],
    litellm_call_id: id,
    additional_provider_specific_params: {},
  });
  const postCall = (id: string, texts: string[], params: object | null = {}) => ({
    ...about,
    input_type: 'response',
    texts,
    images: null,
    litellm_call_id: id,
    additional_provider_specific_params: params,
  });

  it('keeps the pictures of the pre-call by the call’s id, and corrects the texts of the post-call', async () => {
    const { url } = await startProxy({ allowOverrides });
    const ask = async (body: object) => (await post(url + path, body)).json();
    expect(await ask(preCall('one', [pixel]))).toEqual({ action: 'NONE' });
    expect(await ask(postCall('one', [wrong, '', 'The car is green.', wrong]))).toEqual({
      action: 'GUARDRAIL_INTERVENED',
      texts: [right, '', 'The car is green.', right],
    });
    expect(await ask(postCall('one', ['The bus is blue.']))).toEqual({ action: 'NONE' });
    expect(await ask(postCall('another', [wrong]))).toEqual({ action: 'NONE' });
    await ask(preCall('text', null));
    expect(await ask(postCall('text', [wrong]))).toEqual({ action: 'NONE' });
    // bare base64, as some of its providers have it
    await ask(preCall('bare', [pixel.split(',')[1]!]));
    expect(await ask(postCall('bare', [wrong]))).toMatchObject({ texts: [right] });
    expect(await ask(postCall('bare', [wrong], { threshold: 0.01 }))).toEqual({ action: 'NONE' });
  });

  it('lets the answer through where the scorer fails, and blocks it with fail_closed', async () => {
    const broken = { name: 'broken', score: () => Promise.reject(new Error('no')) };
    const { url } = await startProxy({ scorer: broken, allowOverrides });
    await post(url + path, preCall('one', [pixel]));
    expect(await (await post(url + path, postCall('one', [wrong]))).json()).toEqual({ action: 'NONE' });
    expect(await (await post(url + path, postCall('one', [wrong], { fail_closed: true }))).json()).toMatchObject({
      action: 'BLOCKED',
      blocked_reason: expect.stringContaining('vlm-detective'),
    });
  });

  it('never fetches a picture that is not allowed', async () => {
    const { url } = await startProxy({ imageUrls: {} });
    await post(url + path, preCall('one', ['http://169.254.169.254/latest', 'http://localhost/']));
    expect(await (await post(url + path, postCall('one', [wrong]))).json()).toEqual({ action: 'NONE' });
  });
});

describe.skipIf(!installed)('Portkey’s webhook guardrail, behind the real gateway', () => {
  let gateway: ChildProcess;
  let port: number;

  beforeAll(async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    port = (probe.address() as AddressInfo).port;
    await new Promise((resolve) => probe.close(resolve));
    const folder = join(packages, '@portkey-ai', 'gateway');
    gateway = spawn(process.execPath, [join(folder, 'build', 'start-server.js'), `--port=${port}`, '--headless'], {
      stdio: 'ignore',
    });
    await until(async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)) !== undefined, 110_000);
  }, 120_000);
  afterAll(() => void gateway.kill());

  const clientOf = (upstream: string, webhookURL: string, headers = {}) =>
    new OpenAI({
      apiKey: 'sk-test-1234567890',
      baseURL: `http://127.0.0.1:${port}/v1`,
      maxRetries: 0,
      defaultHeaders: {
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `${upstream}/v1`,
        'x-portkey-config': JSON.stringify({
          output_guardrails: [{ 'default.webhook': { webhookURL, headers, timeout: 60_000 }, deny: true }],
        }),
      },
    });

  it('puts the corrected answer in place of the model’s', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const key = 'a-key-of-the-server-123';
    const proxy = await startProxy({ key });
    const client = clientOf(upstream.origin, `${proxy.url}/portkey/webhook`, { 'x-detective-key': key });
    const completion = await client.chat.completions.create(chatCall());
    expect(completion.choices[0]?.message.content).toBe(right);
    expect(proxy.lines.join('')).not.toContain('sk-test');
    expect(JSON.parse(proxy.lines.at(-1)!)).toMatchObject({ route: '/portkey/webhook', corrected: 'clean', edits: 1 });
  });

  it('never hears of responses: the gateway does not ask its guardrails about them', async () => {
    const upstream = await serve(always(modelResponse([outputMessage([outputText(wrong)])])));
    const proxy = await startProxy();
    const client = clientOf(upstream.origin, `${proxy.url}/portkey/webhook`);
    const content = [{ type: 'input_image' as const, image_url: pixel, detail: 'auto' as const }];
    const response = await client.responses.create({ model: 'gpt-5.1', input: [{ role: 'user', content }] });
    expect(response.output_text).toBe(wrong);
    expect(proxy.lines).toEqual([]);
  });

  it('leaves alone what needs no correction', async () => {
    const upstream = await serve(always(chatCompletion({ content: right })));
    const proxy = await startProxy();
    const client = clientOf(upstream.origin, `${proxy.url}/portkey/webhook`);
    const completion = await client.chat.completions.create(chatCall());
    expect(completion.choices[0]?.message.content).toBe(right);
    const text = await client.chat.completions.create(chatCall(null));
    expect(text.choices[0]?.message.content).toBe(right);
  });

  it('denies the answer where it is to be withheld', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const broken = { name: 'broken', score: () => Promise.reject(new Error('no')) };
    const proxy = await startProxy({ scorer: broken, failClosed: true });
    const client = clientOf(upstream.origin, `${proxy.url}/portkey/webhook`);
    await expect(client.chat.completions.create(chatCall())).rejects.toMatchObject({ status: 446 });
  });
});

describe('Portkey’s webhook guardrail', () => {
  it('answers hooks that are none of its business with a verdict alone', async () => {
    const { url } = await startProxy();
    const ask = async (body: object) => (await post(`${url}/portkey/webhook`, body)).json();
    const hook = { eventType: 'afterRequestHook', requestType: 'chatComplete', provider: 'openai', metadata: {} };
    const answer = { json: chatCompletion({ content: wrong }), text: wrong, statusCode: 200 };
    const whole = { ...hook, request: { json: chatCall(), text: question }, response: answer };
    expect(await ask(whole)).toMatchObject({
      verdict: true,
      transformedData: { response: { json: { choices: [{ message: { content: right } }] } } },
    });
    expect(await ask({ ...whole, eventType: 'beforeRequestHook' })).toEqual({ verdict: true });
    expect(await ask({ ...whole, requestType: 'embed' })).toEqual({ verdict: true });
    expect(await ask({ ...whole, response: { json: null, text: '' } })).toEqual({ verdict: true });
    expect(await ask({ ...whole, request: { json: null } })).toEqual({ verdict: true });
    expect((await post(`${url}/portkey/webhook`, { eventType: 'x' })).status).toBe(400);
  });
});
