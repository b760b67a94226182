import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScoreRequest, Scorer } from '../../../src/scorer/scorer.js';
import { viewed } from '../../../src/scorer/viewed.js';
import { completeLength } from '../../../src/text/view/complete-length.js';
import { viewOf } from '../../../src/text/view/view.js';
import { splitWords } from '../../../src/text/words.js';
import { anyCharacter } from '../../fixtures/any-character.js';
import { runs } from '../../fixtures/runs.js';

const read = (answer: string) => viewOf(answer).text;
const sentences = (answer: string) => viewOf(answer).sentences.map(({ start, end }) => answer.slice(start, end));

/** Judges every word of what it is given, each by its place. */
const everyWord: Scorer = {
  name: 'every-word',
  score: async ({ response }: ScoreRequest) => ({
    response,
    scorer: 'every-word',
    tokens: splitWords(response).map(({ start, end }, index) => ({
      text: response.slice(start, end),
      start,
      end,
      reward: 1 / (index + 1),
    })),
  }),
};

const markdown = fc.constantFrom(
  ...[
    'two dogs',
    ' ',
    '\n',
    '\n\n',
    '\r\n',
    '**',
    '*',
    '_',
    '`',
    '```',
    '~~',
    '- ',
    '1. ',
    '# ',
    '> ',
    '| a | b |\n|---|---|\n',
  ],
  ...[
    '[cats](http://x.org/a)',
    '![',
    '](',
    '<b>',
    '</b>',
    '<think>',
    '</think>',
    '&amp;',
    '&#x1F436;',
    '\\*',
    '🐶',
    '你好。',
    'שלום',
    'e\u0301',
  ],
  ...[
    '\u00a0',
    '\u200b',
    'air\u00adplanes',
    '“',
    '”',
    '(',
    ')',
    '.',
    ': ',
    '—',
    '[1]',
    'a@b.com',
    '#tag',
    '\ud800',
    '\ufeff',
    '\0',
  ],
);
const anyAnswer = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.array(markdown, { maxLength: 30 }).map((parts) => parts.join('')),
);

function checkMap(answer: string) {
  const view = viewOf(answer);
  const wrong: unknown[] = [];
  let last = 0;
  for (let unit = 0; unit < view.text.length; unit++) {
    const pieces = view.pieces(unit, unit + 1);
    const [piece] = pieces;
    if (pieces.length > 1 || (!piece && !/[ .,]/.test(view.text[unit]!))) wrong.push({ unit, pieces });
    if (!piece) continue;
    const entity = answer[piece.start] === '&';
    if (piece.end > answer.length || (piece.start < last && !entity)) wrong.push({ unit, piece, last });
    const same = answer.slice(piece.start, piece.end) === view.text[unit];
    if (/[\p{L}\p{N}]/u.test(view.text[unit]!) && !same && !entity) wrong.push({ unit, piece });
    last = piece.end;
  }
  expect(wrong).toEqual([]);
  const ends = view.sentences.flatMap(({ start, end }) => [start, end]);
  expect(ends).toEqual([...ends].sort((a, b) => a - b));
}

async function checkTokens(answer: string) {
  const { tokens } = await viewed(everyWord).score({ images: [], response: answer });
  const wrong = tokens.filter(
    ({ text, start, end }, index) => answer.slice(start, end) !== text || start < (tokens[index - 1]?.end ?? 0),
  );
  expect(wrong).toEqual([]);
  let next = 0;
  const bare = splitWords(answer).filter((word) => {
    while (next < tokens.length && tokens[next]!.end <= word.start) next++;
    return next >= tokens.length || tokens[next]!.start >= word.end;
  });
  expect(bare).toEqual([]);
}

describe('the view of an answer', () => {
  it.each([
    ['There are two\nbrown\u00a0dogs\tand\u2009a  cat.', 'There are two brown dogs and a cat.'],
    ['**Two** *brown* dogs, `three` cats, "one" (red) <b>bird</b>.', 'Two brown dogs, three cats, one red bird.'],
    ['- two dogs\n- three cats\n\n1. a bird', 'two dogs. three cats. a bird'],
    ['# Animals\nTwo dogs.', 'Animals. Two dogs.'],
    ['| thing | count |\n|---|---|\n| dogs | two |\n| cats | one |', 'dogs, two. cats, one'],
    ['Two dogs. &quot;One&quot; cat &amp; a bird\u2014red. 5 \\* 3', 'Two dogs. One cat & a bird - red. 5 3'],
    ["A sign says “OPEN” and 'quoted' words.", 'A sign says "OPEN" and \'quoted\' words.'],
    ['1986. A year.', '1986. A year.'],
    ['a snow_man_file and _two_ dogs', 'a and two dogs'],
    ['    two dogs sit here', 'two dogs sit here'],
  ])('%j reads %j', (answer, text) => expect(read(answer)).toBe(text));

  it.each([
    ['reasoning', '<think>A cat?</think>Two dogs.'],
    ['reasoning whose beginning is missing', 'A cat? No.</think>\n\nTwo dogs.'],
    ['marked reasoning', '[THINK]A cat?[/THINK]Two dogs.'],
    ['fenced code', 'Two dogs.\n\n```python\ncats = 4\n```'],
    ['fenced code without an end', 'Two dogs.\n~~~\ncats = 4'],
    ['indented code', 'Two dogs.\n\n    cats = count(image)\n    return cats;'],
    ['a hashtag and a handle', 'Two dogs. #cats @bird'],
    ['citations', 'Two dogs[1][2, 3].'],
    ['an author and a year', 'Two dogs (Smith et al., 2020).'],
    ['boxes', 'Two dogs [105, 60, 240, 205].'],
    ['a marked box', 'Two dogs<box>105 60 240 205</box>.'],
    ['a score', 'Two dogs (confidence: 0.93).'],
    ['a formula', 'Two dogs \\(x^2\\).'],
    ['a comment', '<!-- cats -->Two dogs.'],
    ['a number of a list in emoji', '1️⃣ Two dogs.'],
  ])('leaves out %s', (_, answer) => expect(read(answer)).toBe('Two dogs.'));

  it('reads the words of a link and of a picture, and not their addresses', () => {
    expect(read('[two dogs](https://cats.com/bird) and ![a cat](img/bird.png) here')).toBe('two dogs and a cat here');
    expect(read('See https://dogs.com/cat.png, C:\\cats\\dog.txt and a/b/cat.jpeg now.')).toBe('See, and now.');
  });

  it('has sentences without the marks around them', () => {
    expect(sentences('- **Two dogs**\n- Three\n  cats. A bird')).toEqual(['Two dogs', 'Three\n  cats.', 'A bird']);
  });

  it('maps to the answer whatever the answer is', () => {
    fc.assert(fc.property(anyAnswer, checkMap), { numRuns: runs(300) });
  });

  it('gives every word a token that stands in the answer', async () => {
    await fc.assert(fc.asyncProperty(anyAnswer, checkTokens), { numRuns: runs(300) });
  });

  it('gives each part of a word with marks inside the reward of the word', async () => {
    const { tokens } = await viewed(everyWord).score({ images: [], response: 'two **air**\u00adplanes' });
    expect(tokens.map(({ text, reward }) => [text, reward])).toEqual([
      ['two', 1],
      ['air', 1 / 2],
      ['planes', 1 / 2],
    ]);
  });

  it('of an answer that is being written holds back an open block', () => {
    expect(completeLength('Two dogs.\n```\ncats')).toBe(10);
    expect(completeLength('<think>Two dogs. Three cats. ')).toBe(0);
    expect(completeLength('- two dogs\n- three')).toBe(11);
    expect(completeLength('There are two\nbrown dogs')).toBe(0);
  });

  it.each(['[', '*a ', '> ', '- ', 'a\n- ', '`a``', '<', '</think>', '<!--', '\\begin{a}', '~~a', 'a@', 'a/', '$a='])(
    'is as quick to read for a long run of %j',
    (unit) => {
      const hostile = unit.repeat(100_000 / unit.length);
      const before = process.cpuUsage();
      expect(viewOf(hostile).text.length).toBeLessThanOrEqual(2 * hostile.length);
      expect(process.cpuUsage(before).user).toBeLessThan(3_000_000);
    },
  );

  const prose = new URL('../../../../shared/data/vlm-prose/', import.meta.url).pathname;
  if (!existsSync(prose)) console.warn(`SKIPPED: ${prose} is not there, so no real answers are mapped`);
  it.skipIf(!existsSync(prose))('maps to all real answers', async () => {
    const answers = readdirSync(prose)
      .filter((file) => file.endsWith('.jsonl') && file !== 'prompts.jsonl')
      .flatMap((file) => readFileSync(join(prose, file), 'utf8').trim().split('\n'))
      .map((line) => (JSON.parse(line) as { generation: string }).generation);
    expect(answers.length).toBeGreaterThan(1300);
    const step = Math.round(answers.length / runs(answers.length));
    for (let at = 0; at < answers.length; at += step) {
      checkMap(answers[at]!);
      await checkTokens(answers[at]!);
    }
  });

  // the twin: answers made of the parts that real ones have, whatever their order
  it('maps to answers of every make', async () => {
    const parts = [
      'Sure! Here is what I see:\n\n',
      '### **Foreground**\n',
      '- **Two dogs** on the left – one *red*, one `brown`\n',
      '1. A sign reads “OPEN”.\n   - It hangs above the door.\n',
      '| Item | Count |\n|:--|--:|\n| apples | 3 |\n| pears | ~2 |\n\n',
      '```python\ncount = 3\n```\n',
      'The image shows\u00a0three cats,\r\nall of them asleep. ',
      '$n_{dogs} = 2$ and (see https://example.org/a_b?c=d#e) <b>five</b> &amp; more…\n',
      '> “It’s a café,” she said — 50 % off!\n\n',
      '<think>Is it two? Or three?</think>',
      '{"boxes": [[1, 2, 3, 4]], "label": "dog"}\n',
      'Would you like me to go on? 😊',
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 12 }), async (chosen) => {
        const answer = chosen.join('');
        checkMap(answer);
        await checkTokens(answer);
      }),
      { numRuns: runs(150) },
    );
  });
});
