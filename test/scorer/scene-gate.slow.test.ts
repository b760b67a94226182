import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawScene } from '../../scenes/draw.js';
import { drawFlat, type FlatKind, flatKinds } from '../../scenes/flat.js';
import { moreFlatKinds } from '../../scenes/flat-more.js';
import { sampleScene } from '../../scenes/sample.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { tldrScorer } from '../../src/scorer/tldr/tldr-scorer.js';

// seeds that no fit of the gate has seen (scripts/gate-features.ts)
const first = 71_000_000;
const each = 3;

let scorer: Scorer;
beforeAll(async () => {
  scorer = await tldrScorer();
});
afterAll(() => scorer.close?.());

async function judged(pictures: readonly Uint8Array[]): Promise<number> {
  const scored = await scorer.scoreBatch!(pictures.map((picture) => ({ images: [picture], response: 'A dog.' })));
  return scored.filter((one) => {
    if (one instanceof Error) throw one;
    return one.abstained === undefined;
  }).length;
}

const flat = (kind: FlatKind, seed: number) =>
  sharp(Buffer.from(drawFlat(kind, seed).svg))
    .png()
    .toBuffer();

const draw = (kinds: readonly FlatKind[]) =>
  Promise.all(kinds.flatMap((kind) => Array.from({ length: each }, (_, i) => flat(kind, first + i))));
const isMore = (kind: FlatKind) => (moreFlatKinds as readonly string[]).includes(kind);

it('abstains on documents, screens, charts, boards, maps, comics and textures', async () => {
  const pictures = await draw(flatKinds.filter((kind) => !isMore(kind)));
  expect(await judged(pictures)).toBeLessThanOrEqual(0.05 * pictures.length);
});

it('takes at most a quarter of the flat pictures of kinds that it was not fitted on for scenes', async () => {
  const pictures = await draw(moreFlatKinds);
  expect(await judged(pictures)).toBeLessThanOrEqual(0.25 * pictures.length);
});

it('judges scenes as before', async () => {
  const pictures = await Promise.all(
    Array.from({ length: 24 }, async (_, i) => {
      const { width, height, data } = await drawScene(await sampleScene(first + i), { width: 320, height: 320 });
      return sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer();
    }),
  );
  expect(await judged(pictures)).toBeGreaterThanOrEqual(23);
});
