import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startSeer } from '../../eval/seer/seer-server.js';
import { discoveryBody } from '../../eval/seer/wire-shapes.js';
import type { LocalServer } from '../../src/models/address.js';
import { keyedProviders } from '../../src/models/address.js';
import { findServers } from '../../src/models/discover.js';
import { estimate } from '../../src/models/estimate.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
const eyes = { sees: async () => 1, reads: async () => ({ response: '', tokens: [], scorer: '' }) };

describe('servers on this machine are found', () => {
  it.each<[LocalServer, boolean | null, boolean]>([
    ['ollama', true, true],
    ['lmstudio', true, false],
    ['llamacpp', true, true],
    ['vllm', true, true],
  ])('%s, with what sees and whether it gives log probabilities', async (kind, vision, logprobs) => {
    const seer = await startSeer({ kind, eyes, models: ['qwen2.5-vl-7b'] });
    stops.push(seer.stop);
    const nobody = 'http://127.0.0.1:9/v1';
    const at = { ollama: nobody, lmstudio: nobody, llamacpp: nobody, vllm: nobody, [kind]: `${seer.url}/v1` };
    expect(await findServers(at)).toEqual([
      {
        server: kind,
        title: expect.any(String),
        baseURL: `${seer.url}/v1`,
        logprobs,
        models: [{ spec: `${kind}/qwen2.5-vl-7b@${seer.url}/v1`, vision }],
      },
    ]);
  });

  it('LM Studio of before 0.4.0, by the list that it had then', async () => {
    const answer = discoveryBody('lmstudio', '/api/v0/models', ['qwen2.5-vl-7b']);
    const server = createServer((request, response) => {
      const known = request.url === '/api/v0/models';
      response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(known ? answer : { error: 'Unexpected endpoint' }));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    stops.push(() => new Promise((closed) => server.close(() => closed())));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const nobody = 'http://127.0.0.1:9/v1';
    const [found] = await findServers({ ollama: nobody, lmstudio: url, llamacpp: nobody, vllm: nobody });
    expect(found!.models).toEqual([{ spec: `lmstudio/qwen2.5-vl-7b@${url}`, vision: true }]);
  });

  it('and another kind of server at that port is not taken for it', async () => {
    const seer = await startSeer({ kind: 'vllm', eyes });
    stops.push(seer.stop);
    const at = {
      ollama: `${seer.url}/v1`,
      lmstudio: `${seer.url}/v1`,
      llamacpp: `${seer.url}/v1`,
      vllm: 'http://127.0.0.1:9/v1',
    };
    expect(await findServers(at)).toEqual([]);
  });

  it('keys by the provider that they are of', () => {
    expect(keyedProviders({ GOOGLE_API_KEY: 'x', OPENAI_API_KEY: '' })).toEqual(['gemini']);
  });
});

it('what claims would cost is told beforehand', () => {
  const counts = [
    { claims: 10, length: 400 },
    { claims: 0, length: 0 },
  ];
  const { claims, logprobs, verdicts } = estimate(counts, { input: 1, output: 2 });
  expect({ claims, calls: logprobs.calls, one: verdicts.calls, pictures: verdicts.pictures }).toEqual({
    claims: 10,
    calls: 10,
    one: 1,
    pictures: 1,
  });
  expect(logprobs.cost).toBeCloseTo((logprobs.inputTokens + 2 * logprobs.outputTokens) / 1e6);
});
