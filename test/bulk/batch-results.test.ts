import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openResults } from '../../src/bulk/batch-results.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-results-'));
});
afterAll(() => rm(folder, { recursive: true }));

const succeeded = (id: string, content: string) => ({
  custom_id: id,
  response: { status_code: 200, body: { choices: [{ finish_reason: 'stop', message: { content } }] } },
});
const failed = (id: string) => ({ custom_id: id, response: { status_code: 500, body: {} } });
async function file(name: string, lines: readonly object[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join('\n'));
  return path;
}

describe('results of batches', () => {
  it('are found by id in any of the files, whatever their length and letters', async () => {
    const long = 'ä👩‍🚀'.repeat(50_000);
    const first = await file('first.jsonl', [succeeded('a', 'one'), succeeded('b', long), failed('c'), failed('d')]);
    const second = await file('second.jsonl', [failed('a'), succeeded('c', 'three')]);
    const reply = await openResults([first, second]);
    expect(await Promise.all(['a', 'b', 'c', 'd', 'e'].map(reply))).toEqual(['one', long, 'three', null, undefined]);
  });

  it('that changed while they were read are refused, not mistaken', async () => {
    const path = await file('changed.jsonl', [succeeded('a', 'one'), succeeded('b', 'two')]);
    const reply = await openResults([path]);
    await file('changed.jsonl', [succeeded('b', 'two'), succeeded('a', 'one')]);
    await expect(reply('a')).rejects.toMatchObject({ code: 'bad-input', message: /changed while it was read/ });
  });

  it('that are no results, or none at all, are refused', async () => {
    const path = await file('wrong.jsonl', [succeeded('a', 'one'), { id: 'b' }]);
    await expect(openResults([path])).rejects.toMatchObject({ message: /line 3 is no result of a batch/ });
    await expect(openResults([join(folder, 'missing')])).rejects.toMatchObject({ code: 'bad-input' });
  });
});
