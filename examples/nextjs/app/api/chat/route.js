// A chat route of the Next.js app router, for useChat() of the AI SDK: the text streams in corrected, sentence by sentence.
// next.config.js: serverExternalPackages: ['vlm-detective', 'onnxruntime-node', 'sharp']
import { openai } from '@ai-sdk/openai';
import { convertToModelMessages, streamText, wrapLanguageModel } from 'ai';
import { createScorer } from 'vlm-detective';
import { selfCorrection } from 'vlm-detective/ai-sdk';

export const runtime = 'nodejs';

const model = wrapLanguageModel({
  model: openai.chat('gpt-5.1'), // OPENAI_API_KEY, OPENAI_BASE_URL
  middleware: selfCorrection({ scorer: await createScorer('auto') }),
});

export async function POST(request) {
  const { messages } = await request.json();
  const result = streamText({ model, messages: await convertToModelMessages(messages), abortSignal: request.signal });
  return result.toUIMessageStreamResponse();
}
