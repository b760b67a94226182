import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { captionScene } from '../../scenes/captions/index.js';
import { seededRandom } from '../../scenes/random.js';
import type { Caption, Scene, SceneGroup } from '../../scenes/scene.js';
import { colours } from '../../src/text/lexicon/colours.js';
import { nouns } from '../../src/text/lexicon/nouns.js';
import { runs } from '../fixtures/runs.js';
import { isSo } from './captions-truth.js';

/** A scene with its groups in the cells of a 3 x 3 grid; every value uniform. */
function randomScene(seed: number): Scene {
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const cells = Array.from({ length: 9 }, (_, cell) => cell).sort(() => random() - 0.5);
  const groups: SceneGroup[] = [];
  let next = 0;
  for (let id = 0, many = 1 + Math.floor(random() * 5); id < many; id++) {
    const twin = id > 0 && random() < 0.2 ? pick(groups) : undefined;
    const taken = groups.filter((group) => group.noun === twin?.noun).map((group) => group.colour);
    const noun =
      twin?.noun ?? pick(nouns.filter(({ singular }) => groups.every((group) => group.noun !== singular))).singular;
    const tint = twin || random() < 0.7 ? pick(colours.filter((colour) => !taken.includes(colour))) : null;
    const count = 1 + Math.floor(random() * 5);
    const w = count > 2 ? 0.05 + random() * 0.06 : pick([0.06, 0.12, 0.2, 0.26]);
    const cell = cells[id]!;
    const left = (cell % 3) / 3 + 1 / 6 + (random() - 0.5) * 0.06;
    const top = Math.floor(cell / 3) / 3 + 1 / 6 + (random() - 0.5) * 0.06;
    const objects = Array.from({ length: count }, (_, index) => ({
      id: next++,
      group: id,
      x: left + (index - (count - 1) / 2) * w * 0.6,
      y: top,
      w,
      h: w,
      rotation: 0,
      flip: false,
    }));
    const size = w <= 0.18 ? ('small' as const) : w >= 0.24 ? ('large' as const) : null;
    groups.push({ id, noun, icon: noun, style: 'noto', count, tint, colour: tint, size, objects });
  }
  const sign =
    random() < 0.2
      ? {
          id: groups.reduce((sum, group) => sum + group.count, 0),
          text: pick(['OPEN', '42', 'Cafe']),
          colour: 'white' as const,
          box: [0.4, 0, 0.6, 0.1] as [number, number, number, number],
        }
      : null;
  return {
    id: `s${seed}`,
    seed,
    width: 256,
    height: 256,
    ground: { kind: 'plain', colour: pick(colours) },
    groups,
    sign,
  };
}

const captionsOf = (seed: number, count = 4) => captionScene(randomScene(seed), seededRandom(seed ^ 0x5eed), { count });
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const check = (property: (seed: number) => void) => fc.assert(fc.property(seeds, property), { numRuns: runs(250) });
const saidBy = (caption: Caption, index: number) =>
  caption.text.slice(caption.claims[index]!.start, caption.claims[index]!.end);

describe('captions of scenes', () => {
  it('come in pairs of a true caption and a twin that says so of itself', () => {
    check((seed) => {
      const captions = captionsOf(seed);
      expect(captions).toHaveLength(8);
      for (let i = 0; i < captions.length; i += 2) {
        const [truth, twin] = [captions[i]!, captions[i + 1]!];
        expect(truth.perturbation).toBeUndefined();
        expect(truth.claims.every((claim) => claim.good)).toBe(true);
        expect(twin.perturbation).toBeDefined();
        expect(twin.original).toBe(truth.text);
        expect(twin.prompt).toBe(truth.prompt);
        expect(twin.claims.some((claim) => !claim.good)).toBe(true);
        expect(twin.text).not.toBe(truth.text);
        expect(truth.shapes.length).toBeGreaterThan(0);
      }
    });
  });

  it('mark claims that cover whole words, in order, without overlap', () => {
    check((seed) => {
      for (const { text, claims } of captionsOf(seed)) {
        let end = 0;
        for (const claim of claims) {
          expect(claim.start).toBeGreaterThanOrEqual(end);
          end = claim.end;
          expect(end).toBeLessThanOrEqual(text.length);
          const word = text.slice(claim.start, claim.end);
          expect(word).toMatch(/^\S(?:.*\S)?$/);
          expect(text.slice(0, claim.start)).not.toMatch(/\w$/);
          expect(text.slice(claim.end)).not.toMatch(/^\w/);
        }
      }
    });
  });

  it('say what is so wherever a claim is good, and what is not so wherever it is bad', () => {
    const kinds = new Set<string>();
    check((seed) => {
      const scene = randomScene(seed);
      for (const caption of captionsOf(seed)) {
        for (const claim of caption.claims) {
          const so = isSo(scene, caption, claim);
          if (so === null) continue;
          kinds.add(`${claim.kind} ${claim.good}`);
          const word = caption.text.slice(claim.start, claim.end);
          expect(so, `${JSON.stringify(caption.text)}: ${claim.kind} "${word}"`).toBe(claim.good);
        }
      }
    });
    for (const kind of ['object', 'count', 'colour', 'size', 'relation', 'position', 'ground', 'quote', 'existence'])
      expect([...kinds]).toEqual(expect.arrayContaining([`${kind} true`, `${kind} false`]));
  });

  it('are written in clean English: a or an, single spaces, agreement, a capital after a full stop', () => {
    check((seed) => {
      for (const { text, prompt } of captionsOf(seed)) {
        for (const said of [text, prompt ?? '']) {
          expect(said).not.toMatch(/undefined|null|NaN|\[object| {2}| [.,;!?]|^\s|\s$|\.\.|,,/);
          for (const [, article, word] of said.matchAll(/\b(an?) ([\w-]+)/gi)) {
            const vowel = /^(?:[aeiou]|hour)/i.test(word!) && !/^(?:uni|one)/i.test(word!);
            expect(article!.toLowerCase(), said).toBe(vowel ? 'an' : 'a');
          }
          expect(said).not.toMatch(/\b(?:there is|there's) (?:two|three|four|five|six|several|[2-9])\b/i);
          expect(said).not.toMatch(/\bthere are (?:a|an|one|1|a single) \w+[.,]/i);
          expect(said).not.toMatch(/\b(?:it are|they is|them are|are them|is it\.|placed placed)\b/i);
          expect(said).not.toMatch(/\. [a-z]/);
        }
      }
    });
  });

  it('keep every word of the twin that was not made wrong, but for agreement', () => {
    let alike = 0;
    let all = 0;
    check((seed) => {
      const captions = captionsOf(seed);
      for (let i = 0; i < captions.length; i += 2) {
        const [truth, twin] = [captions[i]!, captions[i + 1]!];
        all++;
        if (truth.shapes.join() !== twin.shapes.join() || truth.claims.length !== twin.claims.length) continue;
        alike++;
        twin.claims.forEach((claim, index) => {
          expect(claim.kind).toBe(truth.claims[index]!.kind);
          if (!claim.good || claim.kind === 'object' || claim.kind === 'count') return;
          expect(saidBy(twin, index).toLowerCase()).toBe(saidBy(truth, index).toLowerCase());
        });
      }
    });
    expect(alike / all).toBeGreaterThan(0.85);
  });

  it('are the same for the same seed, and use no chance but the one they are given', () => {
    const chance = vi.spyOn(Math, 'random').mockImplementation(() => {
      throw new Error('Math.random was used');
    });
    const scene = randomScene(7);
    const write = (seed: number) => captionScene(scene, seededRandom(seed), { count: 3 });
    for (let seed = 0; seed < runs(200); seed++) expect(write(seed)).toEqual(write(seed));
    chance.mockRestore();
    expect(write(1)).not.toEqual(write(2));
  });
});

describe(`${runs(2500) * 8} captions`, () => {
  const captions = Array.from({ length: runs(2500) }, (_, seed) => captionsOf(seed)).flat();
  const skeleton = ({ text, claims }: Caption) => {
    let out = '';
    let last = 0;
    for (const claim of claims) {
      out += `${text.slice(last, claim.start)}<${claim.kind}>`;
      last = claim.end;
    }
    return out + text.slice(last);
  };

  it('have a shape for every fourth of them', () => {
    expect(captions).toHaveLength(runs(2500) * 8);
    expect(new Set(captions.map(skeleton)).size).toBeGreaterThan(runs(5000));
    expect(new Set(captions.filter(({ shapes }) => shapes.length === 1).map(skeleton)).size).toBeGreaterThan(
      runs(1000),
    );
    expect(new Set(captions.flatMap(({ shapes }) => shapes)).size).toBeGreaterThan(runs(300));
  });

  it('show all eight kinds of error', () => {
    const types = new Map<string, number>();
    for (const { perturbation } of captions)
      if (perturbation) types.set(perturbation, (types.get(perturbation) ?? 0) + 1);
    for (const type of [
      'spatial',
      'attribute',
      'binding',
      'object',
      'counting',
      'small-object',
      'ocr',
      'counterfactual',
    ])
      expect(types.get(type) ?? 0, type).toBeGreaterThan(runs(100));
    expect(types.get('spatial')).toBeGreaterThan(runs(1800));
  });

  it.each([
    ['relation', ['left', 'right', 'above', 'below']],
    ['position', ['left', 'right', 'top', 'bottom']],
    ['count', ['one', 'two', 'three', 'four', 'five']],
    ['colour', colours.filter((colour) => colour !== 'gray')],
    ['ground', colours.filter((colour) => colour !== 'gray' && colour !== 'white')],
  ] as const)('give nothing away: each %s word is wrong about as often as the others', (kind, words) => {
    const tally = new Map<string, { bad: number; all: number }>(words.map((word) => [word, { bad: 0, all: 0 }]));
    for (const { text, claims } of captions) {
      for (const claim of claims) {
        const entry = claim.kind === kind && tally.get(text.slice(claim.start, claim.end).toLowerCase());
        if (!entry) continue;
        entry.all++;
        if (!claim.good) entry.bad++;
      }
    }
    const entries = [...tally.values()];
    const share = entries.reduce((sum, { bad }) => sum + bad, 0) / entries.reduce((sum, { all }) => sum + all, 0);
    for (const [word, { bad, all }] of tally) {
      const spread = 4 * Math.sqrt((share * (1 - share)) / all) + share * 0.25;
      expect(Math.abs(bad / all - share), `${word}: ${bad}/${all} against ${share}`).toBeLessThan(spread);
    }
  });
});
