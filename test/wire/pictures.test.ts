import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/wire/json-path.js';
import { openaiChat } from '../../src/wire/openai-chat.js';
import { pictureOf } from '../../src/wire/protocols.js';

const base64 = 'iVBORw0KGgoAAAANSUhEUg==';
const png = `data:image/png;base64,${base64}`;

const readingOf = (part: JsonObject) => openaiChat.readRequest({ messages: [{ role: 'user', content: [part] }] });

describe('pictures in the shapes of every provider', () => {
  it.each<[string, JsonObject]>([
    ['image_url with an object', { type: 'image_url', image_url: { url: png } }],
    ['image_url with a string', { type: 'image_url', image_url: png }],
    ['bare base64', { type: 'image_url', image_url: { url: base64 } }],
    ['white space before the URL', { type: 'image_url', image_url: { url: ` ${png}` } }],
    ['input_image', { type: 'input_image', image_url: png }],
    ["Anthropic's", { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } }],
    ["the AI SDK's", { type: 'image', image: png }],
    ['a file', { type: 'file', file: { filename: 'x.png', file_data: png } }],
    ['an input file', { type: 'input_file', file_data: base64 }],
    [
      'a document of parts',
      { type: 'document', source: { type: 'content', content: [{ type: 'image', image: png }] } },
    ],
    ['a tool result', { type: 'tool_result', content: [{ type: 'image_url', image_url: { url: png } }] }],
  ])('%s is read', (_name, part) => expect(readingOf(part)).toMatchObject({ images: [png], unreadImages: [] }));

  it.each<[string, JsonObject, string[]]>([
    ['a video', { type: 'video_url', video_url: { url: 'data:video/mp4;base64,AA' } }, ['a video']],
    ['an unknown type', { type: 'hologram', data: { image: png } }, ['a part of the unknown type "hologram"']],
    ['a file id', { type: 'input_image', file_id: 'f' }, ['a picture given by its file id']],
    ['a remote one', { type: 'image', source: { type: 'url', url: 'https://a/b' } }, ['a picture behind a https URL']],
    ['a path', { type: 'image_url', image_url: { url: 'images/cat' } }, ['a picture behind a relative URL']],
  ])('%s is told', (_name, part, unreadImages) => expect(readingOf(part)).toMatchObject({ images: [], unreadImages }));

  it('files that may hold pictures are told, and texts are not', () => {
    const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } };
    expect(readingOf(pdf)).toMatchObject({ images: [], unreadImages: [], files: ['a file (application/pdf)'] });
    for (const part of [
      { type: 'file', file: { file_data: 'data:text/csv;base64,YQ==' } },
      { type: 'document', source: { type: 'text', data: 'words' } },
      { type: 'text', text: `see ![x](${png})` },
      { type: 'input_audio', input_audio: { data: 'AAAA' } },
    ]) {
      expect(readingOf(part)).toMatchObject({ images: [], unreadImages: [] });
      expect(readingOf(part).files).toBeUndefined();
    }
  });

  it('a remote picture is put in as data in its own shape', () => {
    const part = { type: 'image_url', image_url: { url: 'https://a/b', detail: 'high' } };
    expect(pictureOf(part)?.remote?.put(png)).toEqual({ type: 'image_url', image_url: { url: png, detail: 'high' } });
    const block = { type: 'image', source: { type: 'url', url: 'https://a/b' }, cache_control: {} };
    const source = { type: 'base64', media_type: 'image/png', data: base64 };
    expect(pictureOf(block)?.remote?.put(png)).toEqual({ type: 'image', source, cache_control: {} });
  });
});
