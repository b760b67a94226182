import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import type { Scorer } from '../../src/scorer/scorer.js';
import { fittedTiles } from '../../src/scorer/tldr/families/mllama.js';
import { openFamily } from '../../src/scorer/tldr/families/open-family.js';
import { fittedSize } from '../../src/scorer/tldr/families/qwen-vl.js';
import { openModelFolder } from '../../src/scorer/tldr/model-folder.js';
import { tldrScorer } from '../../src/scorer/tldr/tldr-scorer.js';
import { openTokenizer } from '../../src/scorer/tldr/tokenizer.js';
import { cutWindows } from '../../src/scorer/tldr/windows.js';
import { splitSentences } from '../../src/text/sentences.js';
import { viewOf } from '../../src/text/view/view.js';

// made by `python -m tldr_vlm.fixture`: a tiny Qwen2.5-VL that knows red squares from blue ones, a Qwen3-VL, a SmolVLM, a PaliGemma 2,
// a Llama 3.2 Vision.
// Their pictures have other sizes than they are judged at
const folder = join(import.meta.dirname, '../fixtures/qwen-vl-tiny');
const folders = {
  'Qwen2.5-VL': folder,
  'Qwen3-VL': join(import.meta.dirname, '../fixtures/qwen3-vl-tiny'),
  SmolVLM: join(import.meta.dirname, '../fixtures/smolvlm-tiny'),
  'PaliGemma 2': join(import.meta.dirname, '../fixtures/paligemma-tiny'),
  'Llama 3.2 Vision': join(import.meta.dirname, '../fixtures/mllama-tiny'),
};
const read = <T>(name: string, from = folder) => JSON.parse(readFileSync(join(from, name), 'utf8')) as T;

interface Golden {
  image: string;
  prompt?: string;
  response: string;
  rewards: { start: number; end: number; reward: number }[];
}

const opened = new Map<string, Promise<Scorer>>();
function scorerOf(path = folder): Promise<Scorer> {
  const scorer = opened.get(path) ?? tldrScorer(path);
  opened.set(path, scorer);
  return scorer;
}
afterAll(() => Promise.all([...opened.values()].map(async (scorer) => (await scorer).close?.())));

const picture = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
const wordReward = (tokens: { text: string; reward: number | null }[], word: string) =>
  tokens.find(({ text }) => text.trim() === word)!.reward!;

/** PyTorch read the raw answer, a scorer reads its view: they can agree where both are one. */
const plain = (all: readonly Golden[]) => all.filter(({ response }) => viewOf(response).text === response);

describe('a TLDR on a Qwen2.5-VL backbone', () => {
  it.each(
    Object.entries(folders).flatMap(([backbone, from]) =>
      plain(read<Golden[]>('golden.json', from)).map(
        (golden) => [backbone, golden.response.slice(0, 40), golden, from] as const,
      ),
    ),
  )('gives the rewards of PyTorch to 1e-3: %s, %s', async (_backbone, _response, golden, from) => {
    const { image, prompt, response, rewards } = golden;
    const { tokens } = await (await scorerOf(from)).score({
      images: [new Uint8Array(readFileSync(join(from, image)))],
      response,
      ...(prompt === undefined ? {} : { prompt }),
    });
    for (const { start, end, text } of tokens) expect(response.slice(start, end)).toBe(text);
    // tokens of one character share its range: the lowest stands for it
    for (const token of tokens) {
      const same = rewards.filter(({ start, end }) => start < token.end && end > token.start);
      const wanted = Math.min(...same.map(({ reward }) => reward));
      expect(Math.abs(token.reward! - wanted)).toBeLessThan(1e-3);
    }
  });

  it.each(Object.entries(folders))(
    'is asked about rewards that differ, else agreement would say nothing: %s',
    (_, from) => {
      const all = read<Golden[]>('golden.json', from).flatMap(({ rewards }) => rewards.map(({ reward }) => reward));
      expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(0.5);
    },
  );

  it('gives about the same rewards in 8 bits, and judges a word by what stands before it only', async () => {
    const blocks = join(import.meta.dirname, '../fixtures/qwen-vl-tiny-q8');
    const scorer = await scorerOf(blocks);
    for (const { image, prompt, response, rewards } of plain(read<Golden[]>('golden.json', blocks))) {
      const request = { images: [new Uint8Array(readFileSync(join(blocks, image)))], ...(prompt ? { prompt } : {}) };
      const { tokens } = await scorer.score({ ...request, response });
      for (const { start, end, reward } of tokens) {
        const same = rewards.filter((one) => one.start < end && one.end > start).map((one) => one.reward);
        expect(Math.abs(reward! - Math.min(...same))).toBeLessThan(0.02);
      }
      const other = await scorer.score({ ...request, response: `${response.slice(0, -1)}!` });
      expect(other.tokens.slice(0, -1)).toEqual(tokens.slice(0, -1));
    }
  });

  it('takes pictures of any shape', async () => {
    const scorer = await scorerOf();
    for (const [width, height] of [
      [60, 400],
      [700, 90],
      [1, 1],
      [1500, 1100],
    ] as const) {
      const red = await sharp({ create: { width, height, channels: 3, background: '#dc1e1e' } })
        .png()
        .toBuffer();
      const { tokens } = await scorer.score({ images: [new Uint8Array(red)], response: 'The square is red.' });
      expect(tokens.every(({ reward }) => reward! >= 0 && reward! <= 1)).toBe(true);
    }
    const thin = await sharp({ create: { width: 2100, height: 4, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    await expect(scorer.score({ images: [new Uint8Array(thin)], response: 'Red.' })).rejects.toMatchObject({
      code: 'bad-image',
    });
  });

  it('judges pictures of different grids in one batch as it does alone', async () => {
    const scorer = await scorerOf();
    const requests = read<Golden[]>('golden.json').map(({ image, response }) => ({
      images: [picture(image)],
      response,
    }));
    const together = await scorer.scoreBatch!(requests);
    for (const [index, request] of requests.entries()) {
      const alone = await (await scorerOf()).score(request);
      const scored = together[index] as Awaited<ReturnType<Scorer['score']>>;
      for (const [at, { reward }] of scored.tokens.entries()) expect(reward).toBeCloseTo(alone.tokens[at]!.reward!, 3);
    }
  });

  it('judges a word by what stands before it only', async () => {
    const scorer = await scorerOf();
    const score = async (response: string) =>
      (await scorer.score({ images: [picture('0.png')], response })).tokens.slice(0, 3).map(({ reward }) => reward);
    expect(await score('The square is red.')).toEqual(await score('The square is blue!'));
  });

  it('finds the wrong word far behind the end of the context, and judges all before it', async () => {
    const scorer = await scorerOf();
    const response = `${'The square is red. '.repeat(80)}The square is blue.`;
    const { tokens } = await scorer.score({ images: [picture('0.png')], response });
    expect(wordReward(tokens, 'blue')).toBeLessThan(0.5);
    expect(tokens.every(({ reward }) => reward !== null)).toBe(true);
    expect(tokens.at(-1)!.end).toBe(response.length);
  });

  it('gives each token of a sentence longer than the context the reward of one window, the one that shows most around it', async () => {
    const model = await openModelFolder(folder);
    const scorer = await scorerOf();
    const response = 'the square is red and the other square is blue and '.repeat(40).trim();
    const images = [picture('0.png')];
    const { tokens } = await scorer.score({ images, response });
    expect(tokens.every(({ reward }) => reward !== null)).toBe(true);
    const family = openFamily(model);
    const { width, height } = family.imageSize!({ width: 112, height: 84 });
    const tokenize = await openTokenizer(model);
    const { ranges } = await tokenize(response);
    const prompt = (await tokenize(family.defaultPrompt!)).ids;
    const head = family.sequence!(1 + (width * height) / 28 ** 2, prompt, []).ids.length;
    const windows = cutWindows(response, ranges, splitSentences(response), model.manifest.text.maxTokens - head);
    expect(windows.length).toBeGreaterThan(2);
    const byEnd = (scored: typeof tokens, from = 0) => new Map(scored.map(({ end, reward }) => [end + from, reward!]));
    const whole = byEnd(tokens);
    let before = 0;
    for (const [index, { from, to, keepFrom, keepTo }] of windows.entries()) {
      // the kept parts touch, and lie inside windows that overlap
      expect(keepFrom).toBe(before);
      before = keepTo;
      if (index > 0) expect(from).toBeLessThan(windows[index - 1]!.to);
      const { start } = ranges[from]!;
      const alone = byEnd(
        (await scorer.score({ images, response: response.slice(start, ranges[to - 1]!.end) })).tokens,
        start,
      );
      // white space that is a token of its own has no reward
      const words = ranges.slice(keepFrom, keepTo).filter(({ start, end }) => response.slice(start, end).trim() !== '');
      expect(words.length).toBeGreaterThan(8);
      for (const { end } of words) expect(Math.abs(whole.get(end)! - alone.get(end)!)).toBeLessThan(1e-3);
    }
    expect(before).toBe(ranges.length);
  });

  it('judges by several pictures of different grids as by each alone: a token has the highest of their rewards', async () => {
    const scorer = await scorerOf();
    const response = 'The square is red. The square is blue.';
    const images = ['0.png', '1.png', '7.png'].map(picture);
    const sizes = await Promise.all(images.map((image) => sharp(image).metadata()));
    expect(new Set(sizes.map(({ width, height }) => `${width} x ${height}`)).size).toBe(3);
    const together = await scorer.score({ images, response });
    const alone = await Promise.all(images.map((image) => scorer.score({ images: [image], response })));
    for (const [at, { reward }] of together.tokens.entries())
      expect(reward).toBeCloseTo(Math.max(...alone.map(({ tokens }) => tokens[at]!.reward!)), 3);
  });

  it('takes what any of several pictures shows for shown', async () => {
    const scorer = await scorerOf();
    const response = 'The square is blue.';
    const [red, both] = await Promise.all([
      scorer.score({ images: [picture('0.png')], response }),
      scorer.score({ images: [picture('0.png'), picture('1.png')], response }),
    ]);
    expect(wordReward(red.tokens, 'blue')).toBeLessThan(0.5);
    expect(wordReward(both.tokens, 'blue')).toBeGreaterThan(0.5);
  });

  it('says so where picture and prompt leave no room for an answer', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'qwen-vl-'));
    cpSync(folder, copy, { recursive: true });
    const manifest = read<{ text: object }>('tldr.json');
    writeFileSync(
      join(copy, 'tldr.json'),
      JSON.stringify({ ...manifest, text: { ...manifest.text, maxTokens: 30, maxPromptTokens: 8 } }),
    );
    const scorer = await scorerOf(copy);
    await expect(scorer.score({ images: [picture('0.png')], response: 'Red.' })).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringMatching(/leave no room.*30 tokens/),
    });
  });
});

describe.each([
  ['smolvlm', folders.SmolVLM],
  ['paligemma', folders['PaliGemma 2']],
  ['mllama', folders['Llama 3.2 Vision']],
])('a TLDR on a backbone that looks at squares: %s', (family, from) => {
  it('takes pictures of any shape, and finds the wrong colour', async () => {
    const scorer = await scorerOf(from);
    const red = await sharp({ create: { width: 300, height: 40, channels: 3, background: '#dc1e1e' } })
      .png()
      .toBuffer();
    const { tokens } = await scorer.score({ images: [new Uint8Array(red)], response: 'The square is red.' });
    expect(tokens.every(({ reward }) => reward! >= 0 && reward! <= 1)).toBe(true);
    const image = new Uint8Array(readFileSync(join(from, '0.png')));
    const told = async (response: string, word: string) =>
      (await scorer.score({ images: [image], response })).tokens.find(({ text }) => text.includes(word))!.reward!;
    expect(await told('The square is red.', 'red')).toBeGreaterThan(0.9);
    expect(await told('The square is blue.', 'blue')).toBeLessThan(0.1);
  });

  it('says what its folder lacks', async () => {
    const copy = mkdtempSync(join(tmpdir(), `${family}-`));
    cpSync(from, copy, { recursive: true });
    const { chat: _, ...manifest } = read<{ chat: object }>('tldr.json', from);
    writeFileSync(join(copy, 'tldr.json'), JSON.stringify(manifest));
    await expect(tldrScorer(copy)).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(new RegExp(`lacks what ${family} needs.*chat`)),
    });
  });
});

describe('the size that a picture is judged in', () => {
  const bounds = { cell: 28, smallest: 56 * 56, largest: 28 * 28 * 256 };

  it('is made of whole cells and within bounds, for any picture', () => {
    const side = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        fc.pre(Math.max(width, height) <= 200 * Math.min(width, height));
        const size = fittedSize({ width, height }, bounds);
        expect(size.width % 28).toBe(0);
        expect(size.height % 28).toBe(0);
        expect(size.width * size.height).toBeGreaterThanOrEqual(bounds.smallest);
        // a side is at least one cell, however thin the picture
        if (Math.min(size.width, size.height) > 28)
          expect(size.width * size.height).toBeLessThanOrEqual(bounds.largest);
      }),
    );
  });

  it('is that of transformers', () => {
    // transformers.models.qwen2_vl.image_processing_qwen2_vl.smart_resize(height, width, 28, 3136, 200704)
    expect(fittedSize({ width: 640, height: 480 }, bounds)).toEqual({ width: 504, height: 364 });
    expect(fittedSize({ width: 42, height: 42 }, bounds)).toEqual({ width: 56, height: 56 });
    expect(fittedSize({ width: 70, height: 98 }, bounds)).toEqual({ width: 56, height: 112 });
    expect(fittedSize({ width: 10, height: 300 }, bounds)).toEqual({ width: 28, height: 308 });
    expect(fittedSize({ width: 10, height: 900 }, bounds)).toEqual({ width: 28, height: 532 });
  });
});

describe('the squares that a picture lies in', () => {
  it('are those of transformers', () => {
    // transformers.models.mllama: get_optimal_tiled_canvas(height, width, 4, 560), get_image_size_fit_to_canvas
    const wanted = [
      [640, 480, 1120, 560, 640, 480],
      [300, 200, 560, 560, 560, 373],
      [2000, 500, 2240, 560, 2000, 500],
      [500, 3000, 560, 2240, 373, 2240],
      [1120, 560, 1120, 560, 1120, 560],
      [7, 900, 560, 1120, 7, 900],
    ] as const;
    for (const [width, height, across, down, right, below] of wanted)
      expect(fittedTiles({ width, height }, 560, 4)).toEqual({
        width: across,
        height: down,
        corner: { width: right, height: below },
      });
  });

  it('are at most so many, and hold the picture, whatever it is', () => {
    const side = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 12 }), (width, height, most) => {
        const { corner, ...canvas } = fittedTiles({ width, height }, 56, most);
        expect(canvas.width % 56).toBe(0);
        expect(canvas.height % 56).toBe(0);
        expect((canvas.width / 56) * (canvas.height / 56)).toBeLessThanOrEqual(most);
        expect(corner.width).toBeGreaterThanOrEqual(1);
        expect(corner.height).toBeGreaterThanOrEqual(1);
        expect(corner.width).toBeLessThanOrEqual(canvas.width);
        expect(corner.height).toBeLessThanOrEqual(canvas.height);
      }),
    );
  });
});
