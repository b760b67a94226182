/** Rewards so sure that no log odds could outweigh them are taken back to this. */
const surest = 0.9999;

export const logOdds = (share: number): number => {
  const clamped = Math.min(surest, Math.max(1 - surest, share));
  return Math.log(clamped / (1 - clamped));
};

export const fromLogOdds = (odds: number): number => 1 / (1 + Math.exp(-odds));

/** A reward of a scorer with one threshold as one of a scorer with another: what was at the first is at the second. */
export function rescale(reward: number, from: number, to: number): number {
  return from === to ? reward : fromLogOdds(logOdds(reward) - logOdds(from) + logOdds(to));
}
