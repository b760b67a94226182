import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CorrectionRecord } from '../../../eval/correct/record.js';
import { writeCorrectionReport } from '../../../eval/correct/write-report.js';
import { runHeader } from '../../../eval/runs/header.js';
import { openLedger } from '../../../eval/runs/ledger.js';
import { runItems } from '../../../eval/runs/run.js';

const names = ['none', 'one-round', 'loop'];

function recordOf(n: number): CorrectionRecord {
  const wrong = n % 2;
  return {
    id: `item-${n}`,
    picture: String(n),
    text: `A dog and ${n} cats stand in a long row, and behind them lies a lake.`.repeat(2),
    ...(wrong ? { type: n % 4 === 1 ? 'object' : 'counting' } : {}),
    right: 6 - wrong,
    wrong,
    strategies: Object.fromEntries(
      names.map((name, index) => [
        name,
        {
          ...(index && wrong ? { text: `A dog and ${n + 1} cats stand in a row.` } : {}),
          outcome: index && wrong ? [1, 0, 0, 0, 6, 0] : [0, 0, 0, 0, 6 - wrong, wrong],
          status: 'clean',
          rounds: index,
          tokens: 10,
        },
      ]),
    ),
    claims: [['object', (n % 100) / 100, wrong ? 0 : 1]],
    ms: { loop: 1.5 },
  };
}

it('takes 100,000 items, goes on with them and reports them in bounded memory', async () => {
  const items = 100_000;
  const folder = mkdtempSync(join(tmpdir(), 'vlm-detective-large-'));
  const path = join(folder, 'run.jsonl');
  const header = runHeader('correct', { strategies: names, threshold: 0.5 }, {});
  let most = 0;
  const settled = () => {
    global.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = settled();
  const sample = () => {
    most = Math.max(most, process.memoryUsage().heapUsed - before);
  };
  async function* numbers(from: number, to: number) {
    for (let n = from; n < to; n++) yield n;
  }
  for (const to of [60_000, items]) {
    const ledger = await openLedger(path, header, true);
    expect(ledger.done).toBe(to === items ? 60_000 : 0);
    const end = await runItems({
      items: numbers(ledger.done, to),
      work: async (n) => recordOf(n),
      ledger,
      concurrency: 8,
      signal: new AbortController().signal,
      onRecord: ({ id }) => {
        if (id.endsWith('999')) sample();
        return undefined;
      },
    });
    expect(end).toEqual({ status: 'done' });
    await ledger.close();
  }
  expect(statSync(path).size).toBeGreaterThan(50e6);
  const timer = setInterval(sample, 5);
  const { summary } = await writeCorrectionReport(folder, async () => new Uint8Array(1), { resamples: 200, seed: 1 });
  clearInterval(timer);
  sample();
  expect(summary.answers).toBe(items);
  expect(summary.strategies.at(-1)!.figures.fixed!.value).toBe(1);
  // the ledger alone has over 50 MB: what is held does not grow with it (garbage that was not collected yet is counted too)
  expect(most / 1e6).toBeLessThan(150);
  console.log(`100,000 items: at most ${(most / 1e6).toFixed(0)} MB more on the heap`);
  rmSync(folder, { recursive: true, force: true });
}, 180_000);
