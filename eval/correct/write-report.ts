import { join } from 'node:path';
import { writeWhole } from '../../src/base/write-whole.js';
import type { PaperFigure } from '../report/paper.js';
import { readLedger } from '../runs/ledger.js';
import { correctionFigures, correctionPage } from './correction-page.js';
import { detectionSums, reliability, thresholdSweep } from './detection-sums.js';
import type { ItemSet } from './item.js';
import type { CorrectionRecord } from './record.js';
import type { Timing } from './report-text.js';
import { type CorrectionSummary, summariseRun } from './summary.js';
import { verdict } from './verdict.js';
import { worstCases } from './worst-cases.js';

const casesShown = 6;

/** The files of a run's folder. */
export const runFiles = {
  ledger: 'run.jsonl',
  page: 'report.html',
  summary: 'report.json',
  timing: 'timing.json',
} as const;

export interface WrittenReport {
  summary: CorrectionSummary;
  timings: Timing[];
  /** Whether the loop beats the paper's one round, in words. */
  verdict: string[];
  figures: PaperFigure[];
}

/**
 * Reads a run's ledger, a line at a time, and writes its report beside it: report.html and report.json, which are the
 * same for the same records, and timing.json, which is not.
 */
export async function writeCorrectionReport(
  folder: string,
  picture: ItemSet['picture'],
  options: { resamples: number; seed: number },
): Promise<WrittenReport> {
  const { header, records } = await readLedger<CorrectionRecord>(join(folder, runFiles.ledger));
  const names = header.config.strategies as string[];
  const building = summariseRun(names);
  const detection = detectionSums();
  const worst = names
    .filter((name) => name !== 'none')
    .map((strategy) => ({ strategy, kept: worstCases(strategy, casesShown) }));
  const spent = new Map<string, { ms: number; answers: number }>();
  for await (const record of records) {
    building.add(record);
    detection.add(record);
    for (const { kept } of worst) kept.add(record);
    for (const [name, ms] of Object.entries(record.ms ?? {})) {
      const sum = spent.get(name) ?? { ms: 0, answers: 0 };
      spent.set(name, { ms: sum.ms + ms, answers: sum.answers + 1 });
    }
  }
  const summary = building.finish(options.resamples, options.seed);
  const shown = {
    header,
    summary,
    detection,
    worst: await Promise.all(
      worst.map(async ({ strategy, kept }) => ({
        strategy,
        cases: await Promise.all(
          kept.cases.map(async (one) => ({ case: one, picture: await dataUrl(picture, one.record.picture) })),
        ),
      })),
    ),
  };
  const html = correctionPage(shown);
  const timings = [...spent].map(
    ([strategy, { ms, answers }]): Timing => ({ strategy, seconds: ms / 1000 / answers, answers }),
  );
  const report = {
    config: header.config,
    versions: header.versions,
    ...summary,
    thresholdSweep: thresholdSweep(detection),
    reliability: reliability(detection),
  };
  await writeWhole(join(folder, runFiles.summary), `${JSON.stringify(report, null, 1)}\n`);
  await writeWhole(join(folder, runFiles.timing), `${JSON.stringify(timings, null, 1)}\n`);
  await writeWhole(join(folder, runFiles.page), html);
  return {
    summary,
    timings,
    verdict: verdict(summary, detection, Number(header.config.threshold)),
    figures: correctionFigures(shown),
  };
}

async function dataUrl(picture: ItemSet['picture'], name: string | undefined): Promise<string | null> {
  if (name === undefined) return null;
  try {
    const bytes = await picture(name);
    const type = bytes[0] === 0x89 ? 'png' : bytes[0] === 0xff ? 'jpeg' : 'webp';
    return `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`;
  } catch {
    return null;
  }
}
