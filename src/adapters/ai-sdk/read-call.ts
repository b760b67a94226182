import { isObject, type JsonObject, objectsOf } from '../../wire/json-path.js';
import { pictureAt } from '../../wire/pictures.js';
import { addPicture, type CallReading } from '../../wire/protocol.js';
import type { CallParams } from './contract.js';

const imageType = /^image(?:\/|$)/i;
const plainImageType = /^image\/[\w.+-]+$/i;

/** A data URL of inline bytes or base64. The declared type is only passed on: what a picture is, its bytes say. */
function dataUrl(data: ArrayBufferView | string, mediaType: string): string {
  const base64 =
    typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  return `data:${plainImageType.test(mediaType) ? mediaType : 'image/png'};base64,${base64}`;
}

/** The data of a file part: bytes, base64 or a URL (V3), or one of them tagged with what it is (V4). */
function addData(reading: CallReading, data: unknown, mediaType: string): void {
  // not by instanceof: bytes and URLs may come from another realm
  if (ArrayBuffer.isView(data)) reading.images.push(dataUrl(data, mediaType));
  else if (isObject(data) && typeof data.href === 'string') addPicture(reading, pictureAt(data.href));
  else if (typeof data === 'string') {
    // base64 never holds a colon, so nothing here is taken for a path
    if (data.includes(':')) addPicture(reading, pictureAt(data));
    else reading.images.push(dataUrl(data, mediaType));
  } else if (isObject(data) && data.type === 'data') addData(reading, data.data, mediaType);
  else if (isObject(data) && data.type === 'url') addData(reading, data.url, mediaType);
  else if (!isObject(data) || data.type !== 'text') reading.unreadImages.push('a picture given by its file id');
}

/** The parts of tool results that are pictures, under the names that V3 and V4 have for them. */
function addToolOutput(reading: CallReading, output: JsonObject): void {
  for (const { value: part } of objectsOf(output.type === 'content' ? output.value : [])) {
    const mediaType = typeof part.mediaType === 'string' ? part.mediaType : '';
    if (part.type === 'image-data') addData(reading, part.data, mediaType);
    else if (part.type === 'image-url') addPicture(reading, pictureAt(part.url));
    else if (part.type === 'image-file-id') reading.unreadImages.push('a picture given by its file id');
    else if (!imageType.test(mediaType)) continue;
    else if (part.type === 'file-data' || part.type === 'file') addData(reading, part.data, mediaType);
    else if (part.type === 'file-url') addPicture(reading, pictureAt(part.url));
    else if (part.type === 'file-id') reading.unreadImages.push('a picture given by its file id');
  }
}

/** What a call of a language model (V3 or V4) says about the answer that it asks for. */
export function readCall(params: CallParams, modelId: string, stream: boolean): CallReading {
  const structured = params.responseFormat?.type === 'json';
  const schema = structured ? params.responseFormat?.schema : undefined;
  const reading: CallReading = {
    images: [],
    unreadImages: [],
    stream,
    structured,
    model: modelId,
    ...(isObject(schema) ? { schema } : {}),
  };
  for (const { value: message } of objectsOf(params.prompt)) {
    const texts: string[] = [];
    for (const { value: part } of objectsOf(message.content)) {
      if (part.type === 'text' && typeof part.text === 'string') texts.push(part.text);
      else if (part.type === 'file' && typeof part.mediaType === 'string' && imageType.test(part.mediaType)) {
        addData(reading, part.data, part.mediaType);
      } else if (part.type === 'tool-result' && isObject(part.output)) addToolOutput(reading, part.output);
    }
    const text = texts.join('\n').trim();
    if (message.role === 'user' && text !== '') reading.prompt = text;
  }
  return reading;
}
