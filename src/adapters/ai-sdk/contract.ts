/**
 * What is needed of the AI SDK's language-model contract, versions V3 (AI SDK 6) and V4 (AI SDK 7) alike, as structural
 * types: neither `ai` nor `@ai-sdk/provider` has to be installed for them, and a value of either version fits.
 */

/** A part of a prompt, an answer or a stream: everything else about it passes through as it is. */
export interface Part {
  type: string;
}

export interface PromptMessage {
  role: string;
  /** A string for the system, parts for everyone else. */
  content: string | readonly Part[];
}

export interface CallParams {
  prompt: readonly PromptMessage[];
  responseFormat?: { type: string; schema?: unknown; name?: string } | undefined;
  abortSignal?: AbortSignal | undefined;
  headers?: Record<string, string | undefined> | undefined;
  providerOptions?: Record<string, Record<string, unknown>> | undefined;
}

export interface GenerateResult {
  content: readonly Part[];
  /** V4: what is parsed as JSON in place of the text parts. */
  structuredOutputText?: string | undefined;
  finishReason: { unified: string };
  usage: { inputTokens: { total: number | undefined }; outputTokens: { total: number | undefined } };
  providerMetadata?: Record<string, unknown> | undefined;
  response?: { id?: string | undefined } | undefined;
}

/** A part of a stream, as far as it is looked at. */
export interface StreamPart extends Part {
  id?: string;
  delta?: string;
  citations?: unknown;
  finishReason?: { unified?: string };
  providerMetadata?: Record<string, unknown>;
}

export interface StreamResult {
  stream: ReadableStream<Part>;
}

export interface LanguageModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  // biome-ignore lint/suspicious/noExplicitAny: V3 and V4 want different options, and each gets its own
  doGenerate(options: any): PromiseLike<GenerateResult>;
}

/** Where a model stops for a reason that leaves nothing to judge. */
export const refused = 'content-filter';
