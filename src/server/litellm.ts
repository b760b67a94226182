import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { errorMessage } from '../base/errors.js';
import { correctAnswers } from '../http/correct-answers.js';
import { defaultRewriter } from '../rewriters/create-rewriter.js';
import { isObject, objectsOf } from '../wire/json-path.js';
import type { litellmReply, litellmRequest } from './api-schemas.js';
import { checkOverrides, withSettings } from './call-options.js';
import type { Call, ServerContext } from './context.js';
import { errorCode } from './log.js';
import { checkPictures, inlinePictures } from './pictures.js';
import { responseOptions } from './proxy.js';

type Request = z.infer<typeof litellmRequest>;
type Reply = z.infer<typeof litellmReply>;

interface Kept {
  images: string[];
  prompt?: string;
}

/** A generation takes no longer than this between the two hooks. */
const keptMs = 15 * 60_000;
const keptBytes = 256 << 20;

/**
 * LiteLLM's Generic Guardrail API. Its call before the model carries the pictures, and the one after it the answer: the
 * pictures are kept in between, by the call's id, for 15 minutes and in 256 MiB at most.
 */
export function createLitellmGuardrail(context: ServerContext): (asked: Request, call: Call) => Promise<Reply> {
  const kept = new LRUCache<string, Kept>({
    ttl: keptMs,
    maxSize: keptBytes,
    sizeCalculation: ({ images, prompt = '' }, id) =>
      images.reduce((sum, image) => sum + image.length, id.length + prompt.length + 1),
  });

  return async (asked, call) => {
    checkOverrides(asked.additional_provider_specific_params ?? {}, context.options.allowOverrides);
    const id = asked.litellm_call_id ?? '';
    if (asked.input_type === 'request') {
      if (id !== '') await keep(id, asked);
      return { action: 'NONE' };
    }
    const known = kept.get(id);
    const images = [...(asked.images ?? []).map(asDataUrl), ...(known?.images ?? [])];
    const texts = asked.texts ?? [];
    if (images.length === 0 || texts.length === 0) return { action: 'NONE' };
    return correctTexts(texts, images, known?.prompt ?? promptOf(asked), asked, call);
  };

  async function keep(id: string, asked: Request): Promise<void> {
    const images = (asked.images ?? []).map(asDataUrl);
    if (images.length === 0) return;
    const data = images.filter((image) => /^data:/i.test(image));
    await checkPictures(data, images.length - data.length, context.options);
    const prompt = promptOf(asked);
    kept.set(id, { images, ...(prompt === undefined ? {} : { prompt }) });
  }

  async function correctTexts(
    texts: readonly string[],
    images: readonly string[],
    prompt: string | undefined,
    asked: Request,
    call: Call,
  ): Promise<Reply> {
    const { log } = context;
    const data = images.filter((image) => /^data:/i.test(image));
    await checkPictures(data, images.length - data.length, context.options);
    const parts = images.map((url) => ({ type: 'input_image', image_url: url }));
    const inlined = await inlinePictures(context, call, parts);
    const urls = inlined.map((part) => part.image_url);
    const { onReport: _, ...settings } = withSettings(
      responseOptions(context, call, {}),
      asked.additional_provider_specific_params ?? {},
    );
    const rewriter = context.rewriter === 'same' ? defaultRewriter() : context.rewriter;
    const answers = texts.map((text, choice) => ({
      choice,
      path: [choice],
      text,
      ...(text.trim() === '' ? { skipped: 'the answer is empty' } : {}),
    }));
    const remote = urls.filter((url) => !/^data:/i.test(url));
    const reading = {
      images: urls.filter((url) => /^data:/i.test(url)),
      unreadImages: remote.map(() => 'a picture behind a URL'),
      stream: false,
      structured: false,
      ...(prompt === undefined ? {} : { prompt }),
    };
    const id = randomUUID();
    try {
      const { changes, reports } = await correctAnswers(id, reading, answers, { ...settings, rewriter }, call.signal);
      context.report({ id, protocol: 'litellm', answers: reports }, call);
      if (changes.length === 0) return { action: 'NONE' };
      const changed = [...texts];
      for (const { answer, text } of changes) changed[answer.choice] = text;
      return { action: 'GUARDRAIL_INTERVENED', texts: changed };
    } catch (error) {
      // only with failClosed, or onUnresolved: 'throw'
      log('warn', 'answer withheld', { id: call.id, code: errorCode(error) });
      return { action: 'BLOCKED', blocked_reason: `vlm-detective: ${errorMessage(error)}` };
    }
  }
}

/** A picture of LiteLLM's is a URL, a data: URL, or bare base64. */
function asDataUrl(image: string): string {
  return /^(?:data|https?):/i.test(image) ? image : `data:image/png;base64,${image}`;
}

/** The words of the last user turn. */
function promptOf({ structured_messages: messages, texts }: Request): string | undefined {
  const said = objectsOf(messages ?? [])
    .filter(({ value }) => value.role === 'user')
    .map(({ value }) =>
      typeof value.content === 'string'
        ? value.content
        : objectsOf(value.content)
            .map(({ value: part }) => (isObject(part) && typeof part.text === 'string' ? part.text : ''))
            .join('\n')
            .trim(),
    )
    .filter((text) => text !== '');
  return said.at(-1) ?? texts?.filter((text) => text.trim() !== '').at(-1);
}
