import { isObject, type JsonObject } from '../wire/json-path.js';

/** Nested deeper than this, no API has a picture. */
const maxDepth = 12;

const isRemote = (url: unknown): url is string => typeof url === 'string' && /^https?:/i.test(url);

/** A place in a call's body that names a picture by an `http(s):` URL. `put` returns what stands there instead. */
interface Reference {
  url: string;
  put: (dataUrl: string) => JsonObject;
}

function referenceIn(part: JsonObject): Reference | undefined {
  const { type, image_url: image, source } = part;
  if (type === 'image_url' && isObject(image) && isRemote(image.url)) {
    return { url: image.url, put: (url) => ({ ...part, image_url: { ...image, url } }) };
  }
  if ((type === 'image_url' || type === 'input_image' || type === 'computer_screenshot') && isRemote(image)) {
    return { url: image, put: (url) => ({ ...part, image_url: url }) };
  }
  if (type === 'image' && isObject(source) && source.type === 'url' && isRemote(source.url)) {
    return {
      url: source.url,
      put: (url) => {
        const [head = '', data] = url.split(',');
        return { ...part, source: { type: 'base64', media_type: head.slice(5).replace(/;.*$/, ''), data } };
      },
    };
  }
  return undefined;
}

/** The remote picture URLs of a call of any of the three APIs, each once. */
export function remotePictures(body: unknown): string[] {
  const found = new Set<string>();
  replaceRemote(body, (url) => {
    found.add(url);
    return undefined;
  });
  return [...found];
}

/** A copy of the body with pictures as `data:` URLs in place of the remote ones that `dataUrlOf` knows. */
export function replaceRemote<T>(body: T, dataUrlOf: (url: string) => string | undefined, depth = 0): T {
  if (depth > maxDepth) return body;
  if (Array.isArray(body)) return body.map((item) => replaceRemote(item, dataUrlOf, depth + 1)) as T;
  if (!isObject(body)) return body;
  const reference = referenceIn(body);
  if (reference) {
    const dataUrl = dataUrlOf(reference.url);
    return dataUrl === undefined ? body : (reference.put(dataUrl) as T);
  }
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, replaceRemote(value, dataUrlOf, depth + 1)]),
  ) as T;
}
