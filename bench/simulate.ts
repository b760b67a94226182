/** A discrete-event simulation of stations that calls pass through, one after the other. Times are in milliseconds. */

/** Servers with one queue, first come, first served. */
export interface Station {
  name: string;
  servers: number;
  /** Calls that a free server takes at once, at most. Default 1. */
  batch?: number;
  /** Of calls taken together: from the time that each asks for, the time that all take. Default: the sum. */
  together?: (times: readonly number[]) => number;
}

/** What a call does next: work at a station, or time that goes by elsewhere (a model that writes). */
export type Step = { at: string; ms: number } | { elsewhere: number };

export interface Scenario {
  stations: readonly Station[];
  /** Calls a second, at random moments (Poisson). */
  rate: number;
  /** Calls that are simulated; the first tenth is not counted. */
  calls: number;
  /** The way of one call. */
  route: (random: () => number) => readonly Step[];
  seed?: number;
}

export interface Outcome {
  /** From a call's arrival to its end, without what went by elsewhere. Sorted. */
  spent: number[];
  /** What of that was waiting for a server. Sorted. */
  waited: number[];
  /** Of each station: the share of its servers' time that they worked, and the most calls that waited. */
  stations: Record<string, { busy: number; queue: number }>;
}

/** Mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Call {
  born: number;
  steps: readonly Step[];
  next: number;
  elsewhere: number;
  worked: number;
}
interface Happening {
  at: number;
  run: () => void;
}

/** What happens next, first: a binary heap. */
function makeAgenda() {
  const heap: Happening[] = [];
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  return {
    add(one: Happening): void {
      heap.push(one);
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (heap[parent]!.at <= heap[at]!.at) break;
        swap(at, parent);
        at = parent;
      }
    },
    take(): Happening | undefined {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined || heap.length === 0) return first;
      heap[0] = last;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        const small = left + 1 < heap.length && heap[left + 1]!.at < heap[left]!.at ? left + 1 : left;
        if (small >= heap.length || heap[at]!.at <= heap[small]!.at) break;
        swap(at, small);
        at = small;
      }
      return first;
    },
  };
}

export function simulate({ stations, rate, calls, route, seed = 1 }: Scenario): Outcome {
  const random = seeded(seed);
  const agenda = makeAgenda();
  const places = new Map(
    stations.map((station) => [
      station.name,
      { station, free: station.servers, line: [] as Call[], head: 0, busy: 0, queue: 0 },
    ]),
  );
  const spent: number[] = [];
  const waited: number[] = [];
  let now = 0;

  function serve(name: string): void {
    const place = places.get(name)!;
    const { batch = 1, together = (times) => times.reduce((sum, ms) => sum + ms, 0) } = place.station;
    while (place.free > 0 && place.head < place.line.length) {
      const taken = place.line.slice(place.head, place.head + batch);
      place.head += taken.length;
      if (place.head > 1024) {
        place.line.splice(0, place.head);
        place.head = 0;
      }
      const ms = together(taken.map(({ steps, next }) => (steps[next] as { ms: number }).ms));
      place.free--;
      place.busy += ms;
      agenda.add({
        at: now + ms,
        run() {
          place.free++;
          for (const call of taken) {
            call.worked += ms;
            call.next++;
            goOn(call);
          }
          serve(name);
        },
      });
    }
    place.queue = Math.max(place.queue, place.line.length - place.head);
  }

  function goOn(call: Call): void {
    const step = call.steps[call.next];
    if (step === undefined) {
      const own = now - call.born - call.elsewhere;
      spent.push(own);
      waited.push(Math.max(0, own - call.worked));
    } else if ('elsewhere' in step) {
      call.elsewhere += step.elsewhere;
      call.next++;
      agenda.add({ at: now + step.elsewhere, run: () => goOn(call) });
    } else {
      places.get(step.at)!.line.push(call);
      serve(step.at);
    }
  }

  let born = 0;
  function arrive(): void {
    goOn({ born: now, steps: route(random), next: 0, elsewhere: 0, worked: 0 });
    if (++born < calls) agenda.add({ at: now - (Math.log(1 - random()) * 1000) / rate, run: arrive });
  }
  agenda.add({ at: 0, run: arrive });
  for (let one = agenda.take(); one; one = agenda.take()) {
    now = one.at;
    one.run();
  }
  const counted = (all: number[]) => all.slice(Math.floor(calls / 10)).sort((a, b) => a - b);
  return {
    spent: counted(spent),
    waited: counted(waited),
    stations: Object.fromEntries(
      [...places].map(([name, { station, busy, queue }]) => [name, { busy: busy / (now * station.servers), queue }]),
    ),
  };
}
