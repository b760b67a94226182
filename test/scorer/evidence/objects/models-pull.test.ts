import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pullModel } from '../../../../src/scorer/weights/evidence-download.js';
import {
  modelFile,
  modelsFolder,
  type PublishedModel,
  publishedModel,
} from '../../../../src/scorer/weights/evidence-models.js';
import {
  aboutUnpinned,
  keepUnpinned,
  type UnpinnedModel,
  unpinnedModels,
} from '../../../../src/scorer/weights/unpinned-models.js';

const [dfine, owl] = ['dfine-m', 'owlv2-base'].map((name) => unpinnedModels.find((model) => model.name === name)!) as [
  UnpinnedModel,
  UnpinnedModel,
];
const bytes = randomBytes(300_000);
const model: PublishedModel = {
  name: 'some-net',
  file: 'net.onnx',
  url: '',
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  licence: 'MIT',
  purpose: 'tests',
};
const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Serves the bytes, ranges included; the first `breaks` replies are cut off in the middle. */
async function serve(body: Buffer, { breaks = 0, ranges = true } = {}) {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    asked.push(range);
    const from = ranges && range ? Number(/\d+/.exec(range)![0]) : 0;
    const part = body.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': part.length });
    if (asked.length <= breaks) {
      response.write(part.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 30));
    } else response.end(part);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/net.onnx?key=secret`, asked };
}

const newFolder = () => mkdtemp(join(tmpdir(), 'pull-'));

describe('models pull', () => {
  it('fetches a model once, and leaves it alone afterwards', async () => {
    const { url, asked } = await serve(bytes);
    const folder = await newFolder();
    const seen: number[] = [];
    const { file, fetched } = await pullModel({ ...model, url }, { folder, onProgress: (done) => seen.push(done) });
    expect(fetched).toBe(true);
    expect(file).toBe(modelFile(model, folder));
    expect((await readFile(file)).equals(bytes)).toBe(true);
    expect(seen.at(-1)).toBe(bytes.length);
    expect((await pullModel({ ...model, url }, { folder })).fetched).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it.each([true, false])('goes on after a download that broke off (ranges known to the server: %s)', async (ranges) => {
    const { url, asked } = await serve(bytes, { breaks: 1, ranges });
    const folder = await newFolder();
    await expect(pullModel({ ...model, url }, { folder })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/broke off after \d+ of 300000 bytes.*run it again to go on/),
    });
    const { file } = await pullModel({ ...model, url }, { folder });
    expect((await readFile(file)).equals(bytes)).toBe(true);
    expect(asked[1]).toMatch(/^bytes=\d+-$/);
  });

  it('refuses other bytes, keeps none of them, and shows no key', async () => {
    const { url } = await serve(Buffer.concat([bytes, bytes]));
    const folder = await newFolder();
    const failure = await pullModel({ ...model, url }, { folder }).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'bad-model', message: expect.stringMatching(/not the published some-net/) });
    expect((failure as Error).message).not.toMatch(/secret/);
    await expect(readFile(modelFile(model, folder))).rejects.toThrow();
  });

  it('takes a file that is here already, without any network', async () => {
    const folder = await newFolder();
    const from = join(folder, 'mine.onnx');
    await writeFile(from, bytes);
    const noNetwork = () => Promise.reject(new Error('no network in this test'));
    const { file } = await pullModel(model, { folder, from, fetch: noNetwork });
    expect((await readFile(file)).equals(bytes)).toBe(true);
    await expect(pullModel(model, { folder: await newFolder(), from: '/nowhere' })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });

  it('says what to do without a network, and when it is stopped', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }));
    const url = 'https://models.invalid/net.onnx';
    await expect(pullModel({ ...model, url }, { folder: await newFolder(), fetch })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/ENOTFOUND.*--from/),
    });
    const signal = AbortSignal.abort();
    await expect(pullModel({ ...model, url }, { folder: await newFolder(), fetch, signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('knows its models by name, pinned to bytes and to a commit', () => {
    const { url, sha256 } = publishedModel('yolox-nano');
    expect(url).toMatch(/^https:\/\/.*\/[0-9a-f]{40}\//);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(() => publishedModel('yolo')).toThrow(/there is yolox-nano/);
    expect(modelsFolder({ VLM_DETECTIVE_MODELS: '/m' })).toBe('/m');
    expect(modelsFolder({ XDG_CACHE_HOME: '/c' })).toBe(join('/c', 'vlm-detective', 'models'));
  });
});

describe('models pull of what has no SHA-256 here', () => {
  it('fetches nothing, and says where it is and what to do', async () => {
    for (const from of [undefined, 'https://models.invalid/model.onnx'])
      await expect(keepUnpinned(owl, from, await newFolder())).rejects.toMatchObject({
        code: 'bad-argument',
        message: expect.stringMatching(
          /no SHA-256.*tokenizer\.json.*huggingface\.co.*models pull owlv2-base --from FILE/,
        ),
      });
    expect(aboutUnpinned(dfine)).toMatch(/78\.6 MB.*Apache-2\.0.*never run here/);
  });

  it('keeps a file with what stands beside it or above, and says its SHA-256', async () => {
    const [there, folder] = [await newFolder(), await newFolder()];
    await mkdir(join(there, 'onnx'));
    const weights = Buffer.from([8, 7, 1, 2, 3]);
    await writeFile(join(there, 'onnx', 'model_quantized.onnx'), weights);
    const pulled = () => keepUnpinned(owl, join(there, 'onnx', 'model_quantized.onnx'), folder);
    await expect(pulled()).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/tokenizer\.json is not beside/),
    });
    await writeFile(join(there, 'tokenizer.json'), '{}');
    await writeFile(join(there, 'preprocessor_config.json'), '{}');
    const { file, sha256 } = await pulled();
    expect((await readFile(file)).equals(weights)).toBe(true);
    expect(sha256).toBe(createHash('sha256').update(weights).digest('hex'));
    expect(await readFile(join(folder, 'owlv2-base', 'tokenizer.json'), 'utf8')).toBe('{}');
  });

  it.each(['version https://git-lfs.github.com/spec/v1', '<!doctype html>', ''])(
    'takes no %j for a model',
    async (text) => {
      const folder = await newFolder();
      await writeFile(join(folder, 'model.onnx'), text);
      await expect(keepUnpinned(dfine, join(folder, 'model.onnx'), await newFolder())).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('no ONNX file'),
      });
    },
  );
});
