/**
 * A picture as callers hand it over: encoded bytes, a `data:` URL, a `file:` URL or path, or (only where allowed) an
 * `http(s):` URL. A bare string that is not a URL is a file path.
 */
export type ImageInput = Uint8Array | ArrayBuffer | URL | string;

export const imageTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'] as const;
export type ImageType = (typeof imageTypes)[number];

/** A picture that was read from where it is. */
export interface LoadedImage {
  /** The encoded bytes. */
  bytes: Uint8Array;
  /** How it is called in messages. */
  name: string;
  /** What the bytes are, whatever the name or the declared type says. */
  type: ImageType;
  /** SHA-256 of the encoded bytes, hex. */
  key: string;
}

/** A picture to look at: as it was handed over, or loaded already. */
export type Picture = ImageInput | LoadedImage;

/** A decoded picture. */
export interface Pixels {
  /** sRGB, 8 bit, 3 channels, row by row. */
  data: Buffer;
  width: number;
  height: number;
}
