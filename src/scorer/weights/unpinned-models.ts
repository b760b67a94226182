import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DetectiveError, errorMessage } from '../../base/errors.js';
import { sha256Of } from './evidence-download.js';
import { modelsFolder } from './evidence-models.js';

/**
 * Weights that others publish, and whose bytes were never met here: there is no SHA-256 to hold them against, so that they
 * are taken only from a file that its user has fetched and trusts.
 */
export interface UnpinnedModel {
  name: string;
  /** Where it is published. */
  page: string;
  /** Which file of it. */
  file: string;
  /** In words. */
  size: string;
  licence: string;
  /** Files that must stand beside it, or in the folder above. */
  beside: readonly string[];
}

export const unpinnedModels: readonly UnpinnedModel[] = [
  {
    name: 'dfine-m',
    page: 'https://huggingface.co/onnx-community/dfine_m_coco-ONNX',
    file: 'onnx/model.onnx',
    size: '78.6 MB (model_quantized.onnx: 20.7 MB)',
    licence: 'Apache-2.0 (D-FINE)',
    beside: [],
  },
  {
    name: 'owlv2-base',
    page: 'https://huggingface.co/Xenova/owlv2-base-patch16-ensemble',
    file: 'onnx/model.onnx',
    size: '614 MB (model_quantized.onnx: 155 MB)',
    licence: 'Apache-2.0 (OWLv2, Google)',
    beside: ['tokenizer.json', 'preprocessor_config.json'],
  },
];

/** What is said of a model before anything of it is taken: size, licence, and that it was not tried. */
export const aboutUnpinned = ({ name, size, licence, page }: UnpinnedModel): string =>
  `${name}: ${size}, ${licence}, ${page}. Its real weights were never run here: the layout was tried on a small random model, and its scores are read as if they were YOLOX-Nano's`;

/** The file of such a model once it is kept. */
export const unpinnedFile = ({ name }: UnpinnedModel, folder = modelsFolder()): string =>
  join(folder, name, `${name}.onnx`);

/**
 * Keeps the file of a model, and what must stand beside it, in the models' folder.
 *
 * @param from Its path. Nothing is fetched.
 * @returns Where it lies now, and the SHA-256 of its bytes, to compare with what its page says.
 * @throws DetectiveError `bad-argument` without a path, `bad-input` where a file is not there or cannot be read.
 */
export async function keepUnpinned(
  model: UnpinnedModel,
  from: string | undefined,
  folder = modelsFolder(),
): Promise<{ file: string; sha256: string; bytes: number }> {
  if (from === undefined || /^https?:/i.test(from)) throw new DetectiveError('bad-argument', howToGet(model));
  const target = unpinnedFile(model, folder);
  await mkdir(dirname(target), { recursive: true });
  for (const name of model.beside) {
    const found = await firstThere([join(dirname(from), name), join(dirname(dirname(from)), name)]);
    if (found === null)
      throw new DetectiveError(
        'bad-input',
        `${name} is not beside ${from}, nor in the folder above: fetch it from ${model.page} as well, and run it again`,
      );
    await place(found, join(dirname(target), name));
  }
  await place(from, target);
  return { file: target, sha256: (await sha256Of(target))!, bytes: (await stat(target)).size };
}

const howToGet = ({ name, page, file, beside }: UnpinnedModel): string =>
  `${name} is not fetched by itself, as no SHA-256 of it is known here to check the bytes by: fetch ${[file, ...beside].join(', ')} from ${page} (a browser, or \`hf download\`), compare the SHA-256 with the one on its page, and run \`vlm-detective models pull ${name} --from FILE\``;

async function firstThere(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if (await stat(path).catch(() => null)) return path;
  return null;
}

/** A copy that appears only when it is whole. */
async function place(source: string, target: string): Promise<void> {
  const part = `${target}.part`;
  try {
    if (target.endsWith('.onnx')) await readable(source);
    await copyFile(source, part);
    await rename(part, target);
  } catch (cause) {
    await rm(part, { force: true });
    throw new DetectiveError('bad-input', `${source} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}

/** An ONNX file begins with the version of its format: an HTML page or a Git LFS pointer does not. */
async function readable(source: string): Promise<void> {
  for await (const chunk of createReadStream(source, { end: 0 })) if ((chunk as Buffer)[0] === 8) return;
  throw new Error('it is no ONNX file (a page, or a pointer of Git LFS?)');
}
