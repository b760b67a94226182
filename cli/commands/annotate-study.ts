import type { Command } from 'commander';
import { readStore } from '../../annotate/store/store.js';
import { analyse, analysisText, trialsOf } from '../../annotate/study/analysis.js';
import type { StudyDesign } from '../../annotate/study/design.js';
import { DetectiveError } from '../../src/base/errors.js';
import type { Io } from '../io.js';
import { asJson, wholeNumber } from '../parse-options.js';

export const define = (parent: Command): Command =>
  parent
    .command('study')
    .description('What a study (annotate --study) found: times by arm, and always the errors beside them.')
    .requiredOption('--store <folder>', 'the folder that annotate --study wrote; it may be running')
    .option('--idle <seconds>', 'silences count up to this; others are shown beside it', wholeNumber(1), 30)
    .addOption(asJson())
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective annotate --input gold.jsonl --scored scored.jsonl --store lab --study flags,verdict,none --practice 6
  $ vlm-detective annotate study --store lab > study.md`,
    );

interface StudyOptions {
  store: string;
  idle: number;
  json?: boolean;
}

/** `vlm-detective annotate study`: raw events are kept, so any cut-off can be looked at afterwards. */
export async function run(io: Io, { store: folder, idle, json }: StudyOptions): Promise<void> {
  const store = await readStore(folder);
  try {
    const design = store.state.settings.study as StudyDesign | undefined;
    if (!design) throw new DetectiveError('bad-input', `${folder} holds no study: it begins with annotate --study`);
    const analyses = [];
    for (const seconds of new Set([idle, 15, 30, 60, 120])) {
      const { trials, leftOut } = await trialsOf(store, design, seconds * 1000);
      analyses.push(analyse(trials, { cutOff: seconds * 1000, leftOut }));
    }
    io.stdout.write(json ? `${JSON.stringify(analyses)}\n` : analysisText(analyses));
  } finally {
    await store.close();
  }
}
