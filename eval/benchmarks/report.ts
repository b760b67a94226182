import type { Figure } from './benchmark.js';
import type { BenchmarkReport } from './evaluate.js';
import { formatFigure } from './figures.js';

interface Table {
  title: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

const count = (number: number) => number.toLocaleString('en');

function tableOf(title: string, figures: readonly Figure[]): Table {
  const rows = figures.map((figure) => [
    figure.name,
    formatFigure(figure),
    figure.unit,
    count(figure.over),
    figure.printed ?? '',
    figure.kind === 'hallucination' || figure.kind === 'coverage' ? figure.kind : '',
  ]);
  return { title, head: ['', 'value (95 % interval)', 'unit', 'over', 'as the script prints it', ''], rows };
}

const tablesOf = ({ benchmark, figures, groups }: BenchmarkReport) => [
  tableOf(benchmark, figures),
  ...groups.map(({ name, figures }) => tableOf(`${benchmark}: ${name}`, figures)),
];

function headOf(report: BenchmarkReport): string[] {
  const { version, files, items, answered, missing, others, judge, resamples, seed } = report;
  const more = items - answered > missing.length ? ', …' : '';
  return [
    version,
    ...files.map(({ path, sha256 }) => `${path} (sha256 ${sha256.slice(0, 12)}…)`),
    `${count(answered)} of ${count(items)} items answered${missing.length > 0 && items - answered <= 1000 ? `; without: ${missing.join(', ')}${more}` : ''}`,
    ...(others > 0 ? [`${count(others)} answers are about something else and left out`] : []),
    ...(judge ? [`judged by ${judge}`] : []),
    `${count(resamples)} bootstrap resamples, seed ${seed}`,
  ];
}

/** For a terminal. */
export function benchmarkText(report: BenchmarkReport): string {
  const tables = tablesOf(report).map(({ title, head, rows }) => {
    const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
    const line = (row: readonly string[]) =>
      `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd();
    return [title, ...[head, ...rows].map(line)].join('\n');
  });
  const notes = report.notes.map((note) => `- ${note}`).join('\n');
  return `${[headOf(report).join('\n'), ...tables, notes].join('\n\n')}\n`;
}

export function benchmarkMarkdown(report: BenchmarkReport): string {
  const plain = (text: string) => text.replace(/[\\|_*<>]/g, '\\$&');
  const tables = tablesOf(report).map(({ title, head, rows }) =>
    [
      `### ${plain(title)}`,
      '',
      ...[head, head.map(() => '---'), ...rows.map((row) => row.map(plain))].map((row) => `| ${row.join(' | ')} |`),
    ].join('\n'),
  );
  const list = (lines: readonly string[]) => lines.map((line) => `- ${plain(line)}`).join('\n');
  return `${[list(headOf(report)), ...tables, list(report.notes)].join('\n\n')}\n`;
}
