import { beforeAll, describe, expect, it } from 'vitest';
import { captionWithMistakes } from '../../../eval/correct/captioner.js';
import { judgeCaption } from '../../../eval/correct/judge-caption.js';
import { sampleScene } from '../../../scenes/sample.js';
import { type Caption, type Claim, type Scene, type SceneGroup, trainingStyles } from '../../../scenes/scene.js';
import { applyEdits, diffWords } from '../../../src/text/edits.js';
import { colours } from '../../../src/text/lexicon/colours.js';
import { runs } from '../../fixtures/runs.js';
import { isSo } from '../captions-truth.js';

interface Case {
  scene: Scene;
  caption: Caption;
}

const cases: Case[] = [];
beforeAll(async () => {
  for (let seed = 5_100_000; cases.length < runs(250); seed++) {
    const scene = await sampleScene(seed, { styles: trainingStyles });
    const caption = captionWithMistakes(scene, { errorRate: 1 });
    if (caption) cases.push({ scene, caption });
  }
});

const judged = ({ scene, caption }: Case, to: string) =>
  judgeCaption(scene, caption.text, caption.claims, diffWords(caption.text, to));

describe('the judge of edited captions', () => {
  it('finds the truth true, whatever the mistake was, and says so of nearly every caption', () => {
    const outcomes = cases.map((one) => ({ one, outcome: judged(one, one.caption.original!) }));
    const known = outcomes.filter(({ outcome }) => outcome !== null);
    expect(known.length / cases.length).toBeGreaterThan(0.97);
    for (const { one, outcome } of known) {
      const what = `${one.caption.text} => ${one.caption.original}`;
      expect(outcome!.wrong, what).toBe(0);
      expect(outcome!.harmed, what).toBe(0);
      const bad = one.caption.claims.filter((claim) => !claim.good).length;
      expect(outcome!.fixed + outcome!.removed, what).toBe(bad);
    }
  });

  it('finds the mistake where a true caption is made wrong', () => {
    let known = 0;
    for (const { scene, caption } of cases) {
      const truth: Case = {
        scene,
        caption: { ...caption, text: caption.original!, claims: goodClaims(caption) },
      };
      if (truth.caption.claims.length === 0) continue;
      const outcome = judged(truth, caption.text);
      if (!outcome) continue;
      known++;
      expect(outcome.wrong, `${caption.original} => ${caption.text}`).toBeGreaterThan(0);
    }
    expect(known).toBeGreaterThan(runs(100));
  });

  it('agrees word by word with a reading of the scene that knows nothing of edits', () => {
    let compared = 0;
    for (const { scene, caption } of cases) {
      for (const claim of caption.claims) {
        for (const word of otherWords(caption, claim)) {
          const edit = {
            start: claim.start,
            end: claim.end,
            from: caption.text.slice(claim.start, claim.end),
            to: word,
          };
          const text = applyEdits(caption.text, [edit]);
          const now = { ...claim, end: claim.start + word.length };
          const so = isSo(scene, { ...caption, text, claims: [now] }, now);
          const outcome = judgeCaption(scene, caption.text, caption.claims, [edit]);
          if (so === null || !outcome || twins(scene, claim)) continue;
          compared++;
          const before = caption.claims.filter((other) => !other.good && other !== claim).length;
          expect(outcome.wrong, `${caption.text} => ${text}`).toBe(before + (so ? 0 : 1));
        }
      }
    }
    expect(compared).toBeGreaterThan(runs(1000));
  });

  it('says nothing of words that it cannot read back', () => {
    const [one] = cases;
    expect(judged(one!, 'A quarrel of wizards debates the ineffable.')).toBeNull();
    expect(judged(one!, `${one!.caption.text} Perhaps.`)).toBeNull();
  });
});

/** The claims of the true twin, found by their words: only where the twin says the same claims in the same order. */
function goodClaims(caption: Caption): Claim[] {
  const words = diffWords(caption.text, caption.original!);
  if (words.length !== 1) return [];
  const [edit] = words;
  const bad = caption.claims.filter((claim) => !claim.good);
  const [only] = bad;
  if (bad.length !== 1 || only!.start !== edit!.start || only!.end !== edit!.end) return [];
  const shift = edit!.to.length - edit!.from.length;
  return caption.claims.map((claim) =>
    claim === only
      ? { ...claim, good: true, end: claim.end + shift }
      : claim.start > only!.start
        ? { ...claim, start: claim.start + shift, end: claim.end + shift }
        : claim,
  );
}

const twins = (scene: Scene, claim: Claim) =>
  scene.groups.filter((group) => claim.subject.some((id) => scene.groups[id]!.noun === group.noun)).length > 1;

function otherWords({ text }: Caption, { start, end, kind }: Claim): string[] {
  const word = text.slice(start, end).toLowerCase();
  const options: Record<string, readonly string[]> = {
    colour: colours,
    ground: colours,
    count: ['two', 'three', 'four', 'five'].includes(word) ? ['two', 'three', 'four', 'five'] : [],
    size: ['small', 'large'].includes(word) ? ['small', 'large'] : [],
    relation: ['above', 'below'].includes(word)
      ? ['above', 'below']
      : ['left', 'right'].includes(word)
        ? ['left', 'right']
        : [],
  };
  return (options[kind] ?? []).filter((other) => other !== word);
}

describe('the judge of edited captions, case by case', () => {
  const group = (id: number, noun: string, count: number, colour: SceneGroup['colour'], x: number): SceneGroup => ({
    id,
    noun,
    icon: noun,
    style: 'noto',
    count,
    tint: colour,
    colour,
    size: 'small',
    objects: Array.from({ length: count }, (_, index) => ({
      id: id * 10 + index,
      group: id,
      x,
      y: 0.5,
      w: 0.1,
      h: 0.1,
      rotation: 0,
      flip: false,
    })),
  });
  const scene: Scene = {
    id: 's',
    seed: 1,
    width: 100,
    height: 100,
    ground: { kind: 'plain', colour: 'white' },
    groups: [group(0, 'dog', 2, 'red', 0.2), group(1, 'car', 1, 'blue', 0.5), group(2, 'cat', 1, 'red', 0.8)],
    sign: null,
  };
  // "bus" is wrong: it is a car
  const text = 'Two red dogs are left of a blue bus.';
  const say = (word: string, kind: Claim['kind'], subject: number[], good = true, object?: number[]): Claim => {
    const start = text.indexOf(word);
    return { start, end: start + word.length, kind, subject, good, ...(object ? { object } : {}) };
  };
  const claims = [
    say('Two', 'count', [0]),
    say('red', 'colour', [0]),
    say('dogs', 'object', [0]),
    say('left', 'relation', [0], true, [1]),
    say('a ', 'count', [1]),
    say('blue', 'colour', [1]),
    say('bus', 'object', [1], false),
  ].map((claim) => ({ ...claim, end: text.slice(claim.start, claim.end).trimEnd().length + claim.start }));
  const edited = (to: string) => judgeCaption(scene, text, claims, diffWords(text, to));

  it.each([
    [
      'the right word',
      'Two red dogs are left of a blue car.',
      { fixed: 1, removed: 0, harmed: 0, lost: 0, right: 7, wrong: 0 },
    ],
    [
      'another wrong word',
      'Two red dogs are left of a blue boat.',
      { fixed: 0, removed: 0, harmed: 0, lost: 0, right: 6, wrong: 1 },
    ],
    [
      'a thing of the scene of another colour: still one wrong word',
      'Two red dogs are left of a blue cat.',
      { fixed: 0, removed: 0, harmed: 0, lost: 0, right: 6, wrong: 1 },
    ],
    [
      'another thing of the scene with its colour',
      'Two red dogs are left of a red cat.',
      { fixed: 1, removed: 0, harmed: 0, lost: 0, right: 7, wrong: 0 },
    ],
    [
      'a right word made wrong',
      'Three red dogs are left of a blue bus.',
      { fixed: 0, removed: 0, harmed: 1, lost: 0, right: 5, wrong: 2 },
    ],
    [
      'a relation turned round',
      'Two red dogs are right of a blue car.',
      { fixed: 1, removed: 0, harmed: 1, lost: 0, right: 6, wrong: 1 },
    ],
    [
      'an adjective that is gone',
      'Two dogs are left of a blue car.',
      { fixed: 1, removed: 0, harmed: 0, lost: 1, right: 6, wrong: 0 },
    ],
    ['a clause that is gone', 'Two red dogs.', { fixed: 0, removed: 1, harmed: 0, lost: 3, right: 3, wrong: 0 }],
    [
      'a number and the grammar after it',
      'A red dog is left of a blue bus.',
      { fixed: 0, removed: 0, harmed: 1, lost: 0, right: 5, wrong: 2 },
    ],
  ])('%s', (_, to, outcome) => {
    expect(edited(to)).toEqual(outcome);
  });

  it.each([
    ['a noun is gone and its number is not', 'Two red dogs are left of a blue.'],
    ['a claim came that was not there', 'Two red dogs are left of a small blue car.'],
    ['the whole sentence is another', 'Somewhere, hounds wait for public transport.'],
  ])('is not sure where %s', (_, to) => {
    expect(edited(to)).toBeNull();
  });
});
