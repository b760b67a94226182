import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scorer, tldrScorer } from '../../src/scorer.js';
import { plainPng, sigmoid, tinyModel } from '../fixtures/tiny/tiny-model.js';
import { idsOf, vocabulary } from '../fixtures/tiny/tiny-tokenizer.js';

let scorer: Scorer;
let red: Uint8Array;
let blue: Uint8Array;
beforeAll(async () => {
  // a decoder with a second head, which finds that "green" says nothing of the picture
  const folder = await tinyModel({
    decoder({ constants, nodes }) {
      const silent = new Float32Array(Object.keys(vocabulary).length);
      for (const id of idsOf('green')) silent[id] = 2e4;
      constants.push({ name: 'silent', dims: [silent.length], data: silent });
      nodes.at(-1)!.output = 'own_logits';
      nodes.push({ op: 'Gather', inputs: ['silent', 'input_ids'], output: 'silence' });
      nodes.push({ op: 'Add', inputs: ['own_logits', 'silence'], output: 'logits' });
    },
  });
  scorer = await tldrScorer(folder);
  [red, blue] = await Promise.all([plainPng('#f00'), plainPng('#00f')]);
});
afterAll(() => scorer.close?.());

describe('a token that says nothing of the picture', () => {
  it('has no reward, and the others have theirs', async () => {
    const { tokens } = await scorer.score({ images: [red], response: 'A red dog and a green cat.' });
    const reward = (word: string) => tokens.find(({ text }) => text === word)!.reward;
    expect(reward('green')).toBeNull();
    expect(reward('red')).toBeCloseTo(sigmoid(8), 5);
  });

  it('has none with several pictures either', async () => {
    const { tokens } = await scorer.score({ images: [blue, red], response: 'A red dog and a green cat.' });
    expect(tokens.find(({ text }) => text === 'green')!.reward).toBeNull();
    expect(tokens.find(({ text }) => text === 'red')!.reward).toBeCloseTo(sigmoid(8), 5);
  });
});
