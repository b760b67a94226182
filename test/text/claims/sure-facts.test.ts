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
    [
      'A drawing in which a green bed and two lions stand on a pink area.',
      'there is a green bed. there are two lions. the background is pink.',
    ],
    [
      'The picture contains five kinds of things, among them three helmets.',
      'there are five kinds of things in all. there are three helmets.',
    ],
    ['I can confirm that the lions are larger than the pies.', 'the lions are larger than the pies.'],
    ['What I can do is tell you that there are two bananas here.', 'there are two bananas.'],
    ['Two llamas appear in your picture, as well as a volcano.', 'there are Two llamas. there is a volcano.'],
    ['The focal point of the image is a bee.', 'there is a bee.'],
    ['Against black, a droplet can be recognised without difficulty.', 'the background is black.'],
    ['Here we have four rockets of small size.', 'there are four rockets of small size.'],
    ['1️⃣ two donkeys\n2️⃣ four lions', 'there are two donkeys. there are four lions.'],
    [
      'The title is misleading, because what the picture shows is three dragons and four accordions.',
      'there are three dragons. there are four accordions.',
    ],
    [
      "You've got three large motorcycles, and then you've got four small gravestones.",
      'there are three large motorcycles. there are four small gravestones.',
    ],
    ['"The kites" = blue\n"The frogs" = gray', 'the kites are blue. the frogs are gray.'],
    ['The kites: red and white. The frogs: blue.', 'the frogs are blue.'],
    ['The kites… **purple**. The frogs… **red**.', 'the kites are purple. the frogs are red.'],
    [
      'Based on the image, one can identify four blue droplets and, separately, four red tomatoes.',
      'there are four blue droplets. there are four red tomatoes.',
    ],
    ['Digital art: four cookies and an avocado, no people.', 'there are four cookies. there is an avocado.'],
    [
      '* **Main objects:** A helicopter\n* **Other objects:** A caterpillar\n* **Background color:** orange',
      'there is A helicopter. there is A caterpillar. the background is orange.',
    ],
    ['```\na whale\ntwo tomatoes\n```', 'there is a whale. there are two tomatoes.'],
    ['```text\nobjects: two kites\nbackdrop: purple\n```', 'there are two kites. the background is purple.'],
    ['a) A helicopter\nb) Two peaches', 'there is A helicopter. there are Two peaches.'],
    ['(1) a skull (2) three chickens — that is the full list.', 'there is a skull. there are three chickens.'],
    ['It is a sketch with a cat in it and two swans beside it.', 'there is a cat. there are two swans.'],
    ['What catches the eye are the blue kites.', 'the kites are blue.'],
    ['(Two moons, to be fair, and three tacos.)', 'there are Two moons. there are three tacos.'],
    ['It contains, as expected, six white beds and an oyster.', 'there are six white beds. there is an oyster.'],
    ['I see a goat and two swans instead.', 'there is a goat. there are two swans.'],
    [
      'At the bottom there is a yellow bus, and a cow.',
      'there is a yellow bus. the yellow bus is At the bottom. there is a cow.',
    ],
    ['On the right are two shirts.', 'there are two shirts. the shirts are On the right.'],
    [
      'Here is what I noticed: three bears, placed in the top left corner.',
      'there are three bears. the bears are in the top left corner.',
    ],
    ['Begin with the ants: they are rather small.', 'the ants are small.'],
    ['Each bat is smaller than each tent.', 'the bat is smaller than the tent.'],
    ['The image you sent shows a goat. It also has two wheels.', 'there is a goat. there are two wheels.'],
    ['"Four rats on a gray background" – that would be my title.', 'there are Four rats. the background is gray.'],
    ['It has a brown background with six ships in front of it.', 'the background is brown. there are six ships.'],
    ['The drawing that you would like a haiku about has a red saw in it.', ''],
    ["The drawing that you'd like a haiku about has a red saw in it.", 'there is a red saw.'],
    ['I suppose on the left, since that is where you will find a drum.', 'there is a drum. the drum is on the left.'],
  ])('%s', (answer, wanted) => {
    expect(read(answer)).toBe(wanted);
  });

  it.each([
    'I would wear two ties, and a hat, like two clowns.',
    'Start with the lemons or the limes: they are sour.',
    'It has two engines. It also has four wheels, as cars usually do.',
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
