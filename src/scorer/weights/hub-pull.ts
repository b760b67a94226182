import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DetectiveError } from '../../base/errors.js';
import { withLock } from '../../base/file-lock.js';
import { openModelFolder, parseManifest } from '../tldr/model-folder.js';
import { pulledElsewhere, sha256Of } from './evidence-download.js';
import { modelsFolder } from './evidence-models.js';
import { type HubAddress, hubFolder, printHubAddress } from './hub-address.js';
import { drop, getFile, type Hub, openHub, sizeOf, stopped, unavailable } from './hub-request.js';

export interface HubPullOptions {
  /** The hub's URL. Default `$HF_ENDPOINT`, else https://huggingface.co. */
  hub?: string;
  /** Where models lie. Default {@link modelsFolder}. */
  folder?: string;
  /** Bytes of all files together. Default 64 GB. */
  maxBytes?: number;
  signal?: AbortSignal;
  /** Bytes that are here so far, of how many (0: the hub does not say). */
  onProgress?: (bytes: number, total: number) => void;
  fetch?: typeof fetch;
  env?: Readonly<Record<string, string | undefined>>;
}

const manifestName = 'tldr.json';
const maxManifestBytes = 8_000_000;
const defaultMaxBytes = 64_000_000_000;

/**
 * Fetches a TLDR model folder from a Hugging Face-style hub: tldr.json first, then each file that it names, checked
 * against its SHA-256. The folder appears under its name only when it is whole; what broke off goes on where it stopped.
 * A folder that is here and whole is left alone, without any network. `HF_TOKEN` goes to the hub's own origin only.
 *
 * @throws DetectiveError `bad-model` where the bytes are not those of tldr.json, or it is none that this version knows;
 * `bad-input` where they cannot be fetched, `bad-argument`, `aborted`.
 */
export async function pullFromHub(
  address: HubAddress,
  options: HubPullOptions = {},
): Promise<{ folder: string; fetched: boolean }> {
  const { env = process.env, signal } = options;
  const folder = hubFolder(address, options.folder ?? modelsFolder(env));
  if (await isWhole(folder)) return { folder, fetched: false };
  if (env.HF_HUB_OFFLINE && !/^(0|false|no)$/i.test(env.HF_HUB_OFFLINE))
    throw unavailable(address, manifestName, 'it is not here, and HF_HUB_OFFLINE is set');
  const base = options.hub ?? env.HF_ENDPOINT ?? '';
  const hub = openHub(base || 'https://huggingface.co', env.HF_TOKEN?.trim() || undefined, signal, options.fetch);
  const part = join(dirname(folder), `.${basename(folder)}.part`);
  await mkdir(dirname(folder), { recursive: true });
  return withLock(`${part}.lock`, pulledElsewhere, async () => {
    if (await isWhole(folder)) return { folder, fetched: false };
    // a damaged folder's good files need not be fetched again
    if (await stat(folder).catch(() => null)) {
      await rm(part, { recursive: true, force: true });
      await rename(folder, part);
    }
    await mkdir(part, { recursive: true });
    await fetchFiles(hub, address, part, options);
    await openModelFolder(part);
    await rename(part, folder);
    return { folder, fetched: true };
  });
}

async function isWhole(folder: string): Promise<boolean> {
  if (!(await stat(join(folder, manifestName)).catch(() => null))) return false;
  return openModelFolder(folder).then(
    () => true,
    () => false,
  );
}

async function fetchFiles(hub: Hub, address: HubAddress, part: string, options: HubPullOptions): Promise<void> {
  const { onProgress, maxBytes = defaultMaxBytes } = options;
  const text = await fetchManifest(hub, address);
  const { files } = parseManifest(printHubAddress(address), text);
  const names = Object.keys(files);
  await removeOthers(part, names);
  await writeFile(join(part, manifestName), text);
  const sizes = await Promise.all(names.map((name) => sizeOf(hub, address, name)));
  const total = sizes.includes(null) ? 0 : sizes.reduce<number>((sum, size) => sum + size!, 0);
  if (sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) > maxBytes) throw tooLarge(address, maxBytes);
  let before = 0;
  for (const [name, sha256] of Object.entries(files)) {
    const file = join(part, name);
    if ((await sha256Of(file)) !== sha256) {
      await rm(file, { force: true });
      const step = (bytes: number) => onProgress?.(before + bytes, total);
      await fetchFile({ hub, address, name, sha256, maxBytes: maxBytes - before, step }, file);
    }
    before += (await stat(file)).size;
    onProgress?.(before, total);
  }
}

/** What a part folder holds of another tldr.json would end up in the finished folder. */
async function removeOthers(part: string, names: readonly string[]): Promise<void> {
  const wanted = new Set(names.flatMap((name) => [name, `${name}.part`]));
  for (const entry of await readdir(part))
    if (!wanted.has(entry)) await rm(join(part, entry), { recursive: true, force: true });
}

async function fetchManifest(hub: Hub, address: HubAddress): Promise<string> {
  const response = await getFile(hub, address, manifestName);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  await eachChunk(hub, address, manifestName, response, async (chunk) => {
    bytes += chunk.byteLength;
    if (bytes > maxManifestBytes) throw tooLarge(address, maxManifestBytes, manifestName);
    chunks.push(chunk);
  });
  return Buffer.concat(chunks).toString('utf8');
}

/** One file of a hub folder, and what may be taken of it. */
interface Wanted {
  hub: Hub;
  address: HubAddress;
  name: string;
  sha256: string;
  maxBytes: number;
  /** Told the bytes that are here. */
  step: (bytes: number) => void;
}

/** Goes on behind what `file`.part holds; where that does not lead to the right bytes, once more from nothing. */
async function fetchFile(wanted: Wanted, file: string): Promise<void> {
  const { address, name, sha256 } = wanted;
  const part = `${file}.part`;
  let found: string | null = null;
  for (const from of [(await stat(part).catch(() => null))?.size ?? 0, 0]) {
    await download(wanted, part, from);
    found = await sha256Of(part);
    if (found === sha256) return rename(part, file);
    await rm(part, { force: true });
    if (from === 0) break;
  }
  throw new DetectiveError(
    'bad-model',
    `${name} of ${printHubAddress(address)} is not the file that its tldr.json names (SHA-256 ${found?.slice(0, 12)}…, not ${sha256.slice(0, 12)}…): it was damaged on the way or changed; run it again, and if that does not help ask who published it`,
  );
}

async function download({ hub, address, name, maxBytes, step }: Wanted, part: string, from: number): Promise<void> {
  const response = await getFile(hub, address, name, from);
  if (response.status === 416) {
    drop(response);
    return;
  }
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  const resumed = response.status === 206 && Number(start) === from;
  if (response.status === 206 && !resumed) {
    drop(response);
    throw unavailable(address, name, 'the server sent another range than the one that was asked for');
  }
  let bytes = resumed ? from : 0;
  const announced = Number(response.headers.get('content-length') ?? 0);
  const output = await open(part, resumed ? 'a' : 'w');
  try {
    if (bytes + announced > maxBytes) {
      drop(response);
      throw tooLarge(address, maxBytes, name);
    }
    await eachChunk(hub, address, name, response, async (chunk) => {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge(address, maxBytes, name);
      await output.writeFile(chunk);
      step(bytes);
    });
  } finally {
    await output.close();
  }
}

async function eachChunk(
  { signal }: Hub,
  address: HubAddress,
  name: string,
  response: Response,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const reader = response.body!.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause) => {
        if (signal?.aborted) throw stopped(cause);
        throw unavailable(address, name, 'the connection broke off', cause);
      });
      if (done) return;
      await take(value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  }
}

function tooLarge(address: HubAddress, maxBytes: number, name = 'the folder'): DetectiveError {
  return new DetectiveError(
    'bad-model',
    `${name} of ${printHubAddress(address)} has more than the ${(maxBytes / 1e9).toPrecision(3)} GB that are taken: raise --max-gb if that is meant`,
  );
}

/** The hub folders that are here. */
export async function pulledFolders(models = modelsFolder()): Promise<{ address: HubAddress; folder: string }[]> {
  const below = (folder: string) => readdir(folder).catch(() => [] as string[]);
  const found: { address: HubAddress; folder: string }[] = [];
  for (const owner of await below(join(models, 'hub')))
    for (const repo of await below(join(models, 'hub', owner)))
      for (const revision of await below(join(models, 'hub', owner, repo)))
        if (/^[0-9a-f]{40}$/.test(revision)) {
          const address = { owner, repo, revision };
          found.push({ address, folder: hubFolder(address, models) });
        }
  return found;
}
