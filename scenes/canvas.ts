import type { Sprite } from './sprite.js';

/** An RGB8 picture in memory, row by row. */
export interface Canvas {
  width: number;
  height: number;
  data: Uint8Array;
}

export function makeCanvas(width: number, height: number): Canvas {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

/** Where and how a sprite is painted, in pixels of the canvas; the centre is (x, y). */
export interface Placement {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Degrees, clockwise. */
  rotation: number;
  flip: boolean;
}

/** Paints a sprite with bilinear sampling and alpha blending. */
export function paintSprite(canvas: Canvas, sprite: Sprite, place: Placement): void {
  const angle = (place.rotation * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const halfWidth = (Math.abs(cos) * place.width + Math.abs(sin) * place.height) / 2;
  const halfHeight = (Math.abs(sin) * place.width + Math.abs(cos) * place.height) / 2;
  const left = Math.max(0, Math.floor(place.x - halfWidth));
  const right = Math.min(canvas.width - 1, Math.ceil(place.x + halfWidth));
  const top = Math.max(0, Math.floor(place.y - halfHeight));
  const bottom = Math.min(canvas.height - 1, Math.ceil(place.y + halfHeight));
  const { size, rgba } = sprite;
  const scaleX = (size / place.width) * (place.flip ? -1 : 1);
  const scaleY = size / place.height;
  const { data } = canvas;
  for (let py = top; py <= bottom; py++) {
    const dy = py + 0.5 - place.y;
    for (let px = left; px <= right; px++) {
      const dx = px + 0.5 - place.x;
      const u = (dx * cos + dy * sin) * scaleX + size / 2 - 0.5;
      const v = (-dx * sin + dy * cos) * scaleY + size / 2 - 0.5;
      if (u <= -1 || v <= -1 || u >= size || v >= size) continue;
      const u0 = Math.floor(u);
      const v0 = Math.floor(v);
      const fu = u - u0;
      const fv = v - v0;
      let r = 0;
      let g = 0;
      let b = 0;
      let a = 0;
      for (let k = 0; k < 4; k++) {
        const su = u0 + (k & 1);
        const sv = v0 + (k >> 1);
        if (su < 0 || sv < 0 || su >= size || sv >= size) continue;
        const i = (sv * size + su) * 4;
        const weight = (k & 1 ? fu : 1 - fu) * (k >> 1 ? fv : 1 - fv) * rgba[i + 3]!;
        r += weight * rgba[i]!;
        g += weight * rgba[i + 1]!;
        b += weight * rgba[i + 2]!;
        a += weight;
      }
      if (a < 1) continue;
      const alpha = a / 255;
      const o = (py * canvas.width + px) * 3;
      data[o] = r / 255 + data[o]! * (1 - alpha) + 0.5;
      data[o + 1] = g / 255 + data[o + 1]! * (1 - alpha) + 0.5;
      data[o + 2] = b / 255 + data[o + 2]! * (1 - alpha) + 0.5;
    }
  }
}
