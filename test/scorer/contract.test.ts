import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createScorer, scorerKinds } from '../../src/scorer/create-scorer.js';
import { anchors } from '../../src/scorer/evidence/objects/yolox.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { oipModelNames } from '../../src/scorer/served/oip/model-names.js';
import { openModelFolder } from '../../src/scorer/tldr/model-folder.js';
import { cocoCategories } from '../../src/text/lexicon/coco-objects.js';
import { anyCharacter } from '../fixtures/any-character.js';
import { runs } from '../fixtures/runs.js';
import { onnxFile } from '../fixtures/tiny/onnx-file.js';
import { plainPng, tinyModel } from '../fixtures/tiny/tiny-model.js';
import { tinyTokenizer } from '../fixtures/tiny/tiny-tokenizer.js';
import { openaiDialect, startModelServer } from '../rewriters/model-server.js';
import { startFakeTriton } from './served/oip/fake-triton.js';
import { startFakeVllm } from './served/vllm/fake-vllm.js';

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
  vi.unstubAllEnvs();
});

let picture: Uint8Array;
beforeAll(async () => {
  picture = await plainPng('#c00', 32);
  for (const key of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY']) vi.stubEnv(key, '');
});

/** A detector that sees one dog in every picture. */
async function dogDetector(): Promise<string> {
  const columns = 5 + cocoCategories.length;
  const seen = new Float32Array(anchors * columns);
  seen.set([26, 26, 3, 3, 1], 0);
  seen[5 + cocoCategories.indexOf('dog')] = 0.9;
  const graph = {
    inputs: [{ name: 'images', type: 'float32' as const, dims: [1, 3, 416, 416] }],
    outputs: [{ name: 'output', type: 'float32' as const, dims: [1, anchors, columns] }],
    constants: [
      { name: 'seen', dims: [1, anchors, columns], data: seen },
      { name: 'nothing', dims: [1], data: Float32Array.of(0) },
    ],
    nodes: [
      { op: 'ReduceMean', inputs: ['images'], output: 'mean', attributes: { axes: [1, 2, 3], keepdims: 0 } },
      { op: 'Mul', inputs: ['mean', 'nothing'], output: 'zero' },
      { op: 'Add', inputs: ['seen', 'zero'], output: 'output' },
    ],
  };
  const file = join(await mkdtemp(join(tmpdir(), 'dog-')), 'dog.onnx');
  await writeFile(file, onnxFile(graph));
  return file;
}

async function vllm(kind: string): Promise<string> {
  const fake = await startFakeVllm();
  stops.push(fake.stop);
  const folder = await mkdtemp(join(tmpdir(), 'served-'));
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tinyTokenizer));
  return `${kind}:tldr@${fake.url}#${folder}`;
}

/** A name for every kind of scorer, with a real model or a server behind it. */
const specs: Record<string, () => Promise<string>> = {
  auto: async () => 'auto',
  tldr: async () => `tldr:${await tinyModel()}`,
  objects: async () => `objects:${await dogDetector()}`,
  ocr: async () => 'ocr',
  ensemble: async () => `ensemble:tldr:${await tinyModel()}+objects:${await dogDetector()}`,
  vllm: () => vllm('vllm'),
  contrast: () => vllm('contrast'),
  async claims() {
    const answer = {
      token: 'Yes',
      logprob: -0.2,
      bytes: null,
      top_logprobs: [{ token: 'No', logprob: -1.8, bytes: null }],
    };
    const server = await startModelServer([openaiDialect.reply('Yes', [answer])]);
    stops.push(server.stop);
    return `claims:openai:m@${server.url}/v1`;
  },
  async spans() {
    const server = await startModelServer([openaiDialect.reply('[{"span": "red", "type": "attribute"}]')]);
    stops.push(server.stop);
    return `spans:openai:m@${server.url}/v1`;
  },
  async judge() {
    const finding = { phrase: 'red', context: 'red', type: 'attribute', reason: 'it is blue', confidence: 0.8 };
    const server = await startModelServer([openaiDialect.reply(JSON.stringify({ unsupported: [finding] }))]);
    stops.push(server.stop);
    return `judge:openai:m@${server.url}/v1`;
  },
  async oip() {
    const folder = await tinyModel();
    const { encoder, decoder } = oipModelNames((await openModelFolder(folder)).manifest);
    const fake = await startFakeTriton({
      [encoder]: join(folder, 'image_encoder.onnx'),
      [decoder]: join(folder, 'reward_decoder.onnx'),
    });
    stops.push(fake.stop);
    return `oip:${fake.url}#${folder}`;
  },
};

it('there is a case for every scorer', () => {
  expect(Object.keys(specs).sort()).toEqual(Object.keys(scorerKinds).sort());
});

describe.each(Object.keys(scorerKinds))('the scorer %s', (kind) => {
  let scorer: Scorer;
  beforeAll(async () => {
    scorer = await createScorer(await specs[kind]!());
  });
  afterAll(() => scorer.close?.());

  const score = (response: string, signal?: AbortSignal) =>
    scorer.score({ images: [picture], prompt: 'What is there?', response, ...(signal ? { signal } : {}) });

  const texts = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 }),
    fc
      .array(
        fc.constantFrom('A red dog', '👩‍🚀', 'e\u0301té', '“two” cats', '\u200b', '，狗', '\r\n', '\t', '**blue**'),
        {
          minLength: 1,
          maxLength: 8,
        },
      )
      .map((parts) => parts.join(' ')),
  );

  it('gives tokens that stand in the text, in order, with a reward from 0 to 1 or null, for any text', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (response) => {
        const scored = await score(response);
        expect(scored.response).toBe(response);
        let end = 0;
        for (const token of scored.tokens) {
          expect(response.slice(token.start, token.end)).toBe(token.text);
          expect(token.text).not.toBe('');
          expect(token.start).toBeGreaterThanOrEqual(end);
          end = token.end;
          if (token.reward === null) continue;
          expect(token.reward).toBeGreaterThanOrEqual(0);
          expect(token.reward).toBeLessThanOrEqual(1);
          expect(scored.abstained).toBeUndefined();
        }
      }),
      { numRuns: runs(15) },
    );
  }, 120_000);

  it('judges something of a plain answer, or says why not', async () => {
    const { tokens, abstained, scorer: by } = await score('A red dog.');
    expect(tokens.map(({ text }) => text).join('')).toContain('dog');
    expect(abstained !== undefined || tokens.some(({ reward }) => reward !== null)).toBe(true);
    expect(by).not.toBe('');
    expect(scorer.name).not.toBe('');
  });

  it.each(['', ' \n\t '])('has nothing to say of the empty text %j', async (response) => {
    expect((await score(response)).tokens).toEqual([]);
  });

  it('refuses an answer about no picture', async () => {
    await expect(scorer.score({ images: [], response: 'A dog.' })).rejects.toMatchObject({ code: 'bad-argument' });
  });

  it('says that a picture is none', async () => {
    const images = [Buffer.from('not a picture')];
    await expect(scorer.score({ images, response: 'A dog.' })).rejects.toMatchObject({ code: 'bad-image' });
  });

  it('stops when told to, before and during, and works on', async () => {
    const before = await score('A red dog.');
    await expect(score('A red dog.', AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    const stop = new AbortController();
    const scoring = score('A blue dog.', stop.signal);
    stop.abort();
    await expect(scoring).rejects.toMatchObject({ code: 'aborted' });
    expect((await score('A red dog.')).tokens).toEqual(before.tokens);
  });

  it('answers a batch in order, a bad item by an error in its place', async () => {
    if (!scorer.scoreBatch) return;
    const good = { images: [picture], response: 'A red dog.' };
    const scored = await scorer.scoreBatch([good, { images: ['/no/such.png'], response: 'A dog.' }, good]);
    expect(scored.map((one) => one instanceof Error)).toEqual([false, true, false]);
    expect(scored[2]).toEqual(scored[0]);
  });

  it('can be closed twice', async () => {
    const other = await createScorer(await specs[kind]!());
    await other.close?.();
    await other.close?.();
  });
});
