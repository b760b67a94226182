import type { LanguageModelMiddleware } from 'ai7';
import { expectTypeOf, it } from 'vitest';
import { selfCorrection } from '../../src/adapters/ai-sdk/self-correction.js';
import { wordListScorer } from '../http/doubles.js';

it('is accepted as a middleware by the types of AI SDK 7', () => {
  const middleware = () => selfCorrection({ scorer: wordListScorer([]) });
  expectTypeOf(middleware).returns.toExtend<LanguageModelMiddleware>();
});
