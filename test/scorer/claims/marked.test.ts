import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AtomicClaim, atomicClaims } from '../../../src/scorer/claims/cut/atomic-claims.js';
import type { Range } from '../../../src/text/range.js';

/**
 * The cut into claims by itself, beside what a person marked. A marked claim is found where half of the words of both, or
 * more, are in both; it is split right where all are. The figures of docs/local-models.md:
 * npx vitest run test/scorer/claims/marked.test.ts
 */

interface Marked {
  text: string;
  prompt?: string;
  claims: { kind: string; words: Range[] }[];
}

const touches = (a: Range, b: Range) => a.start < b.end && b.start < a.end;

function likeness(marked: readonly Range[], cut: readonly Range[]): number {
  const both = marked.filter((one) => cut.some((other) => touches(one, other))).length;
  return both / (marked.length + cut.filter((one) => !marked.some((other) => touches(one, other))).length);
}

async function measure(sentences: readonly Marked[]) {
  const byKind = new Map<string, { marked: number; found: number; exact: number }>();
  const sum = { marked: 0, found: 0, typed: 0, exact: 0, cut: 0, right: 0, words: 0, rightWords: 0 };
  for (const { text, prompt, claims } of sentences) {
    const cut = await atomicClaims(text, prompt);
    const met = new Set<AtomicClaim>();
    for (const { kind, words } of claims) {
      const ranked = cut
        .map((claim) => ({ claim, share: likeness(words, claim.words) }))
        .sort((a, b) => b.share - a.share || Number(b.claim.kind === kind) - Number(a.claim.kind === kind));
      const [best] = ranked;
      const own = byKind.get(kind) ?? { marked: 0, found: 0, exact: 0 };
      byKind.set(kind, own);
      own.marked++;
      if (!best || best.share < 0.5) continue;
      met.add(best.claim);
      own.found++;
      if (best.share === 1) own.exact++;
      sum.found++;
      if (best.claim.kind === kind) sum.typed++;
      if (best.share === 1) sum.exact++;
    }
    const all = claims.flatMap(({ words }) => words);
    const said = cut.flatMap(({ words }) => words);
    sum.marked += claims.length;
    sum.cut += cut.length;
    sum.right += met.size;
    sum.words += said.length;
    sum.rightWords += said.filter((word) => all.some((one) => touches(one, word))).length;
  }
  const of = (a: number, b: number) => a / b;
  return {
    found: of(sum.found, sum.marked),
    typed: of(sum.typed, sum.marked),
    exact: of(sum.exact, sum.marked),
    right: of(sum.right, sum.cut),
    words: of(sum.rightWords, sum.words),
    byKind: Object.fromEntries(byKind),
  };
}

const prose = join(import.meta.dirname, '../../../../shared/data/vlm-prose');
if (!existsSync(prose)) console.warn(`SKIPPED: ${prose} is not there, so the cut of real answers is not measured`);

describe('the cut into claims finds what a person marks', () => {
  it.skipIf(!existsSync(prose)).each([
    ['dev', { found: 0.7, exact: 0.6, words: 0.5 }],
    ['report', { found: 0.75, exact: 0.62, words: 0.62 }],
    ['fresh', { found: 0.8, exact: 0.67, words: 0.5 }],
  ])('in sentences of real answers: %s', async (split, least) => {
    const lines = (name: string) =>
      readFileSync(join(prose, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    const prompts = new Map(lines('prompts.jsonl').map(({ example_id, prompt }) => [example_id, prompt]));
    const answers = new Map<string, string>();
    const marks = readFileSync(new URL('../../fixtures/marked-claims.jsonl', import.meta.url), 'utf8')
      .trim()
      .split('\n');
    const sentences: Marked[] = [];
    for (const line of marks) {
      const { model, id, at, sha256, split: part, claims } = JSON.parse(line);
      if (part !== split) continue;
      if (!answers.has(`${model} ${id}`))
        for (const { example_id, generation } of lines(`${model}.jsonl`))
          answers.set(`${model} ${example_id}`, generation);
      const text = answers.get(`${model} ${id}`)!.slice(at[0], at[1]);
      expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toBe(sha256);
      const words = (spans: [number, number][]) => spans.map(([start, end]) => ({ start, end }));
      sentences.push({
        text,
        prompt: prompts.get(id),
        claims: claims.map(([kind, spans]: [string, [number, number][]]) => ({ kind, words: words(spans) })),
      });
    }
    const figures = await measure(sentences);
    console.log(`${split}, ${sentences.length} sentences:`, JSON.stringify(figures));
    for (const [name, value] of Object.entries(least))
      expect(figures[name as keyof typeof least]).toBeGreaterThan(value);
  });

  it('in sentences of our own', async () => {
    const own: [string, string][] = [
      ['Two grey geese walk along a muddy path.', 'number:Two|attribute:grey|thing:geese|thing:path|attribute:muddy'],
      [
        'A woman in the foreground is holding a yellow kite.',
        'thing:woman|place:foreground|action:holding|attribute:yellow|thing:kite',
      ],
      ['The mug on the left says "MONDAY".', 'thing:mug|place:left|print:MONDAY'],
      [
        'Behind the counter stands a tall man with a beard.',
        'relation:Behind|thing:counter|attribute:tall|thing:man|thing:beard',
      ],
      ['Overall, the atmosphere is calm and inviting.', ''],
      ['There are no boats on the lake.', 'thing:no boats|thing:lake'],
    ];
    const sentences = own.map(
      ([text, marks]): Marked => ({
        text,
        claims: (marks === '' ? [] : marks.split('|')).map((mark) => {
          const [kind, said] = mark.split(':') as [string, string];
          const words = said
            .split(' ')
            .map((word) => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length }));
          return { kind, words };
        }),
      }),
    );
    const figures = await measure(sentences);
    expect(figures.found).toBeGreaterThan(0.85);
    expect(figures.words).toBeGreaterThan(0.75);
  });
});
