import { setImmediate as nextTurn } from 'node:timers/promises';
import pLimit from 'p-limit';
import { breather } from '../base/breathe.js';
import type { Range } from '../text/range.js';
import type { TokenReward } from '../text/token-reward.js';
import { type View, viewOf } from '../text/view/view.js';
import { splitWords, why } from '../text/words.js';
import type { ScoredResponse, ScoreRequest, Scorer } from './scorer.js';

/** The parts of a view's text that claim nothing about the picture, in order. Their tokens are not judged. */
export type FindUnclaimed = (viewText: string, prompt?: string) => readonly Range[];

/** What of a view's text a scorer is given to read, and the way back. */
export type FindExcerpt = (viewText: string, request: ScoreRequest) => Excerpt | Promise<Excerpt>;

interface Excerpt {
  text: string;
  pieces(start: number, end: number): Range[];
  sure?: readonly Range[];
  denied?: readonly Range[];
  /** Runs of the view's text that name what cannot be in the picture, beside the excerpt. */
  refuted?: readonly Range[];
}

type Pieces = (start: number, end: number) => Range[];

const nothing: FindUnclaimed = () => [];
/** Groups under way at a time. */
const groupsInHand = 8;
const done = new WeakSet<Scorer>();

/**
 * A scorer that reads the plain view of each answer instead of its raw text, or of that view an excerpt, and whose token
 * rewards have the offsets of the raw text. Words that it did not read have a token that is not judged; no token covers
 * marks between words. A scorer that is viewed already comes back as it is.
 *
 * @param groupSize So many requests of a batch reach the scorer together, for one that judges in another thread: it judges
 * some while the next are read. Default: all.
 */
export function viewed(
  scorer: Scorer,
  unclaimed: FindUnclaimed = nothing,
  excerpt?: FindExcerpt,
  groupSize = Number.POSITIVE_INFINITY,
): Scorer {
  if (done.has(scorer)) return scorer;
  const read = async (request: ScoreRequest) => {
    const { response, prompt, ...rest } = request;
    const view = viewOf(response);
    const part = await excerpt?.(view.text, request);
    const asked = { ...rest, ...(prompt === undefined ? {} : { prompt }), response: part?.text ?? view.text };
    const back = (scored: ScoredResponse): ScoredResponse => {
      const refuted = scored.abstained === undefined ? wordsIn(view.text, part?.refuted ?? []) : [];
      const read = part ? inWhole(asMeant(scored.tokens, part.denied ?? [], part.pieces), part.pieces) : scored.tokens;
      const tokens = refuted.length === 0 ? read : [...read, ...refuted].sort((a, b) => a.start - b.start);
      const sure = new Set([...(part?.sure ?? []), ...refuted].map(({ start }) => start));
      const silent = unclaimed(view.text, prompt).filter(({ start }) => !sure.has(start));
      return { ...scored, response, tokens: rawTokens(response, view, tokens, silent) };
    };
    return { asked, back };
  };
  const { scoreBatch, prepare, close } = scorer;
  const wrapper: Scorer = {
    name: scorer.name,
    ...(scorer.threshold === undefined ? {} : { threshold: scorer.threshold }),
    ...(scorer.harm && { harm: scorer.harm }),
    async score(request) {
      const breathe = breather();
      await breathe();
      const { asked, back } = await read(request);
      const scored = await scorer.score(asked);
      await breathe();
      return back(scored);
    },
    ...(scoreBatch && {
      async scoreBatch(requests: ScoreRequest[]) {
        const breathe = breather();
        const scoreGroup = async (group: readonly ScoreRequest[]) => {
          const reading: ReturnType<typeof read>[] = [];
          for (const request of group) {
            await breathe();
            reading.push(read(request));
          }
          const all = await Promise.all(reading);
          const scored = await scoreBatch.call(
            scorer,
            all.map(({ asked }) => asked),
          );
          const whole: Awaited<ReturnType<typeof scoreBatch>> = [];
          for (const [index, one] of scored.entries()) {
            await breathe();
            whole.push(one instanceof Error ? one : all[index]!.back(one));
          }
          return whole;
        };
        const limit = pLimit(groupsInHand);
        const groups: ReturnType<typeof scoreGroup>[] = [];
        for (let from = 0; from < requests.length; from += groupSize) {
          if (from > 0) await nextTurn();
          groups.push(limit(() => scoreGroup(requests.slice(from, from + groupSize))));
          groups.at(-1)!.catch(() => {});
        }
        return (await Promise.all(groups)).flat();
      },
    }),
    ...(prepare && { prepare: prepare.bind(scorer) }),
    ...(close && { close: close.bind(scorer) }),
  };
  done.add(wrapper);
  return wrapper;
}

/** Of names of what cannot be in the picture: each word as a token. */
const refutedReward = 0.03;

const wordsIn = (text: string, runs: readonly Range[]): TokenReward[] =>
  runs.flatMap((run) =>
    splitWords(text.slice(run.start, run.end)).map((word) => {
      const [start, end] = [word.start + run.start, word.end + run.start];
      return { text: text.slice(start, end), start, end, reward: refutedReward };
    }),
  );

/** What an answer denies is as likely right as the least likely word that stands for it is wrong. */
function asMeant(tokens: readonly TokenReward[], denied: readonly Range[], pieces: Pieces): readonly TokenReward[] {
  return denied.reduce((all, { start, end }) => {
    const rewards = all.flatMap((token) =>
      token.reward !== null && token.start < end && token.end > start && pieces(token.start, token.end).length > 0
        ? [token.reward]
        : [],
    );
    const reward = rewards.length > 0 ? 1 - Math.min(...rewards) : null;
    return all.map((token) =>
      token.reward === null || token.start >= end || token.end <= start ? token : { ...token, reward },
    );
  }, tokens);
}

/** The tokens of an excerpt, where they are in the whole, in its order; of those that stand for the same words the lowest. */
function inWhole(tokens: readonly TokenReward[], pieces: Pieces): TokenReward[] {
  const found = tokens
    .flatMap((token) => pieces(token.start, token.end).map((piece) => ({ ...token, ...piece })))
    .sort((a, b) => a.start - b.start);
  return found.flatMap((token, index) => {
    const before = found[index - 1];
    if (before?.start === token.start && before.end === token.end) return [];
    let lowest = token;
    for (let next = index + 1; found[next]?.start === token.start && found[next]!.end === token.end; next++)
      if (found[next]!.reward !== null && !(found[next]!.reward! >= (lowest.reward ?? 1))) lowest = found[next]!;
    return [lowest];
  });
}

/** Rewards of a view's tokens, as tokens of the raw text: in order, disjoint, one or more for each word. */
export function rawTokens(
  raw: string,
  view: View,
  tokens: readonly TokenReward[],
  unclaimed: readonly Range[],
): TokenReward[] {
  const found: TokenReward[] = [];
  const put = (start: number, end: number, reward: number | null, token?: TokenReward) =>
    found.push({ text: raw.slice(start, end), start, end, reward, ...(reward === null ? {} : why(token)) });
  let silent = 0;
  let from = 0;
  for (const token of tokens) {
    while (silent < unclaimed.length && unclaimed[silent]!.end <= token.start) silent++;
    const claims = !(silent < unclaimed.length && unclaimed[silent]!.start < token.end);
    for (const piece of view.pieces(token.start, token.end)) {
      const start = Math.max(from, piece.start);
      if (start >= piece.end) continue;
      put(start, piece.end, claims ? token.reward : null, token);
      from = piece.end;
    }
  }
  const judged = found.length;
  let next = 0;
  for (const word of splitWords(raw)) {
    while (next < judged && found[next]!.end <= word.start) next++;
    if (next >= judged || found[next]!.start >= word.end) put(word.start, word.end, null);
  }
  return judged === found.length ? found : found.sort((a, b) => a.start - b.start);
}
