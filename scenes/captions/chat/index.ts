import { pick, pickWeighted, seededRandom } from '../../random.js';
import type { Caption, Scene } from '../../scene.js';
import { type Fact, refersBack } from '../fact.js';
import { answerPair } from '../index.js';
import { capitalise, joinPieces, type Piece } from '../pieces.js';
import { generalPrompt } from '../questions.js';
import { sentenceOf } from '../sentences.js';
import { asPair, sampleFacts, twinOf } from '../twin.js';
import { type Wording, wordingOf } from '../wording.js';
import { adverb, between, fillerSentence, rider } from './filler.js';
import { looseSentence } from './loose.js';
import { noteOf } from './notes.js';
import { presencePair } from './presence.js';

/**
 * Answers of a scene as chat models write them, in pairs of a true one and its twin as `captionScene` has them: longer,
 * with several errors, in Markdown, among sentences that say nothing of the picture (`silent`). Offsets are of the raw
 * text.
 */
export function chatScene(scene: Scene, random: () => number, { count = 4 }: { count?: number } = {}): Caption[] {
  const captions: Caption[] = [];
  for (let tries = 0; captions.length < count * 2 && tries < count * 12; tries++) {
    const pair = pickWeighted(random, manners)(scene, random);
    if (pair) captions.push(...pair);
  }
  return captions;
}

type Pair = (scene: Scene, random: () => number) => [Caption, Caption] | null;

const manners: readonly (readonly [Pair, number])[] = [
  [longPair, 6],
  [wrappedAnswerPair, 1.5],
  [(scene, random) => presencePair(scene, random), 1.5],
];

const lengths = [
  [1, 1.5],
  [2, 3],
  [3, 3],
  [4, 2.5],
  [5, 1.5],
  [6, 1],
] as const;

/** A description of several statements in one of the layouts, with silent words between. */
function longPair(scene: Scene, random: () => number): [Caption, Caption] | null {
  const facts = sampleFacts(scene, random, pickWeighted(random, lengths));
  if (facts.length === 0) return null;
  const changes = pickWeighted(random, [
    [1, 5],
    [2, 2.5],
    [3, 1.2],
    [4, 0.5],
  ] as const);
  const twin = twinOf(scene, facts, random, Math.min(changes, facts.length));
  if (!twin) return null;
  const seed = Math.floor(random() * 4294967296);
  const prompt = random() < 0.35 ? generalPrompt(random) : undefined;
  const write = (told: readonly Fact[]): Caption => {
    const plan = seededRandom(seed);
    const layout = pickWeighted(plan, layouts);
    const pieces = layout(told, facts, wordingOf(seed), plan);
    return { ...joinPieces(pieces), shapes: ['chat'], ...(prompt === undefined ? {} : { prompt }) };
  };
  return asPair(write(facts), write(twin.facts), twin.type);
}

/** `told` is written; `truth` decides what else is, so that a twin has all other words in common. */
type Layout = (told: readonly Fact[], truth: readonly Fact[], wording: Wording, random: () => number) => Piece[];

const layouts: readonly (readonly [Layout, number])[] = [
  [prose, 6],
  [bullets, 2.5],
  [labels, 1.5],
];

const silent = (text: string): Piece => ({ text, kind: 'none' });

/** One statement as a sentence: with an adverb before it, a rider behind it, or neither. */
function statement(fact: Fact, whether: Fact, index: number, wording: Wording, random: () => number): Piece[] {
  const loose =
    fact.kind === whether.kind && wording.chance(`loose${index}`, 0.3)
      ? looseSentence(fact, wording, `l${index}`)
      : null;
  const sentence = loose ? { pieces: loose, whole: false } : sentenceOf(fact, wording, `s${index}`);
  const shape = sentence.whole;
  const [before, behind] = [random(), random()];
  const head = adverb(random);
  const tail = rider(random);
  const opened: Piece[] = before < 0.3 && !shape ? [silent(head), ...sentence.pieces] : capitalise(sentence.pieces);
  return [...opened, ...(behind < 0.25 ? [silent(tail)] : [])];
}

function prose(told: readonly Fact[], truth: readonly Fact[], wording: Wording, random: () => number): Piece[] {
  const density = pick(random, [0, 0.25, 0.5, 0.8, 1.5]);
  const pieces: Piece[] = [];
  const put = (...run: Piece[]) => {
    if (pieces.length > 0) pieces.push(random() < 0.12 ? '\n\n' : ' ');
    pieces.push(...run);
  };
  const fill = (share: number) => {
    for (let left = share; random() < left; left--) put(silent(fillerSentence(pick(random, between), random)));
  };
  if (random() < 0.3) put(silent(fillerSentence('opener', random)));
  if (random() < 0.3) fill(density);
  told.forEach((fact, index) => {
    put(...statement(fact, truth[index]!, index, wording, random), random() < 0.06 ? '!' : '.');
    const next = truth[index + 1];
    if (!next || !refersBack(next)) fill(density);
  });
  if (random() < 0.3) put(silent(fillerSentence('offer', random)));
  return pieces;
}

const headings = [
  'Objects',
  'What I see',
  'Description',
  'Details',
  'In the picture',
  'The scene',
  'Layout',
  'Contents',
];

function bullets(told: readonly Fact[], truth: readonly Fact[], wording: Wording, random: () => number): Piece[] {
  const mark = pick(random, ['- ', '* ', '1. ', '• ']);
  const pieces: Piece[] = [];
  const item = itemWriter(told, truth, wording, random);
  if (random() < 0.35) pieces.push(silent(`${fillerSentence('opener', random)}\n\n`));
  if (random() < 0.5) {
    const heading = pick(random, headings);
    pieces.push(silent(pick(random, [`## ${heading}\n\n`, `**${heading}:**\n\n`, `${heading}:\n\n`])));
  }
  const stop = random() < 0.6 ? '.' : '';
  for (const index of told.keys()) {
    if (index > 0) pieces.push('\n');
    pieces.push(mark === '1. ' ? `${index + 1}. ` : mark, ...item(index, stop));
    if (random() < 0.15 && stop) pieces.push(' ', silent(fillerSentence(pick(random, between), random)));
  }
  if (random() < 0.3) pieces.push('\n\n', silent(fillerSentence('offer', random)));
  return pieces;
}

/** `**Background:** blue`, `Dogs: three`. */
function labels(told: readonly Fact[], truth: readonly Fact[], wording: Wording, random: () => number): Piece[] {
  const between = pick(random, ['\n', '\n', '\n- ', '; ']);
  const pieces: Piece[] = between === '\n- ' ? ['- '] : [];
  const item = itemWriter(told, truth, wording, random);
  for (const index of told.keys()) {
    if (index > 0) pieces.push(between);
    pieces.push(...item(index));
  }
  return pieces;
}

/** Writes one statement as a note where it has that form, else as a sentence with `stop` behind it. */
function itemWriter(told: readonly Fact[], truth: readonly Fact[], wording: Wording, random: () => number) {
  const seed = Math.floor(random() * 4294967296);
  return (index: number, stop = ''): readonly Piece[] => {
    const fact = told[index]!;
    const whether = truth[index]!;
    // a source of its own, for a false item may be written otherwise than the true one
    const own = seededRandom(seed + index);
    return noteOf(fact, whether, `c${index}`, wording, own) ?? [...statement(fact, whether, index, wording, own), stop];
  };
}

/** A short answer to a question, with an opener, a rider, or more behind it. */
function wrappedAnswerPair(scene: Scene, random: () => number): [Caption, Caption] | null {
  const pair = answerPair(scene, random);
  if (!pair) return null;
  const opener = random() < 0.3 ? `${fillerSentence('opener', random)} ` : '';
  const closer = random() < 0.5 ? ` ${fillerSentence(pick(random, [...between, 'offer'] as const), random)}` : '';
  const stop = pair[0].text.endsWith('.') || pair[0].text.endsWith('!') ? '' : '.';
  const [right, twin] = pair.map((caption) => wrap(caption, opener, stop, closer));
  return asPair(right!, { ...twin!, original: right!.text }, pair[1].perturbation!);
}

function wrap(caption: Caption, opener: string, stop: string, closer: string): Caption {
  const at = opener.length;
  const text = opener + caption.text + stop + closer;
  const end = text.length - closer.length;
  return {
    ...caption,
    text,
    claims: caption.claims.map((claim) => ({ ...claim, start: claim.start + at, end: claim.end + at })),
    silent: [...(opener ? [{ start: 0, end: at - 1 }] : []), ...(closer ? [{ start: end + 1, end: text.length }] : [])],
    shapes: caption.shapes.map((shape) => `chat-${shape}`),
  };
}
