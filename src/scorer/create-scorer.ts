import { DetectiveError } from '../errors.js';
import type { Scorer } from './scorer.js';
import { tldrScorer } from './tldr/tldr-scorer.js';

/**
 * A scorer from its name: `auto` or `tldr` (the embedded model), or `tldr:FOLDER`.
 *
 * @throws DetectiveError `bad-argument` for a name that is none of these, `bad-model` where the folder is no whole model.
 */
export async function createScorer(spec: string): Promise<Scorer> {
  if (spec === 'auto') return autoScorer();
  if (spec === 'tldr') return tldrScorer();
  if (spec.startsWith('tldr:') && spec.length > 5) return tldrScorer(spec.slice(5));
  throw new DetectiveError('bad-argument', `unknown scorer "${spec}": use auto, tldr, or tldr:FOLDER`);
}

const cure =
  'nothing installed here can judge it: score it with a TLDR that knows such pictures (`--scorer tldr:FOLDER`), or train one (`training/README.md`)';

/** The embedded model, which says what would help where it does not know the picture. */
async function autoScorer(): Promise<Scorer> {
  const tldr = await tldrScorer();
  const explain = <T extends { abstained?: string }>(scored: T): T =>
    scored.abstained === undefined ? scored : { ...scored, abstained: `${scored.abstained}; ${cure}` };
  return {
    ...tldr,
    score: async (request) => explain(await tldr.score(request)),
    scoreBatch: async (requests) =>
      (await tldr.scoreBatch!(requests)).map((scored) => (scored instanceof Error ? scored : explain(scored))),
  };
}
