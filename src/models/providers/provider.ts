import type * as z from 'zod';
import type { ApiImage } from '../../image/decode.js';
import type { Address, AnthropicClient, OpenAIClient } from '../address.js';
import type { Usage } from '../price.js';

/** What a model is asked. */
export interface ModelCall {
  /** The user's words; then, where the talk goes on, the model's and the user's in turn. */
  turns: readonly [string, ...string[]];
  /** Shown with the first words. */
  images: readonly ApiImage[];
  /** The JSON that is wanted; without it the answer is free text. */
  schema?: z.ZodType;
  temperature?: number;
  /** For another answer to the same words, where the server knows seeds. */
  seed?: number;
  maxTokens?: number;
  /** So many of the likeliest tokens are wanted at the first places of the reply, with their log probabilities. */
  logprobs?: number;
}

/** A place of a reply: the tokens that could have stood there. The chosen one is among them. */
export type TokenChoices = readonly { token: string; logprob: number }[];

/** Of a reply, so many places are looked at. */
export const mostPlaces = 8;

/** What came back, as each provider's adapter reads it. */
export interface RawReply {
  text: string | null;
  ending: 'whole' | 'refused' | 'cut-off';
  usage: Usage;
  /** The first places of the reply, where the server tells them. */
  choices?: readonly TokenChoices[];
}

/** Makes one call, once. It throws what has a `status` and `headers` where the server refuses it. */
export type Send = (call: ModelCall, signal: AbortSignal) => Promise<RawReply>;

/** Where the calls of an adapter go. */
export interface Target extends Address {
  apiKey: string;
  client?: OpenAIClient | AnthropicClient;
  /** Sends the calls in place of the global one. */
  fetch?: typeof globalThis.fetch;
  timeoutMs: number;
  headers: Readonly<Record<string, string>>;
}
