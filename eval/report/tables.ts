/** A table of a report; the first column names the rows. A cell may hold an interval: `.94 (.92–.96) n=75`. */
export interface Table {
  title: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/**
 * Tables with their columns aligned, for a terminal.
 *
 * @param head What was measured, above the tables.
 */
export function tablesToText(tables: readonly Table[], notes: readonly string[], head: readonly string[] = []): string {
  const shown = tables.map(({ title, head, rows }) => {
    const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
    const line = (row: readonly string[]) =>
      `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd();
    return [title, ...[head, ...rows].map(line)].join('\n');
  });
  const top = head.length > 0 ? [head.join('\n')] : [];
  return `${[...top, ...shown, notes.map((note) => `- ${note}`).join('\n')].join('\n\n')}\n`;
}

export function tablesToMarkdown(
  tables: readonly Table[],
  notes: readonly string[],
  head: readonly string[] = [],
): string {
  const plain = (cell: string) => cell.replace(/[\r\n]+/g, ' ').replace(/[\\|<>`*_[\]]/g, '\\$&');
  const line = (row: readonly string[]) => `| ${row.map(plain).join(' | ')} |`;
  const shown = tables.map(({ title, head, rows }) =>
    [`### ${plain(title)}`, '', line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n'),
  );
  const list = (lines: readonly string[]) => lines.map((line) => `- ${plain(line)}`).join('\n');
  return `${[...(head.length > 0 ? [list(head)] : []), ...shown, notes.map((note) => `- ${note}`).join('\n')].join('\n\n')}\n`;
}

/** A cell as numbers: the value, the bounds of its interval, how many it is over, the p of its test. */
interface Cell {
  value: string;
  low?: string;
  high?: string;
  n?: string;
  p?: string;
}

const number = '[+-]?(?:\\d[\\d,]*)?(?:\\.\\d+)?';
const figure = new RegExp(
  `^(${number})(?: \\((${number})(?:–| to )(${number})\\))?(?: n=(\\d+))?(?:, p (?:< )?(\\S+))?$`,
);
const plainNumber = (text: string) => text.replaceAll(',', '').replace(/^([+-]?)\./, '$10.');

/** What a cell says, in parts; a cell that is no figure is a value as it stands. */
export function readCell(text: string): Cell {
  const [, value, low, high, n, p] = figure.exec(text) ?? [];
  if (value === undefined || !/\d/.test(value)) return { value: text === '–' ? '' : text };
  return {
    value: plainNumber(value),
    ...(low === undefined ? {} : { low: plainNumber(low), high: plainNumber(high!) }),
    ...(n === undefined ? {} : { n }),
    ...(p === undefined ? {} : { p: plainNumber(p) }),
  };
}

const parts = ['low', 'high', 'n', 'p'] as const;

/** RFC 4180, after lines of `#` that say what was run. An interval, a number of cases and a p are columns of their own. */
export function tableToCsv({ title, head, rows }: Table, comments: readonly string[]): string {
  const cells = rows.map((row) => row.map(readCell));
  const columns = head.map((_, column) =>
    parts.filter((part) => column > 0 && cells.some((row) => row[column]![part] !== undefined)),
  );
  const quote = (text: string) => (/[",\r\n]|^[#\s]|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [
    head.flatMap((name, column) => [name, ...columns[column]!.map((part) => `${name} ${part}`.trim())]),
    ...rows.map((row, at) =>
      row.flatMap((text, column) => [
        column === 0 ? text : cells[at]![column]!.value,
        ...columns[column]!.map((part) => cells[at]![column]![part] ?? ''),
      ]),
    ),
  ];
  return [...[title, ...comments].map((line) => `# ${oneLine(line)}`), ...lines.map((row) => row.map(quote).join(','))]
    .map((line) => `${line}\n`)
    .join('');
}

/** A table environment for the packages booktabs and (for long ones) graphicx, after comments that say what was run. */
export function tableToLatex({ title, head, rows }: Table, comments: readonly string[], label: string): string {
  const body = rows.map((row) => row.map((cell, column) => (column === 0 ? escapeTex(cell) : texCell(cell))));
  const line = (cells: readonly string[]) => `  ${cells.join(' & ')} \\\\`;
  return [
    ...comments.map((text) => `% ${oneLine(text)}`),
    '% \\usepackage{booktabs}',
    '\\begin{table}[t]',
    '\\centering',
    `\\caption{${escapeTex(title)}}`,
    `\\label{tab:${label}}`,
    `\\begin{tabular}{l${'r'.repeat(head.length - 1)}}`,
    '\\toprule',
    line(head.map(escapeTex)),
    '\\midrule',
    ...body.map(line),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
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
  '–': '--',
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

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
