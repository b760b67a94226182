import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { redact } from '../../src/base/redact.js';
import { writeWhole } from '../../src/base/write-whole.js';
import { tableToLatex } from './latex.js';
import { type Table, tableToCsv } from './tables.js';

/** What was run: everything that decides the figures. */
export interface RunFacts {
  /** `eval tldr`. */
  command: string;
  config: Readonly<Record<string, unknown>>;
  /** Versions, and hashes of files that took part. */
  versions: Readonly<Record<string, string>>;
}

/** A plot by the name of its file, as a whole SVG. */
export interface PaperFigure {
  name: string;
  svg: string;
}

export interface PaperContent {
  tables: readonly Table[];
  notes: readonly string[];
  /** The whole report, as JSON takes it. */
  report: unknown;
  figures?: readonly PaperFigure[] | undefined;
}

/**
 * Writes a report for a paper into a folder: each table as CSV and as LaTeX (booktabs), all of them with the whole report as
 * report.json, each figure as SVG, and in every file what was run.
 *
 * @returns The names of the files.
 * @throws DetectiveError `bad-argument` where the folder cannot be written.
 */
export async function writePaper(
  folder: string,
  run: RunFacts,
  { tables, notes, report, figures = [] }: PaperContent,
): Promise<string[]> {
  const known = { ...run, config: withoutKeys(run.config) };
  const facts = describeRun(known);
  const names = uniqueNames(tables.map(({ title }) => title));
  const files = new Map<string, string>();
  for (const [at, table] of tables.entries()) {
    files.set(`${names[at]}.csv`, tableToCsv(table, facts));
    files.set(`${names[at]}.tex`, tableToLatex(table, facts, names[at]!));
  }
  for (const { name, svg } of figures) files.set(`${name}.svg`, withFacts(svg, facts));
  files.set('report.json', `${JSON.stringify({ run: known, tables, notes, report }, null, 1)}\n`);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of files) await writeWhole(join(folder, name), text);
  } catch (cause) {
    throw new DetectiveError(
      'bad-argument',
      `${folder} cannot be written (${errorMessage(cause)}): choose another --paper`,
      { cause },
    );
  }
  return [...files.keys()];
}

/** A model's address may have a key in it. */
const withoutKeys = (config: RunFacts['config']) =>
  JSON.parse(
    JSON.stringify(config, (_, value: unknown) => (typeof value === 'string' ? redact(value) : value)),
  ) as RunFacts['config'];

/** One line for each fact. */
function describeRun({ command, config, versions }: RunFacts): string[] {
  const said = (name: string, value: unknown) =>
    `${name}: ${typeof value === 'string' ? value : (JSON.stringify(value) ?? '')}`;
  return [
    `vlm-detective ${command}`,
    ...Object.entries(config).map(([name, value]) => said(name, value)),
    ...Object.entries(versions).map(([name, value]) => said(name, value)),
  ];
}

/** SVG readers keep <metadata>; `]]>` would end the section. */
const withFacts = (svg: string, facts: readonly string[]) =>
  svg.replace(/<\/title>/, `</title><metadata><![CDATA[${facts.join('\n').replaceAll(']]>', ']] >')}]]></metadata>`);

/** File names of titles: `01-ap-of-bad-words`. */
function uniqueNames(titles: readonly string[]): string[] {
  return titles.map((title, at) => {
    const slug = title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 50)
      .replace(/^-|-$/g, '');
    return `${String(at + 1).padStart(2, '0')}-${slug || 'table'}`;
  });
}
