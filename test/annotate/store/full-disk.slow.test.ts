import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openStore } from '../../../annotate/store/store.js';
import { emptyWork } from '../../../annotate/work.js';

const disk = mkdtempSync(join(tmpdir(), 'vlm-detective-disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0;
if (!mounted) console.warn('\n!!! SKIPPED: the full disk: no small disk can be mounted here (it takes root)\n');
afterAll(() => {
  if (mounted) spawnSync('umount', [disk]);
});

describe.skipIf(!mounted)('a full disk', () => {
  test('is said to whoever saves, takes nothing that was saved, and goes on once there is room', async () => {
    const store = await openStore(join(disk, 'store'));
    await store.add([{ id: 'a', image: 'a.png', response: 'A dog.' }]);
    const save = (base: number, comment: string) =>
      store.save({
        item: 'a',
        annotator: 'ann',
        base,
        after: [],
        key: `key ${base}`,
        work: { ...emptyWork, comment },
        shown: 'flags',
        role: 'annotate',
      });
    await save(0, 'first');
    writeFileSync(join(disk, 'filler'), Buffer.alloc(40 << 10));
    await expect(save(1, 'x'.repeat(19_000).concat('y'.repeat(900))))
      .resolves.toMatchObject({ version: 2 })
      .catch(() => {});
    const share = () => store.state.items.get('a')!.people.get('ann')!;
    const before = share().version;
    await expect(save(before, 'z'.repeat(20_000))).rejects.toThrow(/the disk is full: make room/);
    expect(share().version).toBe(before);
    rmSync(join(disk, 'filler'));
    await expect(save(before, 'after')).resolves.toMatchObject({ saved: true, version: before + 1 });
    await store.close();
    const lines = readFileSync(join(disk, 'store', 'events.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    for (const line of lines) JSON.parse(line);
    const again = await openStore(join(disk, 'store'));
    expect((await again.work(again.state.items.get('a')!.people.get('ann'))).comment).toBe('after');
    await again.close();
  });
});
