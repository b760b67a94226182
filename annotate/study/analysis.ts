import { seededRandom } from '../../scenes/random.js';
import { againstGold } from '../agreement.js';
import { readRecords } from '../records.js';
import type { Shown } from '../store/events.js';
import type { Store } from '../store/store.js';
import { activeTime } from '../time.js';
import { assignmentsOf, type StudyDesign } from './design.js';

/** One answer that one person did in a study. */
export interface Trial {
  person: string;
  item: string;
  arm: Shown;
  seconds: number;
  interruptions: number;
  /** Known errors, and how many of them are still there. Absent without gold. */
  errors?: number;
  missed?: number;
  wrongEdits?: number;
}

export interface Interval {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface ArmFigures {
  trials: number;
  people: number;
  /** Geometric mean; people and answers are accounted for in the ratios, not here. */
  seconds: number;
  /** Of 100 known errors. */
  missed: Interval;
  /** In 100 answers. */
  wrongEdits: Interval;
}

export interface StudyAnalysis {
  cutOff: number;
  trials: number;
  /** Left out: practice, the beginning of blocks, and interrupted ones. */
  leftOut: { practice: number; washout: number; interrupted: number; untimed: number };
  arms: Partial<Record<Shown, ArmFigures>>;
  /** Seconds of the first arm over those of the second, people and answers held equal. */
  ratios: { from: Shown; to: Shown; ratio: Interval; missedDifference: Interval }[];
  /** Of the residuals of log seconds. */
  sd: number | null;
  /** Trials an arm that find a ratio with 80 % power at 5 %, two-sided. */
  power: { ratio: number; trials: number }[];
}

/** The trials of a study, at a cut-off of idle time. */
export async function trialsOf(
  store: Store,
  design: StudyDesign,
  cutOff: number,
): Promise<{ trials: Trial[]; leftOut: StudyAnalysis['leftOut'] }> {
  const ids = [...store.state.items.keys()];
  const plans = new Map(
    [...store.state.people].map(([name, place]) => [
      name,
      new Map(assignmentsOf(design, ids, place).map((one) => [one.item, one])),
    ]),
  );
  const trials: Trial[] = [];
  const leftOut = { practice: 0, washout: 0, interrupted: 0, untimed: 0 };
  for await (const { item, records } of readRecords(store))
    for (const record of records) {
      const assigned = plans.get(record.annotator)?.get(item.id);
      if (!assigned || record.status !== 'done') continue;
      const { active, interruptions } = activeTime(
        await store.activity(store.state.items.get(item.id)!.people.get(record.annotator)!),
        cutOff,
      );
      if (assigned.block === 0) leftOut.practice++;
      else if (assigned.place < design.washout) leftOut.washout++;
      else if (active === 0) leftOut.untimed++;
      else if (interruptions > 0) leftOut.interrupted++;
      else {
        const gold = item.gold && againstGold(item.gold, record);
        trials.push({
          person: record.annotator,
          item: item.id,
          arm: assigned.arm,
          seconds: active / 1000,
          interruptions,
          ...(gold ? { errors: gold.errors, missed: gold.errors - gold.found, wrongEdits: gold.falseMarks } : {}),
        });
      }
    }
  return { trials, leftOut };
}

/**
 * Effects of arms on log seconds, beside those of people and answers: an additive model, fitted by least squares (backfitting).
 *
 * @param weight How often each trial counts.
 */
export function armEffects(
  trials: readonly Trial[],
  weight: (trial: Trial) => number = () => 1,
): { effects: Map<Shown, number>; sd: number } {
  const log = trials.map(({ seconds }) => Math.log(seconds));
  const weights = trials.map(weight);
  const keys = [(t: Trial) => `arm ${t.arm}`, (t: Trial) => `person ${t.person}`, (t: Trial) => `item ${t.item}`];
  const effects = new Map<string, number>();
  const fitted = (at: number, but: number) =>
    keys.reduce((sum, key, number) => (number === but ? sum : sum + (effects.get(key(trials[at]!)) ?? 0)), 0);
  for (let round = 0; round < 50; round++) {
    let moved = 0;
    for (const [number, key] of keys.entries()) {
      const sums = new Map<string, { sum: number; weight: number }>();
      for (const [at, trial] of trials.entries()) {
        const name = key(trial);
        const one = sums.get(name) ?? { sum: 0, weight: 0 };
        one.sum += weights[at]! * (log[at]! - fitted(at, number));
        one.weight += weights[at]!;
        sums.set(name, one);
      }
      for (const [name, { sum, weight: all }] of sums) {
        if (all === 0) continue;
        moved = Math.max(moved, Math.abs(sum / all - (effects.get(name) ?? 0)));
        effects.set(name, sum / all);
      }
    }
    if (moved < 1e-9) break;
  }
  let [squares, all] = [0, 0];
  for (const at of trials.keys()) {
    squares += weights[at]! * (log[at]! - fitted(at, -1)) ** 2;
    all += weights[at]!;
  }
  const parameters = effects.size;
  return {
    effects: new Map(
      [...effects].flatMap(([name, value]) =>
        name.startsWith('arm ') ? [[name.slice(4) as Shown, value] as const] : [],
      ),
    ),
    sd: Math.sqrt(squares / Math.max(1, all - parameters)),
  };
}

/** The figures of a study's trials, with 95 % intervals from people and answers that are drawn anew, both at once. */
export function analyse(
  trials: readonly Trial[],
  {
    cutOff,
    leftOut,
    resamples = 1000,
    seed = 1,
  }: { cutOff: number; leftOut: StudyAnalysis['leftOut']; resamples?: number; seed?: number },
): StudyAnalysis {
  const arms = (['none', 'verdict', 'flags'] as const).filter((arm) => trials.some((trial) => trial.arm === arm));
  const pairs = arms.flatMap((from, at) => arms.slice(at + 1).map((to) => ({ from, to })));
  const random = seededRandom(seed);
  const people = [...new Set(trials.map(({ person }) => person))];
  const items = [...new Set(trials.map(({ item }) => item))];
  const draw = (names: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const _ of names) {
      const name = names[Math.floor(random() * names.length)]!;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  };
  const statistics = (weight: (trial: Trial) => number) => {
    const counted = trials.filter((trial) => weight(trial) > 0);
    const { effects, sd } =
      counted.length > 0 ? armEffects(counted, weight) : { effects: new Map<Shown, number>(), sd: Number.NaN };
    const sumsOf = (arm: Shown) => {
      const own = counted.filter((trial) => trial.arm === arm && trial.errors !== undefined);
      const total = (of: (trial: Trial) => number) => own.reduce((sum, trial) => sum + weight(trial) * of(trial), 0);
      return {
        missed: (100 * total((trial) => trial.missed!)) / total((trial) => trial.errors!),
        wrongEdits: (100 * total((trial) => trial.wrongEdits!)) / total(() => 1),
      };
    };
    const sums = new Map(arms.map((arm) => [arm, sumsOf(arm)]));
    return {
      sd,
      sums,
      ratios: pairs.map(({ from, to }) =>
        Math.exp((effects.get(from) ?? Number.NaN) - (effects.get(to) ?? Number.NaN)),
      ),
      differences: pairs.map(({ from, to }) => sums.get(to)!.missed - sums.get(from)!.missed),
    };
  };
  const point = statistics(() => 1);
  const drawn = Array.from({ length: trials.length > 0 ? resamples : 0 }, () => {
    const [byPerson, byItem] = [draw(people), draw(items)];
    return statistics(({ person, item }) => (byPerson.get(person) ?? 0) * (byItem.get(item) ?? 0));
  });
  const interval = (of: (one: ReturnType<typeof statistics>) => number): Interval => {
    const value = of(point);
    const sorted = drawn
      .map(of)
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? null;
    const few = sorted.length < resamples / 2;
    return { value: Number.isFinite(value) ? value : null, low: few ? null : at(0.025), high: few ? null : at(0.975) };
  };
  const sd = Number.isFinite(point.sd) && point.sd > 0 ? point.sd : null;
  return {
    cutOff,
    trials: trials.length,
    leftOut,
    arms: Object.fromEntries(
      arms.map((arm) => {
        const own = trials.filter((trial) => trial.arm === arm);
        return [
          arm,
          {
            trials: own.length,
            people: new Set(own.map(({ person }) => person)).size,
            seconds: Math.exp(own.reduce((sum, { seconds }) => sum + Math.log(seconds), 0) / own.length),
            missed: interval(({ sums }) => sums.get(arm)!.missed),
            wrongEdits: interval(({ sums }) => sums.get(arm)!.wrongEdits),
          },
        ];
      }),
    ),
    ratios: pairs.map(({ from, to }, at) => ({
      from,
      to,
      ratio: interval(({ ratios }) => ratios[at]!),
      missedDifference: interval(({ differences }) => differences[at]!),
    })),
    sd,
    power: sd === null ? [] : [1.2, 1.5, 2, 3.4].map((ratio) => ({ ratio, trials: trialsNeeded(ratio, sd) })),
  };
}

/** Trials an arm to find a ratio of times, two samples, 80 % power at 5 % two-sided (normal approximation). */
export const trialsNeeded = (ratio: number, sd: number): number =>
  Math.ceil(2 * (((1.959964 + 0.841621) * sd) / Math.log(ratio)) ** 2);

const shown = ({ value, low, high }: Interval, digits: number) =>
  value === null
    ? 'n/a'
    : `${value.toFixed(digits)}${low === null || high === null ? '' : ` (${low.toFixed(digits)} to ${high.toFixed(digits)})`}`;

const armName: Readonly<Record<Shown, string>> = { none: 'no help', verdict: 'verdict only', flags: 'highlights' };

/** The report in Markdown: times and errors always together. */
export function analysisText(all: readonly StudyAnalysis[]): string {
  const [main, ...others] = all;
  const { trials, leftOut, arms, ratios, power, cutOff, sd } = main!;
  const rows = Object.entries(arms).map(
    ([arm, { trials: count, people, seconds, missed, wrongEdits }]) =>
      `| ${armName[arm as Shown]} | ${people} | ${count} | ${seconds.toFixed(1)} | ${shown(missed, 0)} | ${shown(wrongEdits, 0)} |`,
  );
  return `# Study

${trials} answers counted, silences up to ${cutOff / 1000} s. Left out: ${leftOut.practice} for practice, ${leftOut.washout} at the beginning of a block, ${leftOut.interrupted} interrupted, ${leftOut.untimed} without a time.

| arm | people | answers | seconds (geometric mean) | errors missed, % | wrong edits in 100 answers |
|---|---|---|---|---|---|
${rows.join('\n')}

| | times as long (people and answers held equal) | errors missed: difference, % |
|---|---|---|
${ratios.map(({ from, to, ratio, missedDifference }) => `| ${armName[from]} / ${armName[to]} | ${shown(ratio, 2)} | ${shown(missedDifference, 0)} |`).join('\n')}

95 % intervals: people and answers drawn anew 1000 times, both at once. With few people they are too narrow. Errors are those of
gold answers; n/a without them. A ratio of times says nothing without the errors beside it. Say with it who the people were, how
they were found, and that they knew the aim.

${sd === null ? '' : `Spread of log seconds: ${sd.toFixed(2)}. Answers an arm for 80 % power: ${power.map(({ ratio, trials: count }) => `${count} for ${ratio} times`).join(', ')}. Missed errors need far more.\n`}
${
  others.length === 0
    ? ''
    : `Other cut-offs: ${others
        .map(
          ({ cutOff: other, ratios: found, trials: count }) =>
            `${other / 1000} s (${count} answers): ${found.map(({ from, to, ratio }) => `${armName[from]} / ${armName[to]} ${shown(ratio, 2)}`).join(', ')}`,
        )
        .join('; ')}.\n`
}`;
}
