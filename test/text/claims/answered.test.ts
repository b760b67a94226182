import { describe, expect, it } from 'vitest';
import { viewed } from '../../../src/scorer/viewed.js';
import { plainFacts } from '../../../src/text/claims/plain-facts.js';
import { splitWords } from '../../../src/text/words.js';

const read = (prompt: string, answer: string) => plainFacts(answer, prompt).text;

describe('a short answer is read with its question', () => {
  it.each([
    ['How many owls are there?', 'Four.', 'there are Four owls.'],
    ['How many red cups can you see?', 'I count 1.', 'there is 1 red cup.'],
    ['Count the drums and the trumpets.', '2 and 5, respectively.', 'there are 2 drums. there are 5 trumpets.'],
    ['What colour is the tractor?', 'It looks green to me.', 'the tractor is green.'],
    ["What's the background colour?", 'Pink, I would say.', 'the background is Pink.'],
    ['What color is the sign?', 'Yellow', 'the sign is Yellow.'],
    ['Are the whales small or large?', 'Quite large.', 'the whales are large.'],
    ['Where is the bell in relation to the kites?', 'To the left.', 'the bell is to the left of the kites.'],
    ['Is the fox above or below the tents?', 'It sits above the tents.', 'the fox is above the tents.'],
    ['Where are the lemons?', 'At the very top.', 'the lemons are at the very top.'],
    ['In which corner is the moon?', 'Bottom left', 'the moon is in the Bottom left corner.'],
    ['What does the sign say?', 'It says OPEN.', 'the sign says "OPEN".'],
    ['What is on the right of the picture?', 'Two parrots.', 'the parrots are on the right.'],
    ['Is there a spider?', 'No.', 'there is a spider.'],
    ['Are there three bananas?', 'Yes, exactly three.', 'there are three bananas.'],
    ['Is it true that there are two swans in the picture?', "That's false.", 'there are two swans.'],
    ['Is the background blue?', 'No, it is not.', 'the background is blue.'],
    ['Are the penguins pink?', 'Yes, they are.', 'the penguins are pink.'],
    ['Is the backdrop of this drawing brown, yes or no?', 'Yes.', 'the background is brown.'],
    ['Yes or no: are there two foxes?', 'No.', 'there are two foxes.'],
    ['Are the tents gray (yes/no)?', 'Yes', 'the tents are gray.'],
  ])('%s %s', (prompt, answer, wanted) => {
    expect(read(prompt, answer)).toContain(wanted);
  });

  it.each([
    ['How many owls are there?', 'Not four.'],
    ['How many kinds of animals are there?', 'Four.'],
    ['What colour is the tractor?', 'Red or green.'],
    ['Is there a spider or a bee?', 'Yes.'],
    ['Is there a red spider?', 'Yes.'],
    ['Is the fox above or below the tents?', 'Neither.'],
    ['What do you think of it?', 'Red.'],
    ['Where are the lemons and the limes?', 'On the left.'],
  ])('not where the two make no statement for certain: %s %s', (prompt, answer) => {
    expect(read(prompt, answer)).not.toMatch(/\b(?:there|the \w+ (?:is|are))\b/);
  });

  it('says of a no how likely its statement is wrong, and of a yes how likely its least likely word is right', async () => {
    const rewards: Record<string, number> = { three: 0.9, swans: 0.2, blue: 0.8 };
    const scorer = viewed(
      {
        name: 'words',
        score: async ({ response }) => ({
          response,
          scorer: 'words',
          tokens: splitWords(response).map(({ start, end }) => {
            const text = response.slice(start, end);
            return { text, start, end, reward: rewards[text] ?? null };
          }),
        }),
      },
      undefined,
      (text, { prompt }) => plainFacts(text, prompt),
    );
    const judged = async (prompt: string, response: string) =>
      (await scorer.score({ images: [], prompt, response })).tokens.flatMap(({ text, reward }) =>
        reward === null ? [] : [`${text} ${reward.toFixed(1)}`],
      );
    expect(await judged('Are there three swans?', 'Yes.')).toEqual(['Yes 0.2']);
    expect(await judged('Are there three swans?', 'Yes, three.')).toEqual(['Yes 0.2', 'three 0.9']);
    expect(await judged('Are there three swans?', 'No.')).toEqual(['No 0.8']);
    expect(await judged('Is the background blue?', "No, it isn't.")).toEqual(['No 0.2']);
  });
});
