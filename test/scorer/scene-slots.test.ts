import { afterAll, describe, expect, it } from 'vitest';
import { openFamily } from '../../src/scorer/tldr/families/open-family.js';
import { openModelFolder } from '../../src/scorer/tldr/model-folder.js';
import { type Scorer, tldrScorer } from '../../src/scorer.js';
import { plainPng, type TinyModelOptions, tinyModel } from '../fixtures/tiny/tiny-model.js';

const nouns = ['dog', 'cat'];
const colours = ['red', 'blue', 'mixed'];
const width = 5 + colours.length + nouns.length;

/** Features as a tiny encoder gives them: rows as they are, the domain logit the brighter the higher, and room for the decoder. */
function sceneModel(rows: number[][], manifest: Record<string, unknown> = {}): TinyModelOptions {
  const picture = [0, 0, 0, 0, 0, 0.1, 0.7, 0.2, 0, 0];
  const all = [picture, ...rows, new Array(width).fill(0)];
  const size = all.length * width;
  const weights = new Array(3 * size).fill(0);
  for (let channel = 0; channel < 3; channel++) {
    weights[channel * size] = 1;
    weights[channel * size + size - 3 + channel] = 1;
  }
  return {
    slots: { rows: all.length, width, bias: all.flat(), weights },
    manifest: { family: 'scene-slots', slots: { nouns, colours }, abstain: { domainLogitBelow: -4 }, ...manifest },
  };
}

const made: Scorer[] = [];
async function scorerOf(model: TinyModelOptions): Promise<Scorer> {
  const scorer = await tldrScorer(await tinyModel(model));
  made.push(scorer);
  return scorer;
}
afterAll(() => Promise.all(made.map((scorer) => scorer.close?.())));

const smallRedDog = [0.9, 0.5, 0.5, 0.1, 0.2, 0.8, 0.1, 0.1, 0.75, 0.25];
const largeCat = [1.4, 0.1, 0.9, 0.4, 0.4, 0.1, 0.2, 0.7, 0.4, 0.6];
const middlingBlueCat = [0.3, 0.5, 0.5, 0.2, 0.2, 0, 1, 0, 0, 1];
const unsure = [0.29, 0.5, 0.5, 0.2, 0.2, 0, 1, 0, 1, 0];

describe('a model whose features are the objects of a scene', () => {
  it('says what it saw: the objects with their boxes and attributes, and the ground', async () => {
    const scorer = await scorerOf(sceneModel([smallRedDog, unsure, largeCat, middlingBlueCat]));
    const { evidence, abstained } = await scorer.score({ images: [await plainPng('#fff')], response: 'red' });
    expect(abstained).toBeUndefined();
    const close = (value: number) => expect.closeTo(value, 5);
    expect(evidence).toEqual([
      { kind: 'ground', label: 'blue', confidence: close(0.7) },
      {
        kind: 'object',
        label: 'dog',
        confidence: close(0.675),
        box: [close(0.45), close(0.4), close(0.55), close(0.6)],
        attributes: { colour: 'red', size: 'small' },
      },
      {
        kind: 'object',
        label: 'cat',
        confidence: close(0.6),
        box: [0, close(0.7), close(0.3), 1],
        attributes: { size: 'large' },
      },
      { kind: 'object', label: 'cat', confidence: close(0.3), box: expect.anything(), attributes: { colour: 'blue' } },
    ]);
  });

  it('abstains on a picture outside its domain: no reward, and the reason in words', async () => {
    const scorer = await scorerOf(sceneModel([smallRedDog]));
    const black = await plainPng('#000');
    const white = await plainPng('#fff');
    const scored = await scorer.score({ images: [black], response: 'A red dog.' });
    expect(scored.abstained).toBe('the picture does not look like what tiny knows (plain colours)');
    expect(scored.evidence).toBeUndefined();
    expect(scored.tokens.map(({ text }) => text).join('')).toBe('Areddog.');
    for (const { reward } of scored.tokens) expect(reward).toBeNull();

    const both = await scorer.score({ images: [white, black], response: 'A red dog.' });
    expect(both.abstained).toBe('picture 2 of 2 does not look like what tiny knows (plain colours)');
    for (const { reward } of both.tokens) expect(reward).toBeNull();
  });

  it('neither sees an object nor judges where the features are no numbers', async () => {
    const { slots, ...rest } = sceneModel([]);
    const family = openFamily(await openModelFolder(await tinyModel({ slots: slots!, ...rest })));
    const features = { data: new Float32Array(2 * width).fill(Number.NaN), rows: 2, width };
    expect(family.evidence(features).filter(({ kind }) => kind === 'object')).toEqual([]);
    expect(family.abstention(features)).toMatch(/does not look like/);
  });

  it('refuses features that are narrower than its nouns and colours', async () => {
    const scorer = await scorerOf(sceneModel([smallRedDog], { slots: { nouns: [...nouns, 'cow'], colours } }));
    await expect(scorer.score({ images: [await plainPng('#fff')], response: 'red' })).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/gives 10 numbers for an object, and tldr\.json names 11/),
    });
  });
});
