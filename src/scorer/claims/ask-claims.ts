import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { DetectiveError } from '../../base/errors.js';
import type { ApiImage } from '../../image/decode.js';
import { askUsable } from '../../models/ask-usable.js';
import type { ChatModel } from '../../models/chat-model.js';
import { addCalls, type CallUsage } from '../../models/price.js';
import { loadPrompt, makeFence, renderPrompt } from '../../models/prompt.js';
import type { TokenChoices } from '../../models/providers/provider.js';
import { type Opinion, pooled, readVerdicts, verdictSchema } from './verdicts.js';
import { yesProbability } from './yes-no.js';

/** How a model is asked: a question for each claim, with log probabilities; or one call for verdicts on all. */
export type Method = 'logprobs' | 'verdicts';

export interface AskerOptions {
  /** Known beforehand; else the first question tells. */
  method?: Method | undefined;
  /** Without log probabilities: so many times the verdicts are asked for. Default 1. */
  samples?: number | undefined;
  /** Questions side by side at most. Default 8. */
  atOnce?: number | undefined;
}

/** Asks a model about pictures, and remembers what was asked of which. */
export interface Asker {
  /** Undefined until the first question was answered. */
  readonly method: Method | undefined;
  /** How the model is asked, which its answer about a first statement tells. Throws as {@link ask}. */
  find(images: readonly ApiImage[], statement: string, usage: CallUsage, signal?: AbortSignal): Promise<Method>;
  /**
   * @param usage Is added to.
   * @returns an opinion on each statement, in order
   * @throws DetectiveError as {@link ChatModel.reply}, or `scorer-failed` where no verdict could be read
   */
  ask(
    images: readonly ApiImage[],
    statements: readonly string[],
    usage: CallUsage,
    signal?: AbortSignal,
  ): Promise<Opinion[]>;
}

/** Of the likeliest first tokens so many are asked for: OpenAI's and vLLM's most. */
const topLogprobs = 20;
/** Enough for a yes behind a line break or a mark. */
const shortReply = 4;
/** Verdicts that are asked for in one call at most: longer lists get careless verdicts. */
const mostVerdicts = 40;
const kept = 20_000;
/** Where verdicts are asked for several times, they are to differ. */
const sampleTemperature = 0.7;

export function claimAsker(model: ChatModel, options: AskerOptions): Asker {
  const { samples = 1, atOnce = 8 } = options;
  const opinions = new LRUCache<string, Opinion>({ max: kept });
  const asking = new Map<string, Promise<Opinion>>();
  const limit = pLimit(atOnce);
  let method = options.method;
  /** It has said yes or no, so that it can: where it says neither, it cannot tell. */
  let tells = false;

  async function askYesNo(statement: string, images: readonly ApiImage[], usage: CallUsage, signal?: AbortSignal) {
    const prompt = renderPrompt(loadPrompt('claims/question', ['statement']), { statement });
    const started = performance.now();
    // the picture stands first and is the same bytes each time: a server that caches prefixes pays it once
    const reply = await model.reply(
      { turns: [prompt], images, temperature: 0, maxTokens: shortReply, logprobs: topLogprobs },
      signal,
    );
    addCalls(usage, { calls: 1, pictures: images.length, ms: performance.now() - started, ...reply.usage });
    return reply;
  }

  function told(choices: readonly TokenChoices[]): Opinion {
    const p = yesProbability(choices);
    tells ||= p !== null;
    return { p };
  }

  /** One claim; what another request is asking already is not asked twice. */
  async function byLogprobs(key: string, ...call: Parameters<typeof askYesNo>): Promise<Opinion> {
    const [, , , signal] = call;
    const other = asking.get(key);
    if (other) {
      const opinion = await other.catch(() => null);
      if (opinion) return opinion;
      signal?.throwIfAborted();
    }
    const own = limit(async (): Promise<Opinion> => {
      const { choices = [] } = await askYesNo(...call);
      return told(choices);
    });
    asking.set(key, own);
    try {
      const opinion = await own;
      opinions.set(key, opinion);
      return opinion;
    } finally {
      if (asking.get(key) === own) asking.delete(key);
    }
  }

  async function byVerdicts(
    images: readonly ApiImage[],
    statements: readonly string[],
    usage: CallUsage,
    signal?: AbortSignal,
  ): Promise<Opinion[]> {
    const claims = statements.map((statement, index) => `${index + 1}. ${statement}`).join('\n');
    const prompt = renderPrompt(loadPrompt('claims/verdicts', ['claims', 'fence']), {
      claims,
      fence: makeFence([claims]),
    });
    const question = {
      prompt,
      images,
      schema: verdictSchema,
      ...(samples > 1 ? { temperature: sampleTemperature } : {}),
    };
    const asked = await Promise.all(
      Array.from({ length: samples }, (_, seed) =>
        limit(async () => {
          const sample = samples > 1 ? { ...question, seed } : question;
          const answer = await askUsable(model, sample, (reply) => readVerdicts(reply, statements.length), signal);
          addCalls(usage, answer.usage);
          return answer;
        }),
      ),
    );
    const replies = asked.flatMap(({ value }) => (value ? [value] : []));
    if (replies.length === 0)
      throw new DetectiveError(
        'scorer-failed',
        `${model.name} gave no verdicts in two tries (${asked[0]?.reason}): try again, or use another model`,
      );
    return statements.map((_, index) => pooled(replies.map((reply) => reply[index]!)));
  }

  /** Asks the first question with log probabilities, which tells whether the server has them. */
  async function probe(key: string, ...call: Parameters<typeof askYesNo>): Promise<Method> {
    const { choices } = await askYesNo(...call);
    method = choices === undefined || model.unknown.has('logprobs') ? 'verdicts' : 'logprobs';
    if (method === 'logprobs') opinions.set(key, told(choices!));
    return method;
  }

  return {
    get method() {
      return method;
    },
    find: async (images, statement, usage, signal) =>
      method ?? (await probe(`${keyOf(images)}\n${statement}`, statement, images, usage, signal)),
    async ask(images, statements, usage, signal) {
      const picture = keyOf(images);
      const keys = statements.map((statement) => `${picture}\n${statement}`);
      const fresh = () => [...new Set(statements.filter((_, index) => !opinions.has(keys[index]!)))];
      const [first] = fresh();
      if (first !== undefined && method === undefined)
        await probe(`${picture}\n${first}`, first, images, usage, signal);
      const missing = fresh();
      if (method === 'logprobs') {
        await Promise.all(
          missing.map((statement) => byLogprobs(`${picture}\n${statement}`, statement, images, usage, signal)),
        );
        // it tells its tokens, and none is a yes or a no: a model that thinks first, or writes prose
        const all = keys.map((key) => opinions.get(key)?.p ?? null);
        if (!tells && all.length > 2 && all.every((p) => p === null)) {
          method = 'verdicts';
          opinions.clear();
        }
      }
      const unasked = method === 'verdicts' ? fresh() : [];
      for (let from = 0; from < unasked.length; from += mostVerdicts) {
        const part = unasked.slice(from, from + mostVerdicts);
        const found = await byVerdicts(images, part, usage, signal);
        part.forEach((statement, index) => {
          opinions.set(`${picture}\n${statement}`, found[index]!);
        });
      }
      return keys.map((key) => opinions.get(key) ?? { p: null });
    },
  };
}

function keyOf(images: readonly ApiImage[]): string {
  const hash = createHash('sha256');
  for (const { base64 } of images) hash.update(base64).update('\n');
  return hash.digest('base64url');
}
