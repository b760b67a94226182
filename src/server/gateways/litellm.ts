import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { errorMessage } from '../../base/errors.js';
import { correctAnswers } from '../../http/correct-answers.js';
import { defaultRewriter } from '../../rewriters/create-rewriter.js';
import { completeLength } from '../../text/view/complete-length.js';
import { isObject, objectsOf } from '../../wire/json-path.js';
import type { litellmReply, litellmRequest } from '../api/api-schemas.js';
import { checkOverrides, withSettings } from '../call-options.js';
import type { Call, ServerContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { errorCode } from '../log.js';
import { checkPictures, inlinePictures } from '../pictures/pictures.js';
import { responseOptions } from '../proxy/proxy.js';

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
 * pictures are kept in between, by the call's id and the key that it came with, for 15 minutes and in 256 MiB at most. A
 * last sentence without an end is not judged: see the gateways' page.
 */
export function createLitellmGuardrail(context: ServerContext): (asked: Request, call: Call) => Promise<Reply> {
  const kept = new LRUCache<string, Kept>({
    ttl: keptMs,
    maxSize: keptBytes,
    sizeCalculation: ({ images, prompt = '' }, id) =>
      images.reduce((sum, image) => sum + image.length, id.length + prompt.length + 1),
  });

  return async (asked, call) => {
    const { judge_unfinished: _, ...settings } = asked.additional_provider_specific_params ?? {};
    checkOverrides(settings, context.options.allowOverrides);
    // of one who knows another's id but not the key it came with there is nothing to be had
    const id = asked.litellm_call_id ? `${call.caller.key} ${asked.litellm_call_id}` : '';
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
    const params = asked.additional_provider_specific_params ?? {};
    const { onReport: _, ...settings } = withSettings(responseOptions(context, call, {}), params);
    // of a stream it comes again and again as it grows, and nothing says that it is a stream
    const whole = texts.map((text) => (params.judge_unfinished ? text : text.slice(0, finishedLength(text))));
    // LiteLLM counts code points
    const heldBack = texts.map((text, nth) => [...text.slice(whole[nth]!.length)].length);
    const holdback = heldBack.some((length) => length > 0) ? { stream_holdback_chars: heldBack } : {};
    const rewriter = context.rewriter === 'same' ? defaultRewriter() : context.rewriter;
    const answers = whole.map((text, choice) => ({
      choice,
      path: [choice],
      text,
      ...(text.trim() !== ''
        ? {}
        : { skipped: heldBack[choice] === 0 ? 'the answer is empty' : 'the answer has no whole sentence yet' }),
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
      if (changes.length === 0) return { action: 'NONE', ...holdback };
      const changed = [...texts];
      for (const { answer, text } of changes) {
        changed[answer.choice] = text + texts[answer.choice]!.slice(whole[answer.choice]!.length);
      }
      return { action: 'GUARDRAIL_INTERVENED', texts: changed, ...holdback };
    } catch (error) {
      // only with failClosed, or onUnresolved: 'throw'
      log('warn', 'answer withheld', { id: call.id, code: errorCode(error) });
      return { action: 'BLOCKED', blocked_reason: `vlm-detective: ${errorMessage(error)}` };
    }
  }
}

/** We are too busy, or the call is too large for us. */
const ours: readonly number[] = [408, 413, 429, 503];

/**
 * The hook's answer in place of a refusal: LiteLLM would make it an error of the caller's own call.
 *
 * @throws the error itself where it is none of ours, or answers that nobody judged are to be withheld.
 */
export function insteadOf({ options, log }: ServerContext, call: Call, error: unknown, asked?: Request): Reply {
  const failClosed = options.failClosed === true || asked?.additional_provider_specific_params?.fail_closed === true;
  if (failClosed || !(error instanceof HttpError) || !ours.includes(error.status)) throw error;
  log('warn', 'guardrail skipped', { id: call.id, status: error.status });
  return { action: 'NONE' };
}

/** How much of a text is whole sentences, as far as its end tells. */
function finishedLength(text: string): number {
  if (/[.!?…。！？]["'”’»)\]*_`]*\s*$/u.test(text.slice(-20))) return text.length;
  return /^\s*[[{]/.test(text) && isJson(text) ? text.length : completeLength(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
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
