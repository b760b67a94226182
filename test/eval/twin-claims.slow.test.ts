import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelledAnswer } from '../../eval/tldr/judge.js';
import { readLabelledAnswers } from '../../eval/tldr/labelled-file.js';
import { averagePrecision, rank } from '../../eval/tldr/metrics.js';
import { withTwinClaims } from '../../eval/tldr/twin-claims.js';
import { perturb } from '../../src/perturb/perturb.js';
import { perturbationTypes } from '../../src/perturb/perturbation.js';

const original = 'Two red dogs are left of a small car.';

function answerOf(response: string, wrong: string | null, kind = 'object'): LabelledAnswer {
  const start = wrong === null ? 0 : response.indexOf(wrong);
  const claims = wrong === null ? [] : [{ start, end: start + wrong.length, kind, good: false }];
  return { id: response, image: 'a.png', picture: 'a.png', response, original, claims };
}

const told = ({ response, claims }: LabelledAnswer) =>
  claims.map(({ start, end, kind, good }) => `${response.slice(start, end)}/${kind}/${good ? 'good' : 'bad'}`);

describe('what can be wrong, learnt from twins', () => {
  it('is right in the true answer, and in the twins that left it as it was', () => {
    const [count, noun, truth] = withTwinClaims([
      answerOf('Three hundred red dogs are left of a small car.', 'Three hundred', 'counting'),
      answerOf('Two red dogs are left of a small bus.', 'bus'),
      answerOf(original, null),
    ]);
    expect(told(count!)).toEqual(['Three hundred/counting/bad', 'car/object/good']);
    expect(told(noun!)).toEqual(['Two/counting/good', 'bus/object/bad']);
    expect(told(truth!)).toEqual(['Two/counting/good', 'car/object/good']);
  });

  it('has nothing to say of words that were put in, and of other pictures', () => {
    const [, truth, other] = withTwinClaims([
      answerOf('Two red dogs are not left of a small car.', 'not', 'counterfactual'),
      answerOf(original, null),
      { ...answerOf('Two red cats are left of a small car.', 'cats'), picture: 'b.png' },
    ]);
    expect(told(truth!)).toEqual([]);
    expect(told(other!)).toEqual(['cats/object/bad']);
  });

  it('takes a repair of the grammar for no claim', () => {
    const [, truth] = withTwinClaims([
      { ...answerOf('One red dog is left of a small car.', 'One', 'counting') },
      answerOf(original, null),
    ]);
    expect(told(truth!)).toEqual(['Two/counting/good']);
  });

  it('keeps whole words, in order, the same in every twin that has them, for whatever the rules make of a caption', () => {
    const words = [
      'two',
      'a',
      'dogs',
      'red',
      'blue',
      'car',
      'left of',
      'next to',
      '🦊',
      '犬',
      'small',
      'is',
      'are',
      '“STOP”',
      'man',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { minLength: 3, maxLength: 14 }), fc.integer(), (parts, seed) => {
        const truth = `${parts.join(' ')}.`;
        let state = Math.abs(seed) + 1;
        const random = () => {
          state = (state * 48271) % 2147483647;
          return state / 2147483647;
        };
        const twins = perturbationTypes.flatMap((type) => {
          const made = perturb(truth, type, random);
          if (!made) return [];
          const claims = made.bad.map((range) => ({ ...range, kind: type, good: false }));
          return [{ id: type, image: 'a', picture: 'a', response: made.text, original: truth, claims }];
        });
        const all = withTwinClaims([...twins, { id: 'x', image: 'a', picture: 'a', response: truth, claims: [] }]);
        const right = new Set(all.at(-1)!.claims.map(({ start, end }) => truth.slice(start, end)));
        for (const { response, claims } of all) {
          for (const { start, end, good } of claims) {
            expect(start).toBeLessThan(end);
            expect(end).toBeLessThanOrEqual(response.length);
            if (good) expect(right).toContain(response.slice(start, end));
          }
          expect(claims.map(({ start }) => start)).toEqual(claims.map(({ start }) => start).toSorted((a, b) => a - b));
        }
        expect(all.slice(0, -1).flatMap(({ claims }) => claims.filter(({ good }) => !good))).toEqual(
          twins.flatMap(({ claims }) => claims),
        );
      }),
    );
  });

  it('is done for files that name the wrong words only, and for no others', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'twins-')), 'val.jsonl');
    const row = { image: 'a.png', original };
    const wrong = { ...row, id: '1#object', response: 'Two red dogs are left of a small bus.', perturbation: 'object' };
    const lines = [
      { ...wrong, labels: [{ start: 33, end: 36, good: false }] },
      { ...row, id: '1', response: original, perturbation: null, labels: [] },
      { ...row, id: '2', response: original, claims: [] },
    ];
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect((await readLabelledAnswers(path)).map(told)).toEqual([['bus/object/bad'], ['car/object/good'], []]);
  });
});

it('an average precision among nothing else is no figure', () => {
  const bad = rank([[{ reward: 0.9, good: false }]]);
  expect(averagePrecision(bad, 'bad')).toBeNaN();
  expect(averagePrecision(bad, 'good')).toBeNaN();
});
