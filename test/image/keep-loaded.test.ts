import sharp from 'sharp';
import { expect, it } from 'vitest';
import { keepLoaded } from '../../src/image/keep-loaded.js';
import { loadImage } from '../../src/image/load.js';

const dataUrl = async (background: string) => {
  const png = await sharp({ create: { width: 9, height: 9, channels: 3, background } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
};

it('a data URL is read once for as long as anybody keeps it, and not a moment longer', async () => {
  const url = await dataUrl('red');
  expect(await loadImage(url)).not.toBe(await loadImage(url));
  const [first, second] = [keepLoaded([url, url]), keepLoaded([url])];
  const loaded = await loadImage(url);
  expect(await loadImage(`${url}`)).toBe(loaded);
  first();
  first();
  expect(await loadImage(url)).toBe(loaded);
  second();
  const anew = await loadImage(url);
  expect(anew).not.toBe(loaded);
  expect(anew).toEqual(loaded);
});

it('a broken one is as broken as before, and the others are their own', async () => {
  const [red, blue] = [await dataUrl('red'), await dataUrl('blue')];
  const letGo = keepLoaded([red, blue, 'data:image/png;base64,@@@', new Uint8Array([1])]);
  expect((await loadImage(red)).key).not.toBe((await loadImage(blue)).key);
  for (let nth = 0; nth < 2; nth++)
    await expect(loadImage('data:image/png;base64,@@@')).rejects.toMatchObject({ code: 'bad-image' });
  letGo();
});
