import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ScoredResponse, ScoreRequest } from '../../../../src/scorer/scorer.js';
import { oipModelNames } from '../../../../src/scorer/served/oip/model-names.js';
import { oipScorer } from '../../../../src/scorer/served/oip/oip-scorer.js';
import { openModelFolder } from '../../../../src/scorer/tldr/model-folder.js';
import { tldrScorer } from '../../../../src/scorer/tldr/tldr-scorer.js';
import { holdTimeouts } from '../../../fixtures/hold-time.js';
import { plainPng, tinyModel } from '../../../fixtures/tiny/tiny-model.js';
import { type FakeTriton, type Fault, type Reply, startFakeTriton } from './fake-triton.js';

let folder: string;
let fake: FakeTriton;
let encoder: string;
let decoder: string;
let requests: ScoreRequest[];
let expected: ScoredResponse[];
let passTime: () => void;
const quick = { retries: 1, minTimeout: 1 };

beforeAll(async () => {
  folder = await tinyModel();
  ({ encoder, decoder } = oipModelNames((await openModelFolder(folder)).manifest));
  fake = await startFakeTriton({
    [encoder]: join(folder, 'image_encoder.onnx'),
    [decoder]: join(folder, 'reward_decoder.onnx'),
  });
  const pictures = await Promise.all(['#f00', '#0f0', '#00f'].map((colour) => plainPng(colour)));
  requests = Array.from({ length: 20 }, (_, n) => ({
    images: [pictures[n % 3]!],
    response: `a red dog, ${'a green one, '.repeat(n % 6)}blue!`,
  }));
  const local = await tldrScorer(folder);
  expected = (await local.scoreBatch!(requests)) as ScoredResponse[];
  await local.close!();
});
afterAll(() => fake.stop());
beforeEach(() => {
  passTime = holdTimeouts();
  fake.calls.length = 0;
  fake.binary = true;
});
afterEach(() => {
  vi.restoreAllMocks();
  fake.fault = null;
  fake.metadataFault = null;
});

const open = () => oipScorer(fake.url, { ...quick, folder });
const values = (scored: readonly (ScoredResponse | Error)[]) =>
  scored.map((one) => (one as ScoredResponse).tokens.map(({ text, reward }) => `${text} ${reward!.toFixed(4)}`));

describe('a TLDR folder behind Triton', () => {
  it.each([true, false])('gives the rewards that it gives here (binary tensors: %s)', async (binary) => {
    fake.binary = binary;
    const scorer = await open();
    const scored = await scorer.scoreBatch!(requests);
    expect(values(scored)).toEqual(values(expected));
    expect(scorer.name).toMatch(/^oip:tiny@1\.0\.0@http:/);
    // each picture once, and sequences padded to like lengths
    const encoded = fake.calls.filter(({ path }) => path === encoder);
    expect(encoded).toHaveLength(3);
    const shapes = fake.calls.filter(({ path }) => path === decoder).map(({ json }) => json.inputs[0].shape);
    for (const [, length] of shapes) expect(length % 16 === 0 || length === 24).toBe(true);
    expect(shapes.length).toBeLessThan(requests.length * 2);
    expect(encoded[0]!.json.inputs[0].data === undefined).toBe(binary);
    await scorer.close!();
  });
});

const changed = (reply: Reply, output: object): Reply => ({
  ...reply,
  json: { ...reply.json, outputs: [{ ...reply.json.outputs[0], ...output }] },
});
const always: [name: string, fault: Fault, message: RegExp][] = [
  ['another request', (reply) => ({ ...reply, json: { ...reply.json, id: 'other' } }), /of another request/],
  ['another model', (reply) => ({ ...reply, json: { ...reply.json, model_name: 'other' } }), /of the model "other"/],
  ['a tensor cut off', ({ json, raw }) => ({ json, raw: raw!.subarray(0, raw!.length - 4) }), /cut off/],
  ['a header cut off', ({ json, raw }) => ({ json: JSON.stringify(json).slice(0, 40), raw }), /not the JSON/],
  [
    'NaN',
    ({ json, raw }) => {
      raw!.writeFloatLE(Number.NaN, 0);
      return { json, raw };
    },
    /no number/,
  ],
  ['another output', (reply) => changed(reply, { name: 'other' }), /has no output/],
  [
    'another shape',
    (reply) => {
      reply.json.outputs[0].shape.unshift(1);
      return reply;
    },
    /has the shape/,
  ],
  [
    'duplicated rows',
    ({ json, raw }) => {
      json.outputs[0].shape[0] *= 2;
      json.outputs[0].parameters.binary_data_size *= 2;
      return { json, raw: Buffer.concat([raw!, raw!]) };
    },
    /has the shape/,
  ],
  ['another type', (reply) => changed(reply, { datatype: 'FP16' }), /is FP16/],
  [
    'no answer in time',
    () => {
      passTime();
      return null;
    },
    /did not answer in time/,
  ],
  [
    'an error',
    (_, { response }) => {
      response.writeHead(400).end('{"error":"unexpected shape"}');
      return null;
    },
    /unexpected shape/,
  ],
];

describe('a Triton that goes wrong', () => {
  it.each(always)('%s: refused', async (_, fault, message) => {
    fake.fault = fault;
    const scorer = await open();
    await expect(scorer.score(requests[0]!)).rejects.toMatchObject({
      code: 'scorer-failed',
      message: expect.stringMatching(message),
    });
    await scorer.close!();
  });

  it.each(always.filter(([name]) => name !== 'an error'))(
    '%s: once only, and the answer is right',
    async (_, fault) => {
      let first = true;
      fake.fault = (reply, call) => {
        if (!first || call.model !== decoder) return reply;
        first = false;
        return fault(reply, call);
      };
      const scorer = await open();
      expect(values([await scorer.score(requests[4]!)])).toEqual(values([expected[4]!]));
      await scorer.close!();
    },
  );

  it('answers that come in another order than they were asked for are told apart', async () => {
    let turn = 0;
    fake.fault = (reply, { response }) => {
      // every second reply is late, so that the one after it comes first
      if (turn++ % 2) return reply;
      setTimeout(() => {
        const head = Buffer.from(JSON.stringify(reply.json));
        response.writeHead(200, { 'inference-header-content-length': String(head.length) });
        response.end(Buffer.concat([head, reply.raw!]));
      }, 100);
      return null;
    };
    const scorer = await open();
    expect(values(await scorer.scoreBatch!(requests.slice(0, 6)))).toEqual(values(expected.slice(0, 6)));
    await scorer.close!();
  });

  it.each([
    [
      'another input',
      (metadata) => ({ ...metadata, inputs: [{ ...metadata.inputs[0], name: 'x' }, ...metadata.inputs.slice(1)] }),
      'bad-model',
      /has no /,
    ],
    [
      'another type',
      (metadata) => ({ ...metadata, outputs: [{ ...metadata.outputs[0], datatype: 'FP16' }] }),
      'bad-model',
      /as FP16/,
    ],
    [
      'another rank',
      (metadata) => ({ ...metadata, outputs: [{ ...metadata.outputs[0], shape: [-1] }] }),
      'bad-model',
      /as \[-1\]/,
    ],
    ['another name', (metadata) => ({ ...metadata, name: 'x' }), 'bad-model', /calls itself x/],
    ['nothing of the kind', () => ({ hello: 'world' }), 'scorer-failed', /did not describe/],
  ] as [string, FakeTriton['metadataFault'], string, RegExp][])(
    'metadata of %s: refused before a picture is sent',
    async (_, fault, code, message) => {
      fake.metadataFault = fault;
      const scorer = await open();
      await expect(scorer.score(requests[0]!)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
      expect(fake.calls).toEqual([]);
      await scorer.close!();
    },
  );

  it('does not have other weights under the same name', async () => {
    const other = await tinyModel({
      decoder: (graph) => {
        graph.constants.find(({ name }) => name === 'three')!.data[0] = 1;
      },
    });
    const scorer = await oipScorer(fake.url, { ...quick, folder: other });
    await expect(scorer.score(requests[0]!)).rejects.toMatchObject({ message: expect.stringMatching(/unknown model/) });
    await scorer.close!();
  });
});
