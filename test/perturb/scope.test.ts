import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../scenes/random.js';
import { perturbAnswer } from '../../src/perturb/answer.js';
import { readCaption } from '../../src/perturb/caption.js';
import { perturb } from '../../src/perturb/perturb.js';
import { type PerturbationType, perturbationTypes } from '../../src/perturb/perturbation.js';
import { trueNegation } from '../../src/perturb/true-negation.js';

const texts = (caption: string, type: PerturbationType) => [
  ...new Set(Array.from({ length: 40 }, (_, seed) => perturb(caption, type, seededRandom(seed))?.text ?? '')),
];

describe('what a caption does not assert', () => {
  it.each([
    ['There is no dog in the picture.', 'dog picture'],
    ['A table without a red lamp.', 'red lamp'],
    ['A plate with neither fork nor knife.', 'fork knife'],
    ['The room is empty except for a chair.', 'chair'],
    ['A man who is not wearing a black shirt.', 'black shirt'],
    ['The rock looks like a dog.', 'dog'],
    ['A cup shaped like a cat.', 'cat'],
    ['The wall is red or orange.', 'red orange'],
    ['A cake that may be chocolate.', 'chocolate'],
    ['Three of the five birds are yellow.', 'three five'],
    ['Half a sandwich lies there.', 'half a'],
  ])('%s', (text, denied) => {
    const { words } = readCaption(text);
    for (const word of denied.split(' ')) expect(words.find(({ lower }) => lower === word)?.asserted, word).toBe(false);
  });

  it('ends where the sentence turns or ends', () => {
    const { words } = readCaption('There is no dog but a cat. A bird sits there.');
    expect(words.filter(({ asserted }) => asserted).map(({ text }) => text)).toEqual(
      'There is but a cat A bird sits there'.split(' '),
    );
  });

  it('is changed by no rule but the one that lifts denials', () => {
    for (const caption of ['There is no dog in the picture.', 'The street has no cars or trucks.'])
      for (const type of perturbationTypes)
        if (type !== 'counterfactual') expect(texts(caption, type), `${type}: ${caption}`).toEqual(['']);
    expect(texts('The cat, not the dog, is on the mat.', 'object').join(' ')).toMatch(/^The \w+, not the dog/);
    expect(texts('The wall is red or orange.', 'object')).toEqual(['']);
  });
});

describe('twins', () => {
  it('change every mention of a thing, so that none contradicts another', () => {
    for (const text of texts('A dog sleeps. The dog is brown.', 'object')) expect(text.match(/\bdog\b/g)).toBeNull();
    expect(texts('A dog bowl. The dog sleeps.', 'object')).toEqual(['']);
    expect(texts('A man with a hat. The hat is red.', 'counterfactual').join()).not.toMatch(/no hat/);
  });

  it('agree: no verb is left in the other number', () => {
    const caption = 'A man stands to the left of a tree and a woman stands to the right of the tree.';
    for (const text of texts(caption, 'counting')) expect(text).not.toMatch(/(?:two|three|four) \w+ stands/);
    for (const text of texts("A person's foot is on the floor.", 'counting')) expect(text).not.toMatch(/person's feet/);
  });

  it('bind across clauses, kinds of look and owners', () => {
    expect(texts('A girl in a red sweater and blue skirt sits there.', 'binding')).toContain(
      'A girl in a blue sweater and red skirt sits there.',
    );
    expect(texts('A man in a blue hat and a woman in a red hat.', 'binding')).toContain(
      'A man in a red hat and a woman in a blue hat.',
    );
    expect(texts('The aluminium apple is next to the wooden chair.', 'binding')).toContain(
      'The wooden apple is next to the aluminium chair.',
    );
    expect(texts('The left door is open and the right door is closed.', 'binding')).toContain(
      'The left door is closed and the right door is open.',
    );
  });

  it('count pairs, dozens and both', () => {
    expect(texts('A pair of shoes on the floor.', 'counting').join()).toMatch(/(?:Two|Three|Four) pairs of shoes/);
    expect(texts('A dozen eggs in a carton.', 'counting').join()).toMatch(/(?:Five|Six|Twenty) eggs/);
    expect(texts('Both dogs are asleep.', 'counting').join()).toMatch(/(?:Three|Four|Five|Six) dogs are asleep/);
    expect(texts('Houses on both sides of the street.', 'counting')).toEqual(['']);
  });

  it('read print without quotation marks, and the time', () => {
    expect(texts('The shirt says heavy fog.', 'ocr').join()).toMatch(/The shirt says (?!heavy fog)/);
    expect(texts('The clock shows 12:00 AM.', 'ocr').join()).toMatch(/12:0[1-9] AM/);
    expect(texts('A man says hello.', 'ocr')).toEqual(['']);
    expect(texts('A parked truck.', 'ocr').join()).toMatch(/A parked truck with the word "[A-Z]+" on it\./);
  });

  it('leave the look of an animal an animal’s', () => {
    for (const text of texts('A brown dog sleeps.', 'attribute')) expect(text).not.toMatch(/blue|green|pink|purple/);
  });
});

describe('wrong answers to questions', () => {
  const answers = (question: string, answer: string, type: PerturbationType) =>
    Array.from({ length: 20 }, (_, seed) => perturbAnswer(question, answer, type, seededRandom(seed))?.text);

  it.each([
    ['What color is the car?', 'Red.', 'attribute', /^(?!Red)[A-Z][a-z]+\.$/],
    ['How many dogs are there?', '2', 'counting', /^[0134]$/],
    ['How many dogs are there?', 'Two', 'counting', /^(?:Zero|No|One|Three|Four)$/],
    ['Is it sunny?', 'yes', 'counterfactual', /^no$/],
    ['Where is the cup?', 'On the table.', 'spatial', /^(?:Under|Next to) the table\.$/],
    ['What animal is this?', 'A zebra.', 'object', /^An? (?!zebra)[a-z]+\.$/],
    ['What does the sign say?', 'STOP', 'ocr', /^YIELD$/],
    ['How big is the boat?', 'small', 'small-object', /^(?:large|huge|big)$/],
  ] as const)('%s %s', (question, answer, type, wanted) => {
    for (const text of answers(question, answer, type)) expect(text).toMatch(wanted);
  });

  it('never name what the question names, and are none where the type does not fit', () => {
    for (const text of answers('Is it a red or a green car?', 'red', 'attribute')) expect(text).not.toBe('green');
    expect(answers('Who is he?', 'red', 'counting')[0]).toBeUndefined();
    expect(answers('Is it?', '?', 'counterfactual')[0]).toBeUndefined();
  });
});

describe('true captions with a denial', () => {
  it('deny what the caption does not have, and keep it whole', () => {
    for (let seed = 0; seed < 20; seed++) {
      const text = trueNegation('A red car beside a dog', seededRandom(seed))!;
      expect(text).toMatch(/^A red car beside a dog\. (?:There is no|The \w+ is not) /);
      const denied = text.slice('A red car beside a dog. '.length);
      expect(denied).not.toMatch(/no (?:car|dog)|not red|not an? (?:car|dog)/);
    }
    expect(trueNegation('Nothing much.', seededRandom(1))).toBeNull();
  });
});

describe('twins that a picture could show', () => {
  it.each<[PerturbationType, string, RegExp]>([
    ['attribute', 'A man with short hair.', /tall/],
    ['attribute', 'A wolf with gray fur.', /pink|blue|green/],
    ['attribute', 'A stainless steel pot.', /plastic|wooden/],
    ['attribute', 'A tray. The tray has green stems, a lighter green at the tips.', /stems/],
    ['binding', 'A red leaf above a blue car.', /blue leaf/],
    ['object', 'A horse with a saddle.', /panda|cow|goat/],
    ['object', 'A sparrow on a rock. The bird is small.', /squirrel|butterfly/],
    ['object', 'The walls, old and gray, bear the marks of time.', /./],
    ['object', 'A blanket of snow on a hill.', /pillow|towel/],
    ['object', 'A statue of a lion.', /obelisk/],
    ['spatial', 'A helmet sits atop her head.', /./],
    ['spatial', 'In the foreground, a car. The background is blurred.', /./],
    ['counting', 'A glossy paint, from yellow to a lighter orange.', /oranges/],
    ['counting', 'A fence separates the two cars.', /./],
    ['counterfactual', 'A dog is captured in a photograph.', /not captured/],
    ['counterfactual', 'The bowl is filled with rice, adding a touch of white.', /./],
    ['counterfactual', 'A car with a plate that reads "A6".', /./],
  ])('%s of %s', (type, caption, wrong) => {
    for (const text of texts(caption, type)) expect(text).not.toMatch(wrong);
  });
  it.each<[PerturbationType, string, RegExp]>([
    ['attribute', 'A man with short hair.', /^A man with long hair\.$/],
    ['object', 'A woman on a beach.', /^A man on a beach\.$/],
    ['counting', 'Several birds sit on a wire.', /^Two birds sit on a wire\.$/],
    ['counting', 'A cake with a few candles.', /^A cake with a dozen candles\.$/],
    ['counting', 'A wall with white stripes.', /^A wall with one white stripe\.$/],
    ['counting', 'A row of trees lines the road.', /^$|^(Two|Three|Four) rows of trees line the road\.$/],
    ['counterfactual', 'To the left, a truck is parked.', /^To the left, no truck is parked\.$/],
    ['counterfactual', 'The woman holds a cup.', /^The woman holds no cup\.$/],
    ['counterfactual', 'The cat sits on a mat.', /^The cat does not sit on a mat\.$/],
    ['spatial', 'A cup in the top left corner.', /^A cup in the top right corner\.$/],
  ])('%s of %s: one of them is right', (type, caption, right) => {
    const found = texts(caption, type);
    expect(found.length === 0 ? [''] : found).toEqual(expect.arrayContaining([expect.stringMatching(right)]));
  });
});
