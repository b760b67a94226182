import type { Call, ServerContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { checkPictures, pictureFetcher } from './pictures.js';

/**
 * The pictures that a caller of the server's own API names, within the limits. Never a path: that would read this
 * machine's files.
 *
 * @throws HttpError 400, 413; DetectiveError `bad-image` where a remote one cannot be had.
 */
export async function ownImages(
  context: ServerContext,
  call: Call,
  references: readonly string[],
): Promise<(string | Uint8Array)[]> {
  const { options } = context;
  const fetchPicture = pictureFetcher(context, call);
  const data = references.filter((reference) => /^data:/i.test(reference));
  const remote = references.length - data.length;
  await checkPictures(data, remote, options);
  if (remote > 0 && options.imageUrls === undefined) {
    throw new HttpError(400, 'a picture must be a data: URL; fetching pictures by URL is off (--allow-image-urls)');
  }
  const images: (string | Uint8Array)[] = [];
  for (const reference of references) {
    if (/^data:/i.test(reference)) images.push(reference);
    else if (/^https?:/i.test(reference)) images.push(await fetchPicture(reference));
    else throw new HttpError(400, 'a picture must be a data: URL or an http(s): URL');
  }
  return images;
}
