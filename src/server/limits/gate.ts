import { LRUCache } from 'lru-cache';
import { abortable } from '../../base/abort.js';
import { HttpError } from '../http-error.js';

/** Who a call is from: the address of the connection, and a digest of the key that came along. */
export interface Caller {
  address: string;
  key: string;
}

export interface Gate {
  /**
   * Waits for a place, and gives back the function that leaves it; calling that twice does no harm.
   *
   * @param stream Whether it may go on for as long as its caller likes.
   * @throws HttpError 429 with `retry-after` where the queue is full; DetectiveError `aborted` where the caller gives up.
   */
  enter(signal: AbortSignal, caller: Caller, stream?: boolean): Promise<() => void>;
  readonly active: number;
  readonly waiting: number;
}

interface Waiter {
  caller: Caller;
  stream: boolean;
  signal: AbortSignal;
  admit(): void;
  refuse(): void;
}

const byAddress = ({ address }: Caller) => address;
const byKey = ({ address, key }: Caller) => `${address} ${key}`;

/** The share of the places that no single caller, by address and key, gets. */
const reserve = 1 / 8;
/** The share of the places that streams do not get: where many begin at once, whole answers, which are soon over, still come in. */
const wholeReserve = 1 / 4;

/**
 * Lets so many in at once and so many wait; it never holds more than that. A single caller may have all places but an eighth,
 * so that another comes in at once whatever the first has in hand. Where several wait, the next place goes to the address that has the fewest, of several to the one that was served the longest
 * ago, and there to a key by the same rule; and a full queue makes room for who has less of it. So nobody waits longer for what another does, and one address gets no more
 * by changing its keys.
 */
export function createGate({ concurrency, queue }: { concurrency: number; queue: number }): Gate {
  const waiting = new Set<Waiter>();
  const inside = new Map<string, number>();
  /** When a caller last got a place: the number of that. */
  const served = new LRUCache<string, number>({ max: 1000 });
  let turn = 0;
  let active = 0;
  let streams = 0;
  const most = concurrency - Math.floor(concurrency * reserve);
  const mostStreams = concurrency - Math.floor(concurrency * wholeReserve);
  const mayEnter = (caller: Caller, stream: boolean) =>
    active < concurrency && !(stream && streams >= mostStreams) && (inside.get(byKey(caller)) ?? 0) < most;
  /** How long a place is taken, in milliseconds: a moving average. */
  let usual = 1000;

  const tooMany = () => {
    const seconds = Math.ceil((usual * (waiting.size + 1)) / concurrency / 1000);
    const headers = { 'retry-after': String(Math.min(60, Math.max(1, seconds))) };
    return new HttpError(429, 'too many calls at once: try again later', headers);
  };

  const count = (caller: Caller, by: number) => {
    active += by;
    for (const name of [byAddress(caller), byKey(caller)]) {
      const now = (inside.get(name) ?? 0) + by;
      if (now === 0) inside.delete(name);
      else inside.set(name, now);
    }
  };

  const take = (caller: Caller, stream: boolean) => {
    count(caller, 1);
    if (stream) streams++;
    turn++;
    for (const name of [byAddress(caller), byKey(caller)]) served.set(name, turn);
    const since = performance.now();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      count(caller, -1);
      if (stream) streams--;
      usual += (performance.now() - since - usual) / 8;
      for (let one = next(); one; one = next()) one.admit();
    };
  };

  const next = (): Waiter | undefined => {
    const rank = ({ caller }: Waiter) =>
      [byAddress(caller), byKey(caller)].flatMap((name) => [inside.get(name) ?? 0, served.get(name) ?? 0]);
    let best: Waiter | undefined;
    let least: number[] = [];
    for (const one of waiting) {
      // whoever has given up goes in the next moment
      if (one.signal.aborted || !mayEnter(one.caller, one.stream)) continue;
      const its = rank(one);
      const at = its.findIndex((value, index) => value !== least[index]);
      if (best && (at < 0 || its[at]! > least[at]!)) continue;
      best = one;
      least = its;
    }
    return best;
  };

  /** The last that waits of whoever has more of the queue than a newcomer would have. */
  const crowding = (caller: Caller): Waiter | undefined => {
    for (const nameOf of [byAddress, byKey]) {
      const waiters = new Map<string, Waiter[]>();
      for (const one of waiting) {
        if (nameOf === byKey && one.caller.address !== caller.address) continue;
        const name = nameOf(one.caller);
        waiters.set(name, [...(waiters.get(name) ?? []), one]);
      }
      const own = waiters.get(nameOf(caller))?.length ?? 0;
      const [most = []] = [...waiters.values()].sort((a, b) => b.length - a.length);
      if (most.length > own + 1) return most.at(-1);
    }
    return undefined;
  };

  return {
    get active() {
      return active;
    },
    get waiting() {
      return waiting.size;
    },
    async enter(signal, caller, stream = false) {
      if (mayEnter(caller, stream)) return take(caller, stream);
      if (waiting.size >= queue) {
        const other = crowding(caller);
        if (!other) throw tooMany();
        other.refuse();
      }
      let waiter: Waiter | undefined;
      const turn = () =>
        new Promise<() => void>((resolve, reject) => {
          const settle = (then: () => void) => {
            waiting.delete(waiter!);
            then();
          };
          waiter = {
            caller,
            stream,
            signal,
            admit: () => settle(() => resolve(take(caller, stream))),
            refuse: () => settle(() => reject(tooMany())),
          };
          waiting.add(waiter);
        });
      try {
        return await abortable(turn, signal, { doing: 'the call' });
      } finally {
        if (waiter) waiting.delete(waiter);
      }
    },
  };
}
