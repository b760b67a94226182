import type { Scorer } from '../scorer.js';
import type { TldrScorerOptions } from './tldr-scorer.js';

export type { TldrScorerOptions } from './tldr-scorer.js';

/**
 * A scorer that runs a TLDR model folder in worker threads. Each picture is encoded once and kept; concurrent calls share
 * runs of the model. With several pictures a token has the highest reward that any of them gives it; if the model cannot
 * judge one of them, it abstains.
 *
 * @param folder The model folder. Default: the embedded `models/tldr-scenes`.
 * @throws DetectiveError `bad-model` where the folder is not a whole and unchanged model, `bad-argument` for options
 * that are no whole numbers above 0.
 */
export async function tldrScorer(folder?: string, options?: TldrScorerOptions): Promise<Scorer> {
  return (await import('./tldr-scorer.js')).tldrScorer(folder, options);
}
