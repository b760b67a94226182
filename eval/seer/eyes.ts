import type { ImageInput } from '../../src/image/image-input.js';
import type { ScoredResponse, Scorer, TokenReward } from '../../src/scorer/scorer.js';

/** How a seer's answers differ from what its eyes see. */
export interface Dial {
  /** Added to the log odds of every yes: the bias that small VLMs have. */
  yesBias: number;
  /** Standard deviation of what is added to the log odds of each thing that it looks at. */
  noise: number;
  /** The noise is drawn anew at every look, in place of once for each thing. */
  fickle?: boolean;
}

/** What a double of a vision-language model sees with: real eyes, and imperfect ones. */
export interface Eyes {
  /** P(the picture shows what a statement says); null where it cannot be told. */
  sees(image: ImageInput, statement: string): Promise<number | null>;
  /** The rewards of an answer's tokens, dimmed alike, and what was seen. */
  reads(image: ImageInput, answer: string, prompt?: string): Promise<ScoredResponse>;
}

const logit = (p: number) => Math.log(p / (1 - p));
const sigmoid = (odds: number) => 1 / (1 + Math.exp(-odds));
const clamp = (p: number) => Math.min(0.999, Math.max(0.001, p));
const briefAnswer = /^The answer to the question (?<question>".*") is (?<answer>".*")\.$/s;

/**
 * A TLDR as the eyes of a double: a statement is as true as its least true word. What they see is dimmed by the dial, by
 * noise that is the same for the same thing in the same picture.
 */
export function scorerEyes(scorer: Scorer, { yesBias, noise, fickle = false }: Dial): Eyes {
  let looks = 0;
  const dimmed = (p: number, what: string): number =>
    clamp(sigmoid(logit(clamp(p)) + yesBias + noise * gauss(hash(`${what}\n${fickle ? looks++ : 0}`))));

  return {
    async sees(image, statement) {
      const brief = briefAnswer.exec(statement)?.groups;
      const [prompt, response] = brief
        ? [JSON.parse(brief.question!), JSON.parse(brief.answer!)]
        : [undefined, statement];
      const { tokens, abstained } = await scorer.score({ images: [image], response, ...(prompt ? { prompt } : {}) });
      const judged = tokens.flatMap(({ reward }) => reward ?? []);
      if (abstained !== undefined || judged.length === 0) return null;
      return dimmed(Math.min(...judged), statement);
    },
    async reads(image, answer, prompt) {
      const scored = await scorer.score({ images: [image], response: answer, ...(prompt ? { prompt } : {}) });
      const tokens = scored.tokens.map((token, index): TokenReward => {
        if (token.reward === null) return token;
        const before = scored.tokens[index - 1]?.text ?? '';
        return { ...token, reward: dimmed(token.reward, `${before} ${token.text}`) };
      });
      return { ...scored, tokens };
    },
  };
}

/** FNV-1a: the same thing gets the same noise. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** A standard normal deviate (Box and Muller) from a seed. */
export function gauss(seed: number): number {
  const one = ((Math.imul(seed, 0x9e3779b1) >>> 0) + 1) / 2 ** 32;
  const other = (Math.imul(seed ^ 0x5bd1e995, 0x85ebca6b) >>> 0) / 2 ** 32;
  return Math.sqrt(-2 * Math.log(one)) * Math.cos(2 * Math.PI * other);
}
