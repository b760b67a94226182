import { parseArgs } from 'node:util';
import { correct } from '../../src/agent/correct.js';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import { claimScore, printReward } from '../../src/scorer/evidence/ocr/judge-print.js';
import { ocrLooker, ocrScorerOf } from '../../src/scorer/evidence/ocr/ocr-scorer.js';
import type { TextLine } from '../../src/scorer/evidence/ocr/text-line.js';
import type { Looker } from '../../src/scorer/evidence/pictures.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { findPrintedClaims } from '../../src/text/printed-claims.js';
import { flagSpans } from '../../src/text/spans.js';
import { keptLines } from './kept-lines.js';
import { fitLogistic } from './logistic.js';
import { firstReportedSeed, type PrintedCase, printedCase } from './printed-case.js';

/*
 * Renders of signs, receipts and screens, each with a right answer and one with a planted error, corrected by ocr + local:
 *   npx tsx eval/photos/print.ts                       200 renders, for the report
 *   npx tsx eval/photos/print.ts --tune --count 150    other renders, to tune on; --fit prints the reward's constants
 *   --lines FILE keeps what was read, --show prints what went wrong
 */

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(firstReportedSeed) },
    tune: { type: 'boolean', default: false },
    fit: { type: 'boolean', default: false },
    lines: { type: 'string' },
    show: { type: 'boolean', default: false },
  },
});
const first = values.tune ? 0 : Number(values.seed);
const count = Number(values.count);

interface Outcome {
  kind: string;
  fact: string;
  detected: boolean;
  exact: boolean;
  rightFlagged: boolean;
  rightTouched: boolean;
}

const threshold = 0.5;
const kept = keptLines(values.lines);
const reader = ocrLooker();
const outcomes: Outcome[] = [];
const fitted: { score: number; right: boolean }[] = [];
try {
  for (let index = 0; index < count; index++) {
    const item = printedCase(first + index);
    const lines = kept.get(item.seed) ?? (await reader.look(new Uint8Array(await item.render())));
    if (!kept.get(item.seed)) kept.set(item.seed, lines);
    if (values.fit) gatherScores(item, lines);
    outcomes.push(await judgeCase(item, lines));
    if (index % 10 === 9) process.stderr.write(`${index + 1} of ${count}\n`);
  }
} finally {
  await reader.close();
}
if (values.fit) {
  const weights = fitLogistic(
    fitted.map(({ score }) => [1, score]),
    fitted.map(({ right }) => right),
    undefined,
    5,
  );
  console.log(
    `printWeights [${weights.map((value) => value.toFixed(2)).join(', ')}] from ${fitted.length} words and numbers`,
  );
}
report(outcomes);

async function judgeCase(item: PrintedCase, lines: TextLine[]): Promise<Outcome> {
  const known: Looker<TextLine> = { look: async () => lines, close: async () => {} };
  const scorer = ocrScorerOf(known);
  const settings = { scorer, rewriter: localRewriter(), threshold };
  const images = [new Uint8Array([0])];
  const { planted } = item;
  const flagged = await spansOf(scorer, images, item.wrong);
  const detected = flagged.some(({ start, end }) => start < planted.end && end > planted.start);
  const corrected = await correct({ images, response: item.wrong }, settings);
  const untouched = await correct({ images, response: item.right }, settings);
  const rightFlagged = (await spansOf(scorer, images, item.right)).length > 0;
  const outcome = {
    kind: item.kind,
    fact: planted.fact.kind,
    detected,
    exact: corrected.response === item.right,
    rightFlagged,
    rightTouched: untouched.response !== item.right,
  };
  if (values.show && (!outcome.exact || rightFlagged)) {
    console.log(
      `\n#${item.seed} ${item.kind} detected ${detected} exact ${outcome.exact} right flagged ${rightFlagged}`,
    );
    console.log(`  right   ${item.right}\n  wrong   ${item.wrong}\n  result  ${corrected.response}`);
    if (rightFlagged)
      console.log(
        `  flagged in right: ${(await spansOf(scorer, images, item.right)).map(({ text }) => text).join(' | ')}`,
      );
    console.log(`  read    ${lines.map(({ text }) => text).join(' | ')}`);
  }
  return outcome;
}

async function spansOf(scorer: Scorer, images: Uint8Array[], response: string) {
  const { tokens } = await scorer.score({ images, response });
  return flagSpans(response, tokens, threshold);
}

/** The planted words are wrong, and every other claim is right. */
function gatherScores({ right, wrong, planted }: PrintedCase, lines: TextLine[]): void {
  const rights = findPrintedClaims(right);
  for (const claim of rights) fitted.push({ score: claimScore(claim, rights, lines), right: true });
  const truth = new Set(planted.fact.value.split(/\s+/));
  const wrongs = findPrintedClaims(wrong);
  for (const claim of wrongs)
    if (claim.start < planted.end && claim.end > planted.start && !truth.has(claim.text))
      fitted.push({ score: claimScore(claim, wrongs, lines), right: false });
}

function report(all: readonly Outcome[]): void {
  const rows: [string, readonly Outcome[]][] = [
    ['all', all],
    ...['sign', 'receipt', 'screen'].map((kind): [string, Outcome[]] => [
      kind,
      all.filter((item) => item.kind === kind),
    ]),
    ...['figure', 'word'].map((fact): [string, Outcome[]] => [
      `wrong ${fact}`,
      all.filter((item) => item.fact === fact),
    ]),
  ];
  console.log('| renders | n | detected | put right exactly | right answers flagged | right answers changed |');
  console.log('|---|---|---|---|---|---|');
  for (const [name, group] of rows) {
    const cell = (test: (item: Outcome) => boolean) => share(group.filter(test).length, group.length);
    console.log(
      `| ${name} | ${group.length} | ${cell((item) => item.detected)} | ${cell((item) => item.exact)} | ${cell((item) => item.rightFlagged)} | ${cell((item) => item.rightTouched)} |`,
    );
  }
  console.log(
    `\nreward at log odds 0: ${printReward(0).toFixed(2)}, -4: ${printReward(-4).toFixed(2)}, -8: ${printReward(-8).toFixed(2)}`,
  );
}

/** A share in per cent with its 95 % interval (Wilson). */
function share(hits: number, of: number): string {
  if (of === 0) return 'none';
  const [p, z] = [hits / of, 1.96];
  const centre = (p + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))) / (1 + (z * z) / of);
  const percent = (value: number) => (100 * Math.min(1, Math.max(0, value))).toFixed(1);
  return `${percent(p)} % (${percent(centre - half)}–${percent(centre + half)})`;
}
