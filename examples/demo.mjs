// npm run demo: a drawn scene, a caption with planted errors, the rewards, the rounds, the corrected caption, an HTML report.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  .png()
  .toFile(image);
const items = join(folder, 'items.jsonl');
const text = 'There are three dogs to the left of a green car. A blue kite is above the car.';
writeFileSync(items, `${JSON.stringify({ id: 'demo', image, response: text })}\n`);

console.log('\nThe picture: two dogs, left of a red car, under a blue balloon');
console.log(`The answer:  ${text}`);
console.log('\nvlm-detective correct --rewriter local: rewards, rounds, edits, and what comes out\n');
const root = fileURLToPath(new URL('..', import.meta.url));
const report = join(root, 'demo-report.html');
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'dist/cli/main.js'),
    ...['correct', '--input', items, '--rewriter', 'local', '--scorer', 'tldr', '--report', report],
  ],
  { stdio: 'inherit' },
);
rmSync(folder, { recursive: true });
if (status === 0) console.log(`The picture, every round and every edit that was tried: ${report}`);
process.exitCode = status ?? 1;
