import { homedir } from 'node:os';
import { join } from 'node:path';
import { DetectiveError } from '../../base/errors.js';

/** Published weights that are fetched once, and never shipped with the package. */
export interface PublishedModel {
  name: string;
  file: string;
  url: string;
  bytes: number;
  /** SHA-256 of the file, hex. */
  sha256: string;
  licence: string;
  /** In words: what it is for. */
  purpose: string;
}

export const publishedModels: readonly PublishedModel[] = [
  {
    name: 'yolox-nano',
    file: 'yolox_nano.onnx',
    url: 'https://raw.githubusercontent.com/Kazuhito00/YOLOX-ONNX-TFLite-Sample/3d4f1119d0694200671c08069ecb847aa0d8495a/model/yolox_nano.onnx',
    bytes: 3_660_092,
    sha256: '695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14',
    licence: 'Apache-2.0 (YOLOX, Megvii)',
    purpose: 'the 80 things of COCO in photographs, for the `objects` scorer',
  },
];

/** @throws DetectiveError `bad-argument` for a name that is none of {@link publishedModels}. */
export function publishedModel(name: string): PublishedModel {
  const found = publishedModels.find((model) => model.name === name);
  if (found) return found;
  const names = publishedModels.map((model) => model.name).join(', ');
  throw new DetectiveError(
    'bad-argument',
    `there is no model ${JSON.stringify(name.slice(0, 100))}: there is ${names}`,
  );
}

/** Where fetched models lie: `$VLM_DETECTIVE_MODELS`, else `vlm-detective/models` in the user's cache folder. */
export function modelsFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env.VLM_DETECTIVE_MODELS) return env.VLM_DETECTIVE_MODELS;
  const caches = env.XDG_CACHE_HOME || (process.platform === 'win32' && env.LOCALAPPDATA) || join(homedir(), '.cache');
  return join(caches, 'vlm-detective', 'models');
}

/** The file of a published model once it has been fetched. */
export function modelFile(model: PublishedModel, folder = modelsFolder()): string {
  return join(folder, model.name, model.file);
}
