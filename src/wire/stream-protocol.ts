import type { AppliedEdit } from '../agent/correction.js';
import type { JsonObject, JsonPath } from './json-path.js';
import type { StreamEvent } from './stream-event.js';

/** What of an answer is no text that a picture can be asked about. */
export type OtherContent = 'refusal' | 'tool-call' | 'audio' | 'cited' | 'reasoning';

/** In the words of a report; the first that was met counts. */
export const whyNoText: Readonly<Record<OtherContent, string>> = {
  refusal: 'the model refused to answer',
  'tool-call': 'a tool call, no text',
  audio: 'a spoken answer (audio), no text',
  cited: 'every text cites a document, not the picture',
  reasoning: 'reasoning only, no text',
};

/** One text of an answer: `choice` as in the report, `channel` tells the texts of a stream apart. */
export interface ChannelName {
  channel: string;
  choice: number;
}

/** What one event of a stream means for the texts of the answer. */
export interface EventReading {
  /** Pieces of texts, in order: where they stand, and the log-probs of their words with what stands for none. */
  texts: (ChannelName & { path: JsonPath; logprobs?: { path: JsonPath; none: unknown } })[];
  /** Objects that hold a whole text again (`text`, `logprobs`, `annotations`). */
  repeats: (ChannelName & { path: JsonPath })[];
  /** Objects that hold offsets of a text. */
  annotations: { channel: string; path: JsonPath }[];
  /** Texts of which it is not known before their end whether they can be judged. */
  whole: string[];
  /** Texts that turn out not to be judged, and why. */
  unjudged: { channel: string; reason: string }[];
  /** Texts that break off for something else. */
  pauses: string[];
  /** Texts that are at their end after this event. */
  ends: string[] | 'all';
  /** Choices that this event belongs to, and what else than text is in it for them. */
  choices: { choice: number; other?: OtherContent }[];
  /** Where the report may stand, in an event that comes after the last word. */
  reportAt?: JsonPath;
  /** The answer is at its proper end. */
  closes: boolean;
  /** An error of the upstream, which ends the stream. */
  fails: boolean;
}

export function emptyReading(): EventReading {
  return {
    texts: [],
    repeats: [],
    annotations: [],
    whole: [],
    unjudged: [],
    pauses: [],
    ends: [],
    choices: [],
    closes: false,
    fails: false,
  };
}

/** How one wire protocol streams: pure functions. */
export interface StreamProtocol {
  read(event: StreamEvent): EventReading;
  /** What else an event says of changed texts, after texts and repeats are put right. */
  finish?(data: JsonObject): JsonObject;
  /** The event that tells a client that the stream broke. */
  error(message: string, code: string, lastEvent: JsonObject | undefined): { name?: string; data: JsonObject };
}

export interface ChangedText {
  text: string;
  edits: readonly AppliedEdit[];
}
