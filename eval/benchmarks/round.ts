/** Rounds as Python's round() does: to the nearest, exact halves to the even digit. */
export function pythonRound(value: number, digits: number): number {
  if (!Number.isFinite(value)) return value;
  // only then does the double lie exactly between two decimals
  const halves = Math.abs(value) * 2 ** (digits + 1);
  const scaled = value * 10 ** digits;
  if (Number.isInteger(halves) && halves % 2 === 1 && Math.abs(scaled % 1) === 0.5) {
    const below = Math.floor(scaled);
    return (below % 2 === 0 ? below : below + 1) / 10 ** digits;
  }
  return Number(value.toFixed(digits));
}

/** As Python prints a figure rounded to so many digits: `'%.1f' % value`. */
export function pythonFixed(value: number, digits: number): string {
  return Number.isFinite(value) ? pythonRound(value, digits).toFixed(digits) : 'nan';
}

/** As Python writes a share of `over` things that is given in per cent. */
export const pythonShare = (percent: number, over: number): string =>
  pythonFloat(Math.round((percent / 100) * over) / over);

/** As Python writes a float: `5.0`, `0.6236666666666667`, `nan`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
