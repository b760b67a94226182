import type { IncomingMessage } from 'node:http';

/** Servers whose shapes a seer can take on. */
export const seerKinds = ['openai', 'ollama', 'llamacpp', 'lmstudio', 'vllm', 'anthropic', 'gemini', 'vertex'] as const;
export type SeerKind = (typeof seerKinds)[number];

/** What of a call a seer reads. */
export interface SeerCall {
  /** The first words, and all that were said. */
  prompt: string;
  image: Buffer | null;
  logprobs: boolean;
  top: number;
  maxTokens: number | undefined;
  model: string;
}

// biome-ignore lint/suspicious/noExplicitAny: bodies as they come over the wire
type Body = any;

/** Paths at which a kind answers chats. */
export function isChat(kind: SeerKind, { url = '', method }: IncomingMessage): boolean {
  const path = url.split('?')[0]!;
  if (method !== 'POST') return false;
  if (kind === 'anthropic') return path === '/v1/messages';
  if (kind === 'gemini' || kind === 'vertex') return /:generateContent$/.test(path);
  return path === '/v1/chat/completions';
}

/** A call of each protocol; pictures only where the protocol has them. */
export function readCall(kind: SeerKind, body: Body, path: string): SeerCall {
  if (kind === 'gemini' || kind === 'vertex') {
    const parts = body.contents[0].parts as Body[];
    const data = parts.find((part) => part.inlineData)?.inlineData.data;
    const { responseLogprobs = false, logprobs = 1, maxOutputTokens } = body.generationConfig ?? {};
    return {
      prompt: parts.find((part) => part.text !== undefined)?.text ?? '',
      image: data ? Buffer.from(data, 'base64') : null,
      logprobs: responseLogprobs,
      top: logprobs,
      maxTokens: maxOutputTokens,
      model: decodeURIComponent(path.split('/').at(-1)!.replace(/:.*/, '')),
    };
  }
  const content = body.messages[0].content as Body;
  const parts: Body[] = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  const data =
    kind === 'anthropic'
      ? parts.find((part) => part.type === 'image')?.source.data
      : parts.find((part) => part.type === 'image_url')?.image_url.url.replace(/^data:[^,]*,/, '');
  return {
    prompt: parts.find((part) => part.type === 'text')?.text ?? '',
    image: data ? Buffer.from(data, 'base64') : null,
    logprobs: body.logprobs === true,
    top: body.top_logprobs ?? 1,
    // Ollama knows no other name of the limit (openai/openai.go, ChatCompletionRequest)
    maxTokens: kind === 'ollama' ? body.max_tokens : (body.max_completion_tokens ?? body.max_tokens),
    model: body.model,
  };
}

export interface Said {
  text: string;
  /** The first places of the reply, likeliest first; null where they are not told. */
  places: { token: string; logprob: number }[][] | null;
  ending: 'stop' | 'length' | 'refused';
  inputTokens: number;
  outputTokens: number;
}

/** The spellings of yes and no among which a model's probability is spread. */
const spellings = { yes: ['Yes', ' Yes', 'yes', 'YES', ' yes'], no: ['No', ' No', 'no', 'NO', ' no'] };
const shares = [0.7, 0.12, 0.1, 0.05, 0.03];

/** A yes/no reply as tokens: yes and no in all their spellings, and a few words that are neither. */
export function yesNoPlaces(p: number, top: number, marked = false): { token: string; logprob: number }[][] {
  if (marked)
    return [
      [
        { token: '▁Yes', logprob: Math.log(p) },
        { token: '▁No', logprob: Math.log(1 - p) },
      ].sort((a, b) => b.logprob - a.logprob),
    ];
  const spread = (words: readonly string[], mass: number) =>
    words.map((token, index) => ({ token, logprob: Math.log(mass * shares[index]!) }));
  const place = [
    ...spread(spellings.yes, p * 0.98),
    ...spread(spellings.no, (1 - p) * 0.98),
    { token: 'The', logprob: Math.log(0.015) },
    { token: 'I', logprob: Math.log(0.005) },
  ].sort((a, b) => b.logprob - a.logprob);
  return [place.slice(0, Math.max(1, top))];
}

/** The body of a reply, as each server writes it. Sources: docs/local-models.md, "Wire shapes". */
export function replyBody(
  kind: SeerKind,
  { text, places, ending, inputTokens, outputTokens }: Said,
  model: string,
): object {
  if (kind === 'anthropic')
    return {
      id: 'msg_seer',
      type: 'message',
      role: 'assistant',
      model,
      content: text === '' ? [] : [{ type: 'text', text, citations: null }],
      stop_reason: ending === 'refused' ? 'refusal' : ending === 'length' ? 'max_tokens' : 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: inputTokens,
        output_tokens: outputTokens,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
    };
  if (kind === 'gemini' || kind === 'vertex')
    return {
      candidates: [
        {
          content: { role: 'model', parts: [{ text }] },
          finishReason: ending === 'refused' ? 'SAFETY' : ending === 'length' ? 'MAX_TOKENS' : 'STOP',
          index: 0,
          ...(places
            ? {
                logprobsResult: {
                  topCandidates: places.map((place) => ({
                    candidates: place.map(({ token, logprob }) => ({ token, logProbability: logprob })),
                  })),
                  chosenCandidates: places.map(([first]) => ({ token: first!.token, logProbability: first!.logprob })),
                },
              }
            : {}),
        },
      ],
      usageMetadata: {
        promptTokenCount: inputTokens,
        candidatesTokenCount: outputTokens,
        totalTokenCount: inputTokens + outputTokens,
      },
      modelVersion: model,
    };
  const content = places?.map((place) => ({
    ...place[0]!,
    bytes: [...Buffer.from(place[0]!.token)],
    top_logprobs: place.map((one) => ({ ...one, bytes: [...Buffer.from(one.token)] })),
  }));
  return {
    id: 'chatcmpl-seer',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    ...(kind === 'ollama' ? { system_fingerprint: 'fp_ollama' } : {}),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: ending === 'refused' && kind === 'openai' ? null : text,
          ...(kind === 'openai' ? { refusal: ending === 'refused' ? text : null } : {}),
        },
        // Ollama leaves the field out where none were asked for; LM Studio has a stub
        ...(content ? { logprobs: { content } } : kind === 'ollama' ? {} : { logprobs: null }),
        finish_reason: ending === 'refused' ? 'stop' : ending,
      },
    ],
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
  };
}

export function errorBody(kind: SeerKind, status: number, message: string): object {
  if (kind === 'anthropic') return { type: 'error', error: { type: 'invalid_request_error', message } };
  if (kind === 'gemini' || kind === 'vertex') return { error: { code: status, message, status: 'INVALID_ARGUMENT' } };
  return { error: { message, type: 'invalid_request_error', param: null, code: null } };
}

/** What a kind answers to the questions of a discovery; undefined for what it does not know. */
export function discoveryBody(kind: SeerKind, path: string, models: readonly string[]): object | undefined {
  const openaiList = {
    object: 'list',
    data: models.map((id) => ({ id, object: 'model', created: 1, owned_by: kind === 'vllm' ? 'vllm' : 'library' })),
  };
  const answers: Readonly<Partial<Record<SeerKind, Readonly<Record<string, object>>>>> = {
    ollama: {
      '/api/tags': {
        models: models.map((name) => ({ name, model: name, size: 1, digest: 'x', details: { family: 'qwen25vl' } })),
      },
      '/api/version': { version: '0.13.5' },
      '/api/show': { capabilities: ['completion', 'vision'], details: { family: 'qwen25vl' }, model_info: {} },
      '/v1/models': openaiList,
    },
    lmstudio: {
      '/api/v1/models': {
        models: [
          ...models.map((key) => ({
            type: 'llm',
            publisher: 'x',
            key,
            display_name: key,
            architecture: 'qwen2_vl',
            quantization: { name: 'Q4_K_M', bits_per_weight: 4 },
            size_bytes: 1,
            params_string: '7B',
            loaded_instances: [{ id: key, config: { context_length: 4096 } }],
            max_context_length: 32768,
            format: 'gguf',
            capabilities: { vision: true, trained_for_tool_use: false },
            description: null,
          })),
          {
            type: 'embedding',
            publisher: 'x',
            key: 'text-embedding',
            display_name: 'Text embedding',
            quantization: null,
            size_bytes: 1,
            params_string: null,
            loaded_instances: [],
            max_context_length: 2048,
            format: 'gguf',
          },
        ],
      },
      // of versions before 0.4.0
      '/api/v0/models': {
        object: 'list',
        data: models.map((id) => ({
          id,
          object: 'model',
          type: 'vlm',
          publisher: 'x',
          arch: 'qwen2_vl',
          state: 'loaded',
          max_context_length: 32768,
        })),
      },
      '/v1/models': openaiList,
    },
    llamacpp: {
      '/props': {
        default_generation_settings: { n_ctx: 4096 },
        total_slots: 1,
        model_path: `/models/${models[0]}`,
        modalities: { vision: true, audio: false },
      },
      '/v1/models': openaiList,
    },
    vllm: { '/v1/models': openaiList },
    openai: { '/v1/models': openaiList },
  };
  return answers[kind]?.[path];
}
