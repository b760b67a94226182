import { createHash, webcrypto } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isAnyArrayBuffer } from 'node:util/types';
import { DetectiveError, errorMessage } from '../base/errors.js';
import { type ImageInput, type ImageType, imageTypes, type LoadedImage, type Picture } from './image-input.js';

const isLoaded = (input: Picture): input is LoadedImage =>
  typeof input === 'object' && input !== null && 'key' in input && 'bytes' in input;

/** Encoded pictures over this many bytes are refused. */
export const maxImageBytes = 20 * 1024 * 1024;

/**
 * Reads a picture's encoded bytes from where they are.
 *
 * @throws DetectiveError `bad-image` where there is none, it is too large, or it is no JPEG, PNG, WebP, GIF or AVIF.
 */
export async function loadImage(input: Picture): Promise<LoadedImage> {
  if (isLoaded(input)) return input;
  const { bytes, name } = await readBytes(input);
  if (bytes.byteLength === 0) throw bad(`${name} is empty`);
  if (bytes.byteLength > maxImageBytes) throw tooLarge(name, bytes.byteLength);
  const type = sniffType(bytes);
  if (!isImageType(type)) {
    throw bad(
      `${name} is ${type ? `a ${type} file` : 'no picture that can be read'}; give a JPEG, PNG, WebP, GIF or AVIF`,
    );
  }
  return { bytes, name, type, key: await sha256(bytes) };
}

/** What stood inside the strings of a list of pictures, for as long as the list lives. */
const insideOf = new WeakMap<readonly ImageInput[], Map<string, Promise<Picture>>>();

/**
 * The pictures of a request as they are handed on: one that stands inside a string (a `data:` URL, base64) is decoded and
 * hashed once for the request's list, however often it is scored. Files may change behind their names, and are read by who
 * looks at them; what is no picture stays as it came, and they say why.
 */
export function loadInline(images: readonly ImageInput[]): Promise<Picture[]> {
  const inside = insideOf.get(images) ?? new Map<string, Promise<Picture>>();
  insideOf.set(images, inside);
  return Promise.all(
    images.map((image) => {
      if (typeof image !== 'string' || inlineImage(image) === undefined) return image;
      const loading = inside.get(image) ?? loadImage(image).catch(() => image);
      inside.set(image, loading);
      return loading;
    }),
  );
}

/** More bytes than this take a thread longer to hash than to hand to another. */
const hashedHere = 256 * 1024;

async function sha256(bytes: Uint8Array): Promise<string> {
  if (bytes.byteLength <= hashedHere) return createHash('sha256').update(bytes).digest('hex');
  const unshared = bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : Uint8Array.from(bytes);
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', unshared)).toString('hex');
}

/** How base64 of a JPEG, PNG, GIF, WebP or AVIF begins. */
const base64Signature = /^(?:\/9j\/|iVBORw0KGgo|R0lGOD|UklGR|AAAA[\w+/]{2}Z0eXB)/;
/** A picture has more characters of base64 than this; a path that is made of those alone has not. */
const shortestBase64 = 90;

/**
 * A string that holds a picture itself, as a `data:` URL: one with blanks or quotes around it, or bare base64 as data sets
 * and some APIs have it. undefined for a path or another URL.
 */
export function inlineImage(text: string): string | undefined {
  if (/^data:/i.test(text)) return text;
  const trimmed = text.trim();
  const bare = /^(["']).*\1$/s.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed;
  if (/^data:/i.test(bare)) return bare;
  const isBase64 = bare.length >= shortestBase64 && base64Signature.test(bare) && /^[\w+/=\s-]+$/.test(bare);
  return isBase64 ? `data:;base64,${bare}` : undefined;
}

/** The path of an input that is a file; null for what is none. */
export function imagePath(input: Picture): string | null {
  if (isLoaded(input)) return null;
  const text = input instanceof URL ? input.href : input;
  if (typeof text !== 'string' || text === '' || /^https?:/i.test(text) || inlineImage(text) !== undefined) return null;
  if (!/^file:/i.test(text)) return text;
  try {
    return fileURLToPath(text);
  } catch {
    return null;
  }
}

/** No system opens a path of more characters. */
const longestPath = 4096;

/** How an input is called in messages: its path, or what it is. Never its content. */
export function imageName(input: Picture): string {
  if (isLoaded(input)) return input.name;
  if (input instanceof URL) return imageName(input.href);
  if (typeof input !== 'string') return 'the image';
  if (inlineImage(input) !== undefined) return 'the image in the data URL';
  if (input.length > longestPath) return `the image ${input.slice(0, 40).replace(/\p{Cc}/gu, '?')}…`;
  const clean = /^https?:/i.test(input) ? input.replace(/[?#].*$/s, '').replace(/^(https?:\/*)[^/]*@/i, '$1') : input;
  const name = clean.length > 200 ? `${clean.slice(0, 200)}…` : clean;
  return `the image ${name.replace(/\p{Cc}/gu, '?')}`;
}

async function readBytes(input: ImageInput): Promise<{ bytes: Uint8Array; name: string }> {
  const name = imageName(input);
  if (input instanceof Uint8Array) return { bytes: input, name };
  if (isAnyArrayBuffer(input)) return { bytes: new Uint8Array(input), name };
  if (ArrayBuffer.isView(input)) {
    const view = input as ArrayBufferView;
    return { bytes: new Uint8Array(view.buffer, view.byteOffset, view.byteLength), name };
  }
  const text = input instanceof URL ? input.href : input;
  if (typeof text !== 'string') throw bad(`${name} is neither bytes, a path nor a URL`);
  const inline = inlineImage(text);
  if (inline !== undefined) return { bytes: readDataUrl(inline, name), name };
  if (/^https?:/i.test(text)) {
    throw bad(`${name} is a remote URL, and fetching those is off: download it first, or pass its bytes`);
  }
  return { bytes: await readImageFile(/^file:/i.test(text) ? filePath(text, name) : text, name), name };
}

function filePath(url: string, name: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw bad(`${name} is no valid file: URL (${errorMessage(cause)})`);
  }
}

async function readImageFile(path: string, name: string): Promise<Uint8Array> {
  if (path === '') throw bad(`${name.trim()} has no path: pass bytes, a file path or a data: URL`);
  if (path.length > longestPath) {
    throw bad(`${name} is too long for a path: in base64 it begins with data:image/png;base64,`);
  }
  try {
    // a pipe or a device is never opened: reading it might not end
    const found = await stat(path);
    if (!found.isFile()) throw bad(`${name} is ${found.isDirectory() ? 'a folder' : 'no file'}`);
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > maxImageBytes) throw tooLarge(name, size);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof DetectiveError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EISDIR'
          ? 'is a folder'
          : code === 'EACCES'
            ? 'may not be read'
            : `cannot be read (${errorMessage(cause)})`;
    throw new DetectiveError('bad-image', `${name} ${reason}`, { cause });
  }
}

function readDataUrl(url: string, name: string): Uint8Array {
  const comma = url.indexOf(',');
  if (comma < 0) throw bad(`${name} has no comma: it should look like data:image/png;base64,…`);
  const data = url.slice(comma + 1);
  const base64 = /;\s*base64\s*$/i.test(url.slice(0, comma));
  if (data.length > maxImageBytes * (base64 ? 1.5 : 3)) throw tooLarge(name, data.length / (base64 ? 1.34 : 1));
  const digits = data.length - paddingOf(data);
  if (base64 && digits % 4 !== 1) {
    const bytes = Buffer.from(data, 'base64');
    // Buffer leaves out what is no base64, and what stands behind a `=`: where nothing is missing, all of it was base64
    if (bytes.byteLength === Math.floor(digits * 0.75)) return bytes;
  }
  const plain = data.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  if (!base64) return Buffer.from(plain, 'latin1');
  const clean = plain.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(clean)) throw bad(`${name} is not valid base64`);
  return Buffer.from(clean, 'base64');
}

const paddingOf = (base64: string) => (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0);

const signatures: readonly (readonly [type: string, offset: number, bytes: string])[] = [
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/gif', 0, 'GIF8'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['image/bmp', 0, 'BM'],
  ['application/pdf', 0, '%PDF'],
  ['image/jxl', 0, '\xff\x0a'],
  ['image/jp2', 4, 'jP  '],
  ['image/vnd.adobe.photoshop', 0, '8BPS'],
  ['image/x-icon', 0, '\0\0\x01\0'],
  ['application/zip', 0, 'PK\x03\x04'],
  ['text/html', 0, '<!DOCTYPE html'],
  ['text/html', 0, '<html'],
];

function sniffType(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 512)).toString('latin1');
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'image/webp';
  if (head.startsWith('ftyp', 4)) return sniffBoxed(head);
  const found = signatures.find(([, offset, magic]) => head.startsWith(magic, offset))?.[0];
  if (found) return found;
  return /<svg[\s>]|<\?xml/i.test(head) ? 'image/svg+xml' : null;
}

/** AVIF, HEIC and MP4 share a container: the brands, the main one first, tell which it is. */
function sniffBoxed(head: string): string {
  const size = Math.min(Buffer.from(head.slice(0, 4), 'latin1').readUInt32BE(), head.length);
  const brands = [head.slice(8, 12)];
  for (let at = 16; at + 4 <= size; at += 4) brands.push(head.slice(at, at + 4));
  if (brands.some((brand) => /^avi[fs]$/.test(brand))) return 'image/avif';
  return brands.some((brand) => /^(he|hv|mif1|msf1)/.test(brand)) ? 'image/heic' : 'video/mp4';
}

function isImageType(type: string | null): type is ImageType {
  return (imageTypes as readonly (string | null)[]).includes(type);
}

function bad(message: string): DetectiveError {
  return new DetectiveError('bad-image', message);
}

function tooLarge(name: string, size: number): DetectiveError {
  return bad(
    `${name} has ${(size / 1048576).toFixed(1)} MiB, more than the ${maxImageBytes / 1048576} MiB allowed: make it smaller first`,
  );
}
