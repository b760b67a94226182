import { describe, expect, it } from 'vitest';
import { plainFacts } from '../../../src/text/claims/plain-facts.js';
import { viewOf } from '../../../src/text/view/view.js';

const read = (answer: string, prompt?: string) => plainFacts(viewOf(answer).text, prompt).text;

describe('what a sentence says for sure is read, whatever else it says', () => {
  it.each([
    [
      'The asset in question loads fine and shows three hamsters on green.',
      'there are three hamsters. the background is green.',
    ],
    [
      'So, let me tell you: what we have here is a white balloon, and then also four flamingos.',
      'there is a white balloon. there are four flamingos.',
    ],
    ['Your attached picture shows a pink monorail.', 'there is a pink monorail.'],
    [
      "I'd describe it like so: someone took a black background and put four waffles on it.",
      'the background is black.',
    ],
    ["I'll cut to the chase: two onions are above four rockets.", 'two onions are above four rockets.'],
    ['In the drawing that you uploaded the bison are pink.', 'the bison are pink.'],
    [
      'Two guitars, drawn in blue, and a crown, drawn in brown.',
      'there are Two guitars. the guitars are blue. there is a crown. the crown is brown.',
    ],
    [
      "Here's what mine say: three pears on the right, no more and no less.",
      'there are three pears. the pears are on the right.',
    ],
    [
      '**Six bagels** above **four kites**, all of it on _orange_.',
      'Six bagels are above four kites. the background is orange.',
    ],
    ['- [x] five dogs\n- [x] three limes\n- [ ] people', 'there are five dogs. there are three limes.'],
    ['The frog has its place at the left side.', 'the frog is at the left side.'],
    ['✔️ The parrots are above the whales\n✔️ The crab is red', 'the parrots are above the whales. the crab is red.'],
    [
      'I noticed two orange pineapples first, since bright things tend to draw attention.',
      'there are two orange pineapples.',
    ],
  ])('%s', (answer, wanted) => {
    expect(read(answer)).toBe(wanted);
  });

  it.each([
    'Fry two cloves of garlic and add a fish.',
    'If there are two dogs in your picture, tell me.',
    'There might be three cats behind it.',
    'Do you see two dogs in the picture?',
    'An octopus has three hearts.',
    "Your picture doesn't show two dogs.",
    'Keep one copy at home, so that a fire or a theft does not take both.',
    'There is a bear market for such things, and a fire department.',
    'If you are learning the guitar, practise chord changes slowly.',
  ])('nothing of: %s', (answer) => {
    expect(read(answer)).toBe('');
  });
});
