/**
 * A picture as callers hand it over: encoded bytes, a `data:` URL, a `file:` URL or path, or (only where allowed) an
 * `http(s):` URL. A bare string that is not a URL is a file path.
 */
export type ImageInput = Uint8Array | ArrayBuffer | URL | string;
