import { type CallUsage, noUsage, type Price, withCost } from './price.js';

/** What judging the claims of answers would cost, without asking anybody. */
export interface Estimate {
  answers: number;
  claims: number;
  /** A yes/no question for each claim, and one that finds out. */
  logprobs: CallUsage;
  /** One call for verdicts on all claims of an answer. */
  verdicts: CallUsage;
}

/** A picture of 1,024 pixels: OpenAI's tiles come to 765, Qwen2.5-VL's patches to 1,300. */
const pictureTokens = 1000;
const charactersPerToken = 4;
/** Of the question around a statement, of the prompt around all, and of a verdict. */
const [questionTokens, promptTokens, verdictTokens] = [25, 250, 30];

/** @param counts Of each answer how many claims it has, and of how many characters all of them are together. */
export function estimate(counts: readonly { claims: number; length: number }[], price: Price | undefined): Estimate {
  const logprobs = noUsage();
  const verdicts = noUsage();
  for (const { claims, length } of counts) {
    if (claims === 0) continue;
    const words = Math.ceil(length / charactersPerToken);
    logprobs.calls += claims;
    logprobs.pictures += claims;
    logprobs.inputTokens += claims * (pictureTokens + questionTokens) + words;
    logprobs.outputTokens += claims;
    verdicts.calls += 1;
    verdicts.pictures += 1;
    verdicts.inputTokens += pictureTokens + promptTokens + words;
    verdicts.outputTokens += claims * verdictTokens;
  }
  return {
    answers: counts.length,
    claims: counts.reduce((sum, one) => sum + one.claims, 0),
    logprobs: { ...logprobs, ...withCost(logprobs, price) },
    verdicts: { ...verdicts, ...withCost(verdicts, price) },
  };
}
