/** A rectangle that may be turned: its centre, the unit vector along the text, and its two sides. In pixels. */
export interface TextBox {
  x: number;
  y: number;
  along: readonly [number, number];
  length: number;
  height: number;
  /** Mean probability that its pixels are text. */
  score: number;
}

const textThreshold = 0.3;
const leastScore = 0.5;
const leastSide = 3;
/** How far a shrunken region is grown back: area * ratio / perimeter (DB, Liao et al., arXiv 1911.08947). */
const growth = 1.6;
export const maxBoxes = 400;

/**
 * The text boxes in a probability map of text regions (row by row), by differentiable binarisation's post-processing:
 * connected pixels above a threshold, the smallest rectangle around them, grown back to the size of the text.
 */
export function findTextBoxes(map: Float32Array, width: number, height: number): TextBox[] {
  const seen = new Uint8Array(width * height);
  const stack = new Int32Array(width * height);
  const boxes: TextBox[] = [];
  for (let from = 0; from < seen.length && boxes.length < maxBoxes; from++) {
    if (seen[from] || !(map[from]! > textThreshold)) continue;
    const region = flood({ map, width, height }, from, { seen, stack });
    if (region.count < 8 || region.sum / region.count < leastScore) continue;
    const box = smallestRectangle(hull(region.edges));
    if (Math.min(box.length, box.height) < leastSide) continue;
    const grow = (box.length * box.height * growth) / (2 * (box.length + box.height));
    boxes.push({
      ...box,
      length: box.length + 2 * grow,
      height: box.height + 2 * grow,
      score: region.sum / region.count,
    });
  }
  return boxes;
}

type Point = readonly [number, number];

/** Marks the connected pixels; of each row its two ends suffice for the hull. */
function flood(
  { map, width, height }: { map: Float32Array; width: number; height: number },
  from: number,
  { seen, stack }: { seen: Uint8Array; stack: Int32Array },
) {
  const ends = new Map<number, [number, number]>();
  let count = 0;
  let sum = 0;
  let top = 0;
  stack[top++] = from;
  seen[from] = 1;
  while (top > 0) {
    const at = stack[--top]!;
    const y = Math.floor(at / width);
    const x = at - y * width;
    count++;
    sum += map[at]!;
    const row = ends.get(y);
    if (!row) ends.set(y, [x, x]);
    else if (x < row[0]) row[0] = x;
    else if (x > row[1]) row[1] = x;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const [nextX, nextY] = [x + dx, y + dy];
        if (nextX < 0 || nextY < 0 || nextX >= width || nextY >= height) continue;
        const next = nextY * width + nextX;
        if (seen[next] || !(map[next]! > textThreshold)) continue;
        seen[next] = 1;
        stack[top++] = next;
      }
    }
  }
  const edges: Point[] = [];
  for (const [y, [left, right]] of ends) edges.push([left, y], [right + 1, y], [left, y + 1], [right + 1, y + 1]);
  return { count, sum, edges };
}

/** Convex hull, counter-clockwise (Andrew's monotone chain). */
function hull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (ordered: readonly Point[]) => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length > 1 && turn(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

const turn = (a: Point, b: Point, c: Point) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** The smallest rectangle around a convex polygon has a side along one of the polygon's. Its text runs along the longer side. */
function smallestRectangle(polygon: readonly Point[]): Omit<TextBox, 'score'> {
  let best: Omit<TextBox, 'score'> | undefined;
  for (let i = 0; i < polygon.length; i++) {
    const [a, b] = [polygon[i]!, polygon[(i + 1) % polygon.length]!];
    const size = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (size < 1e-6) continue;
    const [ux, uy] = [(b[0] - a[0]) / size, (b[1] - a[1]) / size];
    let [low, high, near, far] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [x, y] of polygon) {
      const [u, v] = [x * ux + y * uy, y * ux - x * uy];
      low = Math.min(low, u);
      high = Math.max(high, u);
      near = Math.min(near, v);
      far = Math.max(far, v);
    }
    const [length, height] = [high - low, far - near];
    if (best && length * height >= best.length * best.height) continue;
    const [u, v] = [(low + high) / 2, (near + far) / 2];
    best = { x: u * ux - v * uy, y: u * uy + v * ux, along: [ux, uy], length, height };
  }
  return best ? upright(best) : { x: 0, y: 0, along: [1, 0], length: 0, height: 0 };
}

/** Text runs along the longer side, from left to right; what is much taller than wide runs from the top down. */
function upright(box: Omit<TextBox, 'score'>): Omit<TextBox, 'score'> {
  let { along, length, height } = box;
  const flat = Math.abs(along[0]) >= Math.abs(along[1]);
  if (!flat) {
    along = [along[1], -along[0]];
    [length, height] = [height, length];
  }
  if (height > length * 1.6) {
    along = [-along[1], along[0]];
    [length, height] = [height, length];
    if (along[1] < 0) along = [-along[0], -along[1]];
  } else if (along[0] < 0) along = [-along[0], -along[1]];
  return { ...box, along, length, height };
}

/** The corners of a box, clockwise from the top left of its text. */
export function cornersOf({ x, y, along: [ux, uy], length, height }: TextBox): [number, number][] {
  const [halfLength, halfHeight] = [length / 2, height / 2];
  return [
    [-halfLength, -halfHeight],
    [halfLength, -halfHeight],
    [halfLength, halfHeight],
    [-halfLength, halfHeight],
  ].map(([u, v]) => [x + u! * ux - v! * uy, y + u! * uy + v! * ux]);
}
