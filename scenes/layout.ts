import { between, pick, pickWeighted } from './random.js';
import type { SceneGroup, SceneObject } from './scene.js';

export interface Spot {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** How far two spots may run into each other, as a share of the smaller one's side. */
const slack = 0.08;

/**
 * Gives every group a size class and its objects their places, without overlap but at the edges. Groups that find no
 * room lose objects, then are dropped; ids stay in order. A sign is placed first. `aspect` is width over height.
 */
export function layOut(
  groups: readonly SceneGroup[],
  aspect: number,
  random: () => number,
  sign?: { w: number; h: number },
): { groups: SceneGroup[]; sign: Spot | null } {
  const board = sign && {
    ...sign,
    x: between(random, sign.w / 2, 1 - sign.w / 2),
    y: between(random, sign.h / 2, 1 - sign.h / 2),
  };
  const taken: Spot[] = board ? [board] : [];
  const placed: SceneGroup[] = [];
  const crowded = groups.length >= 4;
  const scattered = random() < 0.15;
  for (const group of groups) {
    const size = pickWeighted(random, [
      ['small', 4],
      ['large', crowded ? 1.5 : 4],
      [null, 2],
    ] as const);
    const spots = placeGroup(group.count, size, aspect, scattered, taken, random);
    if (spots.length === 0) continue;
    taken.push(...spots);
    const id = placed.length;
    const tilted = random() < 0.3;
    const objects = spots.map(
      (spot, index): SceneObject => ({
        id: index,
        group: id,
        ...spot,
        rotation: tilted ? between(random, -25, 25) : 0,
        flip: random() < 0.3,
      }),
    );
    placed.push({ ...group, id, size: sizeClass(spots[0]!.w), count: spots.length, objects });
  }
  // a sign that leaves room for nothing else
  if (placed.length === 0 && board) return layOut(groups, aspect, random);
  let next = 0;
  for (const group of placed) for (const object of group.objects) object.id = next++;
  return { groups: placed, sign: board ?? null };
}

function sizeClass(width: number): SceneGroup['size'] {
  return width <= 0.18 ? 'small' : width >= 0.24 ? 'large' : null;
}

const tallest = 0.9;
const widths = { small: [0.075, 0.18], large: [0.24, 0.46] } as const;

function placeGroup(
  count: number,
  size: SceneGroup['size'],
  aspect: number,
  scattered: boolean,
  taken: readonly Spot[],
  random: () => number,
): Spot[] {
  const [usual, most] = size ? widths[size] : [0.18, 0.24];
  // where even the narrowest is too high, it is as high as fits: no scene is empty
  const [low, high] = usual * aspect > tallest ? [(0.6 * tallest) / aspect, tallest / aspect] : [usual, most];
  for (let left = count; left >= 1; left--) {
    for (let attempt = 0; attempt < 24; attempt++) {
      const spread = size === 'large' ? random() ** (1 + left / 2) : random();
      const w = low + (high - low) * spread;
      const h = w * aspect;
      if (h > tallest) continue;
      const spots = scattered ? scatter(left, w, h, taken, random) : cluster(left, w, h, random);
      if (spots?.every((spot) => inside(spot) && taken.every((other) => apart(spot, other)))) return spots;
    }
  }
  return [];
}

/** Objects of one group side by side: in a row, a column or a small grid, a little out of line. */
function cluster(count: number, w: number, h: number, random: () => number): Spot[] {
  const columns = pick(
    random,
    count <= 3 ? [count, 1, Math.ceil(count / 2)] : [count, Math.ceil(count / 2), Math.ceil(count / 2), 2, 1],
  );
  const rows = Math.ceil(count / columns);
  const gap = between(random, 1.0, 1.3);
  const stepX = w * gap;
  const stepY = h * gap;
  const spanX = stepX * (columns - 1) + w;
  const spanY = stepY * (rows - 1) + h;
  const left = between(random, 0, 1 - spanX) + w / 2;
  const top = between(random, 0, 1 - spanY) + h / 2;
  const wobble = (gap - 1) * 0.5;
  return Array.from({ length: count }, (_, index) => ({
    x: left + (index % columns) * stepX + between(random, -wobble, wobble) * w,
    y: top + Math.floor(index / columns) * stepY + between(random, -wobble, wobble) * h,
    w,
    h,
  }));
}

function scatter(count: number, w: number, h: number, taken: readonly Spot[], random: () => number): Spot[] | null {
  const spots: Spot[] = [];
  for (let tries = 0; spots.length < count && tries < count * 20; tries++) {
    const spot = { x: between(random, w / 2, 1 - w / 2), y: between(random, h / 2, 1 - h / 2), w, h };
    if ([...taken, ...spots].every((other) => apart(spot, other))) spots.push(spot);
  }
  return spots.length === count ? spots : null;
}

function inside({ x, y, w, h }: Spot): boolean {
  const over = 0.06;
  return x - w / 2 >= -over * w && x + w / 2 <= 1 + over * w && y - h / 2 >= -over * h && y + h / 2 <= 1 + over * h;
}

function apart(a: Spot, b: Spot): boolean {
  return (
    Math.abs(a.x - b.x) >= (a.w + b.w) / 2 - slack * Math.min(a.w, b.w) ||
    Math.abs(a.y - b.y) >= (a.h + b.h) / 2 - slack * Math.min(a.h, b.h)
  );
}
