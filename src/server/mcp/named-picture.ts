import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DetectiveError } from '../../base/errors.js';
import { inlineImage, maxImageBytes } from '../../image/load.js';
import { fetchRemoteImage, type RemoteImageOptions } from '../../image/remote-image.js';

export interface PictureSources {
  /** Folders, as `realpath` names them, below which pictures may be read by path. The first is where relative paths start. */
  roots: readonly string[];
  /** Which pictures may be fetched by URL; none where that is undefined. */
  imageUrls: RemoteImageOptions | undefined;
}

/**
 * The picture that a model names: a `data:` URL, a path or `file:` URL below a root, or an `http(s):` URL where those are
 * allowed.
 *
 * @throws DetectiveError `bad-image` that names the cure. What is outside the roots and what is not there get one message,
 * so that nobody learns which files a machine has.
 */
export async function namedPicture(
  reference: string,
  { roots, imageUrls }: PictureSources,
  signal: AbortSignal,
): Promise<string | Uint8Array> {
  const inline = inlineImage(reference);
  if (inline !== undefined) return inline;
  if (/^https?:/i.test(reference)) {
    if (imageUrls === undefined)
      throw bad('pictures by URL are off: download it and give its path, or start the server with --allow-image-urls');
    return fetchRemoteImage(reference, { ...imageUrls, signal });
  }
  if (roots.length === 0)
    throw bad('pictures by path are off: start the server with --root FOLDER, or give a data: URL');
  const path = pathOf(reference);
  const found = path === undefined ? undefined : await readBelow(resolve(roots[0]!, path), roots);
  if (found === undefined)
    throw bad(
      `there is no picture ${JSON.stringify(reference.slice(0, 200))} below the folders of --root: give a path below one of them, or start the server with another --root`,
    );
  return found;
}

function pathOf(reference: string): string | undefined {
  if (!/^file:/i.test(reference)) return reference.includes('\0') ? undefined : reference;
  try {
    return fileURLToPath(reference);
  } catch {
    return undefined;
  }
}

/** The bytes of a file below the roots, links looked through; undefined for anything else. */
async function readBelow(path: string, roots: readonly string[]): Promise<Uint8Array | undefined> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined || !roots.some((root) => real.startsWith(root.endsWith(sep) ? root : root + sep)))
    return undefined;
  // a link put there since, or a pipe that nobody writes to, is not followed or waited for
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await open(real, flags).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size, isFile } = await file.stat().then((stat) => ({ size: stat.size, isFile: stat.isFile() }));
    if (!isFile) return undefined;
    if (size > maxImageBytes)
      throw bad(`the picture has ${Math.ceil(size / (1 << 20))} MiB, more than the 20 allowed: make it smaller`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

const bad = (message: string) => new DetectiveError('bad-image', message);
