import { describe, expect, it } from 'vitest';
import { boxProbability, countDistribution, presence } from '../../../../src/scorer/evidence/objects/calibration.js';
import { judgeObjects } from '../../../../src/scorer/evidence/objects/judge-objects.js';
import { scorerOf } from '../../../../src/scorer/evidence/objects/objects-scorer.js';
import {
  type Detection,
  decodeOutput,
  letterbox,
  suppress,
  views,
} from '../../../../src/scorer/evidence/objects/yolox.js';
import type { CocoCategory } from '../../../../src/text/lexicon/coco-objects.js';

const box = (category: CocoCategory, score: number, left = 0.1): Detection => ({
  category,
  score,
  box: [left, 0.2, left + 0.1, 0.6],
  close: false,
});
const rewardsOf = (response: string, seen: Detection[], prompt?: string) =>
  Object.fromEntries(
    judgeObjects(response, prompt, seen).map(({ start, end, reward }) => [response.slice(start, end), reward]),
  );

describe('what a detector says of an answer', () => {
  const dogs = [box('dog', 0.9), box('dog', 0.88, 0.5)];

  it('trusts what it sees, flags what it does not, and is silent on what it does not know', () => {
    const rewards = rewardsOf('A dog and a giraffe stand by a red lamp.', dogs);
    expect(rewards.dog).toBeGreaterThan(0.9);
    expect(rewards.giraffe).toBeLessThan(0.4);
    expect(Object.keys(rewards)).toEqual(['dog', 'giraffe']);
  });

  it('turns round what is said not to be there, with the word that says so', () => {
    const rewards = rewardsOf('There is no dog and no giraffe.', dogs);
    expect(rewards.dog).toBeLessThan(0.5);
    expect(rewards.giraffe).toBeGreaterThan(0.9);
    expect(rewardsOf('There is no dog.', dogs).no).toBeLessThan(0.5);
  });

  it('flags counts that the boxes speak against, not those that they bear out', () => {
    const three = [...dogs, box('dog', 0.92, 0.8)];
    expect(rewardsOf('There are three dogs in the image.', three).three).toBeGreaterThan(0.5);
    expect(rewardsOf('There are nine dogs in the image.', three).nine).toBeLessThan(0.5);
    expect(rewardsOf('There are two dogs in the image.', three).two).toBeLessThan(0.5);
    // some may have been missed
    expect(rewardsOf('There are five dogs in the image.', three).five ?? 1).toBeGreaterThan(0.5);
    // two of them may well sit, whatever the others do
    expect(rewardsOf('Two dogs sit on the grass.', three).Two).toBeGreaterThan(0.5);
  });

  it('tells left from right and above from below by the boxes, with a margin', () => {
    const seen = [box('dog', 0.9, 0.1), box('cat', 0.9, 0.6)];
    const said = (response: string, boxes = seen) => Object.values(rewardsOf(response, boxes)).at(-1)!;
    const flags = (response: string, boxes = seen) =>
      judgeObjects(response, undefined, boxes).filter(({ type, reward }) => type === 'spatial' && reward <= 0.5).length;
    expect(said('The dog is to the left of the cat.')).toBeGreaterThan(0.5);
    expect(flags('The dog is to the left of the cat.')).toBe(0);
    expect(flags('The dog is to the right of the cat.')).toBe(1);
    expect(flags('The cat is on the left side of the image.')).toBe(1);
    // level, or too near, or another cat on the other side: it cannot tell
    expect(flags('The dog is above the cat.')).toBe(0);
    expect(flags('The dog is to the right of the cat.', [box('dog', 0.9, 0.58), seen[1]!])).toBe(0);
    expect(flags('The dog is to the right of the cat.', [...seen, box('cat', 0.8, 0.0)])).toBe(0);
    expect(flags('The dog is to the right of the zebra.')).toBe(0);
  });

  it.each([
    ['To the right of the cat is a dog.', 1],
    ['To the left of the cat is a dog.', 0],
    ['On the right side of the picture there is a dog.', 1],
    ['On the left there is a dog.', 0],
    ['A dog on the right and a cat on the left.', 2],
    ['A dog at the top of the picture.', 0],
    ['The cat on the left of the picture looks at the dog.', 1],
    ['A dog stands on the right side of the road.', 0],
    ['A dog sits left of a small black cat.', 0],
    ['A dog sits right of a small black cat.', 1],
  ])('reads where things are said to be: %s', (said, flagged) => {
    const seen = [box('dog', 0.9, 0.1), box('cat', 0.35, 0.6), box('cat', 0.05, 0)];
    expect(
      judgeObjects(said, undefined, seen).filter((one) => one.type === 'spatial' && one.reward < 0.5),
    ).toHaveLength(flagged);
  });

  it('flags a number above what is large and clear, also where at least so many are said', () => {
    const large = [0, 0.5].map((left): Detection => ({ ...box('horse', 0.9), box: [left, 0.1, left + 0.45, 0.9] }));
    expect(rewardsOf('Five horses run on the beach.', large).Five).toBeLessThan(0.5);
    expect(rewardsOf('Two horses run on the beach.', large).Two).toBeGreaterThan(0.5);
    const faint = [...large, ...[0.1, 0.3, 0.6].map((left) => box('horse', 0.3, left))];
    expect(rewardsOf('Five horses run on the beach.', faint).Five ?? 1).toBeGreaterThan(0.5);
  });

  it('cannot tell where one of many is', () => {
    const cats = [0.5, 0.6, 0.7].map((left) => box('cat', 0.9, left));
    expect(rewardsOf('The cat is to the left of the dog.', [box('dog', 0.9, 0.1), ...cats])).not.toHaveProperty(
      'to the left of',
    );
  });

  it('takes a name for no animal', () => {
    expect(rewardsOf('A man dressed as Captain Jack Sparrow waves.', [box('person', 0.9)])).not.toHaveProperty(
      'Sparrow',
    );
  });

  it('judges a yes, a no and a number by the question', () => {
    const asked = 'Is there a giraffe in the image?';
    expect(rewardsOf('Yes', dogs, asked).Yes).toBeLessThan(0.5);
    expect(rewardsOf('No, there is not.', dogs, asked).No).toBeGreaterThan(0.5);
    expect(rewardsOf('Yes.', dogs, 'Is there a dog in the image?').Yes).toBeGreaterThan(0.5);
    expect(rewardsOf('9', dogs, 'How many dogs are there?')['9']).toBeLessThan(0.5);
    expect(rewardsOf('Yes', dogs, 'Is the dog on the left brown?')).toEqual({});
  });

  it('does not hold it against a loose word that the detector sees nothing by that name', () => {
    expect(rewardsOf('A man sits at a desk.', [box('person', 0.9)])).not.toHaveProperty('desk');
  });

  it('calls an elephant absent of which it sees a trace, and a spoon not', () => {
    const trace = rewardsOf('An elephant, a sheep and a spoon.', [
      box('elephant', 0.05),
      box('sheep', 0.05),
      box('spoon', 0.01),
    ]);
    expect(trace.elephant).toBeLessThan(0.5);
    expect(trace.sheep).toBeGreaterThan(0.5);
    expect(trace.spoon).toBeGreaterThan(0.5);
    for (const category of ['elephant', 'spoon'] as const) {
      const rewards = [0, 0.02, 0.05, 0.09, 0.1, 0.3, 0.6, 0.9].map((score) => presence(score, category));
      expect([...rewards].sort((a, b) => a - b)).toEqual(rewards);
    }
    // of a question whether it is there nothing is known before
    expect(presence(0.05, 'elephant', 0.4)).toBeCloseTo(presence(0.05, 'sheep', 0.4));
  });

  it('does not bear out that someone is a man, a woman or a child', () => {
    const seen = [box('person', 0.9), box('dog', 0.9)];
    const words = ['man', 'woman', 'policeman', 'boy', 'girl', 'lady', 'child', 'baby'];
    for (const word of words) {
      expect(rewardsOf(`A ${word} with a dog.`, seen)).not.toHaveProperty(word);
      expect(rewardsOf(`A ${word} with a dog.`, [box('dog', 0.9)])[word]).toBeLessThan(0.5);
    }
    expect(rewardsOf('A person with a dog.', seen).person).toBeGreaterThan(0.9);
    expect(rewardsOf('A human with a dog.', seen).human).toBeGreaterThan(0.9);
    // of three people two may be men; where no one is seen there are none
    const three = [0.1, 0.4, 0.7].map((left) => box('person', 0.9, left));
    expect(rewardsOf('There are two men in the image.', three)).toEqual({});
    expect(rewardsOf('There are two people in the image.', three).two).toBeLessThan(0.5);
    expect(rewardsOf('Yes.', three, 'Is there a woman in the image?')).toEqual({});
    expect(rewardsOf('Yes.', [], 'Is there a woman in the image?').Yes).toBeLessThan(0.5);
  });

  it('rises with the score of the best box', () => {
    const rewards = [0, 0.02, 0.05, 0.1, 0.3, 0.6, 0.9].map((score) => presence(score, 'dog'));
    expect([...rewards].sort((a, b) => a - b)).toEqual(rewards);
    expect(boxProbability(0.9)).toBeGreaterThan(0.8);
    expect(countDistribution(dogs).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 3);
  });

  it('takes the picture that shows it, where there are several, and gives boxes as evidence', async () => {
    const pictures = new Map([
      ['one', [box('dog', 0.9)]],
      ['two', [box('cat', 0.9)]],
    ]);
    const scorer = scorerOf({ look: async (image) => pictures.get(image as string)!, close: async () => {} });
    const { tokens, evidence } = await scorer.score({ images: ['one', 'two'], response: 'A dog, a cat and a bus.' });
    const reward = (text: string) => tokens.find((token) => token.text === text)!.reward;
    expect(reward('dog')).toBeGreaterThan(0.9);
    expect(reward('cat')).toBeGreaterThan(0.9);
    expect(reward('bus')).toBeLessThan(0.5);
    expect(reward('and')).toBeNull();
    expect(evidence!.map(({ label }) => label)).toEqual(['dog', 'cat']);
    await expect(scorer.score({ images: [], response: 'A dog.' })).rejects.toMatchObject({ code: 'bad-argument' });
  });
});

describe("YOLOX's input and output", () => {
  const image = { data: new Uint8Array(40 * 20 * 3).map((_, i) => [10, 20, 30][i % 3]!), width: 40, height: 20 };
  const whole = { left: 0, top: 0, width: 40, height: 20 };

  it('keeps the aspect, pads with 114 below, and puts blue first', () => {
    const { input, scale } = letterbox(image, whole);
    expect(scale).toBeCloseTo(10.4);
    const plane = 416 * 416;
    expect([input[0], input[plane], input[2 * plane]].map((value) => Math.round(value!))).toEqual([30, 20, 10]);
    expect(input[300 * 416]).toBe(114);
  });

  it('puts a raw box back into the picture', () => {
    const output = new Float32Array(3549 * 85);
    // the anchor of stride 32 in column 4, row 2: centre (4.5, 2.5) cells, 2 x 4 cells large
    const at = (52 * 52 + 26 * 26 + 2 * 13 + 4) * 85;
    output.set([0.5, 0.5, Math.log(2), Math.log(4), 0.9], at);
    output[at + 5 + 16] = 0.8;
    const [found] = decodeOutput(output, { region: whole, scale: 10.4, image, close: false });
    expect(found!.category).toBe('dog');
    expect(found!.score).toBeCloseTo(0.72);
    const wanted = [(144 - 32) / 416, (80 - 64) / 208, (144 + 32) / 416, (80 + 64) / 208];
    found!.box.forEach((edge, index) => {
      expect(edge).toBeCloseTo(wanted[index]!, 4);
    });
  });

  it('keeps one box of those on the same thing, and those on others', () => {
    const kept = suppress([box('dog', 0.9), box('dog', 0.5, 0.11), box('cat', 0.4), box('dog', 0.6, 0.7)]);
    expect(kept.map(({ category, score }) => `${category} ${score}`)).toEqual(['dog 0.9', 'dog 0.6', 'cat 0.4']);
  });

  it('looks at large pictures in parts as well, which overlap and cover all', () => {
    expect(views({ width: 200, height: 100 })).toHaveLength(1);
    const parts = views({ width: 1000, height: 600 }).slice(1);
    expect(parts).toHaveLength(4);
    expect(Math.max(...parts.map(({ left, width }) => left + width))).toBe(1000);
    expect(Math.max(...parts.map(({ top, height }) => top + height))).toBe(600);
  });
});

describe('what detectors hardly know', () => {
  it('is not called absent where it was not seen', () => {
    expect(judgeObjects('She holds a hair dryer.', undefined, [])).toEqual([]);
    expect(judgeObjects('She holds a toothbrush.', undefined, [])).toHaveLength(1);
  });
});
