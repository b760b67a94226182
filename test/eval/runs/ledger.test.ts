import { appendFileSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runHeader } from '../../../eval/runs/header.js';
import { openLedger, readLedger } from '../../../eval/runs/ledger.js';
import { runs } from '../../fixtures/runs.js';

const header = runHeader('test', { seed: 1, scorer: 'tiny' }, { 'vlm-detective': '1' });
const folder = mkdtempSync(join(tmpdir(), 'vlm-detective-ledger-'));
let next = 0;
const fresh = () => join(folder, `${next++}.jsonl`);

async function write(path: string, ids: readonly string[], resume = false): Promise<number> {
  const ledger = await openLedger(path, header, resume);
  for (const id of ids.slice(ledger.done)) await ledger.add({ id });
  await ledger.close();
  return ledger.done;
}

describe('a ledger', () => {
  it('gives back what was put in, after its header', async () => {
    const path = fresh();
    await write(path, ['a', 'b\n"c"', '\u2028']);
    const { header: read, records } = await readLedger(path);
    expect(read).toEqual(header);
    const ids: string[] = [];
    for await (const { id } of records) ids.push(id);
    expect(ids).toEqual(['a', 'b\n"c"', '\u2028']);
  });

  it('goes on from any byte at which it was cut off, to the same bytes', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `item ${index} \u{1f9d0}`);
    const whole = fresh();
    await write(whole, ids);
    const bytes = readFileSync(whole);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length }), async (cut) => {
        const path = fresh();
        writeFileSync(path, bytes);
        truncateSync(path, cut);
        await write(path, ids, true);
        expect(readFileSync(path).equals(bytes)).toBe(true);
      }),
      { numRuns: runs(60) },
    );
  });

  it('does not go on as another run, nor over one that is there', async () => {
    const path = fresh();
    await write(path, ['a']);
    await expect(openLedger(path, header, false)).rejects.toThrow(/exists: add --resume/);
    const other = runHeader('test', { seed: 2, scorer: 'tiny' }, { 'vlm-detective': '1' });
    await expect(openLedger(path, other, true)).rejects.toThrow(/was begun with seed 1, now it is 2/);
    const newer = runHeader('test', header.config, { 'vlm-detective': '2' });
    await expect(openLedger(path, newer, true)).rejects.toThrow(/was begun with vlm-detective "1", now it is "2"/);
    await expect(openLedger(path, runHeader('else', {}, {}), true)).rejects.toThrow(/is a run of "test"/);
  });

  it('refuses what is no ledger, and names the line', async () => {
    const path = fresh();
    writeFileSync(path, 'hello\n');
    await expect(readLedger(path)).rejects.toThrow(/is no ledger of a run/);
    await expect(openLedger(path, header, true)).rejects.toThrow(/is no ledger of a run/);
    await expect(readLedger(join(folder, 'nowhere.jsonl'))).rejects.toThrow(/does not exist/);
    const torn = fresh();
    await write(torn, ['a']);
    appendFileSync(torn, '{"id": 3}\n');
    const { records } = await readLedger(torn);
    await expect(
      (async () => {
        for await (const _ of records);
      })(),
    ).rejects.toThrow(/line 3 is no record/);
  });
});
