import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DetectiveError } from '../../src/base/errors.js';
import { tldrScorer } from '../../src/scorer.js';
import { tinyModel } from '../fixtures/tiny/tiny-model.js';
import { tinyTokenizer } from '../fixtures/tiny/tiny-tokenizer.js';

async function problemOf(folder: string): Promise<DetectiveError> {
  const scorer = await tldrScorer(folder).catch((error: unknown) => error);
  expect(scorer).toBeInstanceOf(DetectiveError);
  const error = scorer as DetectiveError;
  expect(error.code).toBe('bad-model');
  expect(error.message).toContain(folder);
  expect(error.message).not.toMatch(/\n/);
  return error;
}

const text = { maxTokens: 24, maxPromptTokens: 6, lowercase: true, bos: 1, sep: 2, eos: 3 };
const image = { size: [4, 4], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], fit: 'fill' };

describe('a TLDR model folder that is not whole', () => {
  it.each(['tldr.json', 'tokenizer.json', 'image_encoder.onnx', 'reward_decoder.onnx'])(
    'says so where %s is missing',
    async (file) => {
      const folder = await tinyModel();
      await rm(join(folder, file));
      expect((await problemOf(folder)).message).toContain(`${join(folder, file)} is missing`);
    },
  );

  it.each(['tokenizer.json', 'image_encoder.onnx', 'reward_decoder.onnx'])(
    'says so where one byte of %s was changed',
    async (file) => {
      const folder = await tinyModel();
      const bytes = await readFile(join(folder, file));
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(join(folder, file), bytes);
      expect((await problemOf(folder)).message).toMatch(/is damaged or was changed; fetch the folder again/);
    },
  );

  it('checks the file beside a graph, where the weights of a large model stand', async () => {
    const folder = await tinyModel({ decoderData: true });
    const file = join(folder, 'reward_decoder.onnx.data');
    const bytes = await readFile(file);
    bytes[0]! ^= 1;
    await writeFile(file, bytes);
    expect((await problemOf(folder)).message).toContain(`${file} is not the file that tldr.json names`);
    await rm(file);
    expect((await problemOf(folder)).message).toContain(`${file} is missing`);
  });

  it('says so where the folder itself is missing', async () => {
    const folder = join(await tinyModel(), 'nowhere');
    expect((await problemOf(folder)).message).toMatch(/tldr\.json is missing: is this a TLDR model folder/);
  });

  it('says so where tldr.json is cut off', async () => {
    const folder = await tinyModel();
    const whole = await readFile(join(folder, 'tldr.json'), 'utf8');
    await writeFile(join(folder, 'tldr.json'), whole.slice(0, 100));
    expect((await problemOf(folder)).message).toMatch(/tldr\.json is not valid JSON .*: fetch the folder again/);
  });

  it.each([
    ['a newer format', { format: 2 }, /has format 2, and this version knows format 1: update vlm-detective/],
    ['no format', { format: undefined }, /has format undefined/],
    ['an unknown family', { family: 'qwen9' }, /family "qwen9", and this version knows plain, scene-slots, .*: update/],
    ['a family that is the name of a method', { family: 'constructor' }, /family "constructor"/],
    ['scene-slots without slots', { family: 'scene-slots' }, /lacks what scene-slots needs.*slots/],
    ['qwen-vl without a chat', { family: 'qwen-vl' }, /lacks what qwen-vl needs.*chat/],
    ['smolvlm without a chat', { family: 'smolvlm' }, /lacks what smolvlm needs.*chat/],
    ['paligemma without a chat', { family: 'paligemma' }, /lacks what paligemma needs.*chat/],
    ['a threshold above 1', { threshold: 1.5 }, /is not valid, export it again: .*threshold/],
    ['a standard deviation of 0', { image: { ...image, std: [0, 1, 1] } }, /is not valid.*image\.std/],
    ['a picture of a billion pixels', { image: { ...image, size: [40_000, 40_000] } }, /is not valid.*image\.size/],
    ['a negative token', { text: { ...text, bos: -1 } }, /is not valid.*text\.bos/],
    ['no room for an answer', { text: { ...text, maxPromptTokens: 21 } }, /must leave room for 8 tokens/],
    ['no hash', { files: { 'tokenizer.json': 'abc' } }, /not a SHA-256 in hex/],
  ])('says so where tldr.json has %s', async (_, manifest, message) => {
    expect((await problemOf(await tinyModel({ manifest }))).message).toMatch(message);
  });

  it.each([
    ['null', null],
    ['a list', []],
    ['no model', { ...tinyTokenizer, model: undefined }],
    ['a prefix space', { ...tinyTokenizer, pre_tokenizer: { ...tinyTokenizer.pre_tokenizer, add_prefix_space: true } }],
    [
      'a normalizer that drops accents',
      { ...tinyTokenizer, normalizer: { type: 'Sequence', normalizers: [{ type: 'NFD' }, { type: 'StripAccents' }] } },
    ],
    ['a pre-tokenizer that drops spaces', { ...tinyTokenizer, pre_tokenizer: { type: 'Whitespace' } }],
    ['a byte missing', { ...tinyTokenizer, model: { ...tinyTokenizer.model, vocab: { a: 1 }, merges: [] } }],
  ])('says so where tokenizer.json is not a byte-level BPE: %s', async (_, tokenizer) => {
    expect((await problemOf(await tinyModel({ tokenizer }))).message).toMatch(
      /tokenizer\.json (cannot be loaded|does not keep)/,
    );
  });

  it.each([
    ['threads', { threads: 0 }],
    ['cacheBytes', { cacheBytes: 1.5 }],
  ])('refuses %s that are no whole number', async (name, options) => {
    await expect(tldrScorer(await tinyModel(), options)).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining(name),
    });
  });
});
