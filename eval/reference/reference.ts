import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { seededRandom } from '../../scenes/random.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { splitWords } from '../../src/text/words.js';
import { readAnswers } from '../benchmarks/answers.js';
import type { Answered, BenchmarkItem, Figure } from '../benchmarks/benchmark.js';
import { measureBenchmark } from '../benchmarks/evaluate.js';
import { openBenchmark } from '../benchmarks/registry.js';
import type { JudgedItem, ScoredAnswer } from '../benchmarks/scored-answer.js';
import { figures as correctionFigures } from '../correct/figures.js';
import { formatFigure, labelOf } from '../correct/report-text.js';
import type { CorrectionSummary } from '../correct/summary.js';
import type { Table } from '../report/tables.js';
import type { BootstrapOptions, Estimate } from '../stats/bootstrap.js';
import type { EvaluationReport } from '../tldr/report.js';
import { measures } from '../tldr/summary.js';
import { publishedTables } from './published.js';
import { textOnlyDetector } from './text-only.js';

/** A benchmark of the table: where its file is in the data folder, and the figures that are shown. */
interface Column {
  benchmark: string;
  path: string;
  figures: readonly ColumnFigure[];
}

/** A figure of the whole, or of a group. */
interface ColumnFigure {
  name: string;
  group?: string;
}

/** Benchmarks whose pictures are among the photographs that may be kept beside the data. */
export const columns: readonly Column[] = [
  {
    benchmark: 'sugarcrepe',
    path: 'sugarcrepe/data',
    figures: [
      { name: 'Accuracy, all pairs' },
      { name: 'Accuracy', group: 'add_obj' },
      { name: 'Accuracy', group: 'replace_obj' },
    ],
  },
  { benchmark: 'valse', path: 'valse/data', figures: [{ name: 'acc_r' }] },
  { benchmark: 'vsr', path: 'vsr/data/splits/random/test.jsonl', figures: [{ name: 'Accuracy' }, { name: 'AUROC' }] },
  {
    benchmark: 'hat',
    path: 'hat-aloha/data/hat-trainval.json',
    figures: [{ name: 'AP of bad words' }, { name: 'AUROC of words' }],
  },
];

/** The items of a benchmark that are about a photograph in the folder, with its path, ready for `score --input`. */
export async function referenceItems(
  { benchmark, path }: Column,
  data: string,
): Promise<(Pick<BenchmarkItem, 'id' | 'prompt'> & { image: string; response: string })[]> {
  const photos = await photosOf(data);
  const read = await (await openBenchmark(benchmark)).load(join(data, 'benchmarks', path));
  return (read.items as readonly JudgedItem[]).flatMap(({ id, image, prompt, response }) => {
    const photo = image === undefined ? undefined : photos.get(cocoId(image) ?? -1);
    return photo === undefined ? [] : [{ id, image: photo, ...(prompt === undefined ? {} : { prompt }), response }];
  });
}

async function photosOf(data: string): Promise<Map<number, string>> {
  const folder = join(data, 'coco-photos', 'permissive');
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new DetectiveError('bad-input', `${folder} cannot be read (${errorMessage(cause)}): check --data`, { cause });
  });
  return new Map(
    names.flatMap((name) => {
      const id = cocoId(name);
      return id === null ? [] : [[id, join(folder, name)] as const];
    }),
  );
}

/** The number of a COCO picture, in any year's way of naming files. */
function cocoId(image: string): number | null {
  const [, digits] = /(?:^|_)(\d{12})\.jpg$/.exec(basename(image)) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** What was recorded: lines of `score --json` by benchmark, and reports of `eval tldr --json`, by detector. */
interface Recorded {
  name: string;
  /** Paths by the name of a benchmark. */
  scored: ReadonlyMap<string, string>;
  tldr: string | null;
}

export interface Reference {
  tables: Table[];
  notes: string[];
  /** The files that were read. */
  files: Record<string, string>;
}

/**
 * The reference table: detectors on photographs that people marked and on scenes, correctors on scenes, each as recorded, and
 * below them what others published.
 *
 * @param runs `detectors/NAME/{sugarcrepe,valse,vsr,hat}.jsonl` (lines of `score --json`), `detectors/NAME/tldr.json`
 * (`eval tldr --json`), `correctors/NAME/report.json` (`eval correct --out`).
 * @throws DetectiveError `bad-input` where the folders are not so.
 */
export async function reference(data: string, runs: string, options: BootstrapOptions): Promise<Reference> {
  const detectors = await recordedDetectors(join(runs, 'detectors'));
  const correctors = await folders(join(runs, 'correctors'));
  if (detectors.length === 0 && correctors.length === 0)
    throw new DetectiveError('bad-input', `${runs} has neither detectors/ nor correctors/: record runs first`);
  const files: Record<string, string> = {};
  const tables = [
    ...(await photographTable(detectors, data, options, files)),
    ...(await sceneTable(detectors, files)),
    ...(await correctorTables(correctors, join(runs, 'correctors'), files)),
  ];
  return {
    tables: [...tables, ...publishedTables],
    files,
    notes: [
      'Run here: on photographs of COCO that may be kept beside the data, so on parts of the benchmarks; n is what the figure is over. A pair or statement that a detector did not judge is in no accuracy but VSR’s, where it counts as wrong; "judged" says how many it judged.',
      '"random" gives each word a reward by chance; "text only" by how usual it is after the word before it, in captions of other pictures (COCO val2017): what a detector has above it, it has from looking. A corrector of scenes has the embedded detector; a simulated one sees the share of things that its name says, and as "paper" it changes nothing that is not marked, which a real model does.',
      'Published figures are as their authors print them, over other pictures and by other judges: they stand here for orientation and cannot be set against ours.',
    ],
  };
}

async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function recordedDetectors(path: string): Promise<Recorded[]> {
  return Promise.all(
    (await folders(path)).map(async (name) => {
      const own = await readdir(join(path, name));
      const scored = columns.filter(({ benchmark }) => own.includes(`${benchmark}.jsonl`));
      return {
        name,
        scored: new Map(scored.map(({ benchmark }) => [benchmark, join(path, name, `${benchmark}.jsonl`)])),
        tldr: own.includes('tldr.json') ? join(path, name, 'tldr.json') : null,
      };
    }),
  );
}

const cell = (figure: Figure | undefined) => {
  if (!figure || figure.value === null) return '–';
  const digits = figure.unit === '%' ? 1 : 3;
  const show = (value: number) => value.toFixed(digits);
  const { value, low, high, over } = figure;
  const interval = low === null || high === null ? '' : ` (${show(low)}–${show(high)})`;
  return `${show(value)}${interval} n=${over}`;
};

async function photographTable(
  detectors: readonly Recorded[],
  data: string,
  options: BootstrapOptions,
  files: Record<string, string>,
): Promise<Table[]> {
  const shown = columns.filter(({ benchmark }) => detectors.some(({ scored }) => scored.has(benchmark)));
  if (shown.length === 0) return [];
  const head = [
    '',
    ...shown.flatMap(({ benchmark, figures }) => [
      ...figures.map(({ name, group }) => `${benchmark}${group === undefined ? '' : ` ${group}`}: ${name}`),
      `${benchmark}: judged`,
    ]),
  ];
  const rows = new Map<string, string[]>(
    [...detectors.map(({ name }) => name), 'random', 'text only'].map((name) => [name, []]),
  );
  const textOnly = await textOnlyDetector(data, new Set((await photosOf(data)).keys()));
  for (const column of shown) {
    const benchmark = await openBenchmark(column.benchmark);
    const read = await benchmark.load(join(data, 'benchmarks', column.path));
    const items = new Set((await referenceItems(column, data)).map(({ id }) => id));
    const measure = (answered: readonly Answered<BenchmarkItem, ScoredAnswer>[]) => {
      const here = answered.filter(({ item }) => items.has(item.id));
      const report = measureBenchmark(benchmark, read, { answered: here, missing: [], others: 0 } as never, {
        judgements: new Map(),
        ...options,
      });
      const figuresOf = (group: string | undefined) =>
        group === undefined ? report.figures : report.groups.find(({ name }) => name === group)?.figures;
      const judged = here.filter(
        ({ answer }) => answer.score !== null || answer.tokens?.some(({ reward }) => reward !== null),
      );
      return [
        ...column.figures.map(({ name, group }) => cell(figuresOf(group)?.find((figure) => figure.name === name))),
        `${((100 * judged.length) / here.length).toFixed(1)} n=${here.length}`,
      ];
    };
    for (const { name, scored } of detectors) {
      const path = scored.get(column.benchmark);
      if (path === undefined) {
        rows.get(name)!.push(...column.figures.map(() => '–'), '–');
        continue;
      }
      files[`${name}, ${column.benchmark}`] = path;
      const { answered } = await readAnswers(benchmark, read, path);
      rows.get(name)!.push(...measure(answered as unknown as readonly Answered<BenchmarkItem, ScoredAnswer>[]));
    }
    const chance = seededRandom(options.seed);
    const byChance = (read.items as readonly JudgedItem[])
      .filter(({ id }) => items.has(id))
      .map((item) => ({ item, answer: randomAnswer(item.response, chance) }));
    rows.get('random')!.push(...measure(byChance));
    if (textOnly === null) rows.delete('text only');
    rows.get('text only')?.push(...measure(byChance.map(({ item }) => ({ item, answer: textOnly!(item.response) }))));
  }
  const title = 'detectors on photographs: parts of public benchmarks, %';
  return [{ title, head, rows: [...rows].map(([name, cells]) => [name, ...cells]) }];
}

const randomAnswer = (text: string, random: () => number): ScoredAnswer => ({
  tokens: splitWords(text).map(({ start, end }) => ({ start, end, reward: random() })),
  threshold: 0.5,
  score: null,
});

async function readJson<T>(path: string): Promise<T> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (cause) {
    throw new DetectiveError('bad-input', `${path} is no report (${errorMessage(cause)}): record it again`, { cause });
  }
}

const share = ({ value, low, high }: Estimate) => {
  const show = (number: number) => number.toFixed(3).replace(/^0(?=\.)/, '');
  if (value === null) return '–';
  return low === null || high === null ? show(value) : `${show(value)} (${show(low)}–${show(high)})`;
};

async function sceneTable(detectors: readonly Recorded[], files: Record<string, string>): Promise<Table[]> {
  const reports: { name: string; report: EvaluationReport }[] = [];
  for (const { name, tldr } of detectors) {
    if (tldr === null) continue;
    files[`${name}, eval tldr`] = tldr;
    reports.push({ name, report: await readJson<EvaluationReport>(tldr) });
  }
  if (reports.length === 0) return [];
  const rows = reports.flatMap(({ name, report }) =>
    report.sets.flatMap(({ set, answers, scorer, baselines }) => [
      [`${name}, ${set} (${answers} answers)`, ...measures.map(([key]) => share(scorer[key]))],
      ...(report === reports[0]!.report && set === report.sets[0]!.set
        ? baselines.map((baseline) => [
            `${baseline.name}, ${set}`,
            ...measures.map(([key]) => share(baseline.summary[key])),
          ])
        : []),
    ]),
  );
  return [{ title: 'detectors on scenes', head: ['', ...measures.map(([, label]) => label)], rows }];
}

async function correctorTables(
  names: readonly string[],
  path: string,
  files: Record<string, string>,
): Promise<Table[]> {
  const rows: string[][] = [];
  for (const name of names) {
    const file = join(path, name, 'report.json');
    files[`${name}, eval correct`] = file;
    const { answers, strategies } = await readJson<CorrectionSummary>(file);
    for (const strategy of strategies)
      rows.push([
        `${strategy.name}, ${name} (${answers} answers)`,
        ...compared.map(({ name, unit }) => formatFigure(strategy.figures[name]!, unit)),
        `${strategy.counts.wins} : ${strategy.counts.ties} : ${strategy.counts.losses}`,
      ]);
  }
  if (rows.length === 0) return [];
  return [{ title: 'correctors on scenes', head: ['', ...compared.map(labelOf), 'wins : ties : losses'], rows }];
}

const compared = correctionFigures.filter(({ name }) =>
  ['fixed', 'removed', 'harmed', 'coverage', 'right-answers'].includes(name),
);
