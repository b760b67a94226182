import { type Canvas, makeCanvas, paintSprite } from './canvas.js';
import { paintGround } from './ground.js';
import { shadeOf, tintMethods, tintPixels } from './paint.js';
import { between, pick, seededRandom } from './random.js';
import type { Scene } from './scene.js';
import { paintSign } from './sign.js';
import { loadSprite, type Sprite } from './sprite.js';

/**
 * Draws a scene as raw RGB. `size` overrides the scene's own width and height: the picture is drawn stretched to it.
 * The same scene always gives the same bytes.
 */
export async function drawScene(scene: Scene, size?: { width: number; height: number }): Promise<Canvas> {
  const random = seededRandom(scene.seed ^ 0x5eed);
  const canvas = makeCanvas(size?.width ?? scene.width, size?.height ?? scene.height);
  paintGround(canvas, scene.ground, random);
  for (const group of scene.groups) {
    const shade = group.tint && shadeOf(group.tint, random);
    const method = pick(random, tintMethods);
    const strength = between(random, 0.6, 0.85);
    for (const object of group.objects) {
      const width = object.w * canvas.width;
      const height = object.h * canvas.height;
      let sprite: Sprite = await loadSprite(group.icon, group.style, Math.max(width, height), group.finish);
      if (shade) {
        sprite = { size: sprite.size, rgba: Uint8Array.from(sprite.rgba) };
        tintPixels(sprite.rgba, shade, method, strength);
      }
      const { rotation, flip } = object;
      paintSprite(canvas, sprite, {
        x: object.x * canvas.width,
        y: object.y * canvas.height,
        width,
        height,
        rotation,
        flip,
      });
    }
  }
  if (scene.sign) await paintSign(canvas, scene.sign, random);
  return canvas;
}
