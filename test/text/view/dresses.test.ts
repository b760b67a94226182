import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawScene, sampleScene } from '../../../scenes/index.js';
import { type ScoredResponse, type Scorer, tldrScorer } from '../../../src/scorer.js';
import { wordRewards } from '../../../src/text/words.js';
import { dresses } from '../../fixtures/dresses.js';

let scorer: Scorer;
beforeAll(async () => {
  scorer = await tldrScorer();
});
afterAll(() => scorer.close?.());

const rewards = (answer: string, { tokens }: ScoredResponse) =>
  wordRewards(answer, tokens).flatMap(({ text, reward }) =>
    reward === null ? [] : [[text.replace(/[_\u00ad]/g, ''), Math.round(reward * 1e6)]],
  );

describe('the same statements in another dress', () => {
  it('have the same rewards from the embedded model', async () => {
    const { data, width, height } = await drawScene(await sampleScene(3, { width: 320, height: 320 }));
    const picture = await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const sentences = ['There are two brown dogs in the picture.', 'One red apple is below three green birds.'];
    const answers = [sentences.join(' '), ...dresses.map((dress) => dress.wear(sentences))];
    const scored = await scorer.scoreBatch!(answers.map((response) => ({ images: [picture], response })));
    const [plain, ...dressed] = answers.map((answer, index) => rewards(answer, scored[index] as ScoredResponse));
    expect(plain!.length).toBeGreaterThan(9);
    for (const [index, dress] of dresses.entries()) expect([dress.name, dressed[index]]).toEqual([dress.name, plain]);
    expect(dresses).toHaveLength(40);
  });
});
