import { describe, expect, it } from 'vitest';
import { createScorer } from '../../src/scorer.js';
import { plainPng, tinyModel } from '../fixtures/tiny/tiny-model.js';

describe('a scorer by its name', () => {
  it('opens any TLDR folder as tldr:FOLDER', async () => {
    const scorer = await createScorer(`tldr:${await tinyModel()}`);
    const { tokens } = await scorer.score({ images: [await plainPng('#f00')], response: 'red' });
    expect(tokens[0]!.reward).toBeGreaterThan(0.9);
    await scorer.close?.();
  });

  it('can have a head start on the pictures of a TLDR, and judges as without one', async () => {
    const scorer = await createScorer(`tldr:${await tinyModel()}`);
    const images = [await plainPng('#f00')];
    const before = await scorer.score({ images: [...images], response: 'red' });
    const stop = new AbortController();
    await scorer.prepare!([await plainPng('#00f')], stop.signal);
    await scorer.prepare!(images);
    expect((await scorer.score({ images, response: 'red' })).tokens).toEqual(before.tokens);
    await expect(scorer.prepare!(['data:image/png;base64,AAAA'])).rejects.toMatchObject({ code: 'bad-image' });
    stop.abort();
    await expect(scorer.prepare!(images, stop.signal)).rejects.toMatchObject({ code: 'aborted' });
    await scorer.close?.();
  });

  it.each(['', 'tldr:', 'TLDR', 'gpt', '__proto__'])('says what there is where the name is %j', async (name) => {
    await expect(createScorer(name)).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(/use auto, tldr, tldr:FOLDER/),
    });
  });

  it('says which file is missing where the folder is no model', async () => {
    await expect(createScorer('tldr:/nowhere')).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/^\/nowhere\/tldr\.json is missing/),
    });
  });
});
