import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Tokenizer } from '@huggingface/tokenizers';
import { openTokenizer, type Tokenize } from '../../../../src/scorer/tldr/tokenizer.js';
import { tinyTokenizer } from '../../../fixtures/tiny/tiny-tokenizer.js';

/*
 * The wire shapes of vLLM 0.31 as its documentation and source state them: /v1/models, /tokenize, /pooling with
 * token_classify, and chat completions with prompt_logprobs. The model is causal: a row depends on what stands before.
 */

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire
type Body = any;

/** Changes a reply before it is sent, or answers by itself (returns null). */
export type Fault = (
  reply: Body,
  call: { path: string; body: Body; count: number; response: ServerResponse },
) => Body | null;

export const imageTokens = 7;
const marks = { system: 300, user: 301, image: 302, assistant: 303 };

export interface FakeVllm {
  url: string;
  calls: { path: string; body: Body; headers: Record<string, unknown> }[];
  /** What is done to the replies of /pooling (or chat completions) from now on. */
  fault: Fault | null;
  /** What is done to the replies of /tokenize. */
  tokenizeFault: Fault | null;
  stop(): Promise<void>;
}

/** P(good) of the answer's words in the fake: 0.1 for a colour word that is not the picture's uuid's favourite, else 0.9. */
export function rowOf(ids: readonly number[], at: number, image: string): number {
  const digest = createHash('sha256')
    .update(
      `${ids.slice(0, at + 1).join()} ${ids.indexOf(marks.image) < 0 || at < ids.indexOf(marks.image) ? '' : image}`,
    )
    .digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

export async function startFakeVllm(): Promise<FakeVllm> {
  const tokenize: Tokenize = await openTokenizer({
    folder: 'fake',
    tokenizer: tinyTokenizer,
    manifest: { text: { lowercase: false } },
  });
  const plain = new Tokenizer({ ...tinyTokenizer, added_tokens: [] }, {});
  const fake: FakeVllm = { url: '', calls: [], fault: null, tokenizeFault: null, stop: async () => {} };

  async function chatIds(messages: Body[], expand: boolean): Promise<{ ids: number[]; image: string }> {
    const [user, assistant] = messages;
    const parts = typeof user.content === 'string' ? [{ type: 'text', text: user.content }] : user.content;
    const ids = [marks.system, 10, 11, 12, marks.user];
    let image = '';
    for (const part of parts) {
      if (part.type === 'text') ids.push(...(await tokenize(part.text)).ids);
      else {
        image += part.uuid;
        ids.push(...new Array(expand ? imageTokens : 1).fill(marks.image));
      }
    }
    ids.push(marks.assistant, ...(await tokenize(assistant.content)).ids);
    return { ids, image };
  }

  async function answer(path: string, body: Body): Promise<Body> {
    if (path === '/v1/models') return { object: 'list', data: [{ id: 'tldr', object: 'model', max_model_len: 4096 }] };
    if (path === '/tokenize') {
      const ids = body.messages ? (await chatIds(body.messages, false)).ids : (await tokenize(body.prompt)).ids;
      return {
        count: ids.length,
        max_model_len: 4096,
        tokens: ids,
        token_strs: body.return_token_strs ? plain.encode(body.prompt, { add_special_tokens: false }).tokens : null,
      };
    }
    const { ids, image } = await chatIds(body.messages, true);
    const usage = {
      prompt_tokens: ids.length,
      total_tokens: ids.length,
      completion_tokens: 0,
      prompt_tokens_details: null,
    };
    if (path === '/pooling') {
      const rows = ids.map((_, at) => [rowOf(ids, at, image)]);
      return {
        id: `pooling-${body.request_id}`,
        object: 'list',
        created: 1763,
        model: body.model,
        data: [{ index: 0, object: 'pooling', data: rows }],
        usage,
      };
    }
    return {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model: body.model,
      choices: [{ index: 0, message: { role: 'assistant', content: '.' }, finish_reason: 'length', token_ids: [4] }],
      prompt_token_ids: ids,
      prompt_logprobs: ids.map((id, at) =>
        at === 0
          ? null
          : {
              [id]: { logprob: -5 * rowOf(ids, at, image), rank: 3, decoded_token: '?' },
              9999: { logprob: -0.1, rank: 1, decoded_token: 'top' },
            },
      ),
      usage,
    };
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const path = request.url ?? '';
      const text = Buffer.concat(chunks).toString('utf8');
      const body = text === '' ? null : JSON.parse(text);
      fake.calls.push({ path, body, headers: request.headers });
      const count = fake.calls.filter((call) => call.path === path).length;
      let reply = await answer(path, body);
      const fault = path === '/tokenize' ? fake.tokenizeFault : path === '/v1/models' ? null : fake.fault;
      if (fault) reply = fault(reply, { path, body, count, response });
      if (reply === null) return;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(typeof reply === 'string' ? reply : JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fake.stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return fake;
}
