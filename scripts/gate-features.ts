// Usage: npx tsx scripts/gate-features.ts OUT.jsonl [COUNT=150]: what the domain gate of tldr-scenes sees of scenes and of
// flat pictures that are none (scenes/flat.ts), a line a picture; or of the pictures of folders: OUT.jsonl FOLDER...
// MODEL names the folder of the model (models/tldr-scenes)
import { createWriteStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { drawScene } from '../scenes/draw.js';
import { drawFlat, flatKinds } from '../scenes/flat.js';
import { seededRandom } from '../scenes/random.js';
import { longSides, sampleScene } from '../scenes/sample.js';
import { heldOutStyle } from '../scenes/scene.js';
import { decodeImage } from '../src/image/decode.js';
import { loadImage } from '../src/image/load.js';
import { sceneStatistics } from '../src/scorer/tldr/families/scene-gate.js';
import { openModelFolder } from '../src/scorer/tldr/model-folder.js';
import { pixelValues } from '../src/scorer/tldr/model-inputs.js';

const [file, ...rest] = process.argv.slice(2);
if (!file) throw new Error('usage: gate-features OUT.jsonl [COUNT | FOLDER...]');
const count = Number(rest[0] ?? 150);
const folder = process.env.MODEL ?? 'models/tldr-scenes';
const model = await openModelFolder(folder);
const { size, fit, mean, std } = model.manifest.image;
const colours = (model.manifest as unknown as { slots: { colours: string[] } }).slots.colours.length;
const encoder = await InferenceSession.create(join(folder, 'image_encoder.onnx'), {
  intraOpNumThreads: 1,
});
const out = createWriteStream(file);

async function write(kind: string, seed: number | string, png: Uint8Array): Promise<void> {
  const loaded = await loadImage(png);
  const { data, width, height } = await decodeImage(loaded, { width: size[0], height: size[1], fit });
  const pixels = new Uint8Array(data);
  const input = new Tensor('float32', pixelValues(pixels, width * height, mean, std), [1, 3, height, width]);
  const tensor = (await encoder.run({ pixel_values: input })).image_features!;
  const features = { data: tensor.data as Float32Array, rows: tensor.dims[1]!, width: tensor.dims[2]! };
  out.write(`${JSON.stringify({ kind, seed, x: sceneStatistics(features, colours) })}\n`);
}

async function writeScenes(
  kind: string,
  first: number,
  options: Parameters<typeof sampleScene>[1],
  long = false,
): Promise<void> {
  for (let seed = first; seed < first + count * (long ? 2 : 4); seed++) {
    const scene = await sampleScene(seed, { ...options, ...(long ? longSides(seededRandom(seed)) : {}) });
    const scale = 560 / Math.max(scene.width, scene.height);
    const canvas = await drawScene(scene, {
      width: Math.round(scene.width * scale),
      height: Math.round(scene.height * scale),
    });
    const raw = { width: canvas.width, height: canvas.height, channels: 3 as const };
    await write(kind, seed, await sharp(canvas.data, { raw }).png().toBuffer());
  }
}

if (rest[0] && Number.isNaN(count)) {
  for (const folder of rest)
    for (const name of readdirSync(folder).filter((one) => /\.(jpe?g|png|webp|gif)$/i.test(one)))
      await sharp(join(folder, name))
        .png()
        .toBuffer()
        .then(
          (png) => write(folder, name, png),
          () => {},
        );
} else {
  await writeScenes('scene', 41_000_000, {});
  await writeScenes('scene-varied', 42_000_000, { varied: true });
  await writeScenes('scene-long', 46_000_000, {}, true);
  await writeScenes('scene-varied-long', 47_000_000, { varied: true }, true);
  await writeScenes('scene-held-out', 43_000_000, { styles: [heldOutStyle] });
  for (const kind of flatKinds)
    for (let seed = 0; seed < count; seed++)
      await write(
        kind,
        seed,
        await sharp(Buffer.from(drawFlat(kind, 44_000_000 + seed).svg))
          .png()
          .toBuffer(),
      );
}
out.end();
