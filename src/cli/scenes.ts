import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { captionScene } from '../../eval/scenes/captions/index.js';
import { drawScene } from '../../eval/scenes/draw.js';
import { seededRandom } from '../../eval/scenes/random.js';
import { sampleScene } from '../../eval/scenes/sample.js';
import { heldOutStyle, type Style, trainingStyles } from '../../eval/scenes/scene.js';
import { DetectiveError } from '../errors.js';

export interface ScenesOptions {
  out: string;
  count: number;
  captions: number;
  seed: number;
  style?: string;
  format: 'png' | 'jpeg' | 'webp';
  force: boolean;
}

/** `vlm-detective scenes`: pictures, scene graphs, labelled captions, and the same captions as items for `correct`. */
export async function runScenes(options: ScenesOptions): Promise<void> {
  const { out, count, seed, format } = options;
  const styles = parseStyles(options.style);
  const present = await readdir(out).catch(() => []);
  if (present.length > 0 && !options.force)
    throw new DetectiveError('bad-argument', `${out} is not empty: choose another folder, or add --force`);
  await mkdir(join(out, 'images'), { recursive: true });
  const { default: sharp } = await import('sharp');
  const scenes: string[] = [];
  const captions: string[] = [];
  const items: string[] = [];
  for (let n = 0; n < count; n++) {
    const scene = await sampleScene(seed + n, styles ? { styles } : {});
    const { data, width, height } = await drawScene(scene);
    const image = `images/${scene.id}.${format}`;
    const encoded = await sharp(data, { raw: { width, height, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    await writeWhole(join(out, image), encoded);
    scenes.push(JSON.stringify({ image, ...scene }));
    captionScene(scene, seededRandom(scene.seed ^ 0xca9), { count: options.captions }).forEach(
      ({ text, prompt, ...rest }, index) => {
        const item = { id: `${scene.id}-${index}`, image, ...(prompt === undefined ? {} : { prompt }), response: text };
        items.push(JSON.stringify(item));
        captions.push(JSON.stringify({ ...item, ...rest }));
      },
    );
    if (process.stderr.isTTY) process.stderr.write(`\r${n + 1}/${count} scenes`);
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
  for (const [file, lines] of [
    ['scenes', scenes],
    ['captions', captions],
    ['items', items],
  ] as const) {
    await writeWhole(join(out, `${file}.jsonl`), `${lines.join('\n')}\n`);
  }
  process.stdout.write(`${scenes.length} scenes and ${captions.length} captions in ${out}\n`);
}

function parseStyles(names: string | undefined): Style[] | undefined {
  if (names === undefined) return undefined;
  const known: readonly string[] = [...trainingStyles, heldOutStyle];
  const styles = names.split(',').map((name) => name.trim());
  const unknown = styles.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new DetectiveError('bad-argument', `unknown style "${unknown}": use ${known.join(', ')}`);
  return styles as Style[];
}

async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, data);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
