import type { TokenChoices } from '../../models/providers/provider.js';

/** A place where less than this is on yes and no together is no answer to the question. */
const leastMass = 0.1;

/**
 * P(yes) of a yes/no question, from what could have stood at the first places of the reply: the sum over all spellings of
 * yes (`Yes`, ` yes`, `▁YES`, `yes,`) beside that over all spellings of no (VQAScore, arXiv 2404.01291, with every variant).
 * What is not among the tokens told is taken to be as likely as it could be at most, so that nothing is quite sure.
 *
 * @returns null where the reply answers neither yes nor no: it begins with something else.
 */
export function yesProbability(choices: readonly TokenChoices[]): number | null {
  for (const place of choices) {
    const [yes, no] = [massOf(place, 'yes'), massOf(place, 'no')];
    if (yes + no >= leastMass) {
      const told = place.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
      const least = Math.min(...place.map(({ logprob }) => Math.exp(logprob)));
      const untold = Math.max(0, Math.min(least, 1 - told));
      return (yes || untold) / ((yes || untold) + (no || untold));
    }
    const [likeliest] = [...place].sort((a, b) => b.logprob - a.logprob);
    if (likeliest && plain(likeliest.token) !== '') return null;
  }
  return null;
}

const massOf = (place: TokenChoices, word: string): number =>
  place.reduce((sum, { token, logprob }) => sum + (plain(token) === word ? Math.exp(logprob) : 0), 0);

/** A token without the marks of its tokenizer and of Markdown: `▁Yes`, `ĠYes`, `**Yes`, `yes.` are one word. */
function plain(token: string): string {
  return token.replace(/[▁Ġ\s"'“”‘’`*_.,:;!()[\]{}-]+/gu, '').toLowerCase();
}
