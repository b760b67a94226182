import { DetectiveError } from '../../base/errors.js';
import type { ImageInput } from '../../image/image-input.js';
import { type SupportOptions, support } from './support.js';

/**
 * A matcher for `expect.extend`: `await expect(answer).toBeSupportedBy(image)`. An answer that nobody could judge throws,
 * with `.not` as well.
 *
 * @param images One picture or several: paths, URLs, `data:` URLs or bytes.
 */
export async function toBeSupportedBy(
  answer: unknown,
  images: ImageInput | readonly ImageInput[],
  options?: SupportOptions,
): Promise<{ pass: boolean; message: () => string }> {
  if (typeof answer !== 'string')
    throw new DetectiveError('bad-argument', `toBeSupportedBy takes the answer as a string, not ${typeof answer}`);
  const { supported, reason } = await support(answer, images, options);
  return { pass: supported, message: () => `${JSON.stringify(answer)}\n${reason}` };
}
