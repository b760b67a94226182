import { expect, it } from 'vitest';
import { captionWithMistakes } from '../../../eval/correct/captioner.js';
import { sampleScene } from '../../../scenes/sample.js';
import { trainingStyles } from '../../../scenes/scene.js';

it('errs at the set rate, in all eight ways, the same for the same scene', async () => {
  const types = new Map<string, number>();
  let [captions, wrong] = [0, 0];
  for (let seed = 5_200_000; seed < 5_200_240; seed++) {
    const scene = await sampleScene(seed, { styles: trainingStyles });
    const caption = captionWithMistakes(scene, { errorRate: 0.6 });
    if (!caption) continue;
    captions++;
    if (seed % 10 === 0) expect(captionWithMistakes(scene, { errorRate: 0.6 })).toEqual(caption);
    expect(caption.claims.some((claim) => !claim.good)).toBe(caption.perturbation !== undefined);
    if (seed % 10 === 1) expect(captionWithMistakes(scene, { errorRate: 0 })?.perturbation).toBeUndefined();
    if (caption.perturbation === undefined) continue;
    wrong++;
    types.set(caption.perturbation, (types.get(caption.perturbation) ?? 0) + 1);
  }
  expect(wrong / captions).toBeGreaterThan(0.5);
  expect(wrong / captions).toBeLessThan(0.7);
  expect([...types.keys()].sort()).toEqual(
    ['attribute', 'binding', 'counterfactual', 'counting', 'object', 'ocr', 'small-object', 'spatial'].sort(),
  );
}, 60_000);

it('says something else at another take', async () => {
  const scene = await sampleScene(5_200_001, { styles: trainingStyles });
  const takes = [0, 1, 2, 3].map((take) => captionWithMistakes(scene, { errorRate: 0.5, take })?.text);
  expect(new Set(takes).size).toBeGreaterThan(2);
});
