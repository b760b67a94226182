/** A logistic regression, `P = sigmoid(w · x)`, by Newton's method with a ridge. Rows of `x` begin with 1. */
export function fitLogistic(
  x: readonly (readonly number[])[],
  y: readonly boolean[],
  weights: readonly number[] = y.map(() => 1),
  ridge = 1e-3,
): number[] {
  const size = x[0]!.length;
  let w: number[] = new Array(size).fill(0);
  for (let step = 0; step < 60; step++) {
    const gradient = w.map((value, j) => (j === 0 ? 0 : -ridge * value));
    const hessian = w.map((_, j) => w.map((_, k) => (j === k ? (j === 0 ? 1e-9 : ridge) : 0)));
    x.forEach((row, i) => {
      const p = sigmoid(dot(w, row));
      for (let j = 0; j < size; j++) {
        gradient[j]! += weights[i]! * (Number(y[i]) - p) * row[j]!;
        for (let k = 0; k < size; k++) hessian[j]![k]! += weights[i]! * p * (1 - p) * row[j]! * row[k]!;
      }
    });
    const change = solve(hessian, gradient);
    w = w.map((value, j) => value + change[j]!);
    if (Math.max(...change.map(Math.abs)) < 1e-9) break;
  }
  return w;
}

export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
export const logit = (p: number): number => Math.log(p / (1 - p));
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);

/** Gaussian elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index]!]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let k = column; k <= size; k++) rows[row]![k]! -= factor * rows[column]![k]!;
    }
  }
  return rows.map((row, index) => row[size]! / row[index]!);
}
