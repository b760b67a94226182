/** `setupFilesAfterEnv: ['vlm-detective/jest']`: `await expect(answer).toBeSupportedBy(image)`. */
import type { SupportOptions } from './adapters/testing/support.js';
import { toBeSupportedBy } from './adapters/testing/to-be-supported-by.js';
import type { ImageInput } from './image/image-input.js';

declare global {
  namespace jest {
    interface Matchers<R> {
      /** Passes where the picture supports every judged word; throws where nothing could be judged. */
      toBeSupportedBy(images: ImageInput | readonly ImageInput[], options?: SupportOptions): Promise<R>;
    }
  }
}

(globalThis as unknown as { expect: { extend(matchers: object): void } }).expect.extend({ toBeSupportedBy });
