import { judgedWords } from '../text/content-words.js';
import type { Scorer } from './scorer.js';

/** Of the content words so many must be judged. */
const most = 0.5;

/** A scorer that knows one kind of picture, such as print: it abstains on answers most of whose words it has nothing to say of. */
export function ifMostly(scorer: Scorer): Scorer {
  return {
    ...scorer,
    async score(request) {
      const scored = await scorer.score(request);
      const { words, of } = judgedWords(request.response, scored.tokens);
      if (scored.abstained !== undefined || words >= most * of) return scored;
      return {
        ...scored,
        tokens: scored.tokens.map((token) => ({ ...token, reward: null })),
        abstained: `${scorer.name} can judge ${words} of ${of} words`,
      };
    },
  };
}
