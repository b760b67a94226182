import { formatFigure } from '../correct/report-text.js';
import type { Table } from '../report/tables.js';
import type { Share } from '../stats/exact.js';
import type { HarmRow, HarmSummary } from './summary.js';

const percent = (value: number) => (100 * value).toFixed(1);
const shown = ({ share, low, high }: Share) =>
  share === null ? '–' : `${percent(share)} (${percent(low)} to ${percent(high)})`;
const bare = ({ share }: Share) => (share === null ? '–' : percent(share));

/** How many of the changed true answers are shown. */
const mostShown = 12;

const head = [
  'true answers changed, %',
  'with an error: just right, %',
  'error removed, %',
  'another wrong text, %',
  'left, %',
  'words judged, %',
  'scorer passes',
  'answers',
];

const line = (row: HarmRow): string[] => [
  row.name,
  shown(row.changed),
  shown(row.exact),
  bare(row.removed),
  shown(row.wrong),
  bare(row.left),
  row.judged === null ? '–' : percent(row.judged),
  row.passes === null ? '–' : row.passes.toFixed(1),
  `${row.changed.of} + ${row.exact.of}`,
];

/** The tables of a run: all, kinds of dress, dresses and errors, worst first, and true answers that were changed. */
export function harmTables(summary: HarmSummary): Table[] {
  const { all, f05, families, dresses, errors, harmed } = summary;
  const tables: Table[] = [
    {
      title: `${summary.answers} answers about ${summary.pictures} pictures, ${summary.scorer} with ${summary.rewriter}`,
      head: ['', ...head],
      rows: [line(all), ...families.map(line)],
    },
    {
      title: 'edits, as in grammatical error correction',
      head: ['', 'precision, %', 'recall, %', 'F0.5, %'],
      rows: [
        ['all', shown(all.precision), shown(all.recall), formatFigure(f05, 'share')],
        ...families.map((row) => [row.name, shown(row.precision), shown(row.recall), '–']),
      ],
    },
    { title: 'by dress, worst first', head: ['', ...head], rows: dresses.map(line) },
  ];
  if (errors.length > 0)
    tables.push({
      title: 'by planted error',
      head: ['', ...head.slice(1, 5)],
      rows: errors.map((row) => [row.name, shown(row.exact), bare(row.removed), shown(row.wrong), bare(row.left)]),
    });
  if (harmed.length > 0)
    tables.push({
      title: `true answers that were changed${harmed.length > mostShown ? ` (${mostShown} of ${harmed.length})` : ''}`,
      head: ['dress', 'status', 'what was changed'],
      rows: harmed
        .slice(0, mostShown)
        .map(({ dress, status, edits }) => [
          dress,
          status,
          edits
            .map(({ from, to }) => `${JSON.stringify(from.slice(0, 60))} -> ${JSON.stringify(to.slice(0, 60))}`)
            .join(', '),
        ]),
    });
  return tables;
}

export const harmNotes: readonly string[] = [
  'A true answer is changed where a single character differs afterwards. An answer with an error is just right where it is the true one, byte for byte (a synonym of a wrong noun is right too); the error is removed where its words, or its sentence, are gone and no other sentence was touched.',
  'Edits are whole-word differences. One is right where its place and its replacement are those of a needed edit (MaxMatch, ERRANT); on a true answer every edit is spurious. F0.5 counts precision twice as much as recall.',
  'In parentheses: exact (Clopper-Pearson) 95 % intervals, with fewer answers counted where those about one picture stand and fall together (Korn and Graubard); of F0.5 a bootstrap interval over pictures.',
  'Words judged: those that the scorer gave a reward at the first reading. Scorer passes: answers, or sentences of them, that it read for one correction.',
];
