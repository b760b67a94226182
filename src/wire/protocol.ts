import type { AppliedEdit } from '../agent/correction.js';
import type { JsonObject, JsonPath } from './json-path.js';
import type { StreamProtocol } from './stream-protocol.js';

/** What a call says about the answer that it asks for. */
export interface CallReading {
  /** `data:` URLs of every picture of every turn, in order. Never a path or another URL: those stay unread. */
  images: string[];
  /** Pictures that are only referred to (remote URL, file id): how each is referred to, without its address. */
  unreadImages: string[];
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
  /** Index of the choice (chat completions), output item (responses) or content block (messages). */
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

/** One wire protocol: pure functions from body to body. */
export interface Protocol {
  readonly name: 'openai-chat' | 'openai-responses' | 'anthropic-messages';
  /** Last segments of the URL's path, for example `/chat/completions`. */
  readonly path: string;
  readRequest(body: JsonObject): CallReading;
  /** In order; at least one for a finished answer; empty where the body is not an answer of this protocol. */
  readAnswers(body: JsonObject): Answer[];
  /** A new body with the texts in place and everything that told of the old text (logprobs, offsets) put right. */
  writeAnswers(body: JsonObject, changes: readonly AnswerChange[]): JsonObject;
  /** The same answers as a stream of events. */
  readonly stream: StreamProtocol;
  /** An error body in the shape that the provider's SDKs read. */
  errorBody(message: string): JsonObject;
}

const remoteScheme = /^([a-z][a-z0-9+.-]*):/i;

/** Sorts one picture reference: only `data:` URLs are used; the rest is named by its kind, not by its address. */
export function addImageUrl(reading: Pick<CallReading, 'images' | 'unreadImages'>, url: unknown): void {
  if (typeof url !== 'string' || url === '') reading.unreadImages.push('a picture without a URL');
  else if (/^data:/i.test(url)) reading.images.push(url);
  else reading.unreadImages.push(`a picture behind a ${remoteScheme.exec(url)?.[1]?.toLowerCase() ?? 'relative'} URL`);
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
