import { type Table, tablesToMarkdown, tablesToText } from '../report/tables.js';
import type { Figure } from './benchmark.js';
import type { BenchmarkReport } from './evaluate.js';
import { formatFigure } from './figures.js';

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

export const benchmarkTables = ({ benchmark, figures, groups }: BenchmarkReport) => [
  tableOf(benchmark, figures),
  ...groups.map(({ name, figures }) => tableOf(`${benchmark}: ${name}`, figures)),
];

/** What was measured: the version of the files, their hashes, how many answers. */
export function benchmarkHead(report: BenchmarkReport): string[] {
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
export const benchmarkText = (report: BenchmarkReport): string =>
  tablesToText(benchmarkTables(report), report.notes, benchmarkHead(report));

export const benchmarkMarkdown = (report: BenchmarkReport): string =>
  tablesToMarkdown(benchmarkTables(report), report.notes, benchmarkHead(report));
