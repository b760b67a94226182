import type { StreamEvent } from './framing.js';
import { getIn, isObject, type JsonObject, objectsOf, setIn, textAt } from './json-path.js';
import { inDocument, type PicturePart, pictureAt } from './pictures.js';
import {
  type Answer,
  addPicture,
  type CallReading,
  type EventReading,
  emptyReading,
  type OtherContent,
  type Protocol,
  reasonOf,
} from './protocol.js';

/** The API takes its names in camel case, as the SDKs send them, and in snake case. */
const either = (from: JsonObject, camel: string): unknown =>
  from[camel] ?? from[camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];

function objectIn(from: JsonObject, camel: string): JsonObject | undefined {
  const found = either(from, camel);
  return isObject(found) ? found : undefined;
}

function picture(part: JsonObject): PicturePart | undefined {
  const inline = objectIn(part, 'inlineData');
  if (inline && typeof inline.data === 'string') {
    const type = String(either(inline, 'mimeType') ?? 'image/png').toLowerCase();
    if (type.startsWith('video/')) return { unread: ['a video'] };
    return type.startsWith('image/') ? { images: [`data:${type};base64,${inline.data}`] } : inDocument(type);
  }
  const file = objectIn(part, 'fileData');
  const uri = file && either(file, 'fileUri');
  if (file && typeof uri === 'string') {
    const type = String(either(file, 'mimeType') ?? 'image/*').toLowerCase();
    if (type.startsWith('video/')) return { unread: ['a video'] };
    if (!type.startsWith('image/')) return inDocument(type);
    // of the Files API, which only the caller's key opens
    if (/\/files\/[^/]+$/.test(uri)) return { unread: ['a picture given by its file id'] };
    return pictureAt(uri, (url) => {
      const [head = '', data] = url.split(',');
      return { inlineData: { mimeType: head.slice(5).replace(/;.*$/, ''), data } };
    });
  }
  const response = objectIn(part, 'functionResponse');
  if (!response) return undefined;
  const inside = objectsOf(response.parts).map(({ value }) => picture(value));
  return {
    images: inside.flatMap((one) => one?.images ?? []),
    unread: inside.flatMap((one) => one?.unread ?? []),
    files: inside.flatMap((one) => one?.files ?? []),
  };
}

/** A schema of the API's own, which is OpenAPI's with types in capitals, as JSON schema. */
function asJsonSchema<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(asJsonSchema) as T;
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    key === 'type' && typeof value === 'string' ? value.toLowerCase() : asJsonSchema(value),
  ]);
  return Object.fromEntries(entries) as T;
}

function readRequest(body: JsonObject, url = ''): CallReading {
  const config = objectIn(body, 'generationConfig') ?? {};
  const jsonSchema = objectIn(config, 'responseJsonSchema') ?? objectIn(config, 'responseSchema');
  const model = /\/([^/:]+):\w+(?:[?#]|$)/.exec(url)?.[1];
  const reading: CallReading = {
    images: [],
    unreadImages: [],
    stream: /:streamGenerateContent\b/.test(url),
    structured: either(config, 'responseMimeType') === 'application/json',
    ...(model === undefined ? {} : { model }),
    ...(jsonSchema ? { schema: asJsonSchema(jsonSchema) } : {}),
  };
  const contents = isObject(body.contents) ? [body.contents] : objectsOf(body.contents).map(({ value }) => value);
  for (const content of contents) {
    const texts: string[] = [];
    for (const { value: part } of objectsOf(isObject(content.parts) ? [content.parts] : content.parts)) {
      if (typeof part.text === 'string') texts.push(part.text);
      addPicture(reading, picture(part));
    }
    const text = texts.join('\n').trim();
    if ((content.role ?? 'user') === 'user' && text !== '') reading.prompt = text;
  }
  return reading;
}

/** Reasons to end at which there is no more text, because of what it would have said. */
const refusals = /SAFETY|PROHIBITED|BLOCKLIST|SPII|RECITATION/;

const isBlocked = (body: JsonObject) => getIn(body, ['promptFeedback', 'blockReason']) !== undefined;

/** What else than words a candidate holds. */
function otherContent({ content, finishReason }: JsonObject): Partial<Record<OtherContent, boolean>> {
  const parts = objectsOf(isObject(content) ? content.parts : undefined).map(({ value }) => value);
  return {
    refusal: refusals.test(String(finishReason ?? '')),
    'tool-call': parts.some((part) => isObject(part.functionCall)),
    audio: parts.some((part) => /^audio\//.test(String(getIn(part, ['inlineData', 'mimeType'])))),
    reasoning: parts.some((part) => part.thought === true),
  };
}

interface Candidate {
  /** Where it stands. */
  at: number;
  choice: number;
  value: JsonObject;
  texts: { path: (string | number)[]; text: string }[];
}

function candidatesOf(body: JsonObject): Candidate[] {
  return objectsOf(body.candidates).map(({ index: at, value }) => ({
    at,
    choice: typeof value.index === 'number' ? value.index : at,
    value,
    texts: objectsOf(getIn(value, ['content', 'parts'])).flatMap(({ index, value: part }) =>
      typeof part.text === 'string' && part.thought !== true
        ? [{ path: ['candidates', at, 'content', 'parts', index, 'text'], text: part.text }]
        : [],
    ),
  }));
}

function readAnswers(body: JsonObject): Answer[] {
  const candidates = candidatesOf(body);
  if (candidates.length === 0 && isBlocked(body))
    return [{ choice: 0, path: ['candidates'], text: '', skipped: reasonOf({ refusal: true }) }];
  return candidates.flatMap(({ at, choice, value, texts }): Answer[] => {
    const said = texts.filter(({ text }) => text.trim() !== '');
    if (said.length > 0) return said.map((one) => ({ choice, ...one }));
    return [{ choice, path: ['candidates', at, 'content'], text: '', skipped: reasonOf(otherContent(value)) }];
  });
}

/** Each event is a whole answer with the next words in it. */
function readEvent({ data }: StreamEvent): EventReading {
  const reading = emptyReading();
  if (!data) return reading;
  if (data.error != null) return { ...reading, ends: 'all', fails: true };
  if (isBlocked(data)) return { ...reading, choices: [{ choice: 0, other: 'refusal' }], ends: 'all', closes: true };
  const ended: string[] = [];
  for (const { at, choice, value, texts } of candidatesOf(data)) {
    const channel = String(choice);
    const logprobs =
      value.logprobsResult == null ? {} : { logprobs: { path: ['candidates', at, 'logprobsResult'], none: null } };
    for (const { path } of texts) reading.texts.push({ channel, choice, path, ...logprobs });
    const others = otherContent(value);
    const other = (Object.keys(others) as OtherContent[]).find((kind) => others[kind]);
    reading.choices.push({ choice, ...(other ? { other } : {}) });
    if (other) reading.pauses.push(channel);
    if (typeof value.finishReason === 'string' && value.finishReason !== '') ended.push(channel);
  }
  return { ...reading, ends: ended, closes: ended.length > 0, ...(ended.length > 0 ? { reportAt: [] } : {}) };
}

/** Google's word for a status of the server's own. */
const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  413: 'INVALID_ARGUMENT',
  422: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

const errorBody = (code: number, message: string): JsonObject => ({
  error: { code, message, status: statuses[code] ?? 'INTERNAL' },
});

/** Gemini's `generateContent` and `streamGenerateContent` (with `alt=sse` or without), at Google AI and at Vertex AI. */
export const gemini: Protocol<'gemini'> = {
  name: 'gemini',
  title: 'Gemini content',
  calls: ['/v1beta/models/{model}:generateContent', '/v1beta/models/{model}:streamGenerateContent'],
  provider: 'gemini',
  route:
    /(?:\/projects\/[^/]+\/locations\/[^/]+\/publishers\/[^/]+)?\/(?:models|tunedModels)\/[^/:]+:(?:generateContent|streamGenerateContent)$/,
  roots: ['/v1beta', '/v1', '/v1alpha', '/v1beta1'],
  alternatives: true,
  streamsArrays: true,
  readRequest,
  picture,
  readAnswers,
  writeAnswers: (body, changes) =>
    changes.reduce((written, { answer, text }) => {
      const logprobs = [...answer.path.slice(0, 2), 'logprobsResult'];
      const next = setIn(written, answer.path, text);
      // they are those of words that are gone
      return getIn(next, logprobs) == null ? next : setIn(next, logprobs, null);
    }, body),
  answerId: (data) => textAt(data, ['responseId']),
  readEvent,
  errorBody,
  errorEvent: (message, code) => ({ data: errorBody(code === 'upstream_failed' ? 503 : 422, message) }),
};
