import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyModel } from '../fixtures/tiny/tiny-model.js';
import { noise, parsed, vlmDetective, workFolder, writeItems } from './command-line.js';

let folder: string;
let scorer: string[];
beforeAll(async () => {
  folder = await workFolder();
  scorer = ['--scorer', `tldr:${await tinyModel()}`];
});

const good = (id: string, image = 'red.png') => ({ id, image, response: 'A green dog.' });

describe('items from a JSONL file', () => {
  it('come out one line each, in order, corrected, with paths relative to the file', async () => {
    const items = Array.from({ length: 25 }, (_, n) => good(`n${n}`, n % 2 ? 'green.png' : './red.png'));
    const input = writeItems(folder, items);
    const { code, stdout, stderr } = await vlmDetective(['correct', '--input', input, '--json', ...scorer]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = parsed(stdout);
    expect(lines.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
    expect(lines.map(({ response }) => response)).toEqual(items.map((_, n) => (n % 2 ? 'A green dog.' : 'A dog.')));
  });

  it('a bad line 7 among good ones is one failed item that names file, line and cure', async () => {
    const lines = Array.from({ length: 10 }, (_, n) => (n === 6 ? '{"id": "seven", "image": ' : good(String(n + 1))));
    const input = writeItems(folder, lines);
    const { code, stdout, stderr } = await vlmDetective(['correct', '--input', input, '--json', ...scorer]);
    expect(code).toBe(1);
    const results = parsed(stdout);
    expect(results).toHaveLength(10);
    expect(results[6]).toEqual({
      id: '7',
      error: {
        code: 'bad-input',
        message: expect.stringMatching(/items\.jsonl line 7: not valid JSON .* each line must be/),
      },
    });
    expect(results.filter(({ status }) => status === 'clean')).toHaveLength(9);
    expect(stderr).toMatch(/items\.jsonl line 7: not valid JSON/);
    expect(stderr).toMatch(/1 of 10 items failed/);
    expect(stderr).not.toMatch(noise);
  });

  it.each<[string, object | string | number, RegExp]>([
    ['no image', { id: 'x', response: 'A dog.' }, /"image" is missing/],
    ['no response', { id: 'x', image: 'red.png' }, /"response" is missing/],
    ['an image that is a number', { id: 'x', image: 3, response: 'A dog.' }, /"image" must be a string/],
    ['an empty image', { id: 'x', image: '', response: 'A dog.' }, /"image" is empty/],
    ['an id that is a list', { id: [1], image: 'red.png', response: 'A dog.' }, /"id" must be a string or a number/],
    ['a list', '[1, 2]', /not a JSON object/],
    ['null', 'null', /not a JSON object/],
    ['a text', '"A dog."', /not a JSON object/],
  ])('%s fails alone', async (_, line, message) => {
    const input = writeItems(folder, [good('a'), line as object, good('b')]);
    const { code, stdout } = await vlmDetective(['score', '--input', input, '--json', ...scorer]);
    expect(code).toBe(1);
    const [first, bad, last] = parsed(stdout);
    expect([first!.id, last!.id]).toEqual(['a', 'b']);
    expect(bad!.error!.message).toMatch(message);
    expect(bad!.error!.message).toMatch(/line 2/);
  });

  it('takes line numbers for ids that are not there, and numbers as they are', async () => {
    const input = writeItems(folder, [
      { ...good('a'), id: undefined },
      '',
      { ...good('a'), id: 12 },
      { ...good('a'), id: null },
    ]);
    const { stdout } = await vlmDetective(['score', '--input', input, '--json', ...scorer]);
    expect(parsed(stdout).map(({ id }) => id)).toEqual(['1', 12, '4']);
  });

  it('reads CRLF, a byte order mark, U+2028 inside a text, and a last line without its end', async () => {
    const input = join(folder, 'odd.jsonl');
    const second = JSON.stringify({ ...good('b'), response: 'A green\u2028dog.' });
    writeFileSync(input, `\ufeff${JSON.stringify(good('a'))}\r\n\r\n${second}\r\n${JSON.stringify(good('c'))}`);
    const { code, stdout } = await vlmDetective(['correct', '--input', input, '--json', ...scorer]);
    expect(code).toBe(0);
    expect(parsed(stdout).map(({ id, response }) => [id, response])).toEqual([
      ['a', 'A dog.'],
      ['b', 'A dog.'],
      ['c', 'A dog.'],
    ]);
  });

  it('says which line is not UTF-8', async () => {
    const input = join(folder, 'latin.jsonl');
    writeFileSync(
      input,
      Buffer.concat([Buffer.from(`${JSON.stringify(good('a'))}\n`), Buffer.from('{"id":"caf\xe9"}\n', 'latin1')]),
    );
    const { code, stdout } = await vlmDetective(['score', '--input', input, '--json', ...scorer]);
    expect(code).toBe(1);
    expect(parsed(stdout)[1]!.error!.message).toMatch(/line 2: not UTF-8/);
  });

  it.each([
    ['an empty file', ''],
    ['a file of blank lines', '\n\n \n'],
    ['a file without one good line', 'hello\n{"id": 1}\n'],
  ])('%s ends with 2', async (_, content) => {
    const input = join(folder, 'useless.jsonl');
    writeFileSync(input, content);
    const { code, stderr } = await vlmDetective(['correct', '--input', input, '--json', ...scorer]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/useless\.jsonl has no usable line: each should look like/);
    if (content.includes('hello')) expect(stderr).toMatch(/useless\.jsonl line 1: not valid JSON/);
    expect(stderr).not.toMatch(noise);
  });

  it('gives the question of --prompt to items that have none', async () => {
    // the tiny model distrusts everything where the question has a "!"
    const input = writeItems(folder, [
      { ...good('a'), response: 'dog' },
      { ...good('b'), response: 'dog', prompt: 'What?' },
    ]);
    const { stdout } = await vlmDetective(['score', '--input', input, '--prompt', 'x!', '--json', ...scorer]);
    expect(parsed(stdout).map(({ spans }) => (spans as unknown[]).length)).toEqual([1, 0]);
  });
});

/** A PNG that says it has 20,000 x 20,000 pixels. */
function hugePng(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8 + body.length);
    frame.writeUInt32BE(data.length);
    body.copy(frame, 4);
    frame.writeUInt32BE(crc32(body), 4 + body.length);
    return frame;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(20_000, 0);
  header.writeUInt32BE(20_000, 4);
  header.set([8, 2], 8);
  const pixels = chunk('IDAT', deflateSync(Buffer.alloc(1000)));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    pixels,
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('pictures', () => {
  it('a 1-pixel and a 20,000-pixel-wide picture are judged; truncated, huge, empty and foreign files fail alone', async () => {
    const red = { create: { width: 1, height: 1, channels: 3 as const, background: '#f00' } };
    await sharp(red).png().toFile(join(folder, 'pixel.png'));
    await sharp({ create: { ...red.create, width: 20_000, height: 20 } })
      .png()
      .toFile(join(folder, 'wide.png'));
    const noisy = await sharp({
      create: { ...red.create, width: 200, height: 200, noise: { type: 'gaussian', mean: 99, sigma: 40 } },
    })
      .png()
      .toBuffer();
    writeFileSync(join(folder, 'cut.png'), noisy.subarray(0, noisy.length / 2));
    writeFileSync(join(folder, 'huge.png'), hugePng());
    closeSync(openSync(join(folder, 'empty.png'), 'w'));
    writeFileSync(join(folder, 'vector.png'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const names = ['pixel', 'wide', 'cut', 'huge', 'empty', 'vector'];
    const items = [
      ...names.map((name) => good(name, `${name}.png`)),
      good('folder', '.'),
      good('far', 'https://example.com/a.png'),
    ];
    const { code, stdout, stderr } = await vlmDetective([
      'correct',
      '--input',
      writeItems(folder, items),
      '--json',
      ...scorer,
    ]);
    expect(code).toBe(1);
    expect(stderr).not.toMatch(noise);
    const results = Object.fromEntries(parsed(stdout).map((line) => [line.id, line]));
    expect(results.pixel).toMatchObject({ status: 'clean', response: 'A dog.' });
    expect(results.wide).toMatchObject({ status: 'clean', response: 'A dog.' });
    const messages = {
      cut: /broken or cut off/,
      huge: /20000 x 20000 pixels/,
      empty: /is empty/,
      vector: /svg/,
      folder: /is a folder/,
      far: /remote URL/,
    };
    for (const [id, message] of Object.entries(messages)) {
      // failing open: the original is not lost
      expect(results[id]).toMatchObject({
        original: 'A green dog.',
        response: 'A green dog.',
        status: 'failed',
        error: { code: 'bad-image' },
      });
      expect(results[id]!.error!.message).toMatch(message);
    }
  });

  it('with --fail-closed a failed item is only its error', async () => {
    const input = writeItems(folder, [good('a', 'gone.png'), good('b')]);
    const { code, stdout } = await vlmDetective(['correct', '--input', input, '--json', '--fail-closed', ...scorer]);
    expect(code).toBe(1);
    const [failed, whole] = parsed(stdout);
    expect(failed).toEqual({
      id: 'a',
      error: { code: 'bad-image', message: expect.stringContaining('gone.png does not exist') },
    });
    expect(whole).toMatchObject({ id: 'b', status: 'clean' });
  });

  it('--on-unresolved throw makes what stays flagged a failed item', async () => {
    const input = writeItems(folder, [good('a'), good('b', 'green.png')]);
    const { code, stdout } = await vlmDetective([
      'correct',
      '--input',
      input,
      '--json',
      '--max-rounds',
      '0',
      '--on-unresolved',
      'throw',
      ...scorer,
    ]);
    expect(code).toBe(1);
    expect(parsed(stdout).map((line) => line.error?.code ?? line.status)).toEqual(['unresolved', 'clean']);
  });
});
