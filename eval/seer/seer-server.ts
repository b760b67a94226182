import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Eyes } from './eyes.js';
import { answerOf, type SeerReply } from './replies.js';
import {
  discoveryBody,
  errorBody,
  isChat,
  readCall,
  replyBody,
  type Said,
  type SeerCall,
  type SeerKind,
  yesNoPlaces,
} from './wire-shapes.js';

/** What goes wrong with real servers and models. */
export type Fault =
  /** `logprobs: null`, whatever was asked for. */
  | 'no-logprobs'
  /** 400 for a call that asks for them. */
  | 'refuses-logprobs'
  /** Yes and no are told in one spelling only, with the mark of the tokenizer: `▁Yes`. */
  | 'one-spelling'
  /** Thinks first, in the content. */
  | 'thinks'
  /** Answers in prose. */
  | 'prose'
  /** Its JSON breaks off. */
  | 'truncated'
  /** Will not look. */
  | 'refuses'
  /** Every third call is one too many: 429 with a wait. */
  | 'busy'
  /** 400 for a call with a JSON schema. */
  | 'no-schema';

export interface SeerOptions {
  kind: SeerKind;
  eyes: Eyes;
  faults?: readonly Fault[];
  /** Share of its rewrites that are slips: 0..1. Default 0. */
  slip?: number;
  models?: readonly string[];
}

export interface SeerServer {
  url: string;
  /** Chat calls that were answered, with what each sent. */
  calls: (SeerCall & { status: number })[];
  stop(): Promise<void>;
}

/**
 * A local server with the wire of a model server and eyes of its own: a double of a vision-language model that really
 * looks, and errs as its eyes and its dial make it.
 */
export async function startSeer({
  kind,
  eyes,
  faults = [],
  slip = 0,
  models = ['seer'],
}: SeerOptions): Promise<SeerServer> {
  const calls: SeerServer['calls'] = [];
  const has = (fault: Fault) => faults.includes(fault);
  let received = 0;

  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => handle(request, response, body))
      .catch((error: unknown) => send(response, 500, errorBody(kind, 500, String(error))));
  });

  async function handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const path = (request.url ?? '').split('?')[0]!;
    const found = discoveryBody(kind, path, models);
    if (found) return send(response, 200, found);
    if (!isChat(kind, request)) return send(response, 404, errorBody(kind, 404, `no route ${path}`));
    const call = readCall(kind, body, path);
    received++;
    const refuse = (status: number, message: string, headers = {}) => {
      calls.push({ ...call, status });
      send(response, status, errorBody(kind, status, message), headers);
    };
    if (has('busy') && received % 3 === 0) return refuse(429, 'too many requests', { 'retry-after-ms': '5' });
    if (call.logprobs && (kind === 'gemini' || has('refuses-logprobs')))
      return refuse(
        400,
        kind === 'gemini'
          ? 'Logprobs is not supported for the current model'
          : "'logprobs' is not supported with this model.",
      );
    if (has('no-schema') && JSON.stringify(body).includes('json_schema'))
      return refuse(400, 'response_format json_schema is not supported');
    const reply = call.image ? await answerOf(eyes, call.image, call.prompt, slip) : { text: 'There is no picture.' };
    calls.push({ ...call, status: 200 });
    send(response, 200, replyBody(kind, said(reply, call), call.model));
  }

  function said(reply: SeerReply, { logprobs, top, prompt, maxTokens }: SeerCall): Said {
    const usage = { inputTokens: 300 + Math.ceil(prompt.length / 4), outputTokens: 1 };
    if (has('refuses')) return { ...usage, text: 'I cannot help with that.', places: null, ending: 'refused' };
    if (!('yes' in reply)) {
      const thought = has('thinks') ? '<think>Let me look closely.</think>\n' : '';
      const text = has('prose')
        ? 'It looks quite all right to me, on the whole.'
        : has('truncated')
          ? reply.text.slice(0, Math.ceil(reply.text.length * 0.7))
          : reply.text;
      return {
        ...usage,
        outputTokens: Math.ceil(text.length / 4),
        text: thought + text,
        places: null,
        ending: has('truncated') ? 'length' : 'stop',
      };
    }
    const tells = logprobs && kind !== 'lmstudio' && kind !== 'anthropic' && !has('no-logprobs');
    const other = has('thinks') ? '<think>' : has('prose') ? 'Looking' : reply.yes === null ? 'Unclear' : null;
    if (other !== null) {
      const places = tells
        ? [
            [
              { token: other, logprob: -0.01 },
              { token: 'Well', logprob: -5 },
            ],
          ]
        : null;
      return { ...usage, text: other, places, ending: (maxTokens ?? 99) < 8 ? 'length' : 'stop' };
    }
    const p = reply.yes!;
    const places = tells ? yesNoPlaces(p, top, has('one-spelling')) : null;
    return { ...usage, text: p > 0.5 ? 'Yes' : 'No', places, ending: 'stop' };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
