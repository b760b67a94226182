/**
 * npm run build && npx tsx bench/capacity.ts [--seconds 40]: what one `serve` costs for each step of a call, measured here; from
 * that a simulation of this very server at a few rates, beside the measured times; and of fleets at 10, 1,000 and 100,000 answers
 * a second. What is not measured is an assumption, printed as such: `--replica-price 0.04 --gpu-price 1.2 --rewrite-price 0.0006`
 * (US dollars: a replica's core and hour, a GPU and hour, one rewrite call).
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import {
  callOnce,
  children,
  machine,
  median,
  numbered,
  picture,
  quantile,
  showing,
  startServe,
  startUpstream,
} from './local-server.js';
import { type Outcome, type Station, type Step, seeded, simulate } from './simulate.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '40' },
    'replica-price': { type: 'string', default: '0.04' },
    'gpu-price': { type: 'string', default: '1.2' },
    'rewrite-price': { type: 'string', default: '0.0006' },
  },
});
const seconds = Number(values.seconds);
const price = {
  core: Number(values['replica-price']),
  gpu: Number(values['gpu-price']),
  rewrite: Number(values['rewrite-price']),
};

/** The mix: how many answers are about a picture that was seen before, and how many have an error. */
const mix = { known: 0.2, wrong: 0.3 };
/** A model that rewrites takes as long as this, at the median; half of its times lie between two thirds and one and a half of it. */
const rewriteMs = 900;

const { url, child } = await startServe(await startUpstream());
const target = { name: 'serve', url, headers: {} };

/** Seconds of processor time: of the thread that serves everybody, and of the others. */
function used(): { main: number; rest: number } {
  const ticks = (file: string) => {
    const fields = readFileSync(file, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };
  const main = ticks(`/proc/${child.pid}/task/${child.pid}/stat`);
  return { main, rest: ticks(`/proc/${child.pid}/stat`) - main };
}
const residentBytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) * 1024;

let nth = 0;
const kinds = {
  'known, right': () => showing(picture, 'right'),
  'known, wrong': () => showing(picture, 'fresh'),
  'new, right': () => showing(numbered(nth++), 'right'),
  'new, wrong': () => showing(numbered(nth++), 'fresh'),
} as const;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as Kind[];
const pick = (random: () => number): Kind =>
  `${random() < mix.known ? 'known' : 'new'}, ${random() < mix.wrong ? 'wrong' : 'right'}`;

interface Cost {
  /** Milliseconds by the clock, one call at a time, at the median. */
  ms: number;
  /** Milliseconds of processor time: of the main thread, of the scorer's. */
  main: number;
  rest: number;
}
const costs = {} as Record<Kind, Cost>;

for (const kind of kindNames) for (let warm = 0; warm < 10; warm++) await callOnce(target, kinds[kind]());
console.log(
  `${machine()}\n\n| a call about a picture, and its answer | ms by the clock | main thread, ms | scorer, ms |\n|---|---|---|---|`,
);
for (const kind of kindNames) {
  const [before, times] = [used(), [] as number[]];
  const end = performance.now() + (seconds * 1000) / 4;
  while (performance.now() < end) times.push((await callOnce(target, kinds[kind]())).ms);
  const after = used();
  costs[kind] = {
    ms: median(times),
    main: ((after.main - before.main) / times.length) * 1000,
    rest: ((after.rest - before.rest) / times.length) * 1000,
  };
  const { ms, main, rest } = costs[kind];
  console.log(`| ${kind} | ${ms.toFixed(1)} | ${main.toFixed(1)} | ${rest.toFixed(1)} |`);
}
const mean = (of: (cost: Cost) => number) => {
  const share = (kind: Kind) =>
    (kind.startsWith('known') ? mix.known : 1 - mix.known) * (kind.endsWith('wrong') ? mix.wrong : 1 - mix.wrong);
  return kindNames.reduce((sum, kind) => sum + share(kind) * of(costs[kind]), 0);
};
/** By the clock over processor time: what the other work on this machine takes from a call. 1 on a machine of one's own. */
const crowded = mean(({ ms, main, rest }) => ms / (main + rest));
console.log(
  `\nOf the mix (${mix.known * 100} % known pictures, ${mix.wrong * 100} % wrong answers): ${mean(({ main }) => main).toFixed(1)} ms main thread, ` +
    `${mean(({ rest }) => rest).toFixed(1)} ms scorer; by the clock ${crowded.toFixed(2)} times that here\n`,
);

/** One process: a thread that serves everybody, and one that scores. Half of the main thread's work comes before the score. */
const replica: Station[] = [
  { name: 'main', servers: 1 },
  { name: 'scorer', servers: 1 },
];
const routeHere = (random: () => number): Step[] => {
  const { main, rest } = costs[pick(random)];
  return [
    { at: 'main', ms: (crowded * main) / 2 },
    { at: 'scorer', ms: crowded * rest },
    { at: 'main', ms: (crowded * main) / 2 },
  ];
};
const most =
  1000 /
  (crowded *
    Math.max(
      mean(({ main }) => main),
      mean(({ rest }) => rest),
    ));

/** The same mix, at random moments, whether the last is answered or not. */
async function measure(rate: number): Promise<number[]> {
  const random = seeded(7);
  const all: Promise<{ ms: number }>[] = [];
  const end = performance.now() + (seconds * 1000) / 2;
  while (performance.now() < end) {
    all.push(callOnce(target, kinds[pick(random)]()));
    await new Promise((resolve) => setTimeout(resolve, (-Math.log(1 - random()) * 1000) / rate));
  }
  return (await Promise.all(all)).map(({ ms }) => ms).sort((a, b) => a - b);
}

console.log(
  '| share of what it can carry | calls/s | p50: simulated, measured | p99: simulated, measured |\n|---|---|---|---|',
);
for (const share of [0.3, 0.6, 0.8]) {
  const rate = share * most;
  const { spent } = simulate({ stations: replica, rate, calls: 20_000, route: routeHere });
  const times = await measure(rate);
  const cell = (q: number) => `${quantile(spent, q).toFixed(0)}, ${quantile(times, q).toFixed(0)} ms`;
  console.log(`| ${share * 100} % | ${rate.toFixed(1)} | ${cell(0.5)} | ${cell(0.99)} |`);
}
const before = residentBytes();
const held = await Promise.all(Array.from({ length: 64 }, () => callOnce(target, kinds['new, right']())));
const perPicture = Math.max(0, (residentBytes() - before) / held.length);
console.log(`\n${(perPicture / 1024).toFixed(0)} KiB for a picture in hand, of 64 at once\n`);

// fleets, on machines of their own: processor time is time

const lognormal = (random: () => number) =>
  rewriteMs * Math.exp(0.6 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
const rewrites = (random: () => number, again: Step[]): Step[] =>
  random() < mix.wrong ? [{ elsewhere: lognormal(random) }, ...again] : [];
const [main, first, again] = [
  mean((cost) => cost.main),
  costs['new, right'].rest,
  Math.max(1, costs['known, right'].rest),
];

interface Plan {
  name: string;
  /** Calls a second that one of its parts gets at most so that p99 of the wait stays under 250 ms. */
  part: { stations: readonly Station[]; route: (random: () => number) => Step[] };
  /** Money of a part, an hour. */
  hour: number;
}
const scored = (random: () => number): Step[] => [
  { at: 'scorer', ms: random() < mix.known ? again : first },
  ...rewrites(random, [{ at: 'scorer', ms: again }]),
];
/** A GPU takes a batch in little more than its longest: an assumption, since none could be measured. */
const gpu = { batch: 32, faster: 20, eachMore: 0.1 };
const plans: readonly Plan[] = [
  {
    name: 'serve, its own scorer (2 cores)',
    part: {
      stations: replica,
      route: (random) => [{ at: 'main', ms: main / 2 }, ...scored(random), { at: 'main', ms: main / 2 }],
    },
    hour: 2 * price.core,
  },
  {
    name: 'serve before a pool (1 core)',
    part: {
      stations: [{ name: 'main', servers: 1 }],
      route: () => [
        { at: 'main', ms: main / 2 },
        { at: 'main', ms: main / 2 },
      ],
    },
    hour: price.core,
  },
  {
    name: 'scorer pool: a GPU under Triton or vLLM',
    part: {
      stations: [
        {
          name: 'scorer',
          servers: 1,
          batch: gpu.batch,
          together: (times) => Math.max(...times) * (1 + gpu.eachMore * (times.length - 1)),
        },
      ],
      route: (random) => scored(random).map((step) => ('at' in step ? { ...step, ms: step.ms / gpu.faster } : step)),
    },
    hour: price.gpu,
  },
  {
    name: 'Redis worker, bulk (1 core)',
    part: {
      stations: [{ name: 'scorer', servers: 1 }],
      route: (random) => [{ at: 'scorer', ms: main }, ...scored(random)],
    },
    hour: price.core,
  },
];

const waitLimit = 250;
/** A server that works more than this has no room for an uneven minute. */
const busyLimit = 0.85;
const outcome = ({ part }: Plan, rate: number, calls = 20_000): Outcome => simulate({ ...part, rate, calls });
const keeps = ({ waited, stations }: Outcome) =>
  quantile(waited, 0.99) < waitLimit && Object.values(stations).every(({ busy }) => busy < busyLimit);
/** The highest rate at which it keeps the limits, by halving. */
function rateOf(plan: Plan): number {
  let [low, high] = [0.01, 1];
  while (keeps(outcome(plan, high)) && high < 1e6) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 8; step++) {
    const middle = (low + high) / 2;
    if (keeps(outcome(plan, middle))) low = middle;
    else high = middle;
  }
  return low;
}
console.log(
  `Fleets on machines of their own, p99 of the wait under ${waitLimit} ms, nobody busy for more than ${busyLimit * 100} %, ${mix.wrong * 100} % of answers rewritten at $${price.rewrite} each. ` +
    `A GPU is taken to be ${gpu.faster} times a core, and each of a batch of ${gpu.batch} to cost ${gpu.eachMore * 100} % more: not measured.\n`,
);
console.log(
  '| part | answers/s of one | 10/s | 1,000/s | 100,000/s | wait p50, p99, ms | busiest | at 1.2 times that | $ for a million answers, rewrites apart |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const plan of plans) {
  const rate = rateOf(plan);
  const there = outcome(plan, rate);
  const beyond = outcome(plan, rate * 1.2);
  const [busiest] = Object.entries(there.stations).sort(([, a], [, b]) => b.busy - a.busy);
  const counts = [10, 1000, 100_000].map((all) => Math.ceil(all / rate));
  const wait = (of: Outcome) => [0.5, 0.99].map((q) => quantile(of.waited, q).toFixed(0)).join(', ');
  const queue = Math.max(...Object.values(beyond.stations).map((one) => one.queue));
  const money = ((plan.hour / 3600 / rate) * 1e6).toFixed(2);
  console.log(
    `| ${plan.name} | ${rate.toFixed(1)} | ${counts.join(' | ')} | ${wait(there)} | ${busiest![0]}, ${(busiest![1].busy * 100).toFixed(0)} % | wait ${wait(beyond)}, ${queue} queued | ${money} |`,
  );
}
console.log(
  `\nRewrites of a million answers: $${(mix.wrong * price.rewrite * 1e6).toFixed(0)}. ${cpus().length} cores here.`,
);
for (const one of children) one.kill();
process.exit();
