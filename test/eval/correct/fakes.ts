import type { CorrectionItem, ItemSet } from '../../../eval/correct/item.js';
import { judgeObjects, lexiconNames, objectClaims } from '../../../eval/correct/object-judge.js';
import type { CorrectionRun } from '../../../eval/correct/run-correction.js';
import { strategyNames } from '../../../eval/correct/strategies.js';
import type { Rewriter } from '../../../src/rewriters/rewriter.js';
import type { Scorer } from '../../../src/scorer/scorer.js';
import { splitWords } from '../../../src/text/words.js';

/** A detector that is always right of pictures with a dog and a car: other nouns get a low reward. */
export const dogAndCar: Scorer = {
  name: 'dog-and-car',
  threshold: 0.5,
  async score({ response }) {
    const tokens = splitWords(response).map(({ start, end }) => {
      const text = response.slice(start, end);
      const named = lexiconNames(text);
      const wrong = named.some(({ name }) => name !== 'dog' && name !== 'car');
      return { text, start, end, reward: wrong ? 0.1 : 0.9 };
    });
    return { response, tokens, scorer: 'dog-and-car' };
  },
};

const truth = { namesIn: lexiconNames, present: new Set(['dog', 'car']) };

export function itemOf(id: string, response: string, others: readonly string[] = []): CorrectionItem {
  return {
    id,
    image: Uint8Array.of(0),
    picture: id,
    response,
    claims: objectClaims(response, truth),
    judge: (edited) => judgeObjects(response, edited, truth),
    async regenerate(take) {
      const other = others[take - 1];
      return other === undefined ? null : { response: other, claims: objectClaims(other, truth) };
    },
  };
}

/** Offers these words for every span, best guess first. */
export const offering = (...words: string[]): Rewriter => ({
  name: 'offering',
  rewrite: async ({ spans }) => ({
    edits: spans.flatMap((span) => words.map((replacement) => ({ span: span.id, replacement }))),
    usage: { inputTokens: 10, outputTokens: 2, cost: 0.001 },
  }),
});

const nouns = ['dog', 'car', 'cat', 'horse', 'boat'];

/** So many answers about a picture with a dog and a car; `onOpen` hears of each that is begun. */
export function fakeSet(size: number, onOpen: (n: number) => void | Promise<void> = () => {}): ItemSet {
  return {
    config: { items: 'fake' },
    size,
    async *items(from) {
      for (let n = from; n < size; n++) {
        yield {
          id: `item-${n}`,
          open: async () => {
            await onOpen(n);
            if (n % 37 === 36) throw new Error('there is no such answer');
            const [one, other] = [nouns[n % 5], nouns[(n * 7 + 3) % 5]];
            return {
              ...itemOf(`item-${n}`, `A ${one} and a ${other}.`, ['A dog and a car.']),
              ...(n % 2 ? { type: 'object' } : {}),
            };
          },
        };
      }
    },
    picture: async () => Uint8Array.from([0x89, 0x50]),
  };
}

export const fakeRun = (set: ItemSet, rewriter = offering('boat', 'dog')): CorrectionRun => ({
  set,
  scorer: dogAndCar,
  rewriterFor: () => rewriter,
  rewriterName: rewriter.name,
  names: strategyNames,
  threshold: 0.5,
  maxRounds: 3,
  answers: 3,
});
