import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { viewed } from '../../../src/scorer/viewed.js';
import { unclaimed } from '../../../src/text/claims/claims.js';
import { plainFacts } from '../../../src/text/claims/plain-facts.js';
import { isContentWord } from '../../../src/text/content-words.js';
import type { Range } from '../../../src/text/range.js';
import { splitWords } from '../../../src/text/words.js';

/**
 * What is judged in sentences in which a person marked what claims something of the picture: by a scorer that reads all
 * that claims, and by the embedded model, which reads the plain facts of its own world alone. The figures of docs/harm.md:
 * npx vitest run test/text/claims/marked-prose.test.ts
 */

interface Marked {
  text: string;
  prompt?: string;
  /** The sentence in the text. */
  at: Range;
  claims: Range[];
}

/** A scorer that judges each word that it is given to read. */
const everything = {
  name: 'everything',
  score: async ({ response }: { response: string }) => ({
    response,
    scorer: 'everything',
    tokens: splitWords(response).map(({ start, end }) => ({
      text: response.slice(start, end),
      start,
      end,
      reward: 0.9,
    })),
  }),
};
const readers = {
  'all that claims': viewed(everything, unclaimed),
  'plain facts': viewed({ ...everything }, unclaimed, (text, { prompt }) => plainFacts(text, prompt)),
};

/** Shares of the content words that are claims and are judged, and that are none and are not. */
async function measure(sentences: readonly Marked[], reader: keyof typeof readers) {
  const sum = { claims: 0, judged: 0, others: 0, left: 0 };
  for (const { text, prompt, at, claims } of sentences) {
    const { tokens } = await readers[reader].score({ images: ['x.png'], response: text, ...(prompt && { prompt }) });
    const judged = tokens.filter(({ reward }) => reward !== null);
    const touches = (word: Range) => (other: Range) => word.start < other.end && other.start < word.end;
    for (const word of splitWords(text)) {
      if (word.start < at.start || word.end > at.end || !isContentWord(text.slice(word.start, word.end))) continue;
      const isJudged = judged.some(touches(word));
      if (claims.some(touches(word))) {
        sum.claims++;
        if (isJudged) sum.judged++;
      } else {
        sum.others++;
        if (!isJudged) sum.left++;
      }
    }
  }
  return { ...sum, claimsJudged: sum.judged / sum.claims, othersLeft: sum.left / sum.others };
}

const prose = join(import.meta.dirname, '../../../../shared/data/vlm-prose');
if (!existsSync(prose)) console.warn(`SKIPPED: ${prose} is not there, so real answers are not measured`);

describe('what claims nothing is not judged', () => {
  it.skipIf(!existsSync(prose))('in 200 sentences of real answers', async () => {
    const lines = (file: URL | string) =>
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    const prompts = new Map(lines(join(prose, 'prompts.jsonl')).map(({ example_id, prompt }) => [example_id, prompt]));
    const marks = lines(new URL('../../fixtures/marked-claims.jsonl', import.meta.url));
    const answers = new Map<string, string>();
    for (const model of new Set(marks.map((mark) => mark.model)))
      for (const { example_id, generation } of lines(join(prose, `${model}.jsonl`)))
        answers.set(`${model} ${example_id}`, generation);
    const sentences = marks.map(({ model, id, at, claims }): Marked => {
      const range = (start: number, end: number) => ({ start: at[0] + start, end: at[0] + end });
      return {
        text: answers.get(`${model} ${id}`)!,
        prompt: prompts.get(id),
        at: { start: at[0], end: at[1] },
        claims: claims.flatMap(([, spans]: [string, [number, number][]]) => spans.map(([a, b]) => range(a, b))),
      };
    });
    expect(sentences).toHaveLength(200);
    for (const reader of Object.keys(readers) as (keyof typeof readers)[])
      console.log(reader, JSON.stringify(await measure(sentences, reader)));
    expect((await measure(sentences, 'plain facts')).othersLeft).toBeGreaterThan(0.95);
  });

  it('in sentences of our own', async () => {
    const own = [
      ['There are ‹two› ‹dogs›, which draws the eye. Let me know if you like it!', 'Describe the picture.'],
      ['Beat three eggs with sugar. The picture shows ‹four› ‹green› ‹boats›.', 'A recipe, and what is shown?'],
      ['A dog would have been another choice, but I see a ‹cat› on the ‹left›.', 'What is there?'],
    ].map(([line, prompt]): Marked => {
      let text = '';
      const claims: Range[] = [];
      for (const part of line!.split(/(‹[^›]*›)/)) {
        const start = text.length;
        text += part.replace(/[‹›]/g, '');
        if (part.startsWith('‹')) claims.push({ start, end: text.length });
      }
      return { text, prompt: prompt!, at: { start: 0, end: text.length }, claims };
    });
    const figures = await measure(own, 'plain facts');
    expect(figures.claimsJudged).toBe(1);
    expect(figures.othersLeft).toBe(1);
  });
});
