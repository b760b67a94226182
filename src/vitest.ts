/** `import 'vlm-detective/vitest'` in a set-up file: `await expect(answer).toBeSupportedBy(image)`. */
import { expect } from 'vitest';
import type { SupportOptions } from './adapters/testing/support.js';
import { toBeSupportedBy } from './adapters/testing/to-be-supported-by.js';
import type { ImageInput } from './image/image-input.js';

interface PictureMatchers<Result> {
  /** Passes where the picture supports every judged word; throws where nothing could be judged. */
  toBeSupportedBy(images: ImageInput | readonly ImageInput[], options?: SupportOptions): Promise<Result>;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest's own declaration
  interface Matchers<T = any> extends PictureMatchers<T> {}
}

expect.extend({ toBeSupportedBy });
