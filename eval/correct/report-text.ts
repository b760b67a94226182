import type { Table } from '../report/tables.js';
import type { Estimate } from '../stats/bootstrap.js';
import { type Figure, figures } from './figures.js';
import type { CorrectionSummary, StrategyCounts } from './summary.js';

/** What the strategies are, for those who read a report. */
export const strategyNotes: Readonly<Record<string, string>> = {
  none: 'the answer as it was',
  'one-round':
    'one round by our rewriter: a flagged answer goes back once with its flagged words marked; the edits are not scored again',
  paper:
    "the paper's own protocol: a flagged answer goes back once with guidance in words and is written anew whole; not scored again",
  'paper-naive': "the paper's baseline: the same answers are written anew whole, with no word listed",
  'response-level': 'naive guidance: the same answers go back once, as wrong somewhere, with no word marked',
  'best-of-n': 'the generator answers anew and the answer with the best response score is kept',
  loop: 'this package: each edit is scored again and kept only where it helps, round after round',
};

/** A number as its unit has it: shares in percent. */
export function formatValue(value: number, unit: Figure['unit'], signed = false): string {
  const sign = signed && value > 0 ? '+' : '';
  const percent = value * 100;
  if (unit === 'share') return `${sign}${percent.toFixed(percent !== 0 && Math.abs(percent) < 1 ? 2 : 1)}`;
  if (unit === 'dollars') return `${sign}${value.toFixed(5)}`;
  return `${sign}${value >= 100 ? value.toFixed(0) : value.toFixed(2)}`;
}

export function formatFigure({ value, low, high }: Estimate, unit: Figure['unit'], signed = false): string {
  if (value === null) return '–';
  const text = formatValue(value, unit, signed);
  if (low === null || high === null || (low === value && high === value)) return text;
  return `${text} (${formatValue(low, unit, signed)} to ${formatValue(high, unit, signed)})`;
}

/** With the p-value of its permutation test. */
export function formatDifference(estimate: Estimate, unit: Figure['unit']): string {
  const { p } = estimate;
  const text = formatFigure(estimate, unit, true);
  return p == null ? text : `${text}, p ${p < 0.001 ? '< .001' : p.toFixed(3).replace(/^0/, '')}`;
}

export const labelOf = ({ label, unit }: Figure) => (unit === 'share' ? `${label}, %` : label);

const countLabels: readonly (readonly [keyof StrategyCounts, string])[] = [
  ['skipped', 'skipped (the scorer abstained)'],
  ['failed', 'failed'],
  ['notJudged', 'changed beyond what can be judged exactly'],
];

/** P(at least so many wins among wins and losses by chance), one-sided: the sign test. */
export function signTest(wins: number, losses: number): number {
  const n = wins + losses;
  let logTerm = -n * Math.LN2;
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    if (k >= wins) sum += Math.exp(logTerm);
    logTerm += Math.log(n - k) - Math.log(k + 1);
  }
  return Math.min(1, sum);
}

/** The tables of a run. Figures that no strategy has are left out. */
export function correctionTables(summary: CorrectionSummary): Table[] {
  const { strategies, differences, byType } = summary;
  const names = strategies.map(({ name }) => name);
  const shown = figures.filter(({ name }) =>
    strategies.some(
      (strategy) => strategy.figures[name]!.value !== null && (name !== 'tokens' || strategy.figures[name]!.value! > 0),
    ),
  );
  const tables: Table[] = [
    {
      title: `${summary.answers} answers with ${summary.claims} claims; ${summary.wrongAnswers} answers wrong, ${summary.wrongClaims} claims`,
      head: ['', ...names],
      rows: [
        ...shown.map((figure) => [
          labelOf(figure),
          ...strategies.map((strategy) => formatFigure(strategy.figures[figure.name]!, figure.unit)),
        ]),
        [
          'wins : ties : losses',
          ...strategies.map(({ counts: { wins, ties, losses } }) => `${wins} : ${ties} : ${losses}`),
        ],
        [
          'sign test, wins against losses, p',
          ...strategies.map(({ counts: { wins, losses } }) =>
            wins + losses === 0 ? '–' : signTest(wins, losses).toPrecision(2),
          ),
        ],
        ...countLabels.map(([key, label]) => [label, ...strategies.map(({ counts }) => String(counts[key]))]),
      ],
    },
  ];
  if (differences.length > 0) {
    const compared = shown.filter(({ better }) => better !== null);
    tables.push({
      title: `${names.at(-1)} less each other, on the same answers`,
      head: ['', ...differences.map(({ minus }) => `less ${minus}`)],
      rows: compared.map((figure) => [
        labelOf(figure),
        ...differences.map((difference) => formatDifference(difference.figures[figure.name]!, figure.unit)),
      ]),
    });
  }
  for (const [key, title] of [
    ['fixed', 'wrong claims fixed, %, by kind of mistake'],
    ['harmed', 'harm rate, %, by kind of mistake'],
  ] as const) {
    if (byType.length === 0) break;
    tables.push({
      title,
      head: ['', ...names],
      rows: byType.map((type) => [
        `${type.type} (n=${type.answers})`,
        ...names.map((name) => formatFigure(type[key][name]!, 'share')),
      ]),
    });
  }
  return tables;
}

/** Milliseconds of a run by strategy: means over answers. */
export interface Timing {
  strategy: string;
  seconds: number;
  answers: number;
}

export function timingTable(timings: readonly Timing[]): Table {
  return {
    title: 'seconds an answer, measured in this run',
    head: timings.map(({ strategy }) => strategy),
    rows: [timings.map(({ seconds }) => seconds.toFixed(3))],
  };
}

export const correctionNotes: readonly string[] = [
  'A claim is a word, or a run of words, that can be right or wrong of the picture. Win: fewer wrong claims with something true left to say. Loss: more of them, or fewer right ones at no gain.',
  'Best of n puts another answer in place of the first, so its claims cannot be followed one by one: only totals are compared.',
  'In parentheses: percentile bootstrap 95 % intervals over answers. Every strategy has the same answers; answers whose new words cannot be judged exactly are counted and left out of that strategy.',
];
