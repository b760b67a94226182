import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { captionScene } from '../../scenes/captions/index.js';
import type { NounSet } from '../../scenes/common-nouns.js';
import { drawScene } from '../../scenes/draw.js';
import { seededRandom } from '../../scenes/random.js';
import { type SampleOptions, sampleScene } from '../../scenes/sample.js';
import { DetectiveError, errorMessage, isDetectiveError } from '../../src/base/errors.js';
import { writeWhole } from '../../src/base/write-whole.js';
import type { Io } from '../io.js';
import type { PictureSize } from '../parse-options.js';
import { nounSet, parseStyles, pictureSize, wholeNumber } from '../parse-options.js';
import { startProgress } from '../progress.js';

export const define = (parent: Command): Command =>
  parent
    .command('scenes')
    .description('Draw scenes, and write true captions and their perturbed twins with token labels.')
    .requiredOption('--out <folder>', 'a new or empty folder')
    .option('--count <n>', 'scenes', wholeNumber(1), 20)
    .option('--captions <n>', 'pairs of captions a scene', wholeNumber(1), 2)
    .option('--seed <n>', 'the first seed', wholeNumber(0), 0)
    .option('--style <names>', 'icon sets, comma separated: noto, fluent-emoji-flat, twemoji, openmoji')
    .addOption(nounSet())
    .option('--size <pixels>', 'WIDTHxHEIGHT, or MIN..MAX for sides drawn by chance (default: 128..2048)', pictureSize)
    .addOption(new Option('--format <type>', 'picture format').choices(['png', 'jpeg', 'webp']).default('png'))
    .option('--force', 'write into a folder that is not empty')
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective scenes --count 100 --seed 7 --out scenes
  $ vlm-detective scenes --count 20 --size 256..512 --style openmoji --format webp --out held-out
  $ vlm-detective correct --input scenes/items.jsonl --json`,
    );

export interface ScenesOptions {
  out: string;
  count: number;
  captions: number;
  seed: number;
  style?: string;
  nouns?: NounSet;
  size?: PictureSize;
  format: 'png' | 'jpeg' | 'webp';
  force?: boolean;
}

/** `vlm-detective scenes`: pictures, scene graphs, labelled captions, and the same captions as items for `correct`. */
export async function run(io: Io, options: ScenesOptions): Promise<void> {
  const { out, count, seed, format } = options;
  const styles = parseStyles(options.style);
  await prepareFolder(out, options.force === true);
  const { default: sharp } = await import('sharp');
  const [scenes, captions, items] = await Promise.all(
    ['scenes', 'captions', 'items'].map((name) => openLines(join(out, `${name}.jsonl`))),
  );
  const progress = startProgress(io, async () => count);
  let captionCount = 0;
  try {
    for (let n = 0; n < count; n++) {
      const sample = { ...(styles ? { styles } : {}), nouns: options.nouns, ...sidesOf(options.size, seed + n) };
      const scene = await sampleScene(seed + n, sample);
      const { data, width, height } = await drawScene(scene);
      const image = `images/${scene.id}.${format}`;
      const encoded = await sharp(data, { raw: { width, height, channels: 3 } })
        .toFormat(format)
        .toBuffer();
      await writeWhole(join(out, image), encoded);
      await scenes!.write([{ image, ...scene }]);
      const written = captionScene(scene, seededRandom(scene.seed ^ 0xca9), { count: options.captions }).map(
        ({ text, prompt, ...labels }, index) => {
          const item = {
            id: `${scene.id}-${index}`,
            image,
            ...(prompt === undefined ? {} : { prompt }),
            response: text,
          };
          return { item, labels };
        },
      );
      await items!.write(written.map(({ item }) => item));
      await captions!.write(written.map(({ item, labels }) => ({ ...item, ...labels })));
      captionCount += written.length;
      progress.step(n + 1);
    }
    for (const lines of [scenes, captions, items]) await lines!.finish();
  } finally {
    progress.stop();
    for (const lines of [scenes, captions, items]) await lines!.discard();
    // is empty where not one scene could be drawn: then the same command may be given again
    await rmdir(join(out, 'images')).catch(() => {});
  }
  io.stdout.write(`${count} scenes and ${captionCount} captions in ${out}\n`);
}

/** What `--size` says of one scene. Sides from a range are drawn apart from the scene's own chances. */
function sidesOf(size: PictureSize | undefined, seed: number): Pick<SampleOptions, 'width' | 'height'> {
  if (size === undefined) return {};
  if ('width' in size) return size;
  const random = seededRandom(seed ^ 0x512e);
  const side = () => Math.round(size.least * (size.most / size.least) ** random());
  return { width: side(), height: side() };
}

async function prepareFolder(out: string, force: boolean): Promise<void> {
  try {
    const present = await readdir(out).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    if (present.length > 0 && !force)
      throw new DetectiveError('bad-argument', `${out} is not empty: choose another folder, or add --force`);
    await mkdir(join(out, 'images'), { recursive: true });
  } catch (cause) {
    if (isDetectiveError(cause)) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ENOTDIR' || code === 'EEXIST' ? 'is not a folder' : `cannot be made (${errorMessage(cause)})`;
    throw new DetectiveError('bad-argument', `${out} ${reason}: choose another folder`, { cause });
  }
}

/** A JSONL file that is in its place only when it is whole. */
async function openLines(path: string) {
  const part = `${path}.part`;
  let file: FileHandle | null = await open(part, 'w');
  return {
    write: (rows: readonly object[]) => file!.appendFile(rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
    async finish() {
      await file?.close();
      file = null;
      await rename(part, path);
    },
    /** Does nothing after `finish`. */
    async discard() {
      if (!file) return;
      await file.close();
      await rm(part, { force: true });
    },
  };
}
