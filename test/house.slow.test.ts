import { execFileSync } from 'node:child_process';
import { mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine } from './cli/process.js';

const root = join(import.meta.dirname, '..');

/** What every door of the built package gives: a name more or less is a change that users see. */
const doors: Record<string, readonly string[]> = {
  '.': [
    ...['DetectiveError', 'anthropicRewriter', 'correct', 'correctAll', 'correctResponse', 'correctionReports'],
    ...['createRewriter', 'createScorer', 'defaultRewriter', 'isDetectiveError', 'localRewriter', 'openaiRewriter'],
    ...['textStream', 'tldrScorer', 'wrapFetch'],
  ],
  './openai': ['correctionReports', 'wrapOpenAI'],
  './anthropic': ['correctionReports', 'wrapAnthropic'],
  './ai-sdk': ['correctionReports', 'selfCorrection'],
  './hono': ['correctionReports', 'selfCorrection'],
  './express': ['correctionReports', 'selfCorrection'],
  './fastify': ['correctionReports', 'selfCorrection'],
  './scorer': [
    ...['calibrated', 'claimsScorer', 'contrastScorer', 'createScorer', 'ensembleScorer', 'flagSpans', 'judgeScorer'],
    ...['objectsScorer', 'ocrScorer', 'oipScorer', 'readCalibration', 'responseScore', 'spansScorer', 'spansService'],
    ...['tldrScorer', 'vllmScorer', 'wordRewards'],
  ],
  './server': ['fetchRemoteImage', 'jsonLog', 'startServer'],
  './testing': ['isSupported', 'support', 'supportedByPicture', 'toBeSupportedBy'],
  './perturb': ['createPerturber', 'perturbationTypes', 'rulesPerturber'],
  './scenes': [
    ...['between', 'captionScene', 'drawScene', 'extraStyles', 'finishes', 'heldOutStyle', 'pick', 'sampleScene'],
    ...['seededRandom', 'trainingStyles'],
  ],
  './eval': [
    ...['auroc', 'averagePrecision', 'benchmarkMarkdown', 'benchmarkNames', 'benchmarkText', 'compareRuns'],
    ...['correctionHeader', 'correlate', 'createJudge', 'estimate', 'evaluate', 'evaluateBenchmark'],
    ...['hallucinationRates', 'measureHarm', 'openBenchmark', 'openLedger', 'readHarmItems', 'readJudgements'],
    ...['readLabelledAnswers', 'recordedItems', 'runCorrection', 'sceneAnswers', 'sceneHarmItems', 'sceneItems'],
    ...['simulatedRewriter', 'strategyNames', 'summariseHarm', 'writeCorrectionReport'],
  ],
};

describe('the built package', () => {
  let user: string;
  beforeAll(async () => {
    await buildCommandLine();
    user = mkdtempSync(join(tmpdir(), 'vlm-detective-user-'));
    writeFileSync(join(user, 'package.json'), '{"type": "module"}');
    const modules = join(user, 'node_modules');
    execFileSync('mkdir', ['-p', modules]);
    symlinkSync(root, join(modules, 'vlm-detective'));
  });

  it('has a door for each export, and each gives just its names', () => {
    const script = `
      import exports from 'vlm-detective/package.json' with { type: 'json' };
      const names = {};
      for (const door of Object.keys(exports.exports)) {
        if (/package\\.json|vitest|jest/.test(door)) continue;
        names[door] = Object.keys(await import('vlm-detective' + door.slice(1))).sort();
      }
      console.log(JSON.stringify(names));`;
    writeFileSync(join(user, 'doors.mjs'), script);
    const found = execFileSync(process.execPath, ['--no-warnings', 'doors.mjs'], { cwd: user, encoding: 'utf8' });
    const sorted = Object.fromEntries(Object.entries(doors).map(([door, names]) => [door, [...names].sort()]));
    expect(JSON.parse(found)).toEqual(sorted);
  });

  it('exports the types of what it returns', async () => {
    // a test that built the programs alone left the types as they were
    const written = (name: string) => statSync(join(root, 'dist', name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (written('index.d.ts') < written('index.js') - 60_000)
      execFileSync('npx', ['tsdown', '--logLevel', 'warn'], { cwd: root, stdio: 'ignore' });
    writeFileSync(
      join(user, 'types.ts'),
      `import { correctionReports, type CompactReport } from 'vlm-detective';
      import { type RunningServer, startServer } from 'vlm-detective/server';
      export const reports: CompactReport[] = correctionReports({});
      export const start: (...options: Parameters<typeof startServer>) => Promise<RunningServer> = startServer;\n`,
    );
    const options = ['--noEmit', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023', '--strict'];
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, ...options, 'types.ts'], { cwd: user, encoding: 'utf8' });
  });
});
