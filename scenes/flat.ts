import {
  bars,
  blob,
  box,
  circle,
  colour,
  darkInk,
  grey,
  grid,
  icon,
  line,
  type Painter,
  paper,
  price,
  text,
  tints,
  words,
} from './flat-marks.js';
import { moreFlatKinds, morePainters } from './flat-more.js';
import { between, pick, seededRandom } from './random.js';

/**
 * Pictures that are drawn flat and are no scenes: what the domain gate of tldr-scenes must refuse. Some hold icons, as
 * scenes do, but in a form of which the model knows nothing.
 */
export const flatKinds = [
  'document',
  'receipt',
  'screen',
  'terminal',
  'chart',
  'pie',
  'table',
  'board',
  'bingo',
  'map',
  'comic',
  'icon-sheet',
  'texture',
  'line-art',
  'grey',
  'diagram',
  'poster',
  ...moreFlatKinds,
] as const;
export type FlatKind = (typeof flatKinds)[number];

/** The picture as an SVG document of `width` by `height` pixels (128 to 2048). Deterministic in `seed`. */
export function drawFlat(kind: FlatKind, seed: number): { svg: string; width: number; height: number } {
  const random = seededRandom(seed);
  const width = Math.round(between(random, 256, 1100));
  const height = Math.round(width * (kind === 'receipt' ? between(random, 1.2, 2.4) : between(random, 0.6, 1.5)));
  const body = painters[kind](random, width, height);
  const tilt =
    random() < 0.15 ? ` transform="rotate(${between(random, -6, 6).toFixed(1)} ${width / 2} ${height / 2})"` : '';
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${paper(random)}"/><g${tilt}>${body}</g></svg>`,
    width,
    height,
  };
}

const painters: Record<FlatKind, Painter> = {
  ...morePainters,
  document(random, w, h) {
    const size = w * between(random, 0.016, 0.04);
    const ink = darkInk(random);
    const columns = pick(random, [1, 1, 2]);
    let out = text(random, w * 0.08, h * 0.1, size * 1.8, words(random, 4), ink);
    for (let column = 0; column < columns; column++)
      for (let y = h * 0.16; y < h * 0.92; y += size * (random() < 0.12 ? 3 : 1.5))
        out += text(
          random,
          w * (0.08 + (column * 0.86) / columns),
          y,
          size,
          words(random, Math.round((0.8 / columns) * (w / size / 3.6) * between(random, 0.6, 1))),
          ink,
        );
    return out;
  },
  receipt(random, w, h) {
    const size = w * between(random, 0.035, 0.06);
    let out = text(random, w * 0.25, h * 0.07, size * 1.4, words(random, 2).toUpperCase(), '#222');
    for (let y = h * 0.14; y < h * 0.9; y += size * 1.6)
      out +=
        text(random, w * 0.08, y, size, words(random, 2), '#222') +
        text(random, w * 0.72, y, size, price(random), '#222');
    return out + bars(random, w * 0.15, h * 0.91, w * 0.7, h * 0.06);
  },
  screen(random, w, h) {
    const dark = random() < 0.4;
    const [ground, card, ink] = dark ? ['#15181d', '#23272f', '#d7dbe2'] : ['#f3f4f7', '#ffffff', '#2a2d34'];
    const accent = colour(random);
    let out =
      box(0, 0, w, h, ground) +
      box(0, 0, w, h * 0.08, accent) +
      text(random, w * 0.03, h * 0.055, h * 0.035, words(random, 2), '#fff');
    const columns = pick(random, [1, 2, 3]);
    const rows = Math.round(between(random, 2, 6));
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const [cw, ch] = [(w * 0.94) / columns, (h * 0.86) / rows];
        const [x, y] = [w * 0.03 + column * cw, h * 0.11 + row * ch];
        out += box(x, y, cw * 0.94, ch * 0.86, card, w * 0.01);
        if (random() < 0.5) out += box(x + cw * 0.04, y + ch * 0.1, ch * 0.5, ch * 0.5, colour(random), ch * 0.25);
        out += text(random, x + cw * 0.36, y + ch * 0.35, ch * 0.16, words(random, 3), ink);
        if (random() < 0.6) out += text(random, x + cw * 0.36, y + ch * 0.6, ch * 0.12, words(random, 5), ink);
        if (random() < 0.3) out += box(x + cw * 0.6, y + ch * 0.62, cw * 0.26, ch * 0.18, accent, ch * 0.06);
      }
    return out;
  },
  terminal(random, w, h) {
    const size = h * between(random, 0.022, 0.045);
    let out = box(0, 0, w, h, pick(random, ['#0b0e12', '#1e1e2e', '#002b36', '#282c34']));
    for (let y = size * 2; y < h * 0.96; y += size * 1.4)
      out += text(
        random,
        w * (0.02 + pick(random, [0, 0, 0.03, 0.06])),
        y,
        size,
        words(random, Math.round(between(random, 1, 8))),
        pick(random, ['#d0d0d0', '#98c379', '#e06c75', '#61afef', '#e5c07b']),
        'DejaVu Sans Mono',
      );
    return out;
  },
  chart(random, w, h) {
    const bars = Math.round(between(random, 3, 12));
    let out = text(random, w * 0.2, h * 0.08, h * 0.05, words(random, 3), '#222');
    out += line(w * 0.1, h * 0.88, w * 0.95, h * 0.88, '#333') + line(w * 0.1, h * 0.12, w * 0.1, h * 0.88, '#333');
    for (let tick = 0; tick < 5; tick++) {
      out += line(w * 0.1, h * (0.2 + tick * 0.15), w * 0.95, h * (0.2 + tick * 0.15), '#ddd');
      out += text(random, w * 0.02, h * (0.21 + tick * 0.15), h * 0.03, String(100 - tick * 20), '#444');
    }
    const one = colour(random);
    const points: string[] = [];
    const form = pick(random, ['bars', 'bars', 'line', 'dots']);
    for (let bar = 0; bar < bars; bar++) {
      const x = w * (0.13 + (0.8 * bar) / bars);
      const y = h * between(random, 0.2, 0.8);
      if (form === 'bars') out += box(x, y, (w * 0.55) / bars, h * 0.88 - y, random() < 0.6 ? one : colour(random));
      else if (form === 'dots') out += circle(x, y, w * 0.012, colour(random));
      else points.push(`${x},${y}`);
      out += text(random, x, h * 0.94, h * 0.03, words(random, 1), '#444');
    }
    return points.length === 0
      ? out
      : `${out}<polyline points="${points.join(' ')}" fill="none" stroke="${one}" stroke-width="${w * 0.006}"/>`;
  },
  pie(random, w, h) {
    const [cx, cy, r] = [w * between(random, 0.35, 0.6), h * 0.52, Math.min(w, h) * between(random, 0.22, 0.38)];
    let out = text(random, w * 0.25, h * 0.09, h * 0.05, words(random, 3), '#222');
    let from = random() * 6;
    const parts = Math.round(between(random, 2, 7));
    for (let part = 0; part < parts; part++) {
      const to = from + (Math.PI * 2) / parts;
      const [x1, y1, x2, y2] = [
        cx + r * Math.cos(from),
        cy + r * Math.sin(from),
        cx + r * Math.cos(to),
        cy + r * Math.sin(to),
      ];
      const fill = colour(random);
      out += `<path d="M${cx} ${cy}L${x1} ${y1}A${r} ${r} 0 ${parts < 2 ? 1 : 0} 1 ${x2} ${y2}Z" fill="${fill}"/>`;
      out +=
        box(w * 0.82, h * (0.2 + part * 0.08), h * 0.03, h * 0.03, fill) +
        text(random, w * 0.87, h * (0.225 + part * 0.08), h * 0.03, words(random, 1), '#333');
      from = to;
    }
    return random() < 0.4 ? out + circle(cx, cy, r * 0.5, '#fff') : out;
  },
  table(random, w, h) {
    return grid(random, w, h, Math.round(between(random, 4, 12)), Math.round(between(random, 3, 7)), (x, y, cw, ch) =>
      text(random, x + cw * 0.1, y + ch * 0.65, ch * 0.4, random() < 0.5 ? words(random, 1) : price(random), '#222'),
    );
  },
  board(random, w, h) {
    const n = pick(random, [3, 6, 8, 8, 8, 9, 10, 15]);
    const side = Math.min(w, h) * 0.9;
    const [x0, y0, cell] = [(w - side) / 2, (h - side) / 2, side / n];
    const [one, two] = [colour(random), pick(random, ['#f4e8cf', '#ffffff', '#222222', colour(random)])];
    const share = between(random, 0.05, 0.6);
    let out = '';
    for (let row = 0; row < n; row++)
      for (let column = 0; column < n; column++) {
        const [x, y] = [x0 + column * cell, y0 + row * cell];
        out += box(x, y, cell, cell, (row + column) % 2 ? one : two);
        if (random() < share)
          out += circle(x + cell / 2, y + cell / 2, cell * 0.38, pick(random, ['#fff', '#111', '#c33', '#fc3']));
      }
    return out;
  },
  bingo(random, w, h) {
    const n = pick(random, [3, 4, 5, 5]);
    const icons = random() < 0.45;
    const title = text(random, w * 0.3, h * 0.09, h * 0.07, words(random, 1).toUpperCase(), colour(random));
    return (
      title +
      grid(random, w, h, n, n, (x, y, cw, ch) =>
        icons && random() < 0.8
          ? icon(random, x + cw * 0.2, y + ch * 0.12, Math.min(cw, ch) * 0.6) +
            text(random, x + cw * 0.15, y + ch * 0.92, ch * 0.13, words(random, 1), '#222')
          : text(random, x + cw * 0.12, y + ch * 0.6, ch * between(random, 0.14, 0.4), words(random, 1), '#222'),
      )
    );
  },
  map(random, w, h) {
    let out = box(0, 0, w, h, pick(random, ['#e8f0e0', '#f2efe6', '#aadaff']));
    for (let patch = 0; patch < 9; patch++)
      out += blob(random, w * random(), h * random(), w * between(random, 0.06, 0.25), pick(random, tints));
    for (let road = 0; road < 12; road++)
      out += `<path d="M${w * random()} ${h * random()}Q${w * random()} ${h * random()} ${w * random()} ${h * random()}" fill="none" stroke="${pick(random, ['#fff', '#fd6', '#c96', '#888'])}" stroke-width="${w * between(random, 0.004, 0.02)}"/>`;
    for (let name = 0; name < 14; name++)
      out += text(
        random,
        w * random() * 0.85,
        h * random(),
        h * between(random, 0.018, 0.035),
        words(random, 1),
        '#333',
      );
    return out;
  },
  comic(random, w, h) {
    const rows = pick(random, [1, 2, 2, 3]);
    const columns = pick(random, [2, 2, 3]);
    let out = box(0, 0, w, h, '#fff');
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const [pw, ph] = [w / columns, h / rows];
        const [x, y] = [column * pw + pw * 0.03, row * ph + ph * 0.03];
        out += `<rect x="${x}" y="${y}" width="${pw * 0.94}" height="${ph * 0.94}" fill="${pick(random, tints)}" stroke="#111" stroke-width="${w * 0.006}"/>`;
        for (let who = 0; who < pick(random, [1, 2]); who++)
          out += icon(
            random,
            x + pw * between(random, 0.05, 0.55),
            y + ph * between(random, 0.4, 0.6),
            Math.min(pw, ph) * 0.34,
          );
        out += `<ellipse cx="${x + pw * 0.45}" cy="${y + ph * 0.2}" rx="${pw * 0.36}" ry="${ph * 0.13}" fill="#fff" stroke="#111"/>`;
        out += text(random, x + pw * 0.15, y + ph * 0.21, ph * 0.06, words(random, 3), '#111');
      }
    return out;
  },
  'icon-sheet'(random, w, h) {
    const n = Math.round(between(random, 5, 11));
    const cell = w / n;
    let out = '';
    for (let y = 0; y + cell < h; y += cell)
      for (let column = 0; column < n; column++)
        out += icon(random, column * cell + cell * 0.14, y + cell * 0.14, cell * 0.72);
    return out;
  },
  texture(random, w, h) {
    const [one, two] = [colour(random), colour(random)];
    const step = w * between(random, 0.02, 0.14);
    const form = pick(random, ['stripes', 'dots', 'checks', 'noise', 'waves', 'blobs']);
    let out = box(0, 0, w, h, one);
    if (form === 'noise')
      return `<filter id="n"><feTurbulence type="fractalNoise" baseFrequency="${between(random, 0.005, 0.2)}" numOctaves="4" seed="${Math.floor(random() * 1000)}"/></filter>${out}<rect width="100%" height="100%" filter="url(#n)" opacity="${between(random, 0.3, 1)}"/>`;
    if (form === 'blobs') {
      for (let i = 0; i < 26; i++)
        out += blob(random, w * random(), h * random(), w * between(random, 0.03, 0.2), colour(random));
      return out;
    }
    for (let y = 0; y < h; y += step)
      for (let x = 0; x < w; x += step)
        if (form === 'dots') out += circle(x, y, step * 0.3, two);
        else if (form === 'checks' && (Math.round(x / step) + Math.round(y / step)) % 2)
          out += box(x, y, step, step, two);
        else if (form === 'stripes' && x === 0) out += box(0, y, w, step / 2, two);
        else if (form === 'waves' && x === 0)
          out += `<path d="M0 ${y}Q${w / 4} ${y - step} ${w / 2} ${y}T${w} ${y}" fill="none" stroke="${two}" stroke-width="${step / 4}"/>`;
    return out;
  },
  'line-art'(random, w, h) {
    let out = box(0, 0, w, h, '#fff');
    for (let i = 0; i < Math.round(between(random, 4, 20)); i++) {
      const [x, y, r] = [w * random(), h * random(), w * between(random, 0.03, 0.25)];
      out += pick(random, [
        `<circle cx="${x}" cy="${y}" r="${r}"`,
        `<rect x="${x - r}" y="${y - r}" width="${r * 2}" height="${r}"`,
        `<path d="M${x} ${y}q${r} ${-r} ${r * 2} 0t${r} ${r}l${-r} ${r}z"`,
        `<path d="M${x} ${y}L${w * random()} ${h * random()}L${w * random()} ${h * random()}"`,
      ]);
      out += ` fill="none" stroke="#111" stroke-width="${w * between(random, 0.002, 0.008)}"/>`;
    }
    return out;
  },
  grey(random, w, h) {
    let out = box(0, 0, w, h, grey(random));
    for (let i = 0; i < Math.round(between(random, 3, 16)); i++) {
      const [x, y, r] = [w * random(), h * random(), w * between(random, 0.03, 0.2)];
      out += pick(random, [
        circle(x, y, r, grey(random)),
        box(x, y, r * 1.6, r, grey(random)),
        blob(random, x, y, r, grey(random)),
      ]);
    }
    return out;
  },
  diagram(random, w, h) {
    const places = Array.from({ length: Math.round(between(random, 4, 9)) }, (_, i) => [
      w * (0.05 + 0.3 * (i % 3)) + between(random, 0, w * 0.06),
      h * (0.1 + 0.3 * Math.floor(i / 3)) + between(random, 0, h * 0.06),
    ]) as [number, number][];
    let out = '';
    for (const [x, y] of places) {
      const [toX, toY] = pick(random, places);
      out += line(x + w * 0.1, y + h * 0.06, toX + w * 0.1, toY + h * 0.06, '#444');
    }
    for (const [x, y] of places)
      out +=
        box(x, y, w * 0.21, h * 0.13, pick(random, tints), pick(random, [0, w * 0.02, w * 0.06])) +
        text(random, x + w * 0.02, y + h * 0.08, h * 0.035, words(random, 2), '#222');
    return out;
  },
  poster(random, w, h) {
    let out = box(0, 0, w, h, colour(random));
    let y = h * 0.16;
    for (let i = 0; i < 5; i++) {
      const size = h * between(random, 0.05, 0.13);
      out += text(
        random,
        w * 0.08,
        y,
        size,
        words(random, 2).toUpperCase(),
        pick(random, ['#fff', '#111', colour(random)]),
      );
      y += size * 1.4;
    }
    return random() < 0.4 ? out + icon(random, w * 0.6, h * 0.65, w * 0.25) : out;
  },
};
