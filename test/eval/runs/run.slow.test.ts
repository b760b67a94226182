import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { correctionHeader, runCorrection } from '../../../eval/correct/run-correction.js';
import { writeCorrectionReport } from '../../../eval/correct/write-report.js';
import { openLedger } from '../../../eval/runs/ledger.js';
import { dogAndCar, fakeRun, fakeSet } from '../correct/fakes.js';

const folder = () => mkdtempSync(join(tmpdir(), 'vlm-detective-run-'));

/** Runs into a folder, aborted before item `dies` is opened. */
async function run(
  out: string,
  size: number,
  options: { dies?: number; concurrency?: number; budgetTokens?: number; limit?: number } = {},
) {
  const stop = new AbortController();
  const set = fakeSet(size, async (n) => {
    await sleep(n % 3);
    if (n === options.dies) stop.abort();
    stop.signal.throwIfAborted();
  });
  const correction = fakeRun(set);
  const ledger = await openLedger(join(out, 'run.jsonl'), await correctionHeader(correction), true);
  const opened = ledger.done;
  const seen: string[] = [];
  const end = await runCorrection(correction, {
    ledger,
    concurrency: options.concurrency ?? 3,
    signal: stop.signal,
    onRecord: ({ id }) => seen.push(id),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.budgetTokens === undefined ? {} : { budget: { tokens: options.budgetTokens } }),
  });
  await ledger.close();
  return { end, seen, opened, picture: set.picture };
}

const pages = async (out: string, picture: (name: string) => Promise<Uint8Array>) => {
  await writeCorrectionReport(out, picture, { resamples: 100, seed: 1 });
  return ['report.html', 'report.json'].map((name) => readFileSync(join(out, name), 'utf8'));
};

describe('a correction run', () => {
  it('that is broken off, again and again, and goes on gives the same report as one that was not', async () => {
    const whole = folder();
    const { end, picture } = await run(whole, 80);
    expect(end).toEqual({ status: 'done' });
    const broken = folder();
    for (const [turn, dies] of [7, 8, 31, 60].entries()) {
      const { end } = await run(broken, 80, { dies, concurrency: turn + 1 });
      expect(end).toEqual({ status: 'aborted' });
    }
    const last = await run(broken, 80, { concurrency: 5 });
    expect(last.opened).toBeGreaterThan(40);
    expect(await pages(broken, picture)).toEqual(await pages(whole, picture));
  });

  it('writes records in the order of the items, whichever is done first', async () => {
    const { seen } = await run(folder(), 40, { concurrency: 8 });
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => `item-${index}`));
  });

  it('stops where its budget is used up, and says so', async () => {
    const out = folder();
    const { end, seen } = await run(out, 200, { budgetTokens: 200 });
    expect(end).toEqual({ status: 'stopped', reason: expect.stringMatching(/^the budget of 200 tokens is used up/) });
    expect(seen.length).toBeLessThan(60);
    const { end: rest, opened } = await run(out, 200);
    expect(rest).toEqual({ status: 'done' });
    expect(opened).toBe(seen.length);
  });

  it('stops where all fails, records none of it, and does it again when it goes on', async () => {
    const out = folder();
    const dead = { ...dogAndCar, score: async () => Promise.reject(new Error('connection refused')) };
    const set = fakeSet(60);
    const go = async (scorer = dogAndCar) => {
      const correction = { ...fakeRun(set), scorer };
      const ledger = await openLedger(join(out, 'run.jsonl'), await correctionHeader(correction), true);
      const end = await runCorrection(correction, {
        ledger,
        concurrency: 2,
        signal: new AbortController().signal,
        onRecord: () => undefined,
      });
      await ledger.close();
      return { end, begun: ledger.done };
    };
    const { end } = await go(dead);
    expect(end).toMatchObject({
      status: 'stopped',
      reason: expect.stringMatching(/^10 failed in a row, .*connection refused/),
    });
    const { end: rest, begun } = await go();
    expect(rest).toEqual({ status: 'done' });
    const { summary } = await writeCorrectionReport(out, set.picture, { resamples: 10, seed: 1 });
    expect(begun).toBeLessThan(60);
    expect(summary).toMatchObject({ answers: 59, failed: 1 });
  });

  it('does no more than its limit, those of an earlier run among them', async () => {
    const out = folder();
    expect((await run(out, 50, { limit: 12 })).seen).toHaveLength(12);
    expect((await run(out, 50, { limit: 20 })).seen).toHaveLength(8);
    expect((await run(out, 50, { limit: 20 })).seen).toHaveLength(0);
  });
});
