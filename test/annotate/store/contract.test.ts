import { appendFileSync, cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnnotationItem } from '../../../annotate/item.js';
import { openStore, readStore, type StoreKind, stores } from '../../../annotate/store/store.js';
import { emptyWork, type Work } from '../../../annotate/work.js';

const newFolder = () => join(mkdtempSync(join(tmpdir(), 'vlm-detective-store-')), 'store');
const item = (id: string, response = 'A red 😀 car.'): AnnotationItem => ({ id, image: '/a.png', response });
const marked = (replacement: string): Work => ({
  ...emptyWork,
  marks: [{ start: 2, end: 5, text: 'red', decision: 'wrong', source: 'person', replacement }],
});
const saveOf = (id: string, base: number, key: string, work = marked(key), annotator = 'ann') =>
  ({ item: id, annotator, base, after: [], key, work, shown: 'flags', role: 'annotate' }) as const;

describe.each(stores)('a %s store', (kind: StoreKind) => {
  test('has everything again after it was closed and opened, in all its versions', async () => {
    const folder = newFolder();
    const store = await openStore(folder, kind);
    expect(await store.add([item('a'), item('b')])).toBe(2);
    expect(await store.add([item('a'), item('c')])).toBe(1);
    for (const [base, key] of ['blue', 'green', ''].entries())
      expect(await store.save(saveOf('b', base, key))).toMatchObject({ saved: true, version: base + 1 });
    await store.close();
    const again = await openStore(folder);
    const share = again.state.items.get('b')!.people.get('ann')!;
    expect([...again.state.items.keys()]).toEqual(['a', 'b', 'c']);
    expect(await again.work(share)).toEqual(marked(''));
    expect(await again.version(share, 1)).toEqual(marked('blue'));
    expect(again.state.settings.id).toBe(store.state.settings.id);
    await again.close();
  });

  test('writes nothing over what somebody saved meanwhile, and tells what that was', async () => {
    const store = await openStore(newFolder(), kind);
    await store.add([item('a')]);
    await store.save(saveOf('a', 0, 'first'));
    expect(await store.save(saveOf('a', 0, 'second'))).toEqual({ saved: false, version: 1, work: marked('first') });
    expect(await store.save(saveOf('a', 0, 'other', marked('x'), 'bob'))).toMatchObject({ saved: true, version: 1 });
    await store.close();
  });

  test('does the same request once, and takes a change that builds on one whose answer was lost', async () => {
    const store = await openStore(newFolder(), kind);
    await store.add([item('a')]);
    await store.save(saveOf('a', 0, 'first'));
    expect(await store.save(saveOf('a', 0, 'first'))).toMatchObject({ saved: true, version: 1 });
    const next = { ...saveOf('a', 0, 'second'), after: ['first'] };
    expect(await store.save(next)).toMatchObject({ saved: true, version: 2 });
    await store.close();
  });

  test('is opened by one process at a time, and read by others meanwhile', async () => {
    const folder = newFolder();
    const store = await openStore(folder, kind);
    await store.add([item('a')]);
    await store.save(saveOf('a', 0, 'blue'));
    await expect(openStore(folder)).rejects.toThrow(/has the store .* open/);
    const reader = await readStore(folder);
    expect(reader.state.items.get('a')?.people.get('ann')?.version).toBe(1);
    await reader.close();
    await store.save(saveOf('a', 1, 'green'));
    await store.close();
  });

  test.each([
    ['stands elsewhere', [{ ...marked('x').marks[0]!, start: 3, end: 6 }]],
    ['lies beyond the end', [{ ...marked('x').marks[0]!, start: 2, end: 500 }]],
    ['overlaps', [marked('x').marks[0]!, marked('y').marks[0]!]],
  ])('refuses a mark that %s', async (_, marks) => {
    const store = await openStore(newFolder(), kind);
    await store.add([item('a')]);
    await expect(store.save(saveOf('a', 0, 'k', { ...emptyWork, marks }))).rejects.toThrow(/does not fit/);
    expect(store.state.items.get('a')!.people.size).toBe(0);
    await store.close();
  });

  test('keeps texts of any Unicode as they were', async () => {
    const folder = newFolder();
    const store = await openStore(folder, kind);
    const texts = fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), 60);
    const odd = [...texts, 'a\r\nb\u2028c\u2029d', 'شجرة 🇩🇪 👨‍👩‍👧 e\u0301', '\ud800 alone'];
    await store.add(odd.map((text, at) => item(String(at), text)));
    await store.close();
    const again = await openStore(folder);
    for (const [at, text] of odd.entries()) expect((await again.item(String(at)))?.response).toBe(text);
    await again.close();
  });

  test('takes no second answer under an id', async () => {
    const store = await openStore(newFolder(), kind);
    await store.add([item('a')]);
    await expect(store.add([item('b'), item('a', 'Another.')])).rejects.toThrow(/two answers with the id "a"/);
    expect(store.state.items.has('b')).toBe(false);
    await store.close();
  });

  test('is whole in a copy of its folder after it was closed', async () => {
    const folder = newFolder();
    const store = await openStore(folder, kind);
    await store.add([item('a')]);
    await store.save(saveOf('a', 0, 'blue'));
    await store.close();
    const copy = newFolder();
    cpSync(folder, copy, { recursive: true });
    const again = await openStore(copy);
    expect(await again.work(again.state.items.get('a')!.people.get('ann'))).toEqual(marked('blue'));
    await again.close();
  });
});

describe('a log of JSON lines', () => {
  test('drops a last line that was torn, and goes on behind the one before', async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    await store.add([item('a')]);
    await store.save(saveOf('a', 0, 'blue'));
    await store.close();
    const path = join(folder, 'events.jsonl');
    const whole = readFileSync(path, 'utf8');
    for (const cut of [1, 20, 100]) {
      const last = whole.trimEnd().split('\n').at(-1)!;
      writeFileSync(path, whole + last.slice(0, cut));
      const again = await openStore(folder);
      expect(readFileSync(path, 'utf8')).toBe(whole);
      expect(await again.save(saveOf('a', 0, 'late'))).toMatchObject({ saved: false, version: 1 });
      await again.close();
    }
  });

  test('touches no file with a line in the middle that is none of its own', async () => {
    const folder = newFolder();
    await (await openStore(folder)).close();
    const path = join(folder, 'events.jsonl');
    appendFileSync(path, 'my notes\n{"at":1,"kind":"joined","annotator":"x","place":0}\n');
    const before = readFileSync(path, 'utf8');
    await expect(openStore(folder)).rejects.toThrow(/events\.jsonl line 2 is no event/);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});
