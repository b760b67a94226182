// npm run demo: draws a scene, and has `vlm-detective demo` correct an answer with planted errors about it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { drawScene } from 'vlm-detective/scenes';

const folder = mkdtempSync(join(tmpdir(), 'vlm-detective-demo-'));
const thing = (id, group, x, y, w) => ({ id, group, x, y, w, h: w, rotation: 0, flip: false });
const group = (id, noun, icon, tint, size, objects) => ({
  id,
  noun,
  icon,
  style: 'noto',
  count: objects.length,
  tint,
  colour: tint,
  size,
  objects,
});
const scene = {
  id: 'demo',
  seed: 3,
  width: 640,
  height: 640,
  ground: { kind: 'graded', colour: 'white' },
  sign: null,
  groups: [
    group(0, 'dog', 'dog', null, 'small', [thing(0, 0, 0.15, 0.62, 0.16), thing(1, 0, 0.34, 0.62, 0.16)]),
    group(1, 'car', 'automobile', 'red', 'large', [thing(2, 1, 0.74, 0.6, 0.32)]),
    group(2, 'balloon', 'balloon', 'blue', 'small', [thing(3, 2, 0.5, 0.2, 0.15)]),
  ],
};
const { data, width, height } = await drawScene(scene);
const image = join(folder, 'scene.png');
await sharp(data, { raw: { width, height, channels: 3 } })
  .png({ compressionLevel: 9 })
  .toFile(image);

const root = fileURLToPath(new URL('..', import.meta.url));
// --save: the picture that the package carries for `vlm-detective demo`
if (process.argv.includes('--save')) copyFileSync(image, join(root, 'models', 'demo.png'));
const { status } = spawnSync(
  process.execPath,
  [join(root, 'dist/cli/main.js'), 'demo', '--image', image, '--report', join(root, 'demo-report.html')],
  { stdio: 'inherit' },
);
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
