export { createOpenAI } from 'ai-sdk-openai7';
export * as ai from 'ai7';
export { MockLanguageModelV4 } from 'ai7/test';
