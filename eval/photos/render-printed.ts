import { between, pick } from '../../scenes/random.js';
import { textPath } from './fonts.js';
import type { Printed } from './printed/facts.js';

type Rgb = readonly [number, number, number];

const looks: Readonly<Record<Printed['kind'], readonly (readonly [paper: Rgb, ink: Rgb])[]>> = {
  sign: [
    [
      [250, 250, 248],
      [20, 20, 20],
    ],
    [
      [14, 90, 56],
      [245, 245, 240],
    ],
    [
      [20, 60, 140],
      [250, 250, 250],
    ],
    [
      [245, 205, 40],
      [25, 25, 20],
    ],
    [
      [190, 30, 35],
      [250, 245, 240],
    ],
    [
      [235, 228, 210],
      [70, 40, 25],
    ],
  ],
  receipt: [
    [
      [246, 245, 240],
      [40, 40, 45],
    ],
    [
      [252, 252, 252],
      [60, 60, 70],
    ],
    [
      [238, 234, 222],
      [50, 45, 45],
    ],
  ],
  screen: [
    [
      [18, 22, 32],
      [225, 230, 240],
    ],
    [
      [250, 250, 252],
      [30, 34, 44],
    ],
    [
      [8, 40, 66],
      [240, 220, 120],
    ],
  ],
};
const grounds: readonly Rgb[] = [
  [120, 110, 100],
  [90, 120, 90],
  [150, 170, 190],
  [60, 55, 60],
  [190, 180, 165],
];
const unit = 40;

/**
 * A render with photo-like faults: the print is turned and sheared a little, lit from one side, blurred, noisy, and stored as a
 * lossy JPEG. The same `random` gives the same bytes.
 */
export async function renderPrinted(printed: Printed, fonts: readonly string[], random: () => number): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const font = pick(random, fonts);
  const rows = await Promise.all(
    printed.lines.map(async (line) => ({
      line,
      left: await textPath(font, line.text, unit * line.size),
      right: line.right === undefined ? null : await textPath(font, line.right, unit * line.size),
    })),
  );
  const gap = unit * 1.2;
  const inner = Math.max(...rows.map(({ left, right }) => left.width + (right ? right.width + gap : 0)), unit * 6);
  const margin = unit * between(random, 0.8, 1.6);
  const [paper, ink] = pick(random, looks[printed.kind]);
  let y = margin;
  const shapes = rows.map(({ line, left, right }) => {
    y += unit * line.size * 0.95;
    const x = line.align === 'center' ? margin + (inner - left.width) / 2 : margin;
    const second = right ? `<path transform="translate(${margin + inner - right.width} ${y})" d="${right.path}"/>` : '';
    const shape = `<path transform="translate(${x} ${y})" d="${left.path}"/>${second}`;
    y += unit * line.size * 0.45;
    return shape;
  });
  const [boardWidth, boardHeight] = [inner + 2 * margin, y + margin * 0.7];

  const long = Math.round(between(random, 640, 1400));
  const fill = between(random, 0.72, 0.94);
  const scale = (long * fill) / Math.max(boardWidth, boardHeight);
  const slack = between(random, 1.06, 1.5);
  const width = Math.round(boardWidth >= boardHeight ? long : Math.min(long, boardWidth * scale * slack));
  const height = Math.round(boardWidth >= boardHeight ? Math.min(long, boardHeight * scale * slack) : long);
  const turn = between(random, -4, 4);
  const shear = between(random, -3, 3);
  const ground = pick(random, grounds);
  const rgb = (colour: Rgb) => `rgb(${colour.join(',')})`;
  const light = between(random, 0.05, 0.3);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><linearGradient id="light" x1="${random() < 0.5 ? 0 : 1}" y1="0" x2="0.5" y2="1"><stop offset="0" stop-color="#fff" stop-opacity="${light}"/><stop offset="1" stop-color="#000" stop-opacity="${light}"/></linearGradient></defs><rect width="100%" height="100%" fill="${rgb(ground)}"/><g transform="translate(${width / 2} ${height / 2}) rotate(${turn}) skewX(${shear}) scale(${scale * 0.97}) translate(${-boardWidth / 2} ${-boardHeight / 2})"><rect width="${boardWidth}" height="${boardHeight}" rx="${pick(random, [0, 8, 24])}" fill="${rgb(paper)}"/><g fill="${rgb(ink)}">${shapes.join('')}</g></g><rect width="100%" height="100%" fill="url(#light)"/></svg>`;
  const clean = sharp(Buffer.from(svg))
    .flatten()
    .blur(between(random, 0.4, 1.3));
  const { data, info } = await clean.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const strength = between(random, 4, 16);
  for (let i = 0; i < data.length; i++) {
    const noise = (random() + random() + random() - 1.5) * 2 * strength;
    data[i] = Math.min(255, Math.max(0, data[i]! + noise));
  }
  const raw = { width: info.width, height: info.height, channels: 3 as const };
  return sharp(data, { raw })
    .jpeg({ quality: Math.round(between(random, 45, 85)) })
    .toBuffer();
}
