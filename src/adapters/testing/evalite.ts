import type { ImageInput } from '../../image/image-input.js';
import { type SupportOptions, support } from './support.js';

export interface SupportScorerOptions<Input> extends SupportOptions {
  /** The picture, or pictures, of a case. */
  image: (input: Input) => ImageInput | readonly ImageInput[];
}

/** A scorer for evalite's `scorers`: 0 to 1, about the share of the sentences that the picture supports. */
export function supportedByPicture<Input>({ image, ...options }: SupportScorerOptions<Input>): {
  name: string;
  description: string;
  scorer: (given: { input: Input; output: string }) => Promise<{ score: number; metadata: object }>;
} {
  return {
    name: 'supported by the picture',
    description: 'About the share of the sentences without a word that the picture does not support.',
    async scorer({ input, output }) {
      const { score, ...metadata } = await support(output, image(input), options);
      return { score, metadata };
    },
  };
}
