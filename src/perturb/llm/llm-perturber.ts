import * as z from 'zod';
import { type ChatModelOptions, chatModel } from '../../models/chat-model.js';
import { loadPrompt, makeFence, renderPrompt } from '../../models/prompt.js';
import { type PerturbationType, type Perturbed, type Perturber, perturbationTypes } from '../perturbation.js';
import { labelRewrite } from './label-rewrite.js';

const rewriteSchema = z.object({ applies: z.boolean(), caption: z.string() });
const verdictSchema = z.object({
  paraphrase: z.boolean(),
  contradicts: z.boolean(),
  minimal: z.boolean(),
  type: z.enum([...perturbationTypes, 'other']),
});

/** Words of one caption that a model is given, at most, in characters. */
const maxCaption = 8000;

/**
 * A perturber on a text model that never sees the picture. A first call rewrites the caption by the rules of the type; the
 * rewrite must be a minimal edit; a second call, which is not told the type, says what changed. A paraphrase, an edit that
 * both captions could survive and an edit of another type are dropped (null), as is an answer in no usable form.
 *
 * @throws DetectiveError `bad-argument` for a missing key; its `perturb` `model-failed` or `aborted`.
 */
export function llmPerturber(options: ChatModelOptions): Perturber {
  const model = chatModel({ purpose: 'perturb', ...options });
  return {
    name: model.name,
    async perturb(caption, type, _random, signal) {
      if (caption.trim() === '' || caption.length > maxCaption) return null;
      const answer = await model.ask(rewriteQuestion(caption, type), rewriteSchema, signal);
      if (!answer?.applies) return null;
      const perturbed = labelRewrite(caption, withEndsOf(answer.caption, caption), type);
      return perturbed && (await isVerified(caption, perturbed, signal)) ? perturbed : null;
    },
  };

  async function isVerified(caption: string, { text, type }: Perturbed, signal?: AbortSignal): Promise<boolean> {
    const fence = makeFence([caption, text]);
    const prompt = renderPrompt(loadPrompt('perturb/verify', ['original', 'changed', 'fence']), {
      original: caption,
      changed: text,
      fence,
    });
    const verdict = await model.ask(prompt, verdictSchema, signal);
    return verdict !== null && !verdict.paraphrase && verdict.contradicts && verdict.minimal && verdict.type === type;
  }
}

function rewriteQuestion(caption: string, type: PerturbationType): string {
  const prompt = loadPrompt('perturb/caption', ['type', 'rule', 'caption', 'fence']);
  const rule = renderPrompt(loadPrompt(`perturb/${type}`, []), {});
  return renderPrompt(prompt, { type, rule, caption, fence: makeFence([caption]) });
}

/** The text with the blanks around it that the original has: models trim. */
function withEndsOf(text: string, original: string): string {
  return /^\s*/.exec(original)![0] + text.trim() + /\s*$/.exec(original.trimStart())![0];
}
