/** How one number goes with another over models. */
export interface Correlation {
  /** Pearson's, -1 to 1. */
  r: number;
  /** 95 % interval by Fisher's transformation; null for fewer than 4 points. */
  interval: readonly [low: number, high: number] | null;
  /** Two-sided, of no correlation, by Student's t with n - 2 degrees of freedom; null for fewer than 3 points. */
  p: number | null;
  /** Least squares: y = slope x + intercept. */
  slope: number;
  intercept: number;
  n: number;
}

/** @returns null for fewer than two points, or where one side does not vary. */
export function correlate(points: readonly (readonly [x: number, y: number])[]): Correlation | null {
  const n = points.length;
  const [meanX, meanY] = [0, 1].map((side) => points.reduce((sum, point) => sum + point[side]!, 0) / n) as [
    number,
    number,
  ];
  let [xx, yy, xy] = [0, 0, 0];
  for (const [x, y] of points) {
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
    xy += (x - meanX) * (y - meanY);
  }
  if (n < 2 || !(xx > 0) || !(yy > 0)) return null;
  const r = Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
  const slope = xy / xx;
  const t = Math.abs(r) === 1 ? Number.POSITIVE_INFINITY : r * Math.sqrt((n - 2) / (1 - r * r));
  const spread = 1.959964 / Math.sqrt(n - 3);
  return {
    r,
    interval: n < 4 ? null : [Math.tanh(Math.atanh(r) - spread), Math.tanh(Math.atanh(r) + spread)],
    p: n < 3 ? null : twoSidedT(t, n - 2),
    slope,
    intercept: meanY - slope * meanX,
    n,
  };
}

/**
 * P(|T| >= |t|) of Student's t, by the finite sums for whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4).
 */
export function twoSidedT(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return Number.isNaN(t) ? Number.NaN : 0;
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const [sine, square] = [Math.sin(angle), Math.cos(angle) ** 2];
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = degrees > 1 ? term : 0;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= (square * (k - 1)) / k;
    sum += term;
  }
  const inside = odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return Math.max(0, 1 - inside);
}
