import { type Arm, expectedOver, type Person, type SimulatedAnswer } from './klm.js';

/** The lowest and the highest of a figure over what is not known. */
export interface Spread {
  low: number;
  high: number;
}

export interface SweepRow {
  /** Seconds to check one claim. */
  check: number;
  trust: number;
  reads: Person['reads'];
  seconds: Record<Arm, Spread>;
  /** How many times faster flags are than a verdict, and than nothing. */
  fasterThanVerdict: Spread;
  fasterThanNone: Spread;
  /** Of 100 errors, how many are still there. */
  missed: Record<Arm, Spread>;
  /** Right words that were changed, in 100 answers. */
  wrongEdits: Spread;
}

export interface Simulation {
  answers: number;
  words: number;
  withErrors: number;
  errors: number;
  /** Of the detector itself, at its threshold: errors that it flagged, and flags on what was right. */
  flaggedErrors: number;
  falseFlags: number;
  rows: SweepRow[];
  /** The same over the answers alone that the detector doubts: perhaps what the paper's people were given. */
  doubtedRows: SweepRow[];
}

export const checks = [1, 2, 4, 8] as const;
const trusts = [
  { trust: 0, reads: 'all' },
  { trust: 0.5, reads: 'all' },
  { trust: 0.9, reads: 'all' },
  { trust: 1, reads: 'all' },
  { trust: 1, reads: 'flagged sentences' },
] as const;

/** What is not known of a person, and is no choice of policy: each at its ends. */
const people = [0.12, 0.28].flatMap((key) =>
  [175, 300].flatMap((wordsPerMinute) =>
    [0, 0.2].flatMap((miss) =>
      [0, 0.3].map((believe) => ({ key, wordsPerMinute, miss, believe, mental: 1.35, letters: 6 })),
    ),
  ),
);

const arms = ['none', 'verdict', 'flags'] as const;

const spread = (values: readonly number[]): Spread => ({ low: Math.min(...values), high: Math.max(...values) });

function rowOf(
  answers: readonly SimulatedAnswer[],
  check: number,
  { trust, reads }: Pick<Person, 'trust' | 'reads'>,
): SweepRow {
  const runs = people.map((person) => {
    const all = { ...person, check, trust, reads };
    return Object.fromEntries(arms.map((arm) => [arm, expectedOver(answers, arm, all)])) as Record<
      Arm,
      ReturnType<typeof expectedOver>
    >;
  });
  const byArm = (of: (run: ReturnType<typeof expectedOver>) => number) =>
    Object.fromEntries(arms.map((arm) => [arm, spread(runs.map((run) => of(run[arm])))])) as Record<Arm, Spread>;
  return {
    check,
    trust,
    reads,
    seconds: byArm(({ seconds }) => seconds),
    fasterThanVerdict: spread(runs.map(({ verdict, flags }) => verdict.seconds / flags.seconds)),
    fasterThanNone: spread(runs.map(({ none, flags }) => none.seconds / flags.seconds)),
    missed: byArm(({ missed, errors }) => (errors === 0 ? 0 : (100 * missed) / errors)),
    wrongEdits: spread(runs.map(({ flags }) => 100 * flags.wrongEdits)),
  };
}

/** Sweeps the time of a check and the trust in what is not flagged, over answers with a detector's real flags. */
export function simulate(answers: readonly SimulatedAnswer[]): Simulation {
  const claims = answers.flatMap((answer) => answer.claims);
  const wrong = claims.filter((claim) => claim.wrong);
  const doubted = answers.filter((answer) => answer.falseFlags > 0 || answer.claims.some(({ flagged }) => flagged));
  const sweep = (of: readonly SimulatedAnswer[]) =>
    of.length === 0 ? [] : checks.flatMap((check) => trusts.map((policy) => rowOf(of, check, policy)));
  return {
    answers: answers.length,
    words: answers.reduce((sum, { words }) => sum + words, 0) / answers.length,
    withErrors: answers.filter((answer) => answer.claims.some((claim) => claim.wrong)).length,
    errors: wrong.length,
    flaggedErrors: wrong.filter(({ flagged }) => flagged).length,
    falseFlags: answers.reduce((sum, { falseFlags }) => sum + falseFlags, 0),
    rows: sweep(answers),
    doubtedRows: sweep(doubted),
  };
}

const range = ({ low, high }: Spread, digits: number) =>
  low.toFixed(digits) === high.toFixed(digits) ? low.toFixed(digits) : `${low.toFixed(digits)}–${high.toFixed(digits)}`;

/** What the paper measured: means of three annotators. */
const paper = 3.4;

/** The report as text, or as Markdown. */
export function simulationText(simulation: Simulation, detector: string, data: string): string {
  const { answers, words, withErrors, errors, flaggedErrors, falseFlags, rows, doubtedRows } = simulation;
  const table = (all: readonly SweepRow[]) =>
    [
      '| check, s | policy | seconds: nothing | verdict | flags | verdict/flags | nothing/flags | errors missed, %: nothing | verdict | flags | wrong edits in 100 answers |',
      '|---|---|---|---|---|---|---|---|---|---|---|',
      ...all.map(
        ({ check, trust, reads, seconds, fasterThanVerdict, fasterThanNone, missed, wrongEdits }) =>
          `| ${check} | ${policyName(trust, reads)} | ${range(seconds.none, 0)} | ${range(seconds.verdict, 0)} | ${range(seconds.flags, 0)} | ${range(fasterThanVerdict, 1)} | ${range(fasterThanNone, 1)} | ${range(missed.none, 0)} | ${range(missed.verdict, 0)} | ${range(missed.flags, 0)} | ${range(wrongEdits, 0)} |`,
      ),
    ].join('\n');
  return `# Simulated study: a model, not people

${answers} answers of ${data}, ${words.toFixed(0)} words on average; ${withErrors} have an error, ${errors} errors in all.
Detector: ${detector}, at its threshold. It flagged ${flaggedErrors} of the ${errors} errors, and raised ${falseFlags} flags where nothing is wrong.

A keystroke-level model: K 0.12–0.28 s, M 1.35 s, reading 175–300 words a minute, 0–20 % of checked errors missed, 0–30 % of
false flags believed. Each cell is the range over these. How long one claim takes to check, and how much of what is not flagged
is taken on trust, nobody has measured: they are the rows. With trust, errors that the detector missed are missed by the person.

## All answers

${table(rows)}

## Only the answers that the detector doubts

The paper does not say whether its people were given others as well.

${table(doubtedRows)}

## The paper's ${paper} times

The paper (arXiv 2410.04734, section 5.5): three people, 110.7 s with a verdict alone, 32.8 s with highlights. It does not say how
many errors they missed in either.
${verdictOnPaper('Over all answers', rows)}
${verdictOnPaper('Over the doubted answers', doubtedRows)}
`;
}

const policyName = (trust: number, reads: Person['reads']) =>
  reads === 'flagged sentences'
    ? 'reads flagged sentences only'
    : trust === 0
      ? 'checks everything'
      : trust === 1
        ? 'reads all, checks flags only'
        : `trusts ${trust * 100} %`;

function verdictOnPaper(where: string, rows: readonly SweepRow[]): string {
  const reached = rows.filter(({ fasterThanVerdict }) => fasterThanVerdict.high >= paper);
  const careful = rows.filter(({ trust }) => trust === 0);
  const best = Math.max(...careful.map(({ fasterThanVerdict }) => fasterThanVerdict.high));
  const lead = `${where}: who checks everything gains at most ${best.toFixed(1)} times`;
  if (reached.length === 0)
    return `${lead}; no setting of the sweep reaches ${paper} (at most ${Math.max(...rows.map(({ fasterThanVerdict }) => fasterThanVerdict.high)).toFixed(1)}).`;
  const missed = spread(reached.flatMap(({ missed }) => [missed.flags.low, missed.flags.high]));
  const against = spread(reached.flatMap(({ missed }) => [missed.verdict.low, missed.verdict.high]));
  return `${lead}; ${paper} is reached with ${[...new Set(reached.map(({ check, trust, reads }) => `${policyName(trust, reads)} at ${check} s a check`))].join('; ')}; then ${range(missed, 0)} % of the errors are missed, against ${range(against, 0)} % with the verdict.`;
}
