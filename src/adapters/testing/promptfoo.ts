import { DetectiveError } from '../../base/errors.js';
import { type SupportOptions, support } from './support.js';

/** What promptfoo hands to an assertion in JavaScript, as far as it is used here. */
export interface PromptfooContext {
  vars: Readonly<Record<string, unknown>>;
  config?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A promptfoo assertion. In its `config`: `image`, the name of the variable that holds the picture (default `image`), and
 * `scorer`, `threshold` and `least`, the score from which it passes (default: no flagged word).
 *
 * @throws DetectiveError `bad-argument` where the variable holds no picture; `bad-input` where nothing could be judged.
 */
export async function isSupported(
  output: unknown,
  { vars, config = {} }: PromptfooContext,
): Promise<{ pass: boolean; score: number; reason: string }> {
  const { image: variable = 'image', least, scorer, threshold } = config;
  const image = vars[String(variable)];
  if (typeof image !== 'string' || image === '')
    throw new DetectiveError(
      'bad-argument',
      `the variable ${variable} of the test holds no picture: set it, or config.image`,
    );
  const options: SupportOptions = {
    ...(typeof scorer === 'string' ? { scorer } : {}),
    ...(typeof threshold === 'number' ? { threshold } : {}),
  };
  const path = image.replace(/^file:\/\/(?!\/)/, '');
  const { supported, score, reason } = await support(String(output), path, options);
  return { pass: typeof least === 'number' ? score >= least : supported, score, reason };
}
