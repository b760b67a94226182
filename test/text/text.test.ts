import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { TokenReward } from '../../src/scorer/scorer.js';
import { applyEdits, composeEdits, diffWords } from '../../src/text/edits.js';
import type { FlaggedSpan } from '../../src/text/flagged-span.js';
import { jsonLeaves, replaceJsonLeaf } from '../../src/text/json-leaves.js';
import { maskSpans, unmask } from '../../src/text/mask.js';
import { splitSentences } from '../../src/text/sentences.js';
import { flagSpans } from '../../src/text/spans.js';
import { spliceEdits } from '../../src/text/splice.js';
import { splitWords } from '../../src/text/words.js';
import { anyCharacter } from '../fixtures/any-character.js';
import { runs } from '../fixtures/runs.js';

const alphabet = [
  'a',
  'cat',
  ' ',
  ' ',
  'dogs',
  '. ',
  '.',
  ', ',
  '3.5',
  'Mr. ',
  '\r\n',
  '\n',
  'é',
  'e\u0301',
  '👩‍👩‍👧',
  '🇫🇷',
  '👍🏽',
  'שלום',
  'عربي',
  '犬がいる。',
  '⟦',
  '⟧',
  '"',
  '\ud83d',
  '-',
  "don't",
  'two',
  'two dogs',
  'There are',
  'an apple',
];
const anyText = fc.oneof(
  fc.array(fc.constantFrom(...alphabet), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: anyCharacter, maxLength: 60 }),
);
const sentencesOf = (text: string) => splitSentences(text).map(({ start, end }) => text.slice(start, end));
const wordsOf = (text: string) => splitWords(text).map(({ start, end }) => text.slice(start, end));

/** Rewards that depend on nothing but the word, so that properties hold for any text. */
function rewardWords(text: string, seed: number): TokenReward[] {
  return splitWords(text).map(({ start, end }, index) => {
    const roll = Math.imul(seed ^ (index * 2654435761), 0x9e3779b1) >>> 0;
    return { text: text.slice(start, end), start, end, reward: roll % 7 === 0 ? null : (roll % 100) / 100 };
  });
}

describe('sentences', () => {
  test.each([
    ['A dog. A cat.', ['A dog.', 'A cat.']],
    ['a dog. a cat is left of it', ['a dog.', 'a cat is left of it']],
    ['It is 3.5 m long. Mr. Smith saw it, e.g. a dog.', ['It is 3.5 m long.', 'Mr. Smith saw it, e.g. a dog.']],
    ['He said "stop." Then he left!', ['He said "stop."', 'Then he left!']],
    ['It came from the U.S. in May. J. Smith made it.', ['It came from the U.S. in May.', 'J. Smith made it.']],
    ['Well... maybe. Really?! Yes', ['Well... maybe.', 'Really?!', 'Yes']],
    ['1. A dog\r\n2. A cat\r\n\r\nDone', ['1. A dog', '2. A cat', 'Done']],
    ['犬がいる。猫もいる。', ['犬がいる。', '猫もいる。']],
    ['Is it red? No. It is blue. See No. 5 and fig. 2.', ['Is it red?', 'No.', 'It is blue.', 'See No. 5 and fig. 2.']],
    ['The sign says B. There is a dog.', ['The sign says B.', 'There is a dog.']],
    ['He holds a Ph.D. in art. هل هذا كلب؟ نعم.', ['He holds a Ph.D. in art.', 'هل هذا كلب؟', 'نعم.']],
    ['  \n ', []],
  ])('%j', (text, sentences) => expect(sentencesOf(text)).toEqual(sentences));

  test('every character that is not white space is in exactly one sentence, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let last = 0;
        for (const { start, end } of splitSentences(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(text.slice(last, start).trim()).toBe('');
          expect(text.slice(start, end)).toBe(text.slice(start, end).trim());
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(text.slice(last).trim()).toBe('');
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe('words', () => {
  test.each([
    ["Don't eat 3.5 ice-creams at 12:08!", ["Don't", 'eat', '3.5', 'ice-creams', 'at', '12:08']],
    ['A 👩‍👩‍👧 and 🇫🇷, 👍🏽.', ['A', '👩‍👩‍👧', 'and', '🇫🇷', '👍🏽']],
    ['e\u0301te\u0301 שלום', ['e\u0301te\u0301', 'שלום']],
    ['1,000 cats', ['1,000', 'cats']],
  ])('%j', (text, words) => expect(wordsOf(text)).toEqual(words));

  it('are the same in plain text, whatever other script stands after it', () => {
    const plain = fc.string({
      unit: fc.constantFrom(...'ab Z_09.,:/-\'"\n\r\t\0#*é'.slice(0, -1), '12', 'ice', "n't", '3.5'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(plain, (text) => {
        expect(wordsOf(`${text} é`)).toEqual([...wordsOf(text), 'é']);
      }),
      { numRuns: runs(2000) },
    );
  });

  it('cuts scripts without spaces', () => expect(wordsOf('犬がいる').length).toBeGreaterThan(1));

  test('words are in order, disjoint, and never cut a surrogate pair', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let last = 0;
        for (const { start, end } of splitWords(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          for (const at of [start, end]) {
            const cut =
              at > 0 && at < text.length && /[\ud800-\udbff]/.test(text[at - 1]!) && /[\udc00-\udfff]/.test(text[at]!);
            expect(cut).toBe(false);
          }
          last = end;
        }
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe('spans', () => {
  test('are whole words at or below the threshold, inside one sentence, merged with their neighbours', () => {
    fc.assert(
      fc.property(anyText, fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (text, seed, threshold) => {
        const tokens = rewardWords(text, seed);
        const spans = flagSpans(text, tokens, threshold);
        const flagged = tokens.filter((token) => token.reward !== null && token.reward <= threshold);
        for (const token of flagged)
          expect(spans.some((span) => span.start <= token.start && token.end <= span.end)).toBe(true);
        spans.forEach((span, index) => {
          expect(span.id).toBe(index + 1);
          expect(text.slice(span.start, span.end)).toBe(span.text);
          expect(span.sentence[0]).toBeLessThanOrEqual(span.start);
          expect(span.sentence[1]).toBeGreaterThanOrEqual(span.end);
          const inside = tokens.filter((token) => token.start >= span.start && token.end <= span.end);
          expect(inside.every((token) => token.reward !== null && token.reward <= threshold)).toBe(true);
          expect(span.reward).toBe(Math.min(...inside.map((token) => token.reward!)));
        });
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('masks', () => {
  it('numbers the spans and keeps their words readable', () => {
    const text = 'A red cat sits.';
    const spans = flagSpans(text, [{ text: 'red cat', start: 2, end: 9, reward: 0.1 }], 0.5);
    expect(maskSpans(text, spans).text).toBe('A ⟦1:red cat⟧ sits.');
  });

  test('no text can forge or break a marker: unmasking gives it back', () => {
    fc.assert(
      fc.property(anyText, fc.integer(), (text, seed) => {
        const masked = maskSpans(text, flagSpans(text, rewardWords(text, seed), 0.5));
        expect(text.includes(masked.open) || text.includes(masked.close)).toBe(false);
        expect(unmask(masked)).toBe(text);
      }),
      { numRuns: runs(1000) },
    );
  });
});

/** Replaces one phrase and gives the new text. */
function splice(text: string, phrase: string, replacement: string, sentence = false): string {
  const start = text.indexOf(phrase);
  const bounds = splitSentences(text).find((range) => range.start <= start && start < range.end)!;
  const span = {
    id: 1,
    start,
    end: start + phrase.length,
    text: phrase,
    reward: 0,
    sentence: [bounds.start, bounds.end] as [number, number],
  };
  return spliceEdits(text, [span], [{ span: 1, replacement, ...(sentence ? { sentence } : {}) }]).text;
}

describe('splicing', () => {
  test.each([
    ['There is a cat here.', 'cat', 'apple', 'There is an apple here.'],
    ['There is an apple here.', 'apple', 'cat', 'There is a cat here.'],
    ['There is a red cat.', 'red', 'orange', 'There is an orange cat.'],
    ['There are two dogs.', 'two', 'one', 'There is one dog.'],
    ['There are two dogs.', 'two', 'a', 'There is a dog.'],
    ['There are two owls.', 'two', 'a', 'There is an owl.'],
    ['There is one dog.', 'one', 'three', 'There are three dogs.'],
    ['There is a dog here.', 'a', 'two', 'There are two dogs here.'],
    ['There is one hot dog sitting here.', 'one', 'two', 'There are two hot dogs sitting here.'],
    ['There is a dog.', 'a', 'three', 'There are three dogs.'],
    ['There are two small red mice here.', 'two', 'one', 'There is one small red mouse here.'],
    ['Two dogs are left of a cat.', 'Two', 'one', 'One dog is left of a cat.'],
    ['A dog is left of two cats.', 'two', 'one', 'A dog is left of one cat.'],
    ['I see a pair of dogs.', 'a pair', 'three', 'I see three dogs.'],
    ['Cats sit here.', 'Cats', 'dogs', 'Dogs sit here.'],
    ['I see a dog and a cat.', 'cat', '', 'I see a dog.'],
    ['I see a bee, two dogs and a cat!', 'cat', '', 'I see a bee and two dogs!'],
    ['I see a bee, two dogs, and a cat.', 'cat', '', 'I see a bee and two dogs.'],
    ['I see a bee, an ant, two dogs, and a cat.', 'cat', '', 'I see a bee, an ant, and two dogs.'],
    ['A bee and two dogs, and on top of that three cats.', 'cats', '', 'A bee and two dogs.'],
    ['It shows two dogs, a cat – all of them flat.', 'cat', '', 'It shows two dogs – all of them flat.'],
    ["You've got three gray cats, plus four owls.", 'cats', '', "You've got four owls."],
    ['There are two dogs and five electric pianos.', 'pianos', '', 'There are two dogs.'],
    ['Two dogs run; one chases cats.', 'cats', '', 'Two dogs run; one chases.'],
    ['I see a cat and a dog.', 'cat', '', 'I see a dog.'],
    ['I see a dog, a cat and a bird.', 'cat', '', 'I see a dog and a bird.'],
    ['There is a red cat.', 'red', '', 'There is a cat.'],
    ['A big dog barks.', 'A big', '', 'Dog barks.'],
    ['There are two dogs.', 'two dogs', 'a cat', 'There is a cat.'],
    ['There are several dogs.', 'several', 'two', 'There are two dogs.'],
    ['Two dogs are here.', 'Two dogs', 'one cat', 'One cat is here.'],
    ['There is a dog.', 'dog', 'two dogs', 'There are two dogs.'],
    ['On the left are two dogs.', 'two', 'one', 'On the left is one dog.'],
    ['In the corner is a dog.', 'a', 'two', 'In the corner are two dogs.'],
    ['Are there two dogs?', 'two', 'one', 'Is there one dog?'],
    ["There isn't a dog.", 'a', 'two', "There aren't two dogs."],
    ['In the image, two dogs are sitting.', 'two', 'one', 'In the image, one dog is sitting.'],
    ['A cat and two dogs are here.', 'two', 'one', 'A cat and one dog are here.'],
    ['The cat near two dogs is red.', 'two', 'one', 'The cat near one dog is red.'],
    ['The cats near two dogs are red.', 'two', 'one', 'The cats near one dog are red.'],
    ['One dog sits left of a cat.', 'One', 'two', 'Two dogs sit left of a cat.'],
    ['Two sheep are here.', 'Two', 'one', 'One sheep is here.'],
    ['There are two drum kits.', 'two', 'one', 'There is one drum kit.'],
    ['There is one teddy bear here.', 'one', 'two', 'There are two teddy bears here.'],
    ['There are two dogs and three cats.', 'three', 'one', 'There are two dogs and one cat.'],
    ['There are two dogs.', 'dogs', 'cat', 'There are two cat.'],
    ['There is a red car.', 'red', 'blue.', 'There is a blue car.'],
    ['I see a cat, a dog and a bird.', 'cat', '', 'I see a dog and a bird.'],
    ['I see a cat; a dog; a bird.', 'a dog', '', 'I see a cat; a bird.'],
    ['A cat and a dog are here.', 'A cat', '', 'A dog is here.'],
    ['A cat and a dog are here.', 'a dog', '', 'A cat is here.'],
    ['It is a cat or owl.', 'cat', '', 'It is an owl.'],
    ['It is a red and blue car.', 'red', '', 'It is a blue car.'],
    ['It is a red and orange car.', 'red', '', 'It is an orange car.'],
    ['It is a red and blue car.', 'blue', '', 'It is a red car.'],
    ['A small, red dog.', 'small', '', 'A red dog.'],
    ['There is a cat on the bed.', 'bed', '', 'There is a cat.'],
    ['There is a cat to the left of a bed.', 'bed', '', 'There is a cat.'],
    ['There is a dog (a poodle).', 'a poodle', '', 'There is a dog.'],
    ['The sign says "STOP" in red.', 'STOP', '', 'The sign says in red.'],
    ['A dog, which is red, runs.', 'red', '', 'A dog runs.'],
    ['- a cat\n- a dog', 'a cat', '', '- a dog'],
    ['one\r\na cat\r\ntwo', 'a cat', '', 'one\r\ntwo'],
    ['In the picture, a dog and a cat can be seen.', 'a dog', '', 'In the picture, a cat can be seen.'],
    ['One. Two dogs. Three.', 'dogs', 'cats', 'One. Two cats. Three.'],
  ])('%j: %j to %j', (text, phrase, replacement, wanted) => expect(splice(text, phrase, replacement)).toBe(wanted));

  test.each([
    ['There are two big dogs.', ['two', 'one'], ['dogs', 'cats'], 'There is one big cat.'],
    ['I see a cat and a dog.', ['cat', ''], ['dog', ''], 'I see.'],
    ['I see a cat, a dog and a bird.', ['cat', ''], ['dog', ''], 'I see a bird.'],
    ['I see a cat and a dog.', ['cat', ''], ['dog', 'owl'], 'I see an owl.'],
    ['A red dog, a red cat.', ['red', 'orange'], ['cat', ''], 'An orange dog.'],
  ] as [string, [string, string], [string, string], string][])('two edits at once: %j', (text, one, two, wanted) => {
    const spans = [one, two].map(([phrase], index) => {
      const start = text.indexOf(phrase);
      return { id: index + 1, start, end: start + phrase.length, text: phrase, reward: 0, sentence: [0, text.length] };
    }) as FlaggedSpan[];
    const edits = [one, two].map(([, replacement], index) => ({ span: index + 1, replacement }));
    expect(spliceEdits(text, spans, edits).text).toBe(wanted);
    expect(spliceEdits(text, spans, [...edits].reverse()).text).toBe(wanted);
  });

  it('replaces or deletes a whole flagged sentence and no other', () => {
    expect(splice('One dog. A cat sat on it. End.', 'cat', 'A bird flew.', true)).toBe('One dog. A bird flew. End.');
    expect(splice('One dog. A cat sat on it. End.', 'cat', '', true)).toBe('One dog. End.');
  });

  test('every change is in the edits, and what lies outside the flagged sentences is untouched', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.integer(),
        fc.array(fc.constantFrom('', 'cat', 'an owl', 'two', 'a', '⟦1:x⟧', '👍🏽', ' '), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.boolean(),
        (text, seed, replacements, whole) => {
          const spans = flagSpans(text, rewardWords(text, seed), 0.4);
          const edits = spans.map((span, index) => ({
            span: span.id,
            replacement: replacements[index % replacements.length]!,
            ...(whole ? { sentence: true } : {}),
          }));
          const spliced = spliceEdits(text, spans, edits);
          expect(applyEdits(text, spliced.edits)).toBe(spliced.text);
          let last = 0;
          for (const edit of spliced.edits) {
            expect(text.slice(edit.start, edit.end)).toBe(edit.from);
            expect(edit.start).toBeGreaterThanOrEqual(last);
            last = edit.end;
            const outside = spans.reduce(
              (rest, { sentence }) =>
                rest.slice(0, Math.max(0, sentence[0])) +
                ' '.repeat(Math.max(0, sentence[1] - sentence[0])) +
                rest.slice(sentence[1]),
              text,
            );
            expect(outside.slice(edit.start, edit.end).trim()).toBe('');
          }
        },
      ),
      { numRuns: runs(1000) },
    );
  });

  test('no edits leave the text byte-identical', () => {
    fc.assert(
      fc.property(anyText, fc.integer(), (text, seed) => {
        expect(spliceEdits(text, flagSpans(text, rewardWords(text, seed), 0.4), []).text).toBe(text);
      }),
    );
  });
});

describe('edits', () => {
  test('the word diff turns one text into the other', () => {
    fc.assert(
      fc.property(anyText, anyText, (from, to) => {
        expect(applyEdits(from, diffWords(from, to))).toBe(to);
      }),
    );
  });

  test('edits of successive rounds compose into edits of the original', () => {
    fc.assert(
      fc.property(anyText, fc.array(anyText, { minLength: 1, maxLength: 4 }), (original, rounds) => {
        let text = original;
        const steps = rounds.map((next) => {
          const mixed = text.slice(0, Math.floor(text.length / 2)) + next;
          const edits = diffWords(text, mixed);
          text = mixed;
          return edits;
        });
        const composed = composeEdits(original, steps);
        expect(applyEdits(original, composed)).toBe(text);
        for (const edit of composed) expect(original.slice(edit.start, edit.end)).toBe(edit.from);
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('JSON answers', () => {
  it('finds string and number values, not keys', () => {
    const text = '{"a": "x \\"y\\"", "b": [1, {"c": -2.5e3}], "d": true, "e": null}';
    const leaves = jsonLeaves(text)!;
    expect(leaves.map((leaf) => [leaf.path, leaf.value])).toEqual([
      [['a'], 'x "y"'],
      [['b', 0], 1],
      [['b', 1, 'c'], -2500],
    ]);
  });

  it('is null for anything that is not a JSON object or array', () => {
    for (const text of ['', 'a dog', '"x"', '3', '{"a":', '[1,]']) expect(jsonLeaves(text)).toBeNull();
  });

  test('any JSON still parses after a leaf is replaced, and only that leaf changed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())),
        fc.string({ unit: anyCharacter }),
        fc.nat(),
        fc.boolean(),
        (value, text, which, indented) => {
          const json = JSON.stringify(value, null, indented ? 2 : 0);
          const leaves = jsonLeaves(json)!;
          if (leaves.length === 0) return;
          const leaf = leaves[which % leaves.length]!;
          const changed = replaceJsonLeaf(json, leaf, typeof leaf.value === 'string' ? text : 42);
          const after = jsonLeaves(changed)!;
          expect(after.length).toBe(leaves.length);
          after.forEach((other, index) => {
            expect(other.path).toEqual(leaves[index]!.path);
            if (index === which % leaves.length)
              expect(JSON.stringify(other.value)).toBe(JSON.stringify(typeof leaf.value === 'string' ? text : 42));
            else expect(other.value).toEqual(leaves[index]!.value);
          });
        },
      ),
    );
  });

  it('refuses to change the type of a leaf', () => {
    const text = '{"count": 3}';
    expect(() => replaceJsonLeaf(text, jsonLeaves(text)![0]!, 'three')).toThrow(TypeError);
  });
});
