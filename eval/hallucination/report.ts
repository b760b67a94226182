import type { Table } from '../report/tables.js';
import type { Estimate } from '../stats/bootstrap.js';
import { type Correlation, correlate } from './correlation.js';
import type { HallucinationRates } from './rates.js';

export interface ModelRates {
  model: string;
  rates: HallucinationRates;
  /** Of another benchmark, where one is known. */
  score?: number;
}

export const rateNames = ['token', 'sentence', 'response'] as const;
export type RateName = (typeof rateNames)[number];

/** How the rates go with a score over the models that have both, by rate: TLDR's figure 5 for each of its three. */
export interface RateCorrelation {
  rate: RateName;
  /** Of -ln(rate as a share) with the score. Null: fewer than three models, or nothing varies. */
  correlation: Correlation | null;
  /** Models left out because their rate is 0, of which there is no logarithm. */
  withoutErrors: readonly string[];
}

/**
 * Pearson's correlation of the negative natural logarithm of the rate with the score, and the fit
 * `score = slope * ln(rate) + intercept` as the paper writes it (arXiv 2410.04734, section 5.2 and figure 5: its
 * coefficients come out with the rate as a share, not in per cent).
 */
export function rateCorrelations(
  models: readonly { model: string; score?: number; rates: Record<RateName, number | null> }[],
): RateCorrelation[] {
  return rateNames.map((rate) => {
    const known = models.filter(({ score, rates }) => score !== undefined && rates[rate] !== null);
    const points = known.flatMap(({ score, rates }) =>
      rates[rate]! > 0 ? [[-Math.log(rates[rate]! / 100), score!] as const] : [],
    );
    const found = points.length < 3 ? null : correlate(points);
    return {
      rate,
      correlation: found && { ...found, slope: -found.slope },
      withoutErrors: known.filter(({ rates }) => rates[rate] === 0).map(({ model }) => model),
    };
  });
}

/** The tables of a report. Rates are shown with three digits, since good models' are thousandths of a per cent. */
export function hallucinationTables(
  models: readonly ModelRates[],
  correlations: readonly RateCorrelation[],
  column: string | undefined,
): Table[] {
  const head = ['', 'token %', 'sentence %', 'response %', 'answers', 'judged tokens %', 'words an answer'];
  const rows = models.map(({ model, rates, score }) => [
    model,
    ...rateNames.map((name) => show(rates[name], name === 'token' ? 3 : 2)),
    rates.unjudged > 0 ? `${rates.answers} (${rates.unjudged} not judged)` : String(rates.answers),
    show(rates.judged, 1),
    show(rates.words, 1),
    ...(column === undefined ? [] : [score === undefined ? '–' : String(score)]),
  ]);
  const rates = { title: 'hallucination rates', head: column === undefined ? head : [...head, column], rows };
  if (column === undefined) return [rates];
  return [
    rates,
    {
      title: `correlation of -ln(rate) with ${column}`,
      head: ['rate', 'Pearson r (95 % interval)', 'p', 'fit', 'models'],
      rows: correlations.map(({ rate, correlation }) => [
        rate,
        ...(correlation === null
          ? ['–', '–', '–', '–']
          : [
              correlation.interval
                ? `${correlation.r.toFixed(3)} (${correlation.interval.map((bound) => bound.toFixed(3)).join(' to ')})`
                : correlation.r.toFixed(3),
              correlation.p === null ? '–' : correlation.p.toPrecision(3),
              `${column} = ${correlation.slope.toFixed(2)} ln(rate) ${correlation.intercept < 0 ? '-' : '+'} ${Math.abs(correlation.intercept).toFixed(2)}`,
              String(correlation.n),
            ]),
      ]),
    },
  ];
}

function show({ value, low, high }: Estimate, digits: number): string {
  if (value === null) return '–';
  const text = value.toFixed(digits);
  return low === null || high === null ? text : `${text} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

/** What a reader of the rates has to know. */
export function hallucinationNotes(threshold: number, correlations: readonly RateCorrelation[]): string[] {
  const without = [...new Set(correlations.flatMap(({ withoutErrors }) => withoutErrors))];
  return [
    `A token is bad at or below ${threshold}. Token: the mean over answers of the share of judged tokens that are bad. Sentence (cut at every period) and response: the share that has a bad token.`,
    'These rates rest on a detector, not on ground truth: they compare models judged by the same detector on the same pictures, and are no share of what is really wrong. A model that says less has fewer chances to be wrong: compare the words.',
    'Answers without a judged token are in no rate. In parentheses: percentile bootstrap 95 % intervals over answers; for r, by Fisher’s transformation over models, which are few.',
    ...(without.length > 0
      ? [`Without a bad token, and so without a logarithm and not in that correlation: ${without.join(', ')}.`]
      : []),
  ];
}
