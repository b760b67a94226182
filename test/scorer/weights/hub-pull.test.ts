import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createScorer } from '../../../src/scorer/create-scorer.js';
import { hubFolder, isHubAddress, parseHubAddress } from '../../../src/scorer/weights/hub-address.js';
import { pulledFolders, pullFromHub } from '../../../src/scorer/weights/hub-pull.js';
import { openHub } from '../../../src/scorer/weights/hub-request.js';
import { vlmDetective } from '../../cli/command-line.js';
import { folderFiles, type HubServer, type HubSettings, startHub } from './hub-server.js';

vi.setConfig({ testTimeout: 60_000 });

const squares = join(import.meta.dirname, '..', '..', 'fixtures', 'qwen-vl-tiny');
const files = folderFiles(squares);
const revision = '0123456789abcdef0123456789abcdef01234567';
const address = parseHubAddress(`hf:acme/tldr-squares@${revision}`);

const open: HubServer[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
  vi.unstubAllEnvs();
});
async function hub(settings: Partial<HubSettings> = {}): Promise<HubServer> {
  const server = await startHub({ files, revision, ...settings });
  open.push(server);
  return server;
}
const newFolder = () => mkdtempSync(join(tmpdir(), 'hub-'));
const pull = (server: HubServer, folder: string, more: object = {}) =>
  pullFromHub(address, { hub: server.url, folder, env: {}, ...more });
const withManifest = (change: (manifest: { files: Record<string, string> }) => void): Record<string, Buffer> => {
  const manifest = JSON.parse(files['tldr.json']!.toString());
  change(manifest);
  return { ...files, 'tldr.json': Buffer.from(JSON.stringify(manifest)) };
};
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: Error) => error,
  );

describe('models pull hf:OWNER/REPO@REVISION', () => {
  it('brings a whole folder that scores, once, and needs no network afterwards', async () => {
    const server = await hub();
    const models = newFolder();
    const seen: [number, number][] = [];
    const { folder, fetched } = await pull(server, models, {
      onProgress: (...at: [number, number]) => seen.push(at),
    });
    expect(fetched).toBe(true);
    expect(folder).toBe(hubFolder(address, models));
    for (const [name, bytes] of Object.entries(files))
      expect(readFileSync(join(folder, name)).equals(bytes)).toBe(true);
    const total = Object.entries(files).reduce(
      (sum, [name, { length }]) => sum + (name === 'tldr.json' ? 0 : length),
      0,
    );
    expect(seen.at(-1)).toEqual([total, total]);
    expect(readdirSync(dirname(folder))).toEqual([revision]);
    expect(server.asked[0]).toMatchObject({ host: 'hub', file: 'tldr.json' });
    const before = server.asked.length;
    expect(await pull(server, models)).toEqual({ folder, fetched: false });
    expect(server.asked).toHaveLength(before);
    expect(await pulledFolders(models)).toEqual([{ address, folder }]);

    vi.stubEnv('VLM_DETECTIVE_MODELS', models);
    for (const spec of [
      `tldr:${folder}`,
      `tldr:acme/tldr-squares@${revision}`,
      `tldr:hf:acme/tldr-squares@${revision}`,
    ]) {
      const scorer = await createScorer(spec);
      const image = new Uint8Array(readFileSync(join(squares, '0.png')));
      const { tokens } = await scorer.score({ images: [image], response: 'The square is blue.' });
      expect(tokens.find(({ text }) => text.trim() === 'blue')!.reward).toBeLessThan(0.5);
      await scorer.close?.();
    }
  });

  it('says what to run where the folder is not here yet', async () => {
    vi.stubEnv('VLM_DETECTIVE_MODELS', newFolder());
    await expect(createScorer(`tldr:acme/tldr-squares@${revision}`)).rejects.toMatchObject({
      code: 'missing-dependency',
      message: expect.stringContaining(`models pull hf:acme/tldr-squares@${revision}`),
    });
    await expect(createScorer('tldr:hf:acme/tldr-squares@main')).rejects.toMatchObject({ code: 'bad-argument' });
  });

  it.each([true, false])('goes on where a download broke off (ranges known to the server: %s)', async (ranges) => {
    const server = await hub({ ranges, breaks: 2 });
    const models = newFolder();
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(await caught(pull(server, models))).toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(/run it again to go on/),
      });
      expect(existsSync(hubFolder(address, models))).toBe(false);
    }
    const { folder } = await pull(server, models);
    for (const [name, bytes] of Object.entries(files))
      expect(readFileSync(join(folder, name)).equals(bytes)).toBe(true);
  });

  it('asks for the rest of a file only', async () => {
    const server = await hub();
    const models = newFolder();
    const part = join(dirname(hubFolder(address, models)), `.${revision}.part`);
    mkdirSync(part, { recursive: true });
    const decoder = files['reward_decoder.onnx']!;
    writeFileSync(join(part, 'reward_decoder.onnx.part'), decoder.subarray(0, 1000));
    writeFileSync(join(part, 'tokenizer.json.part'), files['tokenizer.json']!);
    writeFileSync(join(part, 'leftover.bin'), 'of another tldr.json');
    const { folder } = await pull(server, models);
    expect(server.asked.filter(({ range }) => range).map(({ host, file, range }) => [host, file, range])).toEqual([
      ['hub', 'tokenizer.json', `bytes=${files['tokenizer.json']!.length}-`],
      ['hub', 'reward_decoder.onnx', 'bytes=1000-'],
      ['cdn', 'reward_decoder.onnx', 'bytes=1000-'],
    ]);
    expect(readFileSync(join(folder, 'reward_decoder.onnx')).equals(decoder)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
  });

  it('fetches a file again from its beginning where its first half was of another file', async () => {
    const server = await hub();
    const models = newFolder();
    const part = join(dirname(hubFolder(address, models)), `.${revision}.part`);
    mkdirSync(part, { recursive: true });
    writeFileSync(join(part, 'reward_decoder.onnx.part'), Buffer.alloc(500, 7));
    const { folder } = await pull(server, models);
    expect(readFileSync(join(folder, 'reward_decoder.onnx')).equals(files['reward_decoder.onnx']!)).toBe(true);
  });

  it('mends a folder that was changed on the disk, and fetches only what is wrong', async () => {
    const server = await hub();
    const models = newFolder();
    const { folder } = await pull(server, models);
    writeFileSync(join(folder, 'tokenizer.json'), '{}');
    server.asked.length = 0;
    expect((await pull(server, models)).fetched).toBe(true);
    expect(server.asked.filter(({ method }) => method === 'GET').map(({ file }) => file)).toEqual([
      'tldr.json',
      'tokenizer.json',
    ]);
    expect(readFileSync(join(folder, 'tokenizer.json')).equals(files['tokenizer.json']!)).toBe(true);
  });

  it('refuses a file that is not the one that tldr.json names, and leaves no folder', async () => {
    const changed = Buffer.from(files['image_encoder.onnx']!);
    changed[100]! ^= 1;
    const server = await hub({ files: { ...files, 'image_encoder.onnx': changed } });
    const models = newFolder();
    expect(await caught(pull(server, models))).toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/image_encoder\.onnx of hf:acme\/tldr-squares@.*SHA-256/),
    });
    expect(existsSync(hubFolder(address, models))).toBe(false);
  });

  it('refuses another commit than the one that was asked for', async () => {
    const server = await hub({ commit: 'f'.repeat(40) });
    expect(await caught(pull(server, newFolder()))).toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/another commit/),
    });
  });

  it('sends the token to the hub and never to where it redirects, nor into a message', async () => {
    const token = 'hf_secretsecret';
    const server = await hub({ token });
    const { fetched } = await pull(server, newFolder(), { env: { HF_TOKEN: token } });
    expect(fetched).toBe(true);
    expect(server.asked.filter(({ host }) => host === 'hub').every(({ authorization }) => authorization)).toBe(true);
    const atCdn = server.asked.filter(({ host }) => host === 'cdn');
    expect(atCdn.length).toBeGreaterThan(0);
    expect(atCdn.every(({ authorization }) => authorization === undefined)).toBe(true);

    const wrong = await caught(pull(server, newFolder(), { env: { HF_TOKEN: 'hf_otherother' } }));
    expect(wrong).toMatchObject({ code: 'bad-input', message: expect.stringMatching(/401.*HF_TOKEN may not read it/) });
    expect(wrong!.message).not.toMatch(/hf_other|secret/);
    const none = await caught(pull(server, newFolder()));
    expect(none!.message).toMatch(/if it is private set HF_TOKEN/);
  });

  it('does not send a token in clear over the network, nor take a hub that is no plain URL', () => {
    expect(() => openHub('http://models.example', 'hf_x', undefined)).toThrow(/not encrypted/);
    expect(() => openHub('http://models.example', undefined, undefined)).not.toThrow();
    for (const bad of ['ftp://x', 'x', 'https://me:pw@hub', 'https://hub?a=1'])
      expect(() => openHub(bad, undefined, undefined)).toThrow(/plain URL/);
  });

  it('follows no redirect from https to http', async () => {
    const fetch = async () => new Response(null, { status: 302, headers: { location: 'http://cdn.example/x' } });
    expect(await caught(pullFromHub(address, { folder: newFolder(), env: {}, fetch }))).toMatchObject({
      message: expect.stringMatching(/https to http/),
    });
    const circle = async () => new Response(null, { status: 302, headers: { location: '/x' } });
    expect(await caught(pullFromHub(address, { folder: newFolder(), env: {}, fetch: circle }))).toMatchObject({
      message: expect.stringMatching(/redirects/),
    });
  });

  it('names what is not there', async () => {
    const server = await hub();
    const other = parseHubAddress(`hf:acme/tldr-squares@${'a'.repeat(40)}`);
    expect(await caught(pullFromHub(other, { hub: server.url, folder: newFolder(), env: {} }))).toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/404, RevisionNotFound/),
    });
    const { 'tokenizer.json': _, ...rest } = files;
    const lacking = await hub({ files: rest });
    expect(await caught(pull(lacking, newFolder()))).toMatchObject({
      message: expect.stringMatching(/tokenizer\.json.*404, EntryNotFound/),
    });
    const noNetwork = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('ENOTFOUND') }));
    expect(await caught(pull(server, newFolder(), { fetch: noNetwork }))).toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/ENOTFOUND/),
    });
    server.asked.length = 0;
    const offline = await caught(pull(server, newFolder(), { env: { HF_HUB_OFFLINE: '1' } }));
    expect(offline!.message).toMatch(/HF_HUB_OFFLINE/);
    expect(server.asked).toEqual([]);
  });

  it.each(['../evil', 'a/b', '/etc/passwd', '.hidden', 'C:\\x', 'tldr.json', 'TLDR.JSON', 'x.part', 'nul.', ''])(
    'refuses the file name %j in tldr.json before anything is fetched',
    async (name) => {
      const server = await hub({
        files: withManifest(({ files: named }) => {
          named[name] = '0'.repeat(64);
        }),
      });
      const models = newFolder();
      expect(await caught(pull(server, models))).toMatchObject({
        code: 'bad-model',
        message: expect.stringMatching(/plain names/),
      });
      expect(server.asked.map(({ file }) => file)).toEqual(['tldr.json']);
    },
  );

  it('fetches and checks what else tldr.json names', async () => {
    const { createHash } = await import('node:crypto');
    const weights = Buffer.from('external weights');
    const sha256 = createHash('sha256').update(weights).digest('hex');
    const more = withManifest(({ files: named }) => {
      named['reward_decoder.onnx_data'] = sha256;
    });
    const server = await hub({ files: { ...more, 'reward_decoder.onnx_data': weights } });
    const { folder } = await pull(server, newFolder());
    expect(readFileSync(join(folder, 'reward_decoder.onnx_data'), 'utf8')).toBe('external weights');
    const bad = await hub({ files: { ...more, 'reward_decoder.onnx_data': Buffer.from('others') } });
    expect(await caught(pull(bad, newFolder()))).toMatchObject({ code: 'bad-model' });
  });

  it('takes no more bytes than it may', async () => {
    const server = await hub();
    expect(await caught(pull(server, newFolder(), { maxBytes: 10_000 }))).toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/--max-gb/),
    });
    expect(server.asked.some(({ method, file }) => method === 'GET' && file !== 'tldr.json')).toBe(false);
    const huge = await hub({ files: { ...files, 'tldr.json': Buffer.alloc(9_000_000, 32) } });
    expect(await caught(pull(huge, newFolder()))).toMatchObject({
      message: expect.stringMatching(/tldr\.json .*more than/),
    });
  });

  it('stops when it is told to, and goes on later', async () => {
    const server = await hub();
    const models = newFolder();
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    expect(await caught(pull(server, models, { signal: stop.signal, onProgress }))).toMatchObject({ code: 'aborted' });
    expect((await pull(server, models)).fetched).toBe(true);
  });

  it('does not let two fetch the same folder at once, and takes over from one that died', async () => {
    const server = await hub();
    const models = newFolder();
    const [one, two] = await Promise.all([pull(server, models).catch((e) => e), pull(server, models).catch((e) => e)]);
    const failed = [one, two].filter((outcome) => outcome instanceof Error);
    expect(failed.length).toBeLessThanOrEqual(1);
    for (const error of failed) expect(error.message).toMatch(/is fetching the same folder/);
    expect(existsSync(hubFolder(address, models))).toBe(true);

    const others = newFolder();
    mkdirSync(dirname(hubFolder(address, others)), { recursive: true });
    // no such process: numbers end at 2^22
    writeFileSync(join(dirname(hubFolder(address, others)), `.${revision}.part.lock`), '99999999');
    expect((await pull(server, others)).fetched).toBe(true);
  });
});

describe('the command', () => {
  it('prints the folder, and lists it', async () => {
    const server = await hub();
    const models = newFolder();
    const env = { VLM_DETECTIVE_MODELS: models, HF_ENDPOINT: server.url };
    const run = (...args: string[]) => vlmDetective(['models', ...args], { env });
    const name = `hf:acme/tldr-squares@${revision}`;
    expect(await run('pull', name)).toMatchObject({ code: 0, stdout: `${hubFolder(address, models)}\n` });
    expect((await run('list')).stdout).toContain(name);
    expect(await run('pull', name, '--from', './folder')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--scorer tldr:FOLDER/),
    });
    expect((await run('pull', 'hf:acme/tldr-squares@main')).stderr).toMatch(/40 lowercase hex digits/);
  });
});

describe('an address', () => {
  it.each([
    'hf:a/b',
    'hf:a/b@main',
    `hf:a/b@${'g'.repeat(40)}`,
    `hf:a/b@${'A'.repeat(40)}`,
    `hf:../b@${revision}`,
    `hf:a/..@${revision}`,
    `hf:a/b/c@${revision}`,
    `hf:a/b@${revision}0`,
    `hf:a%2f/b@${revision}`,
    '',
  ])('%j is refused', (text) => {
    expect(() => parseHubAddress(text)).toThrow(/40 lowercase hex digits/);
  });

  it('never leads out of the models folder, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (owner, repo) => {
        const text = `hf:${owner}/${repo}@${revision}`;
        expect(isHubAddress(text)).toBe(true);
        try {
          expect(hubFolder(parseHubAddress(text), '/m')).toBe(join('/m', 'hub', owner, repo, revision));
          expect([owner, repo].some((part) => /^\.|[/\\]|^$/.test(part))).toBe(false);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-argument' });
        }
      }),
    );
  });
});
