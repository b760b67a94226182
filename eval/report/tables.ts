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
export const figure = new RegExp(
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

/** One line of any text. */
export const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
