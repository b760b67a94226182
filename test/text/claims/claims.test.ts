import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captionScene, sampleScene, seededRandom } from '../../../scenes/index.js';
import { isColour, isSize, isThing } from '../../../src/text/claims/about-picture.js';
import { claimed, claimsOf } from '../../../src/text/claims/claims.js';
import { parseCount } from '../../../src/text/lexicon/numbers.js';
import { splitWords } from '../../../src/text/words.js';
import { runs } from '../../fixtures/runs.js';

const judgedWords = (text: string, prompt?: string) =>
  claimed(text, prompt).map(({ start, end }) => text.slice(start, end));
const kinds = (text: string) => claimsOf(text).map(({ kind, text: said }) => `${kind}: ${said}`);

/** Sentences in which what must be judged stands in ‹›; a word of the domain outside of it must not be. */
const marked = readFileSync(new URL('../../fixtures/marked-sentences.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as { text: string }).text);

function readMarks(line: string): { text: string; isClaim: (at: number) => boolean } {
  let text = '';
  const claims: [number, number][] = [];
  for (const part of line.split(/(‹[^›]*›)/)) {
    const start = text.length;
    text += part.replace(/[‹›]/g, '');
    if (part.startsWith('‹')) claims.push([start, text.length]);
  }
  return { text, isClaim: (at) => claims.some(([start, end]) => at >= start && at < end) };
}

describe('which words claim something of the picture', () => {
  it.each(marked)('%s', (line) => {
    const { text, isClaim } = readMarks(line);
    const judged = new Set(claimed(text).map(({ start }) => start));
    const words = splitWords(text).map(({ start, end }) => ({ start, word: text.slice(start, end) }));
    const missed = words.filter(({ start }) => isClaim(start) && !judged.has(start)).map(({ word }) => word);
    const nothing = !line.includes('‹');
    const overjudged = words
      .filter(({ start, word }) => judged.has(start) && !isClaim(start) && (nothing || isDomainWord(word)))
      .map(({ word }) => word);
    expect({ missed, overjudged }).toEqual({ missed: [], overjudged: [] });
  });

  const isDomainWord = (word: string) =>
    isThing(word) || isColour(word) || isSize(word) || (parseCount(word) !== null && !/^an?$|^no$/i.test(word));

  it('keeps every word that a plain caption of a scene claims, but for "a number of"', async () => {
    const missed: string[] = [];
    let claims = 0;
    for (let seed = 0; seed < runs(350); seed++) {
      const scene = await sampleScene(90000 + seed);
      for (const caption of captionScene(scene, seededRandom(seed), { count: 3 })) {
        const judged = claimed(caption.text, caption.prompt);
        for (const claim of caption.claims) {
          claims++;
          const said = caption.text.slice(claim.start, claim.end);
          if (/^a number$/i.test(said)) continue;
          if (!judged.some(({ start, end }) => start <= claim.start && end > claim.start))
            missed.push(`${said} | ${caption.text}`);
        }
      }
    }
    expect(claims).toBeGreaterThan(runs(8000));
    expect(missed).toEqual([]);
  }, 60_000);

  it('judges nothing in a recipe, but what is said of the picture after it', () => {
    const text = `The picture shows two lemons.\nIngredients\n- 2 lemons\n- 3 eggs\n- Butter and cheese\nInstructions\n1. Beat the eggs.\nIn the picture there is also a red bowl.`;
    expect(judgedWords(text).join(' ')).toBe('The shows two lemons In the there is also a red bowl');
  });

  it('takes one-word answers, and answers in yes and no, for claims', () => {
    expect(judgedWords('Red', 'What colour is the car?')).toEqual(['Red']);
    expect(judgedWords('No.', 'Is there a dog?')).toEqual(['No']);
    expect(judgedWords('4', 'How many cats are there?')).toEqual(['4']);
  });

  it.each([
    'There are 2-3 dogs.',
    'There are 2–3 dogs.',
    'The dog is 50 cm tall.',
    'The dog has a ten speed bike.',
    'The dog was drawn in 1998.',
    'Step 5: the dog sits.',
    'The dog costs $5.',
    'The dog is at (10, 20).',
    'The dog got 7% of the votes.',
  ])('takes no number for a count that counts nothing: %s', (text) => {
    expect(judgedWords(text).filter((word) => /\d/.test(word) || parseCount(word) === 10)).toEqual([]);
  });

  it('leaves names to scorers that read or know', () => {
    const text = 'Next to the dog stands Jack Sparrow with a red parrot.';
    expect(judgedWords(text)).not.toContain('Sparrow');
    expect(claimed(text, undefined, { names: true }).map(({ start, end }) => text.slice(start, end))).toContain(
      'Sparrow',
    );
  });

  it('reads a compound as a whole', () => {
    expect(judgedWords('There is a corn dog, an apple pie and a pit bull near the red car.').join(' ')).toBe(
      'There is a an and a near the red car',
    );
  });
});

describe('what a claim says', () => {
  it('tells numbers, attributes, things, relations and polarity apart, and of what each is said', () => {
    expect(kinds('There are two dogs left of a red car.')).toEqual([
      'number: two',
      'thing: dogs',
      'relation: left of',
      'number: a',
      'attribute: red',
      'thing: car',
    ]);
    const claims = claimsOf('There are two dogs left of a red car.');
    expect(claims.map((claim) => claim.of)).toEqual([1, undefined, 1, 5, 5, undefined]);
    expect(claims[2]!.with).toBe(5);
    expect(kinds('No, there is no dog.')).toEqual(['polarity: No', 'polarity: no', 'thing: dog']);
    expect(kinds('The sign says "OPEN".')).toContain('print: OPEN');
  });

  it('says the colour of the thing before it where a verb stands between', () => {
    const [thing, colour] = claimsOf('The cat is blue.');
    expect([thing!.text, colour!.text, colour!.of]).toEqual(['cat', 'blue', 0]);
  });

  it('has offsets of the text, in reading order, for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.array(fc.constantFrom(...marked, '\n', '“', '— ', '3 pm ')).map((parts) => parts.join(' ')),
        ),
        (text) => {
          let last = 0;
          for (const claim of claimsOf(text)) {
            expect(text.slice(claim.start, claim.end)).toBe(claim.text);
            expect(claim.start).toBeGreaterThanOrEqual(last);
            last = claim.end;
          }
          let end = 0;
          for (const word of claimed(text)) {
            expect(word.start).toBeGreaterThanOrEqual(end);
            end = word.end;
          }
        },
      ),
    );
  });
});
