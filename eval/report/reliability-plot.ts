import { num, type Plot, plane, svg } from './svg.js';

export interface ReliabilityBin {
  /** Mean reward of the bin's claims. */
  reward: number;
  /** Share of them that are good. */
  good: number;
  claims: number;
}

const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** The share of good claims over their reward, a dot for each bin, as large as it has claims; calibrated ones lie on the line. */
export function reliabilityPlot(bins: readonly ReliabilityBin[]): Plot {
  const title = 'Reliability: are rewards probabilities?';
  const base = plane(
    460,
    300,
    { label: 'mean reward of the claims', low: 0, high: 1, ticks },
    { label: 'share that is good', low: 0, high: 1, ticks },
  );
  const most = Math.max(1, ...bins.map(({ claims }) => claims));
  const dots = bins.map(
    ({ reward, good, claims }) =>
      `<circle cx="${num(base.x(reward))}" cy="${num(base.y(good))}" r="${num(3 + 9 * Math.sqrt(claims / most))}" class="dot"><title>${claims} claims, mean reward ${reward.toFixed(3)}, ${(good * 100).toFixed(1)} % good</title></circle>`,
  );
  const diagonal = `<line x1="${num(base.x(0))}" y1="${num(base.y(0))}" x2="${num(base.x(1))}" y2="${num(base.y(1))}" class="mark"/>`;
  return {
    svg: svg(base, title, base.frame + diagonal + dots.join('')),
    title,
    note: 'A dot is a tenth of the scale, as large as it has claims; on the broken line the reward is the share of good ones.',
    wide: false,
  };
}
