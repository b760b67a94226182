import { pickWeighted } from '../random.js';
import type { Caption, PerturbationType, Scene } from '../scene.js';
import { type Fact, type Mention, perturbFact, sampleFact } from './facts.js';
import { capitalise, joinPieces, type Piece } from './pieces.js';
import { answerOf, generalPrompt } from './questions.js';
import { sentenceOf } from './sentences.js';
import { type Wording, wordingOf } from './wording.js';

/**
 * Writes captions of a scene in pairs: a true one, then its perturbed twin, in the same words but for what was made
 * wrong (and the grammar that follows from it). Deterministic in `random`.
 */
export function captionScene(scene: Scene, random: () => number, options: { count?: number } = {}): Caption[] {
  const captions: Caption[] = [];
  const wanted = options.count ?? 4;
  for (let tries = 0; captions.length < wanted * 2 && tries < wanted * 12; tries++) {
    const pair = random() < 0.14 ? answerPair(scene, random) : descriptionPair(scene, random);
    if (pair) captions.push(...pair);
  }
  return captions;
}

function answerPair(scene: Scene, random: () => number): [Caption, Caption] | null {
  const fact = sampleFact(
    scene,
    random,
    pickWeighted(random, [
      ['exists', 4],
      ['absent', 1.5],
      ['colour', 2],
      ['ground', 0.7],
      ['relation', 3],
      ['place', 1.5],
    ] as const),
  );
  if (!fact) return null;
  const wrong = perturbFact(scene, fact, random);
  if (!wrong) return null;
  const wording = wordingOf(Math.floor(random() * 4294967296));
  const [right, twin] = [answerOf(fact, wording, 'q'), answerOf(wrong.fact, wording, 'q')];
  if (!right || !twin || right.prompt !== twin.prompt) return null;
  const finish = finisher(wording);
  const truth = finish([right.pieces], [right.shape], right.prompt);
  const lie = finish([twin.pieces], [twin.shape], twin.prompt);
  return asPair(truth, lie, wrong.type);
}

function descriptionPair(scene: Scene, random: () => number): [Caption, Caption] | null {
  const facts = sampleFacts(scene, random);
  if (facts.length === 0) return null;
  const order = facts.map((_, index) => index).sort(() => random() - 0.5);
  const changes = facts.length > 2 && random() < 0.25 ? 2 : 1;
  let twinFacts = facts;
  const types: PerturbationType[] = [];
  for (const index of order) {
    if (types.length === changes) break;
    const wrong = perturbFact(scene, facts[index]!, random);
    if (!wrong) continue;
    twinFacts = twinFacts.with(index, wrong.fact);
    types.push(wrong.type);
  }
  if (types.length === 0) return null;
  const wording = wordingOf(Math.floor(random() * 4294967296));
  const prompt = random() < 0.2 ? generalPrompt(scene, random) : undefined;
  return asPair(describe(facts, wording, prompt), describe(twinFacts, wording, prompt), types[0]!);
}

/** Distinct facts, in telling order; what was named before is named again by `the …` or a pronoun. */
function sampleFacts(scene: Scene, random: () => number): Fact[] {
  const wanted = pickWeighted(random, [
    [1, 5],
    [2, 3],
    [3, 1.6],
    [4, 0.8],
  ] as const);
  const facts: Fact[] = [];
  const told = new Set<string>();
  for (let tries = 0; facts.length < wanted && tries < wanted * 6; tries++) {
    const fact = sampleFact(scene, random);
    if (!fact) continue;
    const key = `${fact.kind}:${'subject' in fact ? fact.subject.groups.join() : ''}:${'other' in fact ? fact.other.groups.join() : ''}`;
    if (told.has(key) || (fact.kind === 'exists' && told.has('exists::'))) continue;
    told.add(key);
    facts.push(fact);
  }
  facts.sort((a, b) => rank(a) - rank(b));
  return referBack(facts, random);
}

const rank = (fact: Fact) => (fact.kind === 'exists' ? 0 : fact.kind === 'ground' || fact.kind === 'absent' ? 2 : 1);

function referBack(facts: readonly Fact[], random: () => number): Fact[] {
  const named = new Set<number>();
  let last: string | null = null;
  return facts.map((fact): Fact => {
    const again = (mention: Mention, mayBePronoun: boolean): Mention => {
      const id = mention.groups.join();
      const known = mention.groups.every((group) => named.has(group));
      const pronoun = mayBePronoun && known && last === id && random() < 0.5;
      for (const group of mention.groups) named.add(group);
      return known ? { ...mention, as: pronoun ? 'pronoun' : 'definite' } : mention;
    };
    const subjectOf = (mention: Mention) => {
      const renamed = again(mention, true);
      last = mention.groups.join();
      return renamed;
    };
    switch (fact.kind) {
      case 'exists': {
        const mentions = fact.mentions
          .map((mention) => again(mention, false))
          .map((mention): Mention => ({ ...mention, as: 'full' }));
        last = fact.mentions.length === 1 ? fact.mentions[0]!.groups.join() : null;
        return { ...fact, mentions };
      }
      case 'between':
        return {
          ...fact,
          subject: subjectOf(fact.subject),
          others: [again(fact.others[0], false), again(fact.others[1], false)],
        };
      case 'relation':
      case 'distance':
      case 'compare':
        return { ...fact, subject: subjectOf(fact.subject), other: again(fact.other, false) };
      case 'place':
      case 'colour':
      case 'size':
        return { ...fact, subject: subjectOf(fact.subject) };
      default:
        last = null;
        return fact;
    }
  });
}

function describe(facts: readonly Fact[], wording: Wording, prompt: string | undefined): Caption {
  const sentences: Piece[][] = [];
  const shapes: string[] = [];
  let open = false;
  facts.forEach((fact, index) => {
    const sentence = sentenceOf(fact, wording, `s${index}`);
    const joined = open && !sentence.whole && wording.chance(`join${index}`, 0.3);
    if (joined) {
      const glue = wording.pick(`glue${index}`, [' and ', ', and ', ', while ', '; ', ', and ']);
      sentences.push([...sentences.pop()!, glue, ...sentence.pieces]);
      shapes.push(`+${sentence.shape}`);
    } else {
      sentences.push(sentence.pieces);
      shapes.push(sentence.shape);
    }
    open = !sentence.whole && !joined;
  });
  return finisher(wording)(sentences, shapes, prompt);
}

/** Capitals and full stops; now and then without them. */
function finisher(wording: Wording) {
  const lower = wording.chance('lower', 0.08);
  const end = wording.pick('end', ['.', '.', '.', '.', '.', '.', '.', '.', '', '!']);
  return (sentences: readonly Piece[][], shapes: string[], prompt: string | undefined): Caption => {
    const pieces = sentences.flatMap((sentence, index): Piece[] => {
      const first = lower && index === 0 ? sentence : capitalise(trimmed(sentence));
      return [
        ...(index ? [' '] : []),
        ...first,
        index === sentences.length - 1 ? (sentences.length > 1 ? '.' : end) : '.',
      ];
    });
    return { ...joinPieces(pieces), shapes, ...(prompt === undefined ? {} : { prompt }) };
  };
}

function trimmed(pieces: readonly Piece[]): Piece[] {
  const [first, ...rest] = pieces;
  return typeof first === 'string' && first.trim() === '' ? trimmed(rest) : [...pieces];
}

function asPair(truth: Caption, lie: Caption, perturbation: PerturbationType): [Caption, Caption] | null {
  if (!lie.claims.some((claim) => !claim.good) || truth.claims.some((claim) => !claim.good) || truth.text === lie.text)
    return null;
  return [truth, { ...lie, perturbation, original: truth.text }];
}
