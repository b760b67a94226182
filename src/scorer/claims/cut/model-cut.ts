import { LRUCache } from 'lru-cache';
import * as z from 'zod';
import { askUsable } from '../../../models/ask-usable.js';
import type { ChatModel } from '../../../models/chat-model.js';
import { parseJsonReply } from '../../../models/json-reply.js';
import { addCalls, type CallUsage } from '../../../models/price.js';
import { loadPrompt, makeFence, renderPrompt } from '../../../models/prompt.js';
import { type FlagType, flagTypeOf } from '../../../text/flag-type.js';
import { splitWords } from '../../../text/words.js';
import { phraseFinder } from '../../findings/find-phrase.js';
import { type AtomicClaim, atomicClaims, mostClaims } from './atomic-claims.js';

const claimSchema = z.object({
  statement: z.string(),
  words: z.string(),
  context: z.string(),
  type: z.string(),
  denied: z.boolean(),
});
const schema = z.object({ claims: z.array(claimSchema) });
const lenient = z.object({
  statement: z.string().min(1).max(500),
  words: z.string().min(1),
  context: z.string().nullish(),
  type: z.string().nullish(),
  denied: z.boolean().nullish(),
});

const kindOfType: Readonly<Partial<Record<FlagType, AtomicClaim['kind']>>> = {
  object: 'thing',
  'small-object': 'thing',
  counting: 'number',
  spatial: 'relation',
  ocr: 'print',
};

/**
 * Has a text model cut answers into claims: for other languages than English, and where the rules are not enough. One call
 * an answer, remembered. What it gives no usable list for is cut by the rules.
 */
export function modelCut(model: ChatModel) {
  const kept = new LRUCache<string, AtomicClaim[]>({ max: 2000 });
  return async (
    text: string,
    prompt: string | undefined,
    usage: CallUsage,
    signal?: AbortSignal,
  ): Promise<AtomicClaim[]> => {
    const known = kept.get(text);
    if (known) return known;
    const question = {
      prompt: renderPrompt(loadPrompt('claims/cut', ['answer', 'fence']), { answer: text, fence: makeFence([text]) }),
      images: [],
      schema,
    };
    const asked = await askUsable(
      model,
      question,
      (reply) => {
        const list = parseJsonReply(reply) as { claims?: unknown } | unknown[] | undefined;
        const items = Array.isArray(list) ? list : list?.claims;
        return Array.isArray(items) ? { value: items } : { reason: 'it was no JSON with a list of claims' };
      },
      signal,
    );
    addCalls(usage, asked.usage);
    const claims = asked.value ? placed(text, asked.value) : await atomicClaims(text, prompt);
    kept.set(text, claims);
    return claims;
  };
}

/** Claims whose words stand in the text. One whose words hold those of another is taken to build on it. */
function placed(text: string, items: readonly unknown[]): AtomicClaim[] {
  const finder = phraseFinder(text);
  const claims = items.slice(0, mostClaims).flatMap((item): AtomicClaim[] => {
    const read = lenient.safeParse(item);
    if (!read.success) return [];
    const { statement, words, context, type, denied } = read.data;
    const place = finder.find(words, context ?? undefined);
    if (!place) return [];
    const flagType = flagTypeOf(type ?? '');
    const ranges = splitWords(text).filter(({ start, end }) => start < place.end && end > place.start);
    return [
      {
        statement,
        words: ranges,
        type: flagType,
        kind: kindOfType[flagType] ?? 'attribute',
        parents: [],
        ...(denied ? { denied: true as const } : {}),
      },
    ];
  });
  // a number, a look or a place is said of a thing that another claim says to be there
  const things = claims.flatMap(({ kind, words }, index) =>
    kind === 'thing' ? [{ index, said: words.map(({ start, end }) => text.slice(start, end).toLowerCase()) }] : [],
  );
  return claims.map((claim, index) => ({
    ...claim,
    parents: things
      .filter(
        ({ index: thing, said }) =>
          thing !== index && said.every((word) => claim.statement.toLowerCase().includes(word)),
      )
      .map(({ index: thing }) => thing),
  }));
}
