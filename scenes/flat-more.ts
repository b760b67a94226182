import {
  blob,
  box,
  circle,
  colour,
  grey,
  grid,
  icon,
  line,
  type Painter,
  price,
  type Random,
  text,
  tints,
  word,
  words,
} from './flat-marks.js';
import { between, pick } from './random.js';

/** Kinds of flat pictures whose parts are few and large, so that they are nearer to scenes than print is. */
export const moreFlatKinds = [
  'bubbles',
  'gauge',
  'venn',
  'shapes',
  'logo',
  'flag',
  'calendar',
  'crossword',
  'code-square',
  'sheet-music',
  'floor-plan',
  'network',
  'slide',
  'infographic',
  'form',
  'keypad',
  'road-sign',
  'playing-cards',
  'heat-map',
  'timeline',
  'maze',
  'stamp',
] as const;

const around = (cx: number, cy: number, r: number, angle: number): [number, number] => [
  cx + r * Math.cos(angle),
  cy + r * Math.sin(angle),
];
const times = (random: Random, low: number, high: number) => Math.round(between(random, low, high));
const polygon = (points: readonly (readonly [number, number])[], fill: string, stroke = 'none', width = 2) =>
  `<polygon points="${points.map((point) => point.join(',')).join(' ')}" fill="${fill}" stroke="${stroke}" stroke-width="${width}"/>`;
const regular = (cx: number, cy: number, r: number, corners: number, turn: number) =>
  Array.from({ length: corners }, (_, i) => around(cx, cy, r, turn + (i / corners) * Math.PI * 2));
const star = (cx: number, cy: number, r: number, rays: number, turn: number) =>
  Array.from({ length: rays * 2 }, (_, i) => around(cx, cy, i % 2 ? r * 0.45 : r, turn + (i / rays) * Math.PI));

function shape(random: Random, x: number, y: number, r: number, fill: string): string {
  return pick(random, [
    () => circle(x, y, r, fill),
    () => box(x - r, y - r * 0.7, r * 2, r * 1.4, fill, pick(random, [0, 0, r * 0.2])),
    () => polygon(regular(x, y, r, pick(random, [3, 3, 4, 5, 6, 8]), random() * 6), fill),
    () => polygon(star(x, y, r, pick(random, [4, 5, 6, 8]), random() * 6), fill),
    () => blob(random, x, y, r, fill),
  ])();
}

function arc(cx: number, cy: number, r: number, from: number, to: number, stroke: string, width: number): string {
  const [[x1, y1], [x2, y2]] = [around(cx, cy, r, from), around(cx, cy, r, to)];
  return `<path d="M${x1} ${y1}A${r} ${r} 0 ${to - from > Math.PI ? 1 : 0} 1 ${x2} ${y2}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;
}

export const morePainters: Record<(typeof moreFlatKinds)[number], Painter> = {
  bubbles(random, w, h) {
    let out = line(w * 0.08, h * 0.9, w * 0.95, h * 0.9, '#555') + line(w * 0.08, h * 0.1, w * 0.08, h * 0.9, '#555');
    for (let i = 0; i < times(random, 3, 14); i++) {
      const r = w * between(random, 0.02, 0.11);
      const [x, y] = [w * between(random, 0.15, 0.9), h * between(random, 0.15, 0.82)];
      out += `<g opacity="${between(random, 0.5, 1)}">${circle(x, y, r, colour(random))}</g>`;
      if (random() < 0.6) out += text(random, x - r * 0.6, y, r * 0.5, word(random), '#222');
    }
    return out;
  },
  gauge(random, w, h) {
    let out = '';
    const many = pick(random, [1, 1, 2, 4]);
    for (let i = 0; i < many; i++) {
      const r = (Math.min(w, h) * between(random, 0.25, 0.4)) / Math.sqrt(many);
      const [cx, cy] = [w * (many === 1 ? 0.5 : i % 2 ? 0.72 : 0.28), h * (many < 3 ? 0.55 : i < 2 ? 0.3 : 0.75)];
      const [from, span] = pick(random, [
        [Math.PI, Math.PI],
        [-1.5, 5.9],
        [2.3, 4.7],
      ] as const);
      const share = between(random, 0.1, 0.95);
      const thick = r * between(random, 0.12, 0.4);
      out += arc(cx, cy, r, from, from + span, pick(random, ['#ddd', '#eee', '#333']), thick);
      out += arc(cx, cy, r, from, from + span * share, colour(random), thick);
      out += text(random, cx - r * 0.4, cy + r * 0.15, r * 0.4, `${Math.round(share * 100)}%`, '#333');
      if (random() < 0.5) out += text(random, cx - r * 0.5, cy + r * 0.5, r * 0.16, words(random, 2), '#666');
    }
    return out;
  },
  venn(random, w, h) {
    const many = pick(random, [2, 3, 3]);
    const r = Math.min(w, h) * between(random, 0.2, 0.3);
    const turn = random() * 6;
    let out = text(random, w * 0.2, h * 0.09, h * 0.05, words(random, 3), '#222');
    for (let i = 0; i < many; i++) {
      const [x, y] = around(w / 2, h * 0.54, r * 0.65, turn + (i / many) * Math.PI * 2);
      out += `<g opacity="0.6">${circle(x, y, r, colour(random))}</g>${text(random, x - r * 0.4, y, r * 0.2, word(random), '#222')}`;
    }
    return out;
  },
  shapes(random, w, h) {
    const ground = random() < 0.6 ? box(0, 0, w, h, random() < 0.5 ? colour(random) : grey(random)) : '';
    return (
      ground +
      Array.from({ length: times(random, 1, 12) }, () =>
        shape(
          random,
          w * between(random, 0.1, 0.9),
          h * between(random, 0.1, 0.9),
          w * between(random, 0.03, 0.18),
          colour(random),
        ),
      ).join('')
    );
  },
  logo(random, w, h) {
    const [cx, cy, r] = [w / 2, h * between(random, 0.35, 0.5), Math.min(w, h) * between(random, 0.15, 0.32)];
    let out = random() < 0.5 ? box(0, 0, w, h, colour(random)) : '';
    for (let i = 0; i < times(random, 1, 4); i++)
      out += shape(
        random,
        cx + r * between(random, -0.4, 0.4),
        cy + r * between(random, -0.4, 0.4),
        r * between(random, 0.4, 1),
        colour(random),
      );
    return (
      out + text(random, cx - r, cy + r * 1.6, r * 0.6, word(random).toUpperCase(), random() < 0.5 ? '#222' : '#fff')
    );
  },
  flag(random, w, h) {
    const stripes = pick(random, [2, 3, 3, 5, 9]);
    const upright = random() < 0.5;
    const hues = Array.from({ length: stripes }, () => (random() < 0.25 ? '#fff' : colour(random)));
    let out = hues
      .map((hue, i) =>
        upright
          ? box((i * w) / stripes, 0, w / stripes + 1, h, hue)
          : box(0, (i * h) / stripes, w, h / stripes + 1, hue),
      )
      .join('');
    if (random() < 0.4) out += box(0, 0, w * 0.4, h * 0.5, colour(random));
    if (random() < 0.5)
      out += shape(
        random,
        w * pick(random, [0.2, 0.5]),
        h * pick(random, [0.25, 0.5]),
        h * between(random, 0.08, 0.25),
        colour(random),
      );
    return out;
  },
  calendar(random, w, h) {
    const accent = colour(random);
    let day = -Math.floor(random() * 6);
    return (
      text(random, w * 0.3, h * 0.09, h * 0.06, words(random, 2), accent) +
      grid(random, w, h, pick(random, [5, 6, 7]), 7, (x, y, cw, ch) => {
        day++;
        const marked = random() < 0.08 ? circle(x + cw * 0.4, y + ch * 0.5, ch * 0.36, accent) : '';
        return day < 1 || day > 31
          ? ''
          : marked + text(random, x + cw * 0.2, y + ch * 0.6, ch * 0.35, String(day), '#333');
      })
    );
  },
  crossword(random, w, h) {
    const n = times(random, 5, 15);
    const share = between(random, 0.2, 0.5);
    return grid(random, w, h, n, n, (x, y, cw, ch) =>
      random() < share
        ? box(x, y, cw, ch, '#111')
        : random() < 0.5
          ? text(random, x + cw * 0.3, y + ch * 0.7, ch * 0.6, word(random).charAt(0).toUpperCase(), '#222')
          : '',
    );
  },
  'code-square'(random, w, h) {
    const n = times(random, 18, 33);
    const side = Math.min(w, h) * between(random, 0.5, 0.9);
    const [x0, y0, cell] = [(w - side) / 2, (h - side) / 2, side / n];
    let out = '';
    for (let row = 0; row < n; row++)
      for (let column = 0; column < n; column++)
        if (random() < 0.48) out += box(x0 + column * cell, y0 + row * cell, cell + 0.5, cell + 0.5, '#111');
    for (const [column, row] of [
      [0, 0],
      [n - 7, 0],
      [0, n - 7],
    ] as const)
      out +=
        box(x0 + column * cell, y0 + row * cell, cell * 7, cell * 7, '#111') +
        box(x0 + (column + 1) * cell, y0 + (row + 1) * cell, cell * 5, cell * 5, '#fff') +
        box(x0 + (column + 2) * cell, y0 + (row + 2) * cell, cell * 3, cell * 3, '#111');
    return out;
  },
  'sheet-music'(random, w, h) {
    let out = text(random, w * 0.3, h * 0.08, h * 0.045, words(random, 2), '#111');
    const staves = times(random, 2, 7);
    for (let staff = 0; staff < staves; staff++) {
      const [y0, gap] = [h * (0.15 + (0.82 * staff) / staves), (h * 0.4) / staves / 5];
      for (let one = 0; one < 5; one++) out += line(w * 0.05, y0 + one * gap, w * 0.95, y0 + one * gap, '#222');
      for (let x = w * 0.12; x < w * 0.94; x += w * between(random, 0.02, 0.07)) {
        const y = y0 + gap * between(random, -0.5, 4.5);
        out += `<ellipse cx="${x}" cy="${y}" rx="${gap * 0.62}" ry="${gap * 0.45}" fill="#111"/>${line(x + gap * 0.55, y, x + gap * 0.55, y - gap * 3, '#111')}`;
      }
    }
    return out;
  },
  'floor-plan'(random, w, h) {
    let out = `<rect x="${w * 0.06}" y="${h * 0.06}" width="${w * 0.88}" height="${h * 0.88}" fill="none" stroke="#222" stroke-width="${w * 0.012}"/>`;
    for (let room = 0; room < times(random, 3, 8); room++) {
      const [x, y] = [w * between(random, 0.1, 0.8), h * between(random, 0.1, 0.8)];
      out += random() < 0.5 ? line(x, h * 0.06, x, y, '#222') : line(w * 0.06, y, x, y, '#222');
      out += text(random, x, y, h * 0.03, words(random, 1), '#444');
      if (random() < 0.5)
        out += `<rect x="${x}" y="${y + h * 0.02}" width="${w * 0.08}" height="${h * 0.06}" fill="${pick(random, tints)}" stroke="#777"/>`;
    }
    return out;
  },
  network(random, w, h) {
    const nodes = Array.from(
      { length: times(random, 4, 16) },
      () => [w * between(random, 0.08, 0.92), h * between(random, 0.08, 0.92)] as const,
    );
    let out = '';
    for (const [x, y] of nodes)
      for (const [toX, toY] of nodes) if (random() < 0.18) out += line(x, y, toX, toY, '#999');
    const r = w * between(random, 0.012, 0.05);
    const one = colour(random);
    for (const [x, y] of nodes)
      out +=
        circle(x, y, r, random() < 0.6 ? one : colour(random)) +
        (random() < 0.6 ? text(random, x - r * 0.5, y + r * 0.3, r, word(random).charAt(0).toUpperCase(), '#fff') : '');
    return out;
  },
  slide(random, w, h) {
    let out = random() < 0.4 ? box(0, 0, w, h, colour(random)) : '';
    const ink = out ? '#fff' : '#223';
    out += text(random, w * 0.06, h * 0.16, h * 0.09, words(random, 2), ink);
    if (random() < 0.5) out += box(w * 0.06, h * 0.2, w * between(random, 0.1, 0.8), h * 0.012, colour(random));
    for (let i = 0; i < times(random, 2, 5); i++)
      out +=
        circle(w * 0.075, h * (0.33 + i * 0.12), h * 0.012, ink) +
        text(random, w * 0.1, h * (0.345 + i * 0.12), h * 0.045, words(random, 4), ink);
    return random() < 0.6 ? out + icon(random, w * 0.68, h * 0.4, h * 0.4) : out;
  },
  infographic(random, w, h) {
    const parts = pick(random, [2, 3, 3, 4]);
    let out =
      box(0, 0, w, h, pick(random, [...tints, '#fff'])) +
      text(random, w * 0.15, h * 0.12, h * 0.07, words(random, 2).toUpperCase(), '#223');
    for (let i = 0; i < parts; i++) {
      const x = w * ((i + 0.5) / parts);
      const r = (w / parts) * 0.26;
      out += random() < 0.8 ? circle(x, h * 0.42, r * 1.3, colour(random)) : '';
      out += icon(random, x - r * 0.8, h * 0.42 - r * 0.8, r * 1.6);
      out +=
        text(random, x - r, h * 0.72, h * 0.06, price(random), '#223') +
        text(random, x - r, h * 0.8, h * 0.03, words(random, 2), '#445');
    }
    return out;
  },
  form(random, w, h) {
    let out = text(random, w * 0.08, h * 0.1, h * 0.05, words(random, 2), '#222');
    for (let y = h * 0.16; y < h * 0.85; y += h * between(random, 0.1, 0.16)) {
      out += text(random, w * 0.08, y, h * 0.025, words(random, 2), '#555');
      out += `<rect x="${w * 0.08}" y="${y + h * 0.012}" width="${w * between(random, 0.3, 0.84)}" height="${h * 0.05}" fill="#fff" stroke="#aaa" rx="4"/>`;
    }
    return out + box(w * 0.08, h * 0.9, w * 0.25, h * 0.06, colour(random), 6);
  },
  keypad(random, w, h) {
    const [rows, columns] = pick(random, [
      [4, 3],
      [5, 4],
      [4, 10],
    ] as const);
    const round = random() < 0.5;
    const tone = colour(random);
    let out = box(0, 0, w, h, grey(random));
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const [cw, ch] = [w / columns, h / rows];
        const [x, y] = [column * cw, row * ch];
        out += round
          ? circle(x + cw / 2, y + ch / 2, Math.min(cw, ch) * 0.38, random() < 0.1 ? tone : '#eee')
          : box(x + cw * 0.1, y + ch * 0.1, cw * 0.8, ch * 0.8, random() < 0.1 ? tone : '#eee', 6);
        out += text(
          random,
          x + cw * 0.38,
          y + ch * 0.6,
          Math.min(cw, ch) * 0.35,
          random() < 0.6 ? String(times(random, 0, 9)) : word(random).charAt(0),
          '#222',
        );
      }
    return out;
  },
  'road-sign'(random, w, h) {
    const [cx, cy, r] = [w / 2, h * 0.48, Math.min(w, h) * between(random, 0.28, 0.42)];
    const corners = pick(random, [3, 4, 8, 40, 40]);
    const turn = corners === 4 ? pick(random, [0, Math.PI / 4]) : corners === 8 ? Math.PI / 8 : -Math.PI / 2;
    const edge = colour(random);
    const inside = pick(random, ['#fff', '#fc3', edge]);
    const ground =
      random() < 0.6
        ? box(0, 0, w, h, pick(random, ['#9cf', '#dde', colour(random)])) + box(cx - r * 0.06, cy, r * 0.12, h, '#888')
        : '';
    const mark = pick(random, [
      () =>
        text(
          random,
          cx - r * 0.55,
          cy + r * 0.2,
          r * 0.55,
          pick(random, ['STOP', '50', '30', 'P', 'BUS']),
          inside === '#fff' || inside === '#fc3' ? '#111' : '#fff',
        ),
      () =>
        line(cx - r * 0.5, cy, cx + r * 0.5, cy, '#111') +
        polygon(
          [
            [cx + r * 0.6, cy],
            [cx + r * 0.2, cy - r * 0.25],
            [cx + r * 0.2, cy + r * 0.25],
          ],
          '#111',
        ),
      () => icon(random, cx - r * 0.4, cy - r * 0.4, r * 0.8),
    ])();
    return (
      ground +
      polygon(regular(cx, cy, r, corners, turn), edge) +
      polygon(regular(cx, cy, r * 0.82, corners, turn), inside) +
      mark
    );
  },
  'playing-cards'(random, w, h) {
    let out = box(0, 0, w, h, pick(random, ['#0a6b3c', '#245', colour(random)]));
    const many = times(random, 1, 6);
    for (let i = 0; i < many; i++) {
      const [cw, x, y] = [w * 0.2, w * (0.05 + (0.75 * i) / many), h * between(random, 0.2, 0.4)];
      const tone = pick(random, ['#c22', '#111']);
      out += `<g transform="rotate(${between(random, -12, 12)} ${x + cw / 2} ${y + cw * 0.7})">${box(x, y, cw, cw * 1.4, '#fff', cw * 0.08)}`;
      out += text(
        random,
        x + cw * 0.08,
        y + cw * 0.26,
        cw * 0.24,
        pick(random, ['A', 'K', 'Q', 'J', '10', '9', '7', '4', '2']),
        tone,
      );
      for (let pip = 0; pip < times(random, 1, 8); pip++)
        out += polygon(
          regular(x + cw * pick(random, [0.3, 0.5, 0.7]), y + cw * between(random, 0.35, 1.2), cw * 0.09, 4, 0),
          tone,
        );
      out += '</g>';
    }
    return out;
  },
  'heat-map'(random, w, h) {
    const [n, m, hue] = [times(random, 4, 14), times(random, 4, 14), times(random, 0, 360)];
    let out = '';
    for (let row = 0; row < n; row++)
      for (let column = 0; column < m; column++)
        out += box(
          w * 0.1 + (column * w * 0.85) / m,
          h * 0.08 + (row * h * 0.8) / n,
          (w * 0.85) / m,
          (h * 0.8) / n,
          `hsl(${hue + 80 * random()} 70% ${Math.round(between(random, 25, 90))}%)`,
        );
    for (let column = 0; column < m; column++)
      out += text(random, w * 0.1 + (column * w * 0.85) / m, h * 0.94, h * 0.025, word(random), '#333');
    return out;
  },
  timeline(random, w, h) {
    const flat = random() < 0.6;
    let out = flat
      ? line(w * 0.05, h * 0.5, w * 0.95, h * 0.5, '#666')
      : line(w * 0.3, h * 0.05, w * 0.3, h * 0.95, '#666');
    const many = times(random, 3, 8);
    for (let i = 0; i < many; i++) {
      const at = 0.08 + (0.86 * i) / many;
      const [x, y] = flat ? [w * at, h * 0.5] : [w * 0.3, h * at];
      out += circle(x, y, h * between(random, 0.015, 0.05), colour(random));
      out += text(
        random,
        flat ? x : x + w * 0.06,
        flat ? h * (i % 2 ? 0.4 : 0.64) : y,
        h * 0.032,
        `${1900 + times(random, 0, 120)} ${word(random)}`,
        '#333',
      );
    }
    return out;
  },
  maze(random, w, h) {
    const n = times(random, 8, 22);
    const [cw, ch] = [(w * 0.9) / n, (h * 0.9) / n];
    const ink = random() < 0.7 ? '#111' : colour(random);
    let out = '';
    for (let row = 0; row <= n; row++)
      for (let column = 0; column <= n; column++) {
        const [x, y] = [w * 0.05 + column * cw, h * 0.05 + row * ch];
        if (random() < 0.45 && column < n) out += line(x, y, x + cw, y, ink);
        if (random() < 0.45 && row < n) out += line(x, y, x, y + ch, ink);
      }
    return out;
  },
  stamp(random, w, h) {
    const ink = colour(random);
    const r = Math.min(w, h) * 0.36;
    const ring = (radius: number, width: number) =>
      `<circle cx="${w / 2}" cy="${h / 2}" r="${radius}" fill="none" stroke="${ink}" stroke-width="${width}"/>`;
    return (
      ring(r, r * 0.06) +
      ring(r * 0.7, r * 0.03) +
      text(random, w / 2 - r * 0.6, h / 2, r * 0.25, words(random, 1).toUpperCase(), ink) +
      (random() < 0.5 ? polygon(star(w / 2, h / 2 + r * 0.35, r * 0.18, 5, 0), ink) : '')
    );
  },
};
