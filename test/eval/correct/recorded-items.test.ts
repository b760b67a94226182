import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chairObjects } from '../../../eval/correct/chair-objects.js';
import type { CorrectionItem, ItemSet } from '../../../eval/correct/item.js';
import { type ObjectsOf, recordedItems } from '../../../eval/correct/recorded-items.js';
import { plainPng } from '../../fixtures/tiny/tiny-model.js';

const folder = mkdtempSync(join(tmpdir(), 'vlm-detective-recorded-'));
const write = (name: string, lines: readonly (object | string)[]) => {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  return path;
};

async function opened(set: ItemSet, from = 0): Promise<CorrectionItem[]> {
  const items: CorrectionItem[] = [];
  for await (const item of set.items(from)) items.push(await item.open(new AbortController().signal));
  return items;
}

describe('recorded answers', () => {
  it('come in order from any on, with their objects as truth and their other answers', async () => {
    const path = write('answers.jsonl', [
      { id: 1, image: 'a.png', response: 'A dog and a cat.', objects: ['dog'], others: ['A dog.'] },
      '',
      { id: 'b', image: 'https://example.org/b.png', prompt: 'What?', response: 'A car.', objects: ['car'] },
    ]);
    const set = await recordedItems(path);
    expect(set.size).toBe(2);
    const [first, second] = await opened(set);
    expect(first).toMatchObject({ id: '1', image: join(folder, 'a.png'), response: 'A dog and a cat.' });
    expect(first!.claims.map(({ good }) => good)).toEqual([true, false]);
    expect(first!.judge('A dog.', [])).toMatchObject({ removed: 1, right: 1, wrong: 0 });
    const { signal } = new AbortController();
    expect(await first!.regenerate(1, signal)).toMatchObject({ response: 'A dog.', claims: [{ good: true }] });
    expect(await first!.regenerate(2, signal)).toBeNull();
    expect(second).toMatchObject({ id: 'b', image: 'https://example.org/b.png', prompt: 'What?' });
    expect((await opened(set, 1)).map(({ id }) => id)).toEqual(['b']);
    writeFileSync(join(folder, 'a.png'), await plainPng('#f00', 640));
    expect((await set.picture(first!.picture)).byteLength).toBeGreaterThan(20);
  });

  it('are told apart by their bytes, so that a run does not go on with others', async () => {
    const line = { id: '1', image: 'a.png', response: 'A dog.', objects: ['dog'] };
    const [one, same, other] = [
      write('1.jsonl', [line]),
      write('2.jsonl', [line]),
      write('3.jsonl', [{ ...line, id: '2' }]),
    ];
    const hashes = await Promise.all([one, same, other].map(async (path) => (await recordedItems(path)).config.sha256));
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  it.each([
    ['no JSON', ['{"id"'], /bad\.jsonl line 1: not valid JSON/],
    ['no answer', [{ id: '1', image: 'a.png' }], /bad\.jsonl line 1: "response" /],
    [
      'no truth',
      [
        { id: '1', image: 'a.png', response: 'x', objects: [] },
        { id: '2', image: 'b.png', response: 'x' },
      ],
      /line 2: nothing says what is true of b\.png/,
    ],
    ['nothing', [''], /has no recorded answer/],
  ])('with %s are refused, with the line', async (_, lines, message) => {
    await expect(recordedItems(write('bad.jsonl', lines))).rejects.toThrow(message);
  });
});

describe('COCO objects as truth', () => {
  const annotations = write('captions_val2014.json', [
    JSON.stringify({
      images: [{ id: 42, file_name: 'COCO_val2014_000000000042.jpg' }],
      annotations: [{ id: 1, image_id: 42, caption: 'A puppy beside two cars.' }],
    }),
  ]);
  const synonyms = write('synonyms.txt', ['dog, puppy', 'car, automobile', 'cat, kitten']);

  it('judge answers by the words of CHAIR', async () => {
    const objectsOf: ObjectsOf = await chairObjects(annotations, synonyms);
    const path = write('coco.jsonl', [
      { id: '1', image: 'COCO_val2014_000000000042.jpg', response: 'A dog and a kitten near an automobile.' },
    ]);
    const [item] = await opened(await recordedItems(path, objectsOf));
    expect(item!.claims.map(({ good }) => good)).toEqual([true, false, true]);
    expect(item!.judge('A dog near an automobile.', [])).toMatchObject({ removed: 1, right: 2, wrong: 0 });
    const unknown = write('unknown.jsonl', [{ id: '1', image: 'COCO_val2014_000000000043.jpg', response: 'A dog.' }]);
    await expect(recordedItems(unknown, objectsOf)).rejects.toThrow(/line 1: nothing says what is true/);
  });
});
