import { join } from 'node:path';
import type { createOpenAI } from '@ai-sdk/openai';
import * as ai6 from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { installed } from '../../versions/installed.js';

/** A part of an answer, as both versions of the contract have it. */
// biome-ignore lint/suspicious/noExplicitAny: V3 and V4 parts side by side
export type AnyPart = Record<string, any> & { type: string };

export interface Said {
  content: AnyPart[];
  finish?: string;
  structuredOutputText?: string;
  providerMetadata?: Record<string, unknown>;
}

/** Words with the space before them, so that a stream comes in as models send it. */
export const pieces = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? [];

const usage = {
  inputTokens: { total: 900, noCache: 900, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 40, text: 40, reasoning: undefined },
};

export function resultOf({ content, finish = 'stop', ...rest }: Said) {
  return {
    content,
    finishReason: { unified: finish, raw: finish },
    usage,
    warnings: [],
    response: { id: 'answer-1', modelId: 'vision-1', timestamp: new Date(0) },
    ...rest,
  };
}

export function partsOf({ content, finish = 'stop', providerMetadata }: Said): AnyPart[] {
  const parts: AnyPart[] = [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', id: 'answer-1', modelId: 'vision-1', timestamp: new Date(0) },
  ];
  for (const [index, part] of content.entries()) {
    const { type, text, ...rest } = part;
    if (type !== 'text' && type !== 'reasoning') parts.push(part);
    else {
      const id = `${type}-${index}`;
      parts.push({ type: `${type}-start`, id });
      for (const delta of pieces(text)) parts.push({ type: `${type}-delta`, id, delta });
      parts.push({ type: `${type}-end`, id, ...rest });
    }
  }
  const finishReason = { unified: finish, raw: finish };
  parts.push({ type: 'finish', usage, finishReason, ...(providerMetadata ? { providerMetadata } : {}) });
  return parts;
}

export function streamOf(parts: readonly (AnyPart | Error)[], onCancel: (reason: unknown) => void = () => {}) {
  const left = [...parts];
  return new ReadableStream<AnyPart>({
    async pull(controller) {
      const part = left.shift();
      if (part === undefined) controller.close();
      else if (part instanceof Error) controller.error(part);
      else controller.enqueue(part);
    },
    cancel: onCancel,
  });
}

/** What the model is to say for a call; the nth call of it, from 1. */
export type Script = Said | ((options: AnyCall, nth: number) => Said | Promise<Said>);
// biome-ignore lint/suspicious/noExplicitAny: V3 and V4 options side by side
export type AnyCall = any;

export interface ModelOptions {
  /** In place of the parts that the script makes. */
  stream?: () => ReadableStream<AnyPart>;
  supportedUrls?: Record<string, RegExp[]>;
}

export interface Version {
  name: string;
  spec: 'v3' | 'v4';
  /** AI SDK 7 stands in under the types of 6: what the tests use is the same in both. */
  sdk: typeof ai6;
  /** A model that speaks the contract of this version, and keeps the calls that it gets. */
  model(script: Script, more?: ModelOptions): { calls: AnyCall[]; model: ai6.LanguageModel & object };
}

function speaker(Mock: new (settings: AnyCall) => object) {
  return (script: Script, more: ModelOptions = {}) => {
    const calls: AnyCall[] = [];
    const say = async (options: AnyCall) => {
      calls.push(options);
      return typeof script === 'function' ? script(options, calls.length) : script;
    };
    const model = new Mock({
      provider: 'acme.vision',
      modelId: 'vision-1',
      supportedUrls: more.supportedUrls ?? {},
      doGenerate: async (options: AnyCall) => resultOf(await say(options)),
      doStream: async (options: AnyCall) => {
        const said = await say(options);
        return { stream: more.stream?.() ?? streamOf(partsOf(said)) };
      },
    });
    return { calls, model: model as ai6.LanguageModel & object };
  };
}

/** AI SDK 7 and its provider of OpenAI, where `test/versions` is installed, under the types of 6. */
export const seven:
  | { ai: typeof ai6; MockLanguageModelV4: typeof MockLanguageModelV3; createOpenAI: typeof createOpenAI }
  | undefined = installed ? await import(join(import.meta.dirname, '../../versions/ai-sdk-7.ts')) : undefined;

export const versions: Version[] = [
  { name: 'AI SDK 6', spec: 'v3', sdk: ai6, model: speaker(MockLanguageModelV3) },
  ...(seven
    ? [{ name: 'AI SDK 7', spec: 'v4' as const, sdk: seven.ai, model: speaker(seven.MockLanguageModelV4) }]
    : []),
];
