import { DetectiveError } from '../../src/base/errors.js';
import { encodeForApi } from '../../src/image/decode.js';
import type { ImageInput } from '../../src/image/image-input.js';
import { parseModelSpec } from '../../src/models/address.js';
import { chatModel } from '../../src/models/chat-model.js';
import type { Usage } from '../../src/models/price.js';

/** A model that answers questions about pictures. */
export interface Generator {
  readonly name: string;
  answer(request: {
    image: ImageInput;
    prompt: string;
    /** Asks for another answer; servers that know no seeds give what they give. */
    seed: number;
    signal: AbortSignal;
  }): Promise<{ text: string; usage: Usage }>;
}

/** Longer answers are cut off. */
const mostTokens = 512;

/**
 * A generator from its name: `openai:MODEL`, `anthropic:MODEL`, `gemini:MODEL`, or one of these with `@BASE_URL`.
 *
 * @throws DetectiveError `bad-argument` for another name or without a key; `answer` throws `model-failed` where the model
 * gives no answer in several tries.
 */
export function createGenerator(spec: string): Generator {
  const model = chatModel(parseModelSpec(spec, 'generator', 'embedded, '));
  return {
    name: model.name,
    async answer({ image, prompt, seed, signal }) {
      const images = [await encodeForApi(image)];
      const { text, usage } = await model.reply({ turns: [prompt], images, seed, maxTokens: mostTokens }, signal);
      if (!text?.trim()) throw new DetectiveError('model-failed', `${model.name} gave no answer`);
      return { text, usage };
    },
  };
}
