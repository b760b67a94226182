import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareRuns, comparisonTables } from '../../../eval/compare.js';
import { correctionHeader, runCorrection } from '../../../eval/correct/run-correction.js';
import { openLedger } from '../../../eval/runs/ledger.js';
import type { Rewriter } from '../../../src/rewriters/rewriter.js';
import { fakeRun, fakeSet, offering } from '../correct/fakes.js';

async function run(size: number, rewriter: Rewriter): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'vlm-detective-compare-'));
  const correction = fakeRun(fakeSet(size), rewriter);
  const ledger = await openLedger(join(folder, 'run.jsonl'), await correctionHeader(correction), false);
  await runCorrection(correction, {
    ledger,
    concurrency: 4,
    signal: new AbortController().signal,
    onRecord: () => undefined,
  });
  await ledger.close();
  return folder;
}

const options = { resamples: 200, seed: 1 };

describe('two runs side by side', () => {
  it('differ in nothing from themselves', async () => {
    const one = await run(60, offering('boat', 'dog'));
    const { items, onlyFirst, onlySecond, differing, strategies } = await compareRuns(one, one, options);
    expect({ onlyFirst, onlySecond, differing }).toEqual({ onlyFirst: 0, onlySecond: 0, differing: [] });
    // one in 37 has no answer
    expect(items).toBe(59);
    for (const { figures } of strategies)
      for (const { difference } of figures)
        if (difference.value !== null) expect(difference).toMatchObject({ value: 0, p: 1 });
  });

  it('show a better rewriter better, on the items of both, with the settings that differ', async () => {
    const worse = await run(80, offering('boat'));
    const better = { ...offering('dog'), name: 'better' };
    const best = await run(60, better);
    const comparison = await compareRuns(worse, join(best, 'run.jsonl'), options);
    expect(comparison).toMatchObject({ items: 59, onlySecond: 0 });
    expect(comparison.onlyFirst).toBe(19);
    expect(comparison.differing).toEqual([{ name: 'rewriter', first: '"offering"', second: '"better"' }]);
    const loop = comparison.strategies.find(({ name }) => name === 'loop')!;
    const fixed = loop.figures.find(({ name }) => name === 'fixed')!;
    expect(fixed.first.value).toBe(0);
    expect(fixed.difference.low).toBeGreaterThan(0.5);
    const tables = comparisonTables(comparison);
    expect(tables[0]!.rows).toEqual([['rewriter', '"offering"', '"better"']]);
    expect(tables.at(-1)!.title).toBe('loop, on 59 items of both runs');
  });

  it('are refused where there is nothing to compare', async () => {
    const one = await run(4, offering('dog'));
    const file = join(one, 'other.jsonl');
    writeFileSync(file, '{"ledger":"vlm-detective","format":1,"run":"else","config":{},"versions":{}}\n');
    await expect(compareRuns(one, file, options)).rejects.toThrow(/is a run of "else"/);
    await expect(compareRuns(one, join(one, 'nowhere'), options)).rejects.toThrow(/does not exist/);
    writeFileSync(
      file,
      '{"ledger":"vlm-detective","format":1,"run":"correct","config":{"strategies":["loop"]},"versions":{}}\n',
    );
    await expect(compareRuns(one, file, options)).rejects.toThrow(/no item in common/);
  });
});
