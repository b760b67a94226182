import type { SceneGroup } from '../scene.js';

export type Direction = 'left' | 'right' | 'above' | 'below';
export const oppositeDirection: Record<Direction, Direction> = {
  left: 'right',
  right: 'left',
  above: 'below',
  below: 'above',
};

interface Extent {
  x: number;
  y: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export function extentOf(group: SceneGroup): Extent {
  const { objects } = group;
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    x: mean(objects.map((object) => object.x)),
    y: mean(objects.map((object) => object.y)),
    left: Math.min(...objects.map((object) => object.x - object.w / 2)),
    right: Math.max(...objects.map((object) => object.x + object.w / 2)),
    top: Math.min(...objects.map((object) => object.y - object.h / 2)),
    bottom: Math.max(...objects.map((object) => object.y + object.h / 2)),
  };
}

/** The directions in which `a` lies from `b` beyond doubt: centres well apart, and hardly any overlap on that axis. */
export function clearDirections(a: SceneGroup, b: SceneGroup): Direction[] {
  const from = extentOf(a);
  const to = extentOf(b);
  const found: Direction[] = [];
  const overlap = (low1: number, high1: number, low2: number, high2: number) =>
    Math.max(0, Math.min(high1, high2) - Math.max(low1, low2)) / Math.min(high1 - low1, high2 - low2);
  const across = overlap(from.left, from.right, to.left, to.right) < 0.35;
  const down = overlap(from.top, from.bottom, to.top, to.bottom) < 0.35;
  if (across && from.x < to.x - 0.1) found.push('left');
  if (across && from.x > to.x + 0.1) found.push('right');
  if (down && from.y < to.y - 0.1) found.push('above');
  if (down && from.y > to.y + 0.1) found.push('below');
  return found;
}

export function areNear(a: SceneGroup, b: SceneGroup): boolean {
  const from = extentOf(a);
  const to = extentOf(b);
  const gapX = Math.max(from.left, to.left) - Math.min(from.right, to.right);
  const gapY = Math.max(from.top, to.top) - Math.min(from.bottom, to.bottom);
  const touching = (gapX < 0.07 && gapY < -0.03) || (gapY < 0.07 && gapX < -0.03);
  return touching && Math.hypot(from.x - to.x, from.y - to.y) < 0.45 && gapBetween(a, b) < 0.12;
}

/** The gap between the two objects that stand closest. */
function gapBetween(a: SceneGroup, b: SceneGroup): number {
  const gaps = a.objects.flatMap((one) =>
    b.objects.map((other) =>
      Math.max(Math.abs(one.x - other.x) - (one.w + other.w) / 2, Math.abs(one.y - other.y) - (one.h + other.h) / 2),
    ),
  );
  return Math.min(...gaps);
}

export function areFar(a: SceneGroup, b: SceneGroup): boolean {
  const from = extentOf(a);
  const to = extentOf(b);
  const gapX = Math.max(from.left, to.left) - Math.min(from.right, to.right);
  const gapY = Math.max(from.top, to.top) - Math.min(from.bottom, to.bottom);
  return Math.hypot(from.x - to.x, from.y - to.y) > 0.55 && Math.max(gapX, gapY) > 0.2;
}

/** Whether `a` stands between `b` and `c` on one axis, roughly in line with them. */
export function isBetween(a: SceneGroup, b: SceneGroup, c: SceneGroup): boolean {
  const [first, second] = [clearDirections(a, b), clearDirections(a, c)];
  const inLine = (axis: 'x' | 'y') => {
    const [p, q, r] = [extentOf(a)[axis], extentOf(b)[axis], extentOf(c)[axis]];
    return p > Math.min(q, r) - 0.15 && p < Math.max(q, r) + 0.15;
  };
  const split = (one: Direction, other: Direction) =>
    (first.includes(one) && second.includes(other)) || (first.includes(other) && second.includes(one));
  return (split('left', 'right') && inLine('y')) || (split('above', 'below') && inLine('x'));
}

/** Parts of the picture; a corner is both of its sides. */
export type Place =
  | 'left'
  | 'right'
  | 'top'
  | 'bottom'
  | 'centre'
  | 'top left'
  | 'top right'
  | 'bottom left'
  | 'bottom right';

export const mirroredPlace: Record<Place, readonly Place[]> = {
  left: ['right'],
  right: ['left'],
  top: ['bottom'],
  bottom: ['top'],
  centre: ['top left', 'top right', 'bottom left', 'bottom right'],
  'top left': ['top right', 'bottom left', 'bottom right'],
  'top right': ['top left', 'bottom left', 'bottom right'],
  'bottom left': ['top left', 'top right', 'bottom right'],
  'bottom right': ['top left', 'top right', 'bottom left'],
};

export function clearPlaces(group: SceneGroup): Place[] {
  const { x, y, left, right, top, bottom } = extentOf(group);
  const found: Place[] = [];
  const horizontal = x < 0.36 && right < 0.66 ? 'left' : x > 0.64 && left > 0.34 ? 'right' : null;
  const vertical = y < 0.36 && bottom < 0.66 ? 'top' : y > 0.64 && top > 0.34 ? 'bottom' : null;
  if (horizontal) found.push(horizontal);
  if (vertical) found.push(vertical);
  if (horizontal && vertical && Math.abs(x - 0.5) > 0.2 && Math.abs(y - 0.5) > 0.2)
    found.push(`${vertical} ${horizontal}`);
  if (Math.abs(x - 0.5) < 0.1 && Math.abs(y - 0.5) < 0.1) found.push('centre');
  return found;
}
