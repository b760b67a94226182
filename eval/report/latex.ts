import { figure, oneLine, type Table } from './tables.js';

/** Points of a line in LaTeX's article class, and about how many a letter and the gap of two columns take there. */
const line = 345;
const gap = 12;
const sizes = { normal: 5.3, small: 4.6 };
/** Cells are broken at so many letters, and tables at so many lines. */
const longestCell = 40;
const longestTable = 38;

/**
 * A table environment for the packages booktabs and, for a wide one, graphicx, after comments that say what was run. What is wider
 * than a line of LaTeX's article class goes into several tables, small, each with the first column; what is longer than a page too.
 * None runs over the margin: what a guess of its width misses, LaTeX scales.
 */
export function tableToLatex({ title, head, rows }: Table, comments: readonly string[], label: string): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => widest(row[column]!))));
  const small = widthOf(widths, sizes.normal) > line;
  const groups = small ? columnGroups(widths) : [head.map((_, column) => column)];
  const pages = groups.flatMap((columns) => pagesOf(rows).map((page) => ({ columns, page })));
  return [
    ...comments.map((text) => `% ${oneLine(text)}`),
    `% \\usepackage{booktabs${small ? ',graphicx' : ''}}`,
    ...pages.flatMap(({ columns, page }, at) => [
      '\\begin{table}[t]',
      `\\centering${small ? '\\footnotesize' : ''}`,
      `\\caption{${escapeTex(title)}${pages.length > 1 ? ` (${at + 1} of ${pages.length})` : ''}}`,
      `\\label{tab:${label}${at > 0 ? `-${at + 1}` : ''}}`,
      ...(small ? ['\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%'] : []),
      `\\begin{tabular}{l${'r'.repeat(columns.length - 1)}}`,
      '\\toprule',
      rowOf(columns.map((column) => texLines(head[column]!, escapeTex))),
      '\\midrule',
      ...page.map((row) => rowOf(columns.map((column) => texLines(row[column]!, column === 0 ? escapeTex : texCell)))),
      '\\bottomrule',
      `\\end{tabular}${small ? '}' : ''}`,
      '\\end{table}',
    ]),
    '',
  ].join('\n');
}

const rowOf = (cells: readonly string[]) => `  ${cells.join(' & ')} \\\\`;

const widthOf = (widths: readonly number[], letter: number) =>
  widths.reduce((sum, width) => sum + width * letter + gap, 0);

const widest = (cell: string) => Math.max(...wrapped(cell).map(letters));

/** As many letters as a text is wide: an interval is set smaller, and what is only named takes seven (U+1F436). */
const letters = (text: string) =>
  [...text].reduce((sum, symbol) => sum + (settable.test(symbol) || symbol in texSymbols ? 1 : 7), 0) -
  0.3 * (/ \(.*\)/.exec(text)?.[0].length ?? 0);

/** The columns in groups that fit a line, each opened by the first column. */
function columnGroups(widths: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (let column = 1; column < widths.length; column++) {
    const group = groups.at(-1);
    if (
      group &&
      widthOf(
        [...group, column].map((at) => widths[at]!),
        sizes.small,
      ) <= line
    )
      group.push(column);
    else groups.push([0, column]);
  }
  return groups.length > 0 ? groups : [[0]];
}

function pagesOf(rows: Table['rows']): Table['rows'][] {
  const pages: (readonly string[])[][] = [];
  let room = 0;
  for (const row of rows) {
    const height = Math.max(1, ...row.map((cell) => wrapped(cell).length));
    if (pages.length === 0 || height > room) {
      pages.push([]);
      room = longestTable;
    }
    pages.at(-1)!.push(row);
    room -= height;
  }
  return pages.length > 0 ? pages : [[]];
}

/** A long cell in lines, broken at blanks where there are any. */
function wrapped(cell: string): string[] {
  const text = oneLine(cell);
  if (text.length <= longestCell) return [text];
  return text.match(new RegExp(`\\S.{0,${longestCell - 1}}(?=\\s|$)|\\S{1,${longestCell}}`, 'gu')) ?? [text];
}

function texLines(cell: string, inTex: (text: string) => string): string {
  const lines = wrapped(cell);
  return lines.length === 1 ? inTex(lines[0]!) : `\\shortstack[l]{${lines.map(escapeTex).join(' \\\\ ')}}`;
}

function texCell(text: string): string {
  const [, value, low, high] = figure.exec(text) ?? [];
  if (value === undefined || low === undefined) return escapeTex(text);
  const rest = text.slice(text.indexOf(')') + 1);
  return `${escapeTex(value)} {\\scriptsize(${escapeTex(low)}--${escapeTex(high!)})}${rest.startsWith(' ') ? ' ' : ''}${escapeTex(rest)}`;
}

const texSymbols: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '–': '\\textendash{}',
  '’': "'",
  '|': '\\textbar{}',
  '`': '\\textasciigrave{}',
  '−': '$-$',
  '≥': '$\\geq$',
  '≤': '$\\leq$',
  '≠': '$\\neq$',
  '≈': '$\\approx$',
  '∞': '$\\infty$',
};

/** What LaTeX sets by itself in its own encoding (tried with pdfTeX, TeX Live 2022). */
const settable =
  /[\x20-\x7e\u{a1}-\u{aa}\u{ac}-\u{ba}\u{bc}-\u{cf}\u{d1}-\u{dd}\u{df}-\u{ef}\u{f1}-\u{fd}\u{ff}-\u{103}\u{106}-\u{10f}\u{112}-\u{117}\u{11a}-\u{125}\u{139}-\u{13e}\u{141}-\u{148}\u{14c}-\u{165}\u{168}-\u{171}\u{174}-\u{17e}\u{2013}\u{2014}\u{2018}\u{2019}\u{201c}\u{201d}\u{2020}-\u{2022}\u{2026}\u{20ac}\u{2122}\u{2190}-\u{2193}]/u;

/**
 * Text that LaTeX sets as it stands, with no package: a minus before a number is one, `--input` keeps its two hyphens, a
 * bracket or star that opens a row is no option of the line above it, and what its fonts lack is named (U+1F436).
 */
export const escapeTex = (text: string): string =>
  [...oneLine(text.normalize('NFC'))]
    .map((symbol) => {
      const known = texSymbols[symbol] ?? (/[&%$#_{}]/.test(symbol) ? `\\${symbol}` : undefined);
      if (known !== undefined) return known;
      return settable.test(symbol) ? symbol : `U+${symbol.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
    })
    .join('')
    .replace(/-(?=-)/g, '-{}')
    .replace(/^-(?=[\d.])/, '$$-$$')
    .replace(/^(?=[[*])/, '{}');
