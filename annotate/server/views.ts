import type { Plan } from '../plan.js';
import { type ItemState, isVote } from '../store/state.js';
import type { Store } from '../store/store.js';
import type { Work } from '../work.js';
import type { ItemView } from './api.js';

/** What is handed out, and by which plan. */
export interface Desk {
  store: Store;
  plan: Plan;
  /** Whether findings still come in by themselves. */
  scoring(): boolean;
}

/** An item as one person may see it; for adjudication with its flags, whatever their arm, and what the others said. */
export async function viewOf(
  { store, plan, scoring }: Desk,
  item: ItemState,
  annotator: string,
  adjudicating = false,
): Promise<ItemView> {
  const { id, prompt, response, finding } = (await store.item(item.id))!;
  const share = item.people.get(annotator);
  const shown = adjudicating ? 'flags' : plan.shown(annotator, item);
  const flags = finding?.flags ?? [];
  const unscored = scoring() ? 'waiting' : 'abstained';
  const judged = finding?.abstained === undefined ? 'yes' : 'abstained';
  return {
    id,
    response,
    shown,
    flags: shown === 'flags' ? flags : [],
    evidence: shown === 'flags' ? (finding?.evidence ?? []) : [],
    scored: finding ? judged : unscored,
    work: await store.work(share),
    version: share?.version ?? 0,
    ...(prompt === undefined ? {} : { prompt }),
    ...(shown === 'verdict' ? { doubted: flags.length > 0 } : {}),
    ...(finding?.abstained === undefined || shown !== 'flags' ? {} : { abstained: finding.abstained }),
    ...(adjudicating ? { votes: await votesOf(store, item, annotator) } : {}),
  };
}

async function votesOf(store: Store, { people }: ItemState, but: string) {
  const votes: { annotator: string; work: Work }[] = [];
  for (const [annotator, share] of people)
    if (isVote(share) && annotator !== but) votes.push({ annotator, work: await store.work(share) });
  return votes;
}
