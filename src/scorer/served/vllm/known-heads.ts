import { LRUCache } from 'lru-cache';

/** Rewards of the same tokens in the same place move no further than this from run to run. */
const tolerance = 0.05;
/** Rows remembered at the beginning, and right before the answer. */
const kept = 64;

interface Known {
  length: number;
  first: number[];
  last: number[];
  ids: readonly number[];
  answer: readonly number[];
}

/**
 * Remembers the rewards that a picture and a question led to. In a causal model they depend only on what stands before, so
 * that answers which begin alike must be rewarded alike so far: rows that were reordered, or are of another request, are
 * told by it.
 */
export function knownHeads() {
  const heads = new LRUCache<string, Known>({ max: 1000 });
  return {
    /** What is wrong with a reply, or null. The first for a picture and question is taken as right. */
    check(key: string, rewards: readonly number[], ids: readonly number[]): string | null {
      const length = rewards.length - ids.length;
      const now: Known = {
        length,
        first: rewards.slice(0, Math.min(kept, length)),
        last: rewards.slice(Math.max(0, length - kept), length),
        ids,
        answer: rewards.slice(length),
      };
      const known = heads.get(key);
      heads.set(key, known ?? now);
      if (!known) return null;
      if (known.length !== now.length)
        return `there are ${now.length} rows before the answer, and there were ${known.length} for the same picture and question`;
      if (!isNear(known.first, now.first) || !isNear(known.last, now.last))
        return 'the rows before the answer differ from those for the same picture and question: they were reordered, are of another request, or the model is not causal';
      const shared = sharedLength(known.ids, ids);
      return isNear(known.answer.slice(0, shared), now.answer.slice(0, shared))
        ? null
        : 'the rows of answers that begin alike differ: they were reordered, or the model is not causal';
    },
    /** The next reply for it is taken as right again. */
    forget(key: string): void {
      heads.delete(key);
    },
  };
}

export function isNear(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, at) => Math.abs(value - other[at]!) <= tolerance);
}

/** How many of the first values agree, at most 64. */
export function nearLength(one: readonly number[], other: readonly number[]): number {
  let length = 0;
  const most = Math.min(one.length, other.length, kept);
  while (length < most && Math.abs(one[length]! - other[length]!) <= tolerance) length++;
  return length;
}

function sharedLength(one: readonly number[], other: readonly number[]): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length++;
  return length;
}
