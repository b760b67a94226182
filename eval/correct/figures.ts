import type { Part } from '../runs/ratios.js';
import { type Outcome, winOrLoss } from './outcome.js';
import { type CorrectionRecord, outcomeOf, type StrategyRecord } from './record.js';

interface Judged {
  before: { right: number; wrong: number };
  now: Outcome;
  record: StrategyRecord;
}

/** A figure of a strategy: a ratio of sums over answers. */
export interface Figure {
  name: string;
  label: string;
  /** Which way is better; `null` where neither is. */
  better: 'more' | 'less' | null;
  /** A share is shown in percent. */
  unit: 'share' | 'count' | 'dollars' | 'seconds';
  part(judged: Judged): Part;
}

const flag = (yes: boolean) => (yes ? 1 : 0);
const result = ({ before, now }: Judged) => winOrLoss(before, now);
const isChanged = ({ record }: Judged) => record.text !== undefined;

/** The figures of a run that come out the same for the same answers, scorer and rewriter. */
export const figures: readonly Figure[] = [
  {
    name: 'fixed',
    label: 'wrong claims fixed',
    better: 'more',
    unit: 'share',
    part: ({ before, now }) => [now.fixed, before.wrong],
  },
  {
    name: 'removed',
    label: 'wrong claims removed, nothing in their place',
    better: 'more',
    unit: 'share',
    part: ({ before, now }) => [now.removed, before.wrong],
  },
  {
    name: 'harmed',
    label: 'harm rate: right claims made wrong',
    better: 'less',
    unit: 'share',
    part: ({ before, now }) => [now.harmed, before.right],
  },
  {
    name: 'wrong',
    label: 'claims that are wrong afterwards',
    better: 'less',
    unit: 'share',
    part: ({ now }) => [now.wrong, now.right + now.wrong],
  },
  {
    name: 'coverage',
    label: 'coverage: claims made afterwards, of those before',
    better: 'more',
    unit: 'share',
    part: ({ before, now }) => [now.right + now.wrong, before.right + before.wrong],
  },
  {
    name: 'right-answers',
    label: 'answers without a wrong claim',
    better: 'more',
    unit: 'share',
    part: ({ now }) => [flag(now.wrong === 0), 1],
  },
  {
    name: 'repaired',
    label: 'wrong answers made right',
    better: 'more',
    unit: 'share',
    part: ({ before, now }) => [flag(before.wrong > 0 && now.wrong === 0), flag(before.wrong > 0)],
  },
  {
    name: 'broken',
    label: 'right answers made wrong',
    better: 'less',
    unit: 'share',
    part: ({ before, now }) => [flag(before.wrong === 0 && now.wrong > 0), flag(before.wrong === 0)],
  },
  { name: 'win', label: 'win', better: 'more', unit: 'share', part: (judged) => [flag(result(judged) === 'win'), 1] },
  { name: 'tie', label: 'tie', better: null, unit: 'share', part: (judged) => [flag(result(judged) === 'tie'), 1] },
  {
    name: 'loss',
    label: 'loss',
    better: 'less',
    unit: 'share',
    part: (judged) => [flag(result(judged) === 'loss'), 1],
  },
  {
    name: 'changed',
    label: 'answers changed',
    better: null,
    unit: 'share',
    part: (judged) => [flag(isChanged(judged)), 1],
  },
  {
    name: 'rounds',
    label: 'rounds an answer (best of n: other answers)',
    better: 'less',
    unit: 'count',
    part: ({ record }) => [record.rounds ?? 0, 1],
  },
  {
    name: 'tokens',
    label: 'tokens of models an answer',
    better: 'less',
    unit: 'count',
    part: ({ record }) => [record.tokens ?? 0, 1],
  },
  {
    name: 'cost',
    label: 'US dollars an answer, where prices are known',
    better: 'less',
    unit: 'dollars',
    part: ({ record }) => [record.cost ?? 0, record.cost === undefined ? 0 : 1],
  },
];

/** What one answer adds to each figure of a strategy; nulls where it could not be judged. */
export function partsOf(record: CorrectionRecord, strategy: string): (Part | null)[] {
  const done = record.strategies?.[strategy];
  const now = done && outcomeOf(done);
  if (!done || !now || record.right === undefined || record.wrong === undefined) return figures.map(() => null);
  const judged = { before: { right: record.right, wrong: record.wrong }, now, record: done };
  return figures.map((figure) => figure.part(judged));
}
