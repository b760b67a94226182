import { mkdtemp, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadImage } from '../../src/image/load.js';
import { pictureKeys } from '../../src/image/picture-key.js';

vi.mock('../../src/image/load.js', { spy: true });

const plain = (background: string) =>
  sharp({ create: { width: 8, height: 8, channels: 3, background } })
    .png({ compressionLevel: 0 })
    .toBuffer();

const pictureKey = pictureKeys();

let folder: string;
let red: Buffer;
let blue: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'picture-key-'));
  [red, blue] = await Promise.all([plain('#f00'), plain('#00f')]);
});
// files are trusted once their last change is two seconds past: here the clock is put forward instead
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 }));
afterEach(() => {
  vi.useRealTimers();
  vi.mocked(loadImage).mockClear();
});
afterAll(() => rm(folder, { recursive: true }));

describe('which picture a file holds', () => {
  it('is told without reading it again, by path or by URL, and is the key of its bytes', async () => {
    const path = join(folder, 'kept.png');
    await writeFile(path, red);
    const { key, loaded } = await pictureKey(path);
    expect(loaded?.bytes).toEqual(red);
    expect(await pictureKey(path)).toEqual({ key });
    expect(await pictureKey(pathToFileURL(path))).toEqual({ key });
    expect(loadImage).toHaveBeenCalledTimes(1);
    expect((await pictureKey(red)).key).toBe(key);
  });

  it('is told anew once the file was written over, also with as many bytes and the old time put back', async () => {
    const path = join(folder, 'changed.png');
    await writeFile(path, red);
    const { key } = await pictureKey(path);
    expect(red.length).toBe(blue.length);
    const before = new Date(Date.now() - 120_000);
    await utimes(path, before, before);
    expect((await pictureKey(path)).key).toBe(key);
    const { ctimeNs } = await stat(path, { bigint: true });
    // where the clock of the file system ticks slowly, this takes more than one go
    do {
      await writeFile(path, blue);
      await utimes(path, before, before);
    } while ((await stat(path, { bigint: true })).ctimeNs === ctimeNs);
    expect((await pictureKey(path)).key).toBe((await pictureKey(blue)).key);
  });

  it('is told anew once another file took its name', async () => {
    const path = join(folder, 'replaced.png');
    await writeFile(path, red);
    await pictureKey(path);
    await writeFile(`${path}.new`, blue);
    await rename(`${path}.new`, path);
    expect((await pictureKey(path)).key).toBe((await pictureKey(blue)).key);
  });

  it('is not remembered of a file that has only just changed', async () => {
    vi.useRealTimers();
    const path = join(folder, 'fresh.png');
    await writeFile(path, red);
    const soon = new Date(Date.now() + 60_000);
    await utimes(path, soon, soon);
    for (let n = 0; n < 3; n++) expect((await pictureKey(path)).loaded).toBeDefined();
  });

  it('is refused where there is none, also where there was one', async () => {
    const path = join(folder, 'gone.png');
    await expect(pictureKey(path)).rejects.toMatchObject({ code: 'bad-image' });
    await writeFile(path, red);
    await pictureKey(path);
    await rm(path);
    await expect(pictureKey(path)).rejects.toMatchObject({ code: 'bad-image' });
    await expect(pictureKey('file://%ff')).rejects.toMatchObject({ code: 'bad-image' });
  });

  it('is the same for large bytes, in memory of their own or shared', async () => {
    const large = await sharp({ create: { width: 400, height: 400, channels: 3, background: '#f00' } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const shared = new Uint8Array(new SharedArrayBuffer(large.length));
    shared.set(large);
    const { createHash } = await import('node:crypto');
    const key = createHash('sha256').update(large).digest('hex');
    expect(large.length).toBeGreaterThan(256 * 1024);
    for (const bytes of [large, shared]) expect((await pictureKey(bytes)).key).toBe(key);
  });
});
