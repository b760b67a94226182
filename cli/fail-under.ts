import { InvalidArgumentError } from 'commander';
import { figures } from '../eval/correct/figures.js';
import type { CorrectionSummary } from '../eval/correct/summary.js';

/** A figure that must reach a bound: no less where more is better, no more where less is. */
export interface FailUnder {
  strategy: string;
  figure: string;
  bound: number;
}

const bounded = figures.filter(({ better }) => better !== null).map(({ name }) => name);

/** `fixed=0.4` (of the loop) or `one-round.harmed=0.02`; given several times, all must hold. */
export function failUnder(text: string, before: FailUnder[] = []): FailUnder[] {
  const [, strategy = 'loop', figure, bound] = /^(?:([\w-]+)\.)?([\w-]+)=(-?[\d.]+)$/.exec(text.trim()) ?? [];
  if (figure === undefined || !bounded.includes(figure) || !Number.isFinite(Number(bound)))
    throw new InvalidArgumentError(
      `it must be like fixed=0.4 or one-round.harmed=0.02, with one of ${bounded.join(', ')}.`,
    );
  return [...before, { strategy, figure, bound: Number(bound) }];
}

/**
 * Why the run fails, in words, for each bound that does not hold.
 *
 * @param by What is held to the bound: the figure, or the end of its 95 % interval that is the worse one.
 */
export function failsUnder(summary: CorrectionSummary, bounds: readonly FailUnder[], by: 'value' | 'bound'): string[] {
  return bounds.flatMap(({ strategy, figure, bound }) => {
    const estimate = summary.strategies.find(({ name }) => name === strategy)?.figures[figure];
    const what = `${strategy}.${figure}`;
    if (!estimate) return [`--fail-under ${what}: the run has no strategy ${strategy}`];
    if (estimate.value === null) return [`--fail-under ${what}: there is no such figure in this run`];
    const less = figures.find(({ name }) => name === figure)?.better === 'less';
    const held = by === 'value' ? estimate.value : less ? estimate.high : estimate.low;
    if (held === null) return [`--fail-under ${what}: it has no interval in this run, so that no bound can be held`];
    if (less ? held <= bound : held >= bound) return [];
    const told = by === 'value' ? `${what} is` : `${what} may be as ${less ? 'high' : 'low'} as`;
    return [`${told} ${held.toFixed(4)}, ${less ? 'over' : 'under'} the bound of ${bound}`];
  });
}
