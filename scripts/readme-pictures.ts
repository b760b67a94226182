/**
 * Draws the two pictures of the README from what `vlm-detective demo` prints and writes:
 *   npm run build && npx tsx scripts/readme-pictures.ts      (needs Chromium, as the tests in a browser do)
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { escapeHtml } from '../cli/report-html.js';

const root = join(import.meta.dirname, '..');
const pictures = join(root, 'docs', 'pictures');
const columns = 92;

interface Cell {
  character: string;
  /** SGR codes that are on, such as 31 for red. */
  codes: readonly number[];
}

/** What each SGR code that ends something ends. */
const ends: Record<number, (code: number) => boolean> = {
  0: () => true,
  22: (code) => code === 1 || code === 2,
  29: (code) => code === 9,
  39: (code) => code >= 30 && code < 38,
  49: (code) => code >= 40 && code < 48,
};

/** A line of a terminal as rows of cells, wrapped between words. */
function rowsOf(line: string): Cell[][] {
  let codes: number[] = [];
  const cells: Cell[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is read here
  for (const [part, code] of line.matchAll(/\u001b\[(\d+)m|[^\u001b]/gu)) {
    if (code === undefined) cells.push({ character: part, codes });
    else codes = Number(code) in ends ? codes.filter((on) => !ends[Number(code)]!(on)) : [...codes, Number(code)];
  }
  const rows: Cell[][] = [];
  let left = cells;
  while (left.length > columns) {
    const space = left.slice(0, columns).findLastIndex(({ character }) => character === ' ');
    rows.push(left.slice(0, space));
    left = left.slice(space + 1);
  }
  return [...rows, left];
}

const colours: Record<number, string> = { 31: '#ff7b72', 32: '#7ee787', 37: '#ffffff', 41: '#b62324' };

function terminalSvg(lines: readonly string[]): string {
  const [wide, high, edge] = [8.4, 20, 16];
  const rows = lines.flatMap(rowsOf);
  const [width, height] = [Math.ceil(columns * wide) + 2 * edge, rows.length * high + 2 * edge];
  const shapes = rows.flatMap((cells, row) =>
    runsOf(cells).map(({ text, codes, column }) => {
      const [x, y] = [edge + column * wide, edge + row * high];
      const back = codes.find((code) => code >= 40);
      const fill = colours[codes.find((code) => code >= 30 && code < 40) ?? 0] ?? '#d6dde6';
      const style = `${codes.includes(9) ? ' text-decoration="line-through"' : ''}${codes.includes(2) ? ' opacity=".7"' : ''}`;
      const box = back
        ? `<rect x="${x}" y="${y}" width="${text.length * wide}" height="${high}" rx="3" fill="${colours[back]}"/>`
        : '';
      return `${box}<text x="${x}" y="${y + 15}" textLength="${text.length * wide}" fill="${fill}"${style}>${escapeHtml(text)}</text>`;
    }),
  );
  const font =
    'font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14" xml:space="preserve"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${font} role="img" aria-label="What vlm-detective demo prints"><rect width="100%" height="100%" rx="8" fill="#161b22"/>${shapes.join('')}</svg>\n`;
}

/** Neighbours of one look, drawn together; blanks at the edges are not drawn. */
function runsOf(cells: readonly Cell[]): { text: string; codes: readonly number[]; column: number }[] {
  const runs: { text: string; codes: readonly number[]; column: number }[] = [];
  for (const [column, { character, codes }] of cells.entries()) {
    const last = runs.at(-1);
    if (last && last.codes.join() === codes.join()) last.text += character;
    else runs.push({ text: character, codes, column });
  }
  return runs.filter(({ text }) => text.trim() !== '');
}

const folder = mkdtempSync(join(tmpdir(), 'readme-pictures-'));
try {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, FORCE_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), 'demo'], {
    ...{ cwd: folder, env, encoding: 'utf8' },
  });
  if (status !== 0) throw new Error(stderr);
  const shown = stdout
    .slice(0, stdout.indexOf('\nEvery round'))
    .replace(/ \(\/[^)]*\)/, '')
    .trimEnd();
  writeFileSync(join(pictures, 'demo-terminal.svg'), terminalSvg(['$ npx vlm-detective demo', ...shown.split('\n')]));

  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
  try {
    const page = await browser.newPage({ viewport: { width: 820, height: 600 } });
    await page.goto(pathToFileURL(join(folder, 'vlm-detective-demo.html')).href);
    await page
      .locator('details')
      .first()
      .evaluate((details) => details.setAttribute('open', ''));
    const shot = await page.locator('article').first().screenshot();
    await sharp(shot).png({ palette: true, colours: 128, effort: 10 }).toFile(join(pictures, 'demo-report.png'));
  } finally {
    await browser.close();
  }
} finally {
  rmSync(folder, { recursive: true });
}
