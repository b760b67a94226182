import { type Command, Option } from 'commander';
import { type PaperFigure, writePaper } from '../eval/report/paper.js';
import { type Table, tablesToMarkdown, tablesToText } from '../eval/report/tables.js';
import { runFacts } from '../eval/runs/run-facts.js';
import type { Io } from './io.js';
import { asJson } from './parse-options.js';
import { printable } from './shade-words.js';

/** A command that prints a report, with the forms that it may be asked for in. */
export const reported = (command: Command): Command =>
  command
    .addOption(asJson())
    .addOption(new Option('--markdown', 'tables in Markdown').conflicts('json'))
    .option('--paper <folder>', 'also write each table as CSV and LaTeX, the figures as SVG, and report.json');

/** How an evaluation's report is shown. */
export interface ReportOptions {
  json?: boolean;
  markdown?: boolean;
  paper?: string;
}

/** A report in all its forms. */
export interface ShownReport {
  /** `eval tldr`. */
  command: string;
  tables: readonly Table[];
  notes: readonly string[];
  /** What was measured, above the tables. */
  head?: readonly string[];
  /** What `--json` prints. */
  json: unknown;
  figures?: readonly PaperFigure[];
  /** Files that were read, by their option. */
  files?: Readonly<Record<string, string | undefined>>;
  /** The scorer as it was named. */
  scorer?: string;
}

/** Prints a report as text, Markdown or JSON, and writes its files where they were asked for. */
export async function printReport(io: Io, report: ShownReport, options: ReportOptions): Promise<void> {
  const { command, tables, notes, head = [], json, figures, files = {}, scorer } = report;
  io.stdout.write(
    options.json
      ? `${JSON.stringify(json)}\n`
      : options.markdown
        ? tablesToMarkdown(tables, notes, head)
        : printable(tablesToText(tables, notes, head)),
  );
  if (options.paper === undefined) return;
  const facts = await runFacts(command, { ...options }, files, scorer);
  const written = await writePaper(options.paper, facts, { tables, notes: [...head, ...notes], report: json, figures });
  io.stderr.write(printable(`vlm-detective: ${written.length} files in ${options.paper}\n`));
}
