import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Caption, Scene } from '../../scenes/scene.js';
import { tinyModel } from '../fixtures/tiny/tiny-model.js';
import { parsed, vlmDetective, workFolder } from './command-line.js';

let folder: string;
beforeAll(async () => {
  folder = await workFolder();
});

const rows = <T>(set: string, name: string) =>
  readFileSync(join(folder, set, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

describe('vlm-detective scenes', () => {
  it('writes pictures, scene graphs, labelled captions in pairs, and items for correct', async () => {
    const { code, stdout, stderr } = await vlmDetective(
      ['scenes', '--count', '4', '--seed', '11', '--captions', '3', '--size', '160..200', '--out', 'set'],
      { cwd: folder },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^4 scenes and \d+ captions in set\n$/);
    const scenes = rows<Scene & { image: string }>('set', 'scenes.jsonl');
    expect(scenes.map(({ id }) => id)).toEqual(['scene-11', 'scene-12', 'scene-13', 'scene-14']);
    for (const { image, width, height, groups } of scenes) {
      expect(await sharp(join(folder, 'set', image)).metadata()).toMatchObject({ format: 'png', width, height });
      for (const side of [width, height]) expect(side >= 160 && side <= 200).toBe(true);
      expect(groups.length).toBeGreaterThan(0);
    }
    expect(readdirSync(join(folder, 'set')).sort()).toEqual([
      'captions.jsonl',
      'images',
      'items.jsonl',
      'scenes.jsonl',
    ]);
    const captions = rows<Caption & { id: string; response: string }>('set', 'captions.jsonl');
    const wrong = captions.filter(({ perturbation }) => perturbation);
    expect(wrong).toHaveLength(captions.length / 2);
    for (const { response, original, claims } of wrong) {
      expect(original).not.toBe(response);
      expect(claims.some(({ good }) => !good)).toBe(true);
    }
    const items = rows<{ id: string; response: string }>('set', 'items.jsonl');
    expect(items.map(({ id, response }) => [id, response])).toEqual(captions.map(({ id, response }) => [id, response]));
    const judged = await vlmDetective(
      ['score', '--input', 'set/items.jsonl', '--json', '--scorer', `tldr:${await tinyModel()}`],
      { cwd: folder },
    );
    expect(judged.code).toBe(0);
    expect(parsed(judged.stdout).map(({ id }) => id)).toEqual(items.map(({ id }) => id));
  });

  it('writes the same set for the same seed', async () => {
    const make = (out: string) =>
      vlmDetective(
        [
          'scenes',
          '--count',
          '2',
          '--seed',
          '5',
          '--size',
          '150x140',
          '--style',
          'openmoji',
          '--format',
          'webp',
          '--out',
          out,
        ],
        { cwd: folder },
      );
    await Promise.all([make('a'), make('b')]);
    for (const name of ['scenes.jsonl', 'captions.jsonl', 'items.jsonl', 'images/scene-5.webp', 'images/scene-6.webp'])
      expect(readFileSync(join(folder, 'a', name)).equals(readFileSync(join(folder, 'b', name)))).toBe(true);
    expect(rows<Scene>('a', 'scenes.jsonl')[0]).toMatchObject({ width: 150, height: 140 });
    expect(
      rows<Scene>('a', 'scenes.jsonl').every(({ groups }) => groups.every(({ style }) => style === 'openmoji')),
    ).toBe(true);
  });

  it('does not touch a folder that is not empty, without --force', async () => {
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine', 'notes.txt'), 'precious');
    const args = ['scenes', '--count', '1', '--size', '128x128', '--out', 'mine'];
    const { code, stderr } = await vlmDetective(args, { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/mine is not empty: choose another folder, or add --force/);
    expect(readdirSync(join(folder, 'mine'))).toEqual(['notes.txt']);
    expect((await vlmDetective([...args, '--force'], { cwd: folder })).code).toBe(0);
    expect(existsSync(join(folder, 'mine', 'items.jsonl'))).toBe(true);
    expect(readFileSync(join(folder, 'mine', 'notes.txt'), 'utf8')).toBe('precious');
  });

  it('says so where a file is in the way of the folder', async () => {
    const { code, stderr } = await vlmDetective(['scenes', '--count', '1', '--out', 'red.png'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/red\.png is not a folder: choose another folder/);
  });
});
