/** For the tests that you already run: a matcher for vitest and jest, an assertion for promptfoo, a scorer for evalite. */
export { type SupportScorerOptions, supportedByPicture } from './adapters/testing/evalite.js';
export { isSupported, type PromptfooContext } from './adapters/testing/promptfoo.js';
export { type Support, type SupportOptions, support } from './adapters/testing/support.js';
export { toBeSupportedBy } from './adapters/testing/to-be-supported-by.js';
