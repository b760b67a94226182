import { applyEdits, diffWords } from '../../src/text/edits.js';
import { barPlot } from '../report/bar-plot.js';
import { linePlot } from '../report/line-plot.js';
import { page, tableHtml } from '../report/page.js';
import type { PaperFigure } from '../report/paper.js';
import { reliabilityPlot } from '../report/reliability-plot.js';
import { escapeText, figureHtml, type Plot } from '../report/svg.js';
import type { RunHeader } from '../runs/header.js';
import { type DetectionSums, reliability, thresholdSweep } from './detection-sums.js';
import { outcomeOf } from './record.js';
import { correctionNotes, correctionTables, strategyNotes } from './report-text.js';
import type { CorrectionSummary } from './summary.js';
import { verdict } from './verdict.js';
import type { WorstCase } from './worst-cases.js';

export interface CorrectionPage {
  header: RunHeader;
  summary: CorrectionSummary;
  detection: DetectionSums;
  /** Each with its picture as a data URL; null where it cannot be had. */
  worst: readonly { strategy: string; cases: readonly { case: WorstCase; picture: string | null }[] }[];
}

/**
 * The report of a correction run as one page. It holds nothing that was measured in time, so that the same ledger, and
 * a run that was broken off and went on, give the same bytes.
 */
export function correctionPage({ header, summary, detection, worst }: CorrectionPage): string {
  const names = summary.strategies.map(({ name }) => name);
  const notes = names.map((name) => `<li><b>${escapeText(name)}</b>: ${escapeText(strategyNotes[name] ?? '')}</li>`);
  const [overall, ...others] = correctionTables(summary);
  return page(
    'Self-correction benchmark',
    `<h1>Self-correction benchmark</h1>
<p class="dim">${escapeText(describeRun(header))}</p>
<ul>${notes.join('')}</ul>
${overall ? tableHtml(overall) : ''}
<ul>${verdict(summary, detection, Number(header.config.threshold))
      .map((line) => `<li>${escapeText(line)}</li>`)
      .join('')}</ul>
<h2>Before and after</h2>
<div class="plots">${[...beforeAfter(summary), ...byType(summary)].map(figureHtml).join('')}</div>
<h2>The detector on the answers as they were</h2>
<div class="plots">${detectorPlots(detection, Number(header.config.threshold)).map(figureHtml).join('')}</div>
<h2>Tables</h2>${others.map(tableHtml).join('')}
<ul class="dim">${correctionNotes.map((note) => `<li>${escapeText(note)}</li>`).join('')}<li>${summary.resamples} resamples, seed ${summary.seed}. Seconds are measured anew in each run and are in timing.json beside this page.</li></ul>
<h2>Worst cases</h2>${worst.map(({ strategy, cases }) => worstHtml(strategy, cases)).join('')}`,
  );
}

function describeRun({ config, versions }: RunHeader): string {
  const said = Object.entries({ ...config, ...versions }).map(
    ([name, value]) =>
      `${name} ${Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  );
  return said.join(' · ');
}

function beforeAfter({ strategies }: CorrectionSummary): Plot[] {
  const names = strategies.map(({ name }) => name);
  const group = (name: string, figure: string) => ({ name, bars: strategies.map((one) => one.figures[figure]!) });
  return [
    barPlot('Answers without a wrong claim', 'First bar: before correction.', names, [
      group('all answers', 'right-answers'),
    ]),
    barPlot('What became of claims', 'Fixed and removed: of the wrong ones. Harmed: of the right ones.', names, [
      group('fixed', 'fixed'),
      group('removed', 'removed'),
      group('harmed', 'harmed'),
    ]),
  ];
}

function byType({ byType, strategies }: CorrectionSummary): Plot[] {
  if (byType.length === 0) return [];
  const names = strategies.map(({ name }) => name).filter((name) => name !== 'none');
  return [
    barPlot(
      'Wrong claims fixed, by kind of mistake',
      'Lines: 95 % intervals. In parentheses: answers with that mistake; of one answer there is no interval.',
      names,
      byType.map(({ type, answers, fixed }) => ({
        name: `${type} (${answers})`,
        bars: names.map((name) => fixed[name]!),
        n: answers,
      })),
      strategies.length - names.length,
    ),
  ];
}

const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

function detectorPlots(detection: DetectionSums, threshold: number): Plot[] {
  const sweep = thresholdSweep(detection);
  const axes = {
    x: { label: 'threshold', low: 0, high: 1, ticks },
    y: { label: 'share', low: 0, high: 1, ticks },
  };
  const mark = { x: threshold, label: `used: ${threshold.toFixed(3)}` };
  const line = (name: string, key: 'precision' | 'recall' | 'wrongFlagged' | 'rightFlagged') => ({
    name,
    points: sweep.map((point) => ({ x: point.threshold, y: point[key] })),
  });
  return [
    linePlot('Threshold sweep: claims', axes, [line('precision', 'precision'), line('recall', 'recall')], mark),
    linePlot(
      'Threshold sweep: answers sent back',
      axes,
      [line('wrong answers', 'wrongFlagged'), line('right answers', 'rightFlagged')],
      mark,
    ),
    reliabilityPlot(reliability(detection)),
  ];
}

/** The figures of a run by the names of their files. */
export function correctionFigures({ header, summary, detection }: CorrectionPage): PaperFigure[] {
  const plots = [
    ...beforeAfter(summary),
    ...byType(summary),
    ...detectorPlots(detection, Number(header.config.threshold)),
  ];
  return plots.map(({ title, svg }, at) => ({
    name: `figure-${at + 1}-${title
      .toLowerCase()
      .replace(/[^a-z]+/g, '-')
      .slice(0, 40)
      .replace(/-$/, '')}`,
    svg,
  }));
}

function worstHtml(strategy: string, cases: CorrectionPage['worst'][number]['cases']): string {
  if (cases.length === 0) return `<h3>${escapeText(strategy)}</h3><p>None: no claim was harmed, and none is wrong.</p>`;
  return `<h3>${escapeText(strategy)}: the answers that it served worst</h3>${cases.map((one) => caseHtml(strategy, one)).join('')}`;
}

function caseHtml(
  strategy: string,
  { case: { record }, picture }: { case: WorstCase; picture: string | null },
): string {
  const done = record.strategies![strategy]!;
  const now = outcomeOf(done)!;
  const before = record.text ?? '';
  const counts = `${record.wrong} wrong before; fixed ${now.fixed}, removed ${now.removed}, harmed ${now.harmed}, lost ${now.lost}; ${now.wrong} wrong after`;
  const image = picture ? `<img alt="" src="${picture}">` : '<span class="dim">no picture</span>';
  const rows = [
    ...(record.prompt ? [['asked', escapeText(record.prompt)]] : []),
    ['before', escapeText(before)],
    ['after', done.text === undefined ? '<span class="dim">as before</span>' : changesHtml(before, done.text)],
    ['truth', escapeText(`${record.type ? `${record.type}: ` : ''}${counts}`)],
  ];
  return `<article>${image}<section><b>${escapeText(record.id)}</b> <small class="dim">${escapeText(done.status)}</small><dl>${rows.map(([name, html]) => `<dt>${name}</dt><dd>${html}</dd>`).join('')}</dl></section></article>`;
}

/** The new text with what went and what came marked; two texts that share little stand one after the other. */
function changesHtml(before: string, after: string): string {
  const edits = diffWords(before, after);
  const changed = edits.reduce((sum, edit) => sum + edit.from.length + edit.to.length, 0);
  if (changed > (before.length + after.length) * 0.6 || applyEdits(before, edits) !== after) return escapeText(after);
  let out = '';
  let last = 0;
  for (const { start, end, from, to } of edits) {
    out += escapeText(before.slice(last, start));
    if (from !== '') out += `<del>${escapeText(from)}</del>`;
    if (to !== '') out += `<ins>${escapeText(to)}</ins>`;
    last = end;
  }
  return out + escapeText(before.slice(last));
}
