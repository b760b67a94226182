import { readFileSync } from 'node:fs';
import { throwIfAborted } from '../../base/abort.js';
import { DetectiveError, errorMessage } from '../../base/errors.js';
import { encodeAllForApi } from '../../image/decode.js';
import { checkBaseURL, keyFor, parseModelSpec, printableUrl } from '../../models/address.js';
import { type Asked, askUsable, type Read } from '../../models/ask-usable.js';
import { type ChatModelOptions, chatModel } from '../../models/chat-model.js';
import { noUsage } from '../../models/price.js';
import { loadPrompt, makeFence, type Prompt, parsePrompt, renderPrompt } from '../../models/prompt.js';
import { postJson } from '../../models/providers/post-json.js';
import { withRetries } from '../../models/retry.js';
import { placeFindings } from '../findings/place-findings.js';
import { type Finding, readFindings } from '../findings/read-findings.js';
import type { ScoredResponse, ScoreRequest, Scorer } from '../scorer.js';
import { viewed } from '../viewed.js';

interface Judging {
  /** Shown in reports. */
  name?: string;
  /** Spans that the detector is less sure of are left out: 0..1. Default 0.5. */
  minConfidence?: number;
}

export interface SpansScorerOptions extends Omit<ChatModelOptions, 'failure' | 'purpose' | 'name'>, Judging {
  /** A prompt of your own in Markdown, with front matter and the inputs question, answer and fence; default `prompts/spans.md`. */
  promptFile?: string;
}

export interface SpansServiceOptions extends Judging {
  /** Where a detector takes `{question, answer, contexts, images}` by POST and answers with spans. */
  url: string;
  /** Sent as a bearer token. */
  apiKey?: string;
  timeoutMs?: number;
  /** Pixels that no side of a picture exceeds. Default 1024. */
  imageSide?: number | undefined;
}

/** The reward of a claiming word that a trained span detector did not list. */
const unlistedReward = 0.95;
/** Of a span that comes without a confidence. */
const assumedConfidence = 0.9;
const inputs = ['question', 'answer', 'fence'] as const;

/**
 * A model that was trained to write the wrong spans of an answer (HalluScope, arXiv 2607.21105), behind any chat API, as a
 * scorer: what it writes, as JSON, as a list or as tags in the text, is found in the answer again, typed and with reasons.
 *
 * @throws DetectiveError `bad-argument` for a missing model or key, or a prompt that cannot be read. `score` throws
 * `bad-argument` (no image), `bad-image`, `aborted`, or `scorer-failed` (the model cannot be reached, or writes no spans).
 */
export function spansScorer(options: SpansScorerOptions): Scorer {
  const { name: _, promptFile, ...address } = options;
  const model = chatModel({ ...address, failure: 'scorer-failed', purpose: 'find wrong spans' });
  const name = options.name ?? `spans:${model.name}`;
  const prompt = promptFile === undefined ? loadPrompt('spans', inputs) : readOwnPrompt(promptFile);
  return asScorer(name, options, async ({ images, prompt: asked, response, signal }) => {
    const question = asked?.trim() || 'Describe the picture.';
    const text = renderPrompt(prompt, { question, answer: response, fence: makeFence([question, response]) });
    return askUsable(model, { prompt: text, images: await model.encode(images) }, read, signal);
  });
}

/**
 * A span detector behind an address of its own, as LettuceDetect's web API and the like: the answer is posted with its
 * question and pictures, and the reply is read for spans.
 *
 * @throws DetectiveError `bad-argument` for an address that is none. `score` as {@link spansScorer}.
 */
export function spansService(options: SpansServiceOptions): Scorer {
  const url = checkBaseURL(options.url);
  const name = options.name ?? `spans:${printableUrl(url)}`;
  const { timeoutMs = 60_000, apiKey, imageSide } = options;
  const key = keyFor('SPANS_API_KEY', { baseURL: url, ...(apiKey === undefined ? {} : { apiKey }) });
  const headers: Record<string, string> = key === undefined || key === 'none' ? {} : { authorization: `Bearer ${key}` };
  return asScorer(name, options, async ({ images, prompt = '', response, signal }) => {
    const usage = noUsage();
    const pictures = await encodeAllForApi(images, imageSide);
    const body = {
      question: prompt,
      answer: response,
      contexts: prompt === '' ? [] : [prompt],
      images: pictures.map(({ mediaType, base64 }) => `data:${mediaType};base64,${base64}`),
    };
    const started = performance.now();
    const reply = await withRetries(name, (attempt) => postJson<unknown>(url, headers, body, attempt), {
      timeoutMs,
      failure: 'scorer-failed',
      secrets: [key],
      signal,
    });
    Object.assign(usage, { calls: 1, pictures: pictures.length, ms: performance.now() - started });
    return { ...read(JSON.stringify(reply)), usage };
  });
}

function read(reply: string | null): Read<Finding[]> {
  const found = readFindings(reply);
  return found ? { value: found } : { reason: 'it had no list of spans' };
}

function asScorer(
  name: string,
  { minConfidence = 0.5 }: Judging,
  detect: (request: ScoreRequest) => Promise<Asked<Finding[]>>,
): Scorer {
  return viewed({
    name,
    threshold: 0.5,
    async score(request): Promise<ScoredResponse> {
      const { images, prompt, response, signal } = request;
      if (images.length === 0)
        throw new DetectiveError('bad-argument', 'there is no image to score the response against');
      throwIfAborted(signal, 'scoring');
      if (response.trim() === '') return { response, tokens: [], scorer: name };
      const { value, reason, usage } = await detect(request);
      if (!value)
        throw new DetectiveError(
          'scorer-failed',
          `${name} wrote no spans (${reason}): check that it is a span detector`,
        );
      const placing = { prompt, unlisted: unlistedReward, assumed: assumedConfidence, minConfidence };
      return { ...placeFindings(response, value, placing), scorer: name, usage };
    },
  });
}

function readOwnPrompt(path: string): Prompt {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DetectiveError('bad-argument', `the prompt ${path} cannot be read: ${errorMessage(cause)}`, { cause });
  }
  const prompt = parsePrompt(source, path);
  if ([...prompt.inputs].sort().join() !== [...inputs].sort().join())
    throw new DetectiveError('bad-argument', `the prompt ${path} must take the inputs ${inputs.join(', ')}`);
  return prompt;
}

/** `spans:URL`, or `spans:` and a model as `claims:` takes it; `#FILE.md` behind a model is a prompt of your own. */
export function spansFrom(rest: string, asking: Pick<SpansScorerOptions, 'imageSide'> = {}): Scorer {
  if (/^https?:\/\//.test(rest)) return spansService({ url: rest, ...asking });
  const [, spec = '', promptFile] = /^([^#]*)(?:#(.+))?$/s.exec(rest) ?? [];
  return spansScorer({
    ...parseModelSpec(spec, 'span detector', 'a URL, '),
    ...asking,
    ...(promptFile ? { promptFile } : {}),
  });
}
