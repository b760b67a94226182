/** Nats that the picture must take from a token's log-probability before it is doubted. */
export const defaultMargin = 1;

/**
 * Rewards of tokens from their log-probabilities with and without the picture, in nats.
 *
 * The difference is the pointwise mutual information of the token and the picture, given the text before:
 * log p(token | text, picture) - log p(token | text). A picture that makes a word more likely, or leaves it as it is,
 * supports it or is silent; one that makes it `margin` nats less likely than the text alone speaks against it. The reward
 * is sigmoid(difference + margin): 0.5 at the margin, 0.73 where the picture changes nothing. Nothing here was trained,
 * so it is an ordering rather than a probability.
 */
export function contrastRewards(
  withPicture: readonly number[],
  without: readonly number[],
  margin = defaultMargin,
): number[] {
  return withPicture.map((logprob, at) => 1 / (1 + Math.exp(-(logprob - without[at]! + margin))));
}
