import { pick } from '../../random.js';
import type { Caption, Scene } from '../../scene.js';
import { article } from '../counting.js';
import type { Fact } from '../fact.js';
import { isCountedByUnit, nounForm } from '../noun-phrase.js';
import { capitalise, joinPieces, type Piece } from '../pieces.js';
import { sampleFact } from '../sample-fact.js';
import { claimOf } from '../sentences/sentence.js';
import { asPair } from '../twin.js';
import { type Wording, wordingOf } from '../wording.js';

type Absent = Extract<Fact, { kind: 'absent' }>;

/** Questions whether a thing is there, in the words of POPE and others, with the right answer and the contrary. */
export function presencePair(scene: Scene, random: () => number): [Caption, Caption] | null {
  const fact = sampleFact(scene, random, 'absent') as Absent | null;
  if (!fact) return null;
  const seed = Math.floor(random() * 4294967296);
  const lie: Absent = { ...fact, no: { is: !fact.no.is, good: false } };
  const prompted = random() < 0.85;
  const where = pick(random, places);
  const write = (told: Absent) => answer(told, fact, wordingOf(seed), where, prompted);
  return asPair(write(fact), write(lie), 'counterfactual');
}

const places = ['', ' in the image', ' in the picture', ' in this image', ' in the scene', ' here', ' in the photo'];

function answer(told: Absent, asked: Absent, wording: Wording, where: string, prompted: boolean): Caption {
  const w = <T>(name: string, options: readonly T[]) => wording.pick(`p.${name}`, options);
  const plural = asked.plural || isCountedByUnit(asked.noun.is);
  const name = nounForm(asked.noun.is, plural, wording, 'p.noun');
  const some = plural ? 'any' : article(name);
  const [is, Is] = plural ? ['are', 'Are'] : ['is', 'Is'];
  const prompt = w('ask', [
    `${Is} there ${some} ${name}${where}?`,
    `${Is} there ${some} ${name}${where}?`,
    `${Is} there ${some} ${name}${where}? Answer yes or no.`,
    `Do you see ${some} ${name}${where}?`,
    `Can you spot ${some} ${name}${where}?`,
    `Does the picture include ${some} ${name}?`,
    `Does the image contain ${some} ${name}?`,
    `Does this image show ${some} ${name}?`,
    `${Is} ${plural ? name : `${article(name)} ${name}`} visible${where}?`,
  ]);
  const good = told.no.good;
  const claim = (text: string) => claimOf('existence', text, { good }, told.groups);
  const noun = claimOf('object', name, { good: good || told.no.is }, told.groups);
  const a = plural ? [] : [`${article(name)} `];
  const yes: readonly Piece[][] = [
    [],
    [', there ', is, ' ', ...a, noun, where],
    [', there ', is, ' ', ...a, noun, where],
    [', I can see ', ...a, noun, where],
    [', the image shows ', ...a, noun],
    [`, ${plural ? 'they are' : 'it is'}`],
    [', it does'],
    [', ', ...a, noun, ` ${is} visible`, where],
    [', you can see ', ...a, noun, where],
  ];
  const no: readonly Piece[][] = [
    [],
    [', there ', is, ' ', claim('no'), ' ', noun, where],
    [', there ', claim(plural ? "aren't" : "isn't"), ` ${some} `, noun, where],
    [', I ', claim("don't"), ` see ${some} `, noun, where],
    [', the image does ', claim('not'), ` show ${some} `, noun],
    [`, ${plural ? 'they are' : 'it is'} `, claim('not')],
    [', it ', claim("doesn't")],
    [', there ', is, ' ', claim('no'), ' ', noun, ' visible', where],
    [', I ', claim('cannot'), ` find ${some} `, noun, where],
  ];
  // without its question, an answer must name the thing
  const forms = prompted ? [0, 0, 1, 2, 3, 4, 5, 6, 7, 8] : [1, 2, 3, 4, 7, 8];
  const form = w('form', forms);
  const rest = told.no.is ? no[form]! : yes[form]!;
  const head = claim(told.no.is ? 'no' : 'yes');
  const stop = wording.chance('p.stop', 0.85) ? '.' : '';
  const pieces = [...capitalise([head]), ...rest, stop];
  return { ...joinPieces(pieces), shapes: [`chat-presence-${form}`], ...(prompted ? { prompt } : {}) };
}
