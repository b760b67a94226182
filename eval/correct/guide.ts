import { DetectiveError } from '../../src/base/errors.js';
import { parseModelSpec } from '../../src/models/address.js';
import { chatModel } from '../../src/models/chat-model.js';
import { loadPrompt, makeFence, renderPrompt } from '../../src/models/prompt.js';
import type { RewriteRequest, Rewriter, Usage } from '../../src/rewriters/rewriter.js';
import type { FlaggedSpan } from '../../src/text/flagged-span.js';
import { spliceEdits } from '../../src/text/splice.js';

/** A model that is given guidance and writes the whole answer anew: TLDR's self-correction (arXiv 2410.04734, appendix C). */
export interface Guide {
  readonly name: string;
  /** @param naive Without the words: the answer is only said to be wrong somewhere. */
  answer(
    request: Pick<RewriteRequest, 'images' | 'prompt' | 'response' | 'spans' | 'signal'>,
    naive: boolean,
  ): Promise<{ text: string; usage?: Usage }>;
}

const inputs = ['question', 'response', 'phrases', 'sentences', 'fence'] as const;
const naiveInputs = ['question', 'response', 'fence'] as const;

/**
 * The guidance in the paper's form, in our words: no markers in the answer; the flagged phrases, each once; then each flagged
 * sentence with the phrases in it.
 */
export function guidancePrompt(
  { prompt, response, spans }: Pick<RewriteRequest, 'prompt' | 'response' | 'spans'>,
  naive: boolean,
): string {
  const question = prompt?.trim() || 'Describe the picture.';
  if (naive) {
    const fence = makeFence([question, response]);
    return renderPrompt(loadPrompt('guidance-naive', naiveInputs), { question, response, fence });
  }
  const phrases = [...new Set(spans.map(({ text }) => text))].join(', ');
  const bySentence = new Map<number, FlaggedSpan[]>();
  for (const span of spans) bySentence.set(span.sentence[0], [...(bySentence.get(span.sentence[0]) ?? []), span]);
  const sentences = [...bySentence.values()]
    .map((own) => {
      const [start, end] = own[0]!.sentence;
      const words = [...new Set(own.map(({ text }) => JSON.stringify(text)))].join(', ');
      return `Mend ${JSON.stringify(response.slice(start, end).trim())} with more attention to: ${words}.`;
    })
    .join('\n');
  const fence = makeFence([question, response, phrases, sentences]);
  return renderPrompt(loadPrompt('guidance', inputs), { question, response, phrases, sentences, fence });
}

/** Longer answers are cut off, and refused for that. */
const mostTokens = 2048;

/**
 * A guide from a rewriter's name: `openai:MODEL`, `anthropic:MODEL`, `gemini:MODEL`, or one of these with `@BASE_URL`.
 *
 * @throws DetectiveError `bad-argument` for another name or without a key; `answer` throws `model-failed` where the model
 * writes nothing.
 */
export function modelGuide(spec: string): Guide {
  const model = chatModel(parseModelSpec(spec, 'rewriter', ''));
  return {
    name: model.name,
    async answer(request, naive) {
      const images = await model.encode(request.images);
      const turns: [string] = [guidancePrompt(request, naive)];
      const { text, problem, usage } = await model.reply({ turns, images, maxTokens: mostTokens }, request.signal);
      if (!text?.trim())
        throw new DetectiveError('model-failed', `${model.name} gave no answer: ${problem ?? 'empty'}`);
      return { text: text.trim(), usage };
    },
  };
}

/**
 * A guide that makes the edits of a rewriter, for runs without a model: it stands for one that changes nothing else, which
 * real ones do.
 */
export function guideOf(rewriter: Rewriter): Guide {
  return {
    name: rewriter.name,
    async answer(request) {
      const { edits, usage } = await rewriter.rewrite({ ...request, rejected: [] });
      return { text: spliceEdits(request.response, request.spans, edits).text, ...(usage ? { usage } : {}) };
    },
  };
}
