import { AsyncLocalStorage } from 'node:async_hooks';

/** Work goes on for so many milliseconds before others get their turn. */
const turn = 1.5;
/** A job that has had no more than so many goes on for longer: a short one is then over in a turn or two. */
const little = 30;
const longTurn = 16;
/** Of so many turns one goes to whoever has waited the longest, so that nobody waits for ever. */
const fairTurn = 4;

/** One job's loops, and the milliseconds that they have had. */
interface Job {
  had: number;
  isLong?: boolean;
}

const jobs = new AsyncLocalStorage<Job>();

/** Runs a call, say, all loops of which are one job. Loops outside any are a job each. */
export const asOneJob = <T>(work: () => T): T => jobs.run({ had: 0 }, work);

/** From here on the job counts as a long one, as a stream does that may never end: whoever is not goes first. */
export function asLongJob(): void {
  const job = jobs.getStore();
  if (job) job.isLong = true;
}

const isShort = (job: Job) => !job.isLong && job.had < little;
const goesBefore = (one: Job, other: Job) =>
  !one.isLong === !other.isLong ? one.had < other.had : other.isLong === true;

interface Waiter {
  job: Job;
  goOn(): void;
}

const waiting: Waiter[] = [];
let turns = 0;

let began: number | undefined;
let end: NodeJS.Immediate | undefined;
/** Until when the time of this turn is put to somebody's account. */
let counted = 0;

/** Milliseconds since somebody first asked in this turn of the event loop. */
function sinceTurn(): number {
  if (began === undefined) {
    began = performance.now();
    counted = began;
    end = setImmediate(nextTurn);
    // whoever waits for it keeps the process alive
    if (waiting.length === 0) end.unref();
  }
  return performance.now() - began;
}

/** The next turn is one job's: the one that has had the least, so that a long one makes no short one wait. */
function nextTurn(): void {
  began = undefined;
  if (waiting.length === 0) return;
  let best = 0;
  if (turns++ % fairTurn !== 0) {
    for (let at = 1; at < waiting.length; at++) if (goesBefore(waiting[at]!.job, waiting[best]!.job)) best = at;
  }
  const [waiter] = waiting.splice(best, 1);
  sinceTurn();
  waiter!.goOn();
}

/**
 * For loops that may be long: lets timers, sockets and other work have their turn when this one and its like have had a
 * while. All loops of the process share it, so that a hundred of them take no longer than one.
 *
 * @returns a function to await in the loop; it throws the signal's reason once that has fired
 */
export function breather(signal?: AbortSignal): () => Promise<void> {
  const job = jobs.getStore() ?? { had: 0 };
  return async () => {
    for (;;) {
      const since = sinceTurn();
      const now = performance.now();
      job.had += now - counted;
      counted = now;
      if (since < (isShort(job) ? longTurn : turn)) return;
      await new Promise<void>((goOn) => waiting.push({ job, goOn }) && end!.ref());
      signal?.throwIfAborted();
    }
  };
}
