import { describe, expect, it } from 'vitest';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import { readsWell } from '../../src/rewriters/local/reads-well.js';
import type { Evidence } from '../../src/scorer/scorer.js';
import { splitSentences } from '../../src/text/sentences.js';
import { spliceEdits } from '../../src/text/splice.js';

const person: Evidence = {
  kind: 'object',
  label: 'person',
  confidence: 0.95,
  box: [0.2, 0.1, 0.8, 0.9],
  attributes: { detector: 'yolox-nano' },
};

/** What is left when a word is flagged that the detector does not see; null where it stays. */
async function without(word: string, response: string, evidence = [person]): Promise<string | null> {
  const start = response.indexOf(word);
  const sentence = splitSentences(response).find((one) => one.start <= start && start < one.end)!;
  const span = {
    id: 1,
    start,
    end: start + word.length,
    text: word,
    reward: 0.1,
    sentence: [sentence.start, sentence.end] as [number, number],
  };
  const request = { images: [], response, spans: [span], evidence, rejected: [], round: 1 };
  const { edits } = await localRewriter().rewrite(request as never);
  const last = edits.at(-1);
  return last ? spliceEdits(response, [span], [last]).text : null;
}

describe('a sentence about a thing that was not seen', () => {
  const answer = (sentence: string, next = 'The sky is blue.') => `A man walks along a street. ${sentence} ${next}`;
  it.each([
    'There is a giraffe at the foot of the tower.',
    'A giraffe stands behind it.',
    'A giraffe can be seen through the door.',
    'Further back there is a giraffe that nobody looks at.',
  ])('goes whole where the rest of the answer does without it: %s', async (sentence) =>
    expect(await without('giraffe', answer(sentence))).toBe('A man walks along a street. The sky is blue.'),
  );

  it.each([
    // something else is said to be there
    ['A giraffe sleeps on a chair.'],
    ['A giraffe stands behind it and a boy looks on.'],
    ['A giraffe with a red collar stands behind it.'],
    // it is spoken of, or not made up alone
    ['The giraffe stands behind it.'],
    ['A giraffe stands behind it.', 'It is tall.'],
    ['A giraffe stands behind it.', 'The giraffe is tall.'],
  ])('stays: %s %s', async (sentence, next?: string) =>
    expect(await without('giraffe', answer(sentence, next))).toBeNull(),
  );

  it('stays where it is all that is said', async () =>
    expect(await without('giraffe', 'A giraffe stands behind it.')).toBeNull());

  it('may be of the kind of what was seen, which is no reason to drop it', async () => {
    const zebra: Evidence = { ...person, label: 'zebra', confidence: 0.6 };
    expect(await without('giraffe', answer('A giraffe stands behind it.'), [person, zebra])).toBeNull();
  });

  it('goes with what joins it', async () => {
    expect(await without('giraffe', 'A piece of cake and a giraffe on a wooden table.')).toBe(
      'A piece of cake on a wooden table.',
    );
    expect(await without('truck', 'A man walks through the grass, followed by a truck.')).toBe(
      'A man walks through the grass.',
    );
  });
});

describe('a thing that was not seen', () => {
  it.each([
    ['blow dryer', 'A woman wearing a towel near a blow dryer.', 'A woman wearing a towel.'],
    ['giraffe', 'A man stands next to a giraffe.', 'A man stands.'],
    ['giraffe', 'A man sits on a bench and a giraffe in the background.', 'A man sits on a bench.'],
    ['dog', 'A man walks along a street with a dog.', 'A man walks along a street.'],
    ['tv', 'A man cuts bread, and a tv is visible behind him.', 'A man cuts bread.'],
    ['bear', 'A man waves. There is a bear in the background.', 'A man waves.'],
  ])('goes with the smallest phrase that holds it: %s', async (word, before, after) => {
    expect(await without(word, before)).toBe(after);
  });

  it.each([
    ['elephant', 'An elephant in the back of a truck trailer.'],
    ['dog', 'There is a dog that a man in a red coat feeds.'],
    ['blow dryer', 'A woman wearing a towel holding a blow dryer.'],
    ['cell phone', 'A man leans on a post on a cell phone.'],
    ['train', 'People sit inside a train.'],
    ['vase', 'A tan toilet and vase combination in a small room.'],
    ['frisbee', 'A yellow and red frisbee and some bananas.'],
    ['bench', 'The man is located near a bench.'],
    ['cake', 'A woman wearing a hair net cutting a large sheet cake, and a tv is visible behind them.'],
    ['tv', 'A man and a tv are visible.'],
    ['tv', 'Two cats and a tv are visible.'],
    ['parakeet', 'A cat and a parakeet are eating together.'],
    ['bear', 'A small bear and a man sit on a bench.'],
    ['cars', 'Two cars, one running on some rocky soil.'],
    ['toaster', 'A toaster glows while two dogs watch.'],
  ])('stays where truth would go with it, and is never another thing: %s', async (word, before) => {
    expect(await without(word, before)).toBeNull();
  });
});

describe('a sentence after words were taken out', () => {
  it.each([
    'A man wearing a sitting on top of a set of stairs.',
    'In addition to there are various items.',
    'A stuffed bear and with the face of a clown.',
    'A man sits next to a.',
    'People with and a hat.',
    'A man sits on skis and in the background.',
    'The.',
  ])('does not read: %s', (after) => expect(readsWell('A man sits on a bench with a hat.', after)).toBe(false));

  it.each(['A man sits on a bench.', 'The man with a hat waves.', ''])('reads: %s', (after) =>
    expect(readsWell('A man sits on a bench with a hat.', after)).toBe(true),
  );
});
