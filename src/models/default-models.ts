/** The model of a provider where none is named. */
export const defaultModels = { openai: 'gpt-5.1', anthropic: 'claude-sonnet-5-5' } as const;
