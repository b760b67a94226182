import { isObject } from '../../wire/json-path.js';
import { pictureOf } from '../../wire/protocols.js';

/** Nested deeper than this, no API has a picture. */
const maxDepth = 12;

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
  const reference = pictureOf(body)?.remote;
  if (reference) {
    const dataUrl = dataUrlOf(reference.url);
    return dataUrl === undefined ? body : (reference.put(dataUrl) as T);
  }
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, replaceRemote(value, dataUrlOf, depth + 1)]),
  ) as T;
}
