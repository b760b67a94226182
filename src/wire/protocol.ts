import type { AppliedEdit } from '../agent/correction.js';
import type { Provider } from '../models/address.js';
import type { StreamEvent } from './framing.js';
import type { JsonObject, JsonPath } from './json-path.js';
import type { PicturePart } from './pictures.js';

/** What a call says about the answer that it asks for. */
export interface CallReading {
  /** `data:` URLs of every picture of every turn, in order. Never a path or another URL: those stay unread. */
  images: string[];
  /** Pictures that are only referred to or not understood: what each is, without its address. */
  unreadImages: string[];
  /** Files that may hold pictures, which nobody looks for: what each is. */
  files?: string[];
  /** The text of the last user turn that has any. */
  prompt?: string;
  model?: string;
  stream: boolean;
  /** Whether the call asks for JSON: by a schema or in JSON mode. */
  structured: boolean;
  /** JSON schema that the answer has to satisfy. */
  schema?: JsonObject;
}

/** One text of a response that can be corrected, or one choice that cannot, with the reason in `skipped`. */
export interface Answer {
  /** Index of the choice (chat completions), output item (responses), content block (messages) or candidate (Gemini). */
  choice: number;
  /** Where the text stands in the body. */
  path: JsonPath;
  text: string;
  skipped?: string;
}

/** A text to write back. `edits` are from the old text to the new, offsets in the old. */
export interface AnswerChange {
  answer: Answer;
  text: string;
  edits: readonly AppliedEdit[];
}

/** One wire protocol, whole: pure functions of bodies and events. Adding one is a file here and a line in `protocols.ts`. */
export interface Protocol<Name extends string = string> {
  readonly name: Name;
  /** As people call it. */
  readonly title: string;
  /** The addresses of its calls at the provider, as documents write them: `/v1/chat/completions`. */
  readonly calls: readonly string[];
  /** Whose models speak it: which client, key and address a rewrite by the same model takes. */
  readonly provider: Provider;
  /** The end of the path of its calls, such as `/chat/completions`. */
  readonly route: RegExp;
  /** What stands before the route at the provider: `/v1`. */
  readonly roots: readonly string[];
  /** Whether the choices of one answer are alternatives to each other (`n` > 1), not parts of it. */
  readonly alternatives: boolean;
  /** @param url Of the call: some say in it what others say in the body. */
  readRequest(body: JsonObject, url?: string): CallReading;
  /** The picture in an object of a call's body; undefined where it is none. */
  picture(part: JsonObject): PicturePart | undefined;
  /** In order; at least one for a finished answer; empty where the body is not an answer of this protocol. */
  readAnswers(body: JsonObject): Answer[];
  /** A new body with the texts in place and everything that told of the old text (logprobs, offsets) put right. */
  writeAnswers(body: JsonObject, changes: readonly AnswerChange[]): JsonObject;
  /** The provider's id of the answer that a body or an event belongs to, where it tells. */
  answerId(data: JsonObject): string | undefined;
  /** Whether a streamed answer may be one JSON array of what would be events. */
  readonly streamsArrays?: true;
  /** What one event of a streamed answer means. */
  readEvent(event: StreamEvent): EventReading;
  /** What else an event says of changed texts, after texts and repeats are put right. */
  finishEvent?(data: JsonObject): JsonObject;
  /** An error body in the shape that the provider's SDKs read; 422 is an answer that was withheld. */
  errorBody(status: number, message: string): JsonObject;
  /** The event that tells a client that the stream broke. */
  errorEvent(message: string, code: string, lastEvent: JsonObject | undefined): { name?: string; data: JsonObject };
}

/** The providers' word for a status of the server's own. */
export const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  408: 'timeout_error',
  413: 'request_too_large',
  422: 'vlm_detective_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

/** OpenAI's error body, which most others read too. */
export function openaiError(status: number, message: string): JsonObject {
  const type = errorTypes[status] ?? 'api_error';
  const code = status === 422 ? 'correction_failed' : `vlm_detective_${type}`;
  return { error: { message, type, param: null, code } };
}

/** What of an answer is no text that a picture can be asked about. */
export type OtherContent = 'refusal' | 'tool-call' | 'audio' | 'cited' | 'reasoning' | 'background';

/** In the words of a report; the first that was met counts. */
export const whyNoText: Readonly<Record<OtherContent, string>> = {
  refusal: 'the model refused to answer',
  'tool-call': 'a tool call, no text',
  audio: 'a spoken answer (audio), no text',
  cited: 'every text cites a document, not the picture',
  background: 'a background answer, not there yet',
  reasoning: 'reasoning only, no text',
};

/** The reason of an answer without a text: the first that holds. */
export function reasonOf(found: Partial<Record<OtherContent, boolean>>): string {
  const kinds = Object.keys(whyNoText) as OtherContent[];
  const kind = kinds.find((one) => found[one]);
  return kind === undefined ? 'the answer is empty' : whyNoText[kind];
}

/** One text of an answer: `choice` as in the report, `channel` tells the texts of a stream apart. */
export interface ChannelName {
  channel: string;
  choice: number;
}

/** What one event of a stream means for the texts of the answer. */
export interface EventReading {
  /** Pieces of texts, in order: where they stand, where once more, and the log-probs of their words with what stands for none. */
  texts: (ChannelName & { path: JsonPath; copy?: JsonPath; logprobs?: { path: JsonPath; none: unknown } })[];
  /** Objects that hold a whole text again (`text`, or another field, `logprobs`, `annotations`). */
  repeats: (ChannelName & { path: JsonPath; field?: 'content' })[];
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
  /** Words are in it, in a place that is not known: they are not judged. */
  strange?: true;
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

/** Notes what a part of a call holds. */
export function addPicture(reading: CallReading, found: PicturePart | undefined): void {
  reading.images.push(...(found?.images ?? []));
  reading.unreadImages.push(...(found?.unread ?? []));
  if (found?.files?.length) reading.files = [...(reading.files ?? []), ...found.files];
}

/** Where an offset of the old text lands in the new. Inside an edit: as far in as the new words reach. */
export function shiftOffset(offset: number, edits: readonly AppliedEdit[]): number {
  let delta = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    if (edit.end <= offset) delta += edit.to.length - (edit.end - edit.start);
    else if (edit.start < offset) return edit.start + delta + Math.min(offset - edit.start, edit.to.length);
    else break;
  }
  return offset + delta;
}

/** Annotations whose `start_index` / `end_index` point into the text, moved to where their words are now. */
export function shiftAnnotations(annotations: unknown, edits: readonly AppliedEdit[]): unknown {
  if (Array.isArray(annotations)) return annotations.map((item) => shiftAnnotations(item, edits));
  if (typeof annotations !== 'object' || annotations === null) return annotations;
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => {
      if ((key === 'start_index' || key === 'end_index') && typeof value === 'number') {
        return [key, shiftOffset(value, edits)];
      }
      return [key, typeof value === 'object' ? shiftAnnotations(value, edits) : value];
    }),
  );
}
