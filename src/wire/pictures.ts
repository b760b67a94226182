import { isObject, type JsonObject, objectsOf } from './json-path.js';

/** A picture, or what may hold one, in a part of a call. */
export interface PicturePart {
  /** `data:` URLs that are all there. */
  images?: string[];
  /** What is only referred to, or not understood: what it is, without its address. */
  unread?: string[];
  /** Files that may hold pictures, which nobody looks for. */
  files?: string[];
  /** The `http(s):` URL of a remote picture, and the part with a `data:` URL in its place. */
  remote?: { url: string; put(dataUrl: string): JsonObject };
}

/** Parts in parts (tool results, documents) hold no further ones by any API; deeper than this, nobody looks. */
const maxDepth = 8;

/** How the base64 of PNG, JPEG, GIF and WebP begins: some callers leave out the `data:` before it. */
const bareBase64: readonly (readonly [RegExp, string])[] = [
  [/^iVBORw0KGgo/, 'image/png'],
  [/^\/9j\//, 'image/jpeg'],
  [/^R0lGOD/, 'image/gif'],
  [/^UklGR/, 'image/webp'],
];

/**
 * A picture by its URL: `data:` URLs and bare base64 are used; the rest is named by its kind, not by its address.
 *
 * @param put The part with another URL in it, where a remote picture may be fetched.
 */
export function pictureAt(url: unknown, put?: (dataUrl: string) => JsonObject): PicturePart {
  if (typeof url !== 'string' || url.trim() === '') return { unread: ['a picture without a URL'] };
  const address = url.trimStart();
  if (/^data:/i.test(address) || bareType(address) !== undefined) return inData(address);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase() ?? 'relative';
  const isRemote = /^https?:/i.test(address) && put !== undefined;
  return { unread: [`a picture behind a ${scheme} URL`], ...(isRemote ? { remote: { url: address, put } } : {}) };
}

const bareType = (data: string) => bareBase64.find(([beginning]) => beginning.test(data))?.[1];

/** What a `data:` URL or bare base64 holds: a picture, a document that may hold some, or a text, which holds none. */
function inData(data: string): PicturePart {
  const bare = bareType(data);
  if (bare !== undefined) return { images: [`data:${bare};base64,${data}`] };
  const type = /^data:([^;,]*)/i.exec(data)?.[1]?.toLowerCase();
  if (type === undefined) return { files: ['a file of an unknown type'] };
  return type === '' || type.startsWith('image/') || type === 'application/octet-stream'
    ? { images: [data] }
    : inDocument(type);
}

/** Of a file of some media type that is no picture. */
export function inDocument(type: string): PicturePart {
  return /^(?:text|audio)\/|\b(?:json|xml|csv)\b/.test(type) ? {} : { files: [`a file (${type.slice(0, 80)})`] };
}

/**
 * The picture in one part of a call to OpenAI's or Anthropic's APIs, in any of the shapes that the providers and the
 * gateways before them take; undefined for a part that holds none. A part of an unknown type that holds a picture all
 * the same is told as not understood.
 */
export function pictureIn(part: JsonObject, depth = 0): PicturePart | undefined {
  const { type, image_url: image, source, file } = part;
  switch (type) {
    case 'image_url':
    case 'input_image':
    case 'computer_screenshot': {
      if (isObject(image)) return pictureAt(image.url, (url) => ({ ...part, image_url: { ...image, url } }));
      if (image == null && part.file_id != null) return { unread: ['a picture given by its file id'] };
      if (image == null && source !== undefined) return pictureIn({ ...part, type: 'image' });
      return pictureAt(image, (url) => ({ ...part, image_url: url }));
    }
    case 'image':
      if (isObject(source)) return inSource(part, source);
      return pictureAt(part.image ?? part.url ?? image, (url) => ({ type: 'image_url', image_url: { url } }));
    case 'document':
      if (!isObject(source)) return undefined;
      if (source.type === 'content') return inParts(source.content, depth);
      if (source.type === 'text') return undefined;
      return source.type === 'base64'
        ? inDocument(String(source.media_type))
        : { files: ['a file behind a reference'] };
    case 'file':
    case 'input_file': {
      const { file_data: data, file_url: url, file_id: id } = isObject(file) ? file : part;
      if (typeof data === 'string') return inData(data.trimStart());
      return url == null && id == null ? undefined : { files: ['a file behind a reference'] };
    }
    case 'video_url':
    case 'input_video':
    case 'video':
      return { unread: ['a video'] };
    case 'tool_result':
      return inParts(part.content, depth);
    case 'text':
    case 'input_text':
    case 'output_text':
      return undefined;
    default:
      return holdsPicture(part)
        ? { unread: [`a part of the unknown type ${JSON.stringify(type)?.slice(0, 80)}`] }
        : undefined;
  }
}

function inSource(part: JsonObject, source: JsonObject): PicturePart {
  if (typeof source.data === 'string' && source.type !== 'url')
    return { images: [`data:${String(source.media_type ?? 'image/png')};base64,${source.data}`] };
  if (source.type !== 'url' && source.url === undefined) return { unread: ['a picture given by its file id'] };
  return pictureAt(source.url, (url) => {
    const [head = '', data] = url.split(',');
    return { ...part, source: { type: 'base64', media_type: head.slice(5).replace(/;.*$/, ''), data } };
  });
}

/** Pictures in the parts of a part. Those to be fetched are found in the parts themselves. */
function inParts(content: unknown, depth: number): PicturePart | undefined {
  const inside = objectsOf(content);
  if (inside.length === 0) return undefined;
  if (depth >= maxDepth) return { unread: ['what is nested too deep'] };
  const found = inside.map(({ value }) => pictureIn(value, depth + 1));
  return {
    images: found.flatMap((one) => one?.images ?? []),
    unread: found.flatMap((one) => one?.unread ?? []),
    files: found.flatMap((one) => one?.files ?? []),
  };
}

function holdsPicture(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return /^\s*data:image\//i.test(value);
  if (typeof value !== 'object' || value === null || depth > 3) return false;
  return Object.values(value).some((inside) => holdsPicture(inside, depth + 1));
}
