import { pick } from '../random.js';
import { article, countWord } from './counting.js';
import { type Fact, type Mention, mentionsOf } from './fact.js';
import { colourWord, isCountedByUnit, isPluralMention, nounForm, nounPhrase } from './noun-phrase.js';
import { joinPieces, type Piece } from './pieces.js';
import { ofPicture, placeForms } from './sentences/relation-words.js';
import { claimOf, isAre } from './sentences/sentence.js';
import { quoted } from './sentences/sign.js';
import { sentenceOf } from './sentences.js';
import type { Wording } from './wording.js';

export interface Answer {
  prompt: string;
  pieces: Piece[];
  shape: string;
}

const plain = (pieces: readonly Piece[]) => joinPieces(pieces).text;
const directionWords = { left: 'to the left of', right: 'to the right of', above: 'above', below: 'below' } as const;

/** `the red dogs`, as plain text for a question. */
function named(mention: Mention, wording: Wording, key: string): string {
  return plain(nounPhrase({ ...mention, as: 'definite' }, wording, key));
}

/** The fact as the answer to a question about it; null where no natural question fits. */
export function answerOf(fact: Fact, wording: Wording, key: string): Answer | null {
  const w = <T>(name: string, options: readonly T[]) => wording.pick(`${key}.${name}`, options);
  const whole = (shape: string, prompt: string, asked = fact): Answer => {
    const sentence = sentenceOf(asked, wording, key);
    return { prompt, pieces: sentence.pieces, shape: `answer-${shape}-${sentence.shape}` };
  };
  const aboutIt = 'subject' in fact ? { ...fact, subject: { ...fact.subject, as: 'definite' as const } } : fact;
  switch (fact.kind) {
    case 'exists': {
      const [only, more] = fact.mentions;
      if (!only) return null;
      if (
        more ||
        only.size ||
        only.qualified ||
        only.groups.length > 1 ||
        !only.noun.good ||
        only.colour?.good === false
      )
        return w('form', ['count', 'what']) === 'what' || more ? whole('what', w('ask', openQuestions)) : null;
      return w('form', ['count', 'what']) === 'what'
        ? whole('what', w('ask', openQuestions))
        : countAnswer(only, wording, key);
    }
    case 'absent':
      return presenceAnswer(fact, wording, key);
    case 'colour': {
      if (!fact.subject.noun.good || fact.subject.size?.good === false) return null;
      const who = named(fact.subject, wording, `${key}.subject`);
      const be = isAre(fact.subject);
      const prompt = w('what', [
        `What colour ${be} ${who}?`,
        `What color ${be} ${who}?`,
        `What is the color of ${who}?`,
        `Which colour ${isPluralMention(fact.subject) ? 'do' : 'does'} ${who} have?`,
      ]);
      const claim = claimOf(
        'colour',
        colourWord(fact.colour.is, wording, `${key}.colour`),
        fact.colour,
        fact.subject.groups,
      );
      const form = w('short', ['short', 'it', 'it', 'full']);
      if (form === 'full') return { prompt, pieces: [`${who} ${be} `, claim], shape: 'answer-colour-full' };
      const it = isPluralMention(fact.subject) ? w('they', ['they are ', "they're "]) : w('it', ['it is ', "it's "]);
      return { prompt, pieces: form === 'short' ? [claim] : [it, claim], shape: `answer-colour-${form}` };
    }
    case 'ground':
      return {
        prompt: w('what', [
          'What colour is the background?',
          'What is the background color?',
          'What color is the background?',
        ]),
        pieces: [
          w('be', ['', 'it is ', "it's ", 'the background is ']),
          claimOf('ground', colourWord(fact.colour.is, wording, `${key}.colour`), fact.colour, []),
        ],
        shape: 'answer-ground',
      };
    case 'relation': {
      const { subject, other, direction } = fact;
      if (w('where', [true, false]))
        return subject.noun.good
          ? whole('where', `Where ${isAre(subject)} ${named(subject, wording, `${key}.subject`)}?`, aboutIt)
          : null;
      if (!direction.good || !other.noun.good || other.colour?.good === false || other.size?.good === false)
        return null;
      const landmark = named(other, wording, `${key}.other`);
      const there = subject.as === 'full' && w('there', [true, false]);
      return {
        prompt: w('ask', [
          `What is ${directionWords[direction.is]} ${landmark}?`,
          `What can be seen ${directionWords[direction.is]} ${landmark}?`,
        ]),
        pieces: [
          ...(there ? [subject.count.is === 1 ? 'there is ' : 'there are '] : []),
          ...nounPhrase(subject, wording, `${key}.subject`),
        ],
        shape: `answer-what-relation-${there}`,
      };
    }
    case 'place':
      return fact.subject.noun.good
        ? whole(
            'where-place',
            `Where ${isAre(fact.subject)} ${named(fact.subject, wording, `${key}.subject`)}?`,
            aboutIt,
          )
        : null;
    case 'sign':
      return {
        prompt: w('ask', ['What does the sign say?', 'What is written on the sign?', 'Read the text in the image.']),
        pieces: [w('say', ['', '', 'it says ', 'the sign says ', 'it reads ']), ...quoted(fact.text, wording, key)],
        shape: 'answer-sign',
      };
    default:
      return null;
  }
}

const openQuestions = [
  'What do you see?',
  'What is in the picture?',
  'What can be seen here?',
  'What does the image show?',
  'What objects are in the image?',
];

function countAnswer(only: Mention, wording: Wording, key: string): Answer | null {
  if (isCountedByUnit(only.noun.is)) return null;
  const w = <T>(name: string, options: readonly T[]) => wording.pick(`${key}.${name}`, options);
  const plural = nounForm(only.noun.is, true, wording, `${key}.m.noun`);
  const name = only.colour ? `${colourWord(only.colour.is, wording, `${key}.m.colour`)} ${plural}` : plural;
  const prompt = w('count', [
    `How many ${name} are there?`,
    `How many ${name} are in the picture?`,
    `How many ${name} can you see?`,
    `How many ${name} does the image show?`,
    `Count the ${name}.`,
  ]);
  const { is: count } = only.count;
  const text = w('digit', [true, false, false]) ? String(count) : countWord(count);
  const number = claimOf('count', text, only.count, only.groups);
  const form = w('short', ['short', 'short', 'full', 'there', 'there', 'I', 'I see']);
  const be = count === 1 ? 'there is ' : 'there are ';
  const noun = claimOf('object', nounForm(only.noun.is, count !== 1, wording, `${key}.m.noun`), only.noun, only.groups);
  const colour: Piece[] = only.colour
    ? [claimOf('colour', colourWord(only.colour.is, wording, `${key}.m.colour`), only.colour, only.groups), ' ']
    : [];
  const pieces: Piece[] =
    form === 'short'
      ? [number]
      : form === 'full'
        ? [be, number]
        : form === 'I'
          ? ['I count ', number]
          : [form === 'there' ? be : 'I can see ', number, ' ', ...colour, noun];
  return { prompt, pieces, shape: `answer-count-${form}` };
}

function presenceAnswer(fact: Extract<Fact, { kind: 'absent' }>, wording: Wording, key: string): Answer {
  const w = <T>(name: string, options: readonly T[]) => wording.pick(`${key}.${name}`, options);
  const unit = isCountedByUnit(fact.noun.is);
  const plural = fact.plural || unit;
  const name = nounForm(fact.noun.is, plural, wording, `${key}.noun`);
  const some = plural ? 'any' : article(name);
  const be = plural ? 'are' : 'is';
  const prompt = w('is', [
    `${be === 'is' ? 'Is' : 'Are'} there ${some} ${name}?`,
    `${be === 'is' ? 'Is' : 'Are'} there ${some} ${name} in the picture?`,
    `Can you see ${some} ${name}?`,
    `Do you see ${some} ${name} in the image?`,
  ]);
  const good = fact.no.good && fact.noun.good;
  const word = claimOf('existence', fact.no.is ? 'no' : 'yes', { good }, fact.groups);
  const form = w('short', ['short', 'full', 'full', 'brief']);
  if (form === 'short') return { prompt, pieces: [word], shape: 'answer-yes-no' };
  const denial = claimOf('existence', 'no', { good }, fact.groups);
  if (form === 'brief') {
    const there: Piece[] = fact.no.is
      ? [`, there ${be} `, claimOf('existence', 'not', { good }, fact.groups)]
      : [`, there ${be}`];
    return { prompt, pieces: [word, ...there], shape: 'answer-yes-no-brief' };
  }
  const noun = claimOf('object', name, fact.noun, fact.groups);
  const rest: Piece[] = fact.no.is
    ? [`, there ${be} `, denial, ' ', noun]
    : [`, there ${be} `, ...(plural ? [] : [`${article(name)} `]), noun];
  return { prompt, pieces: [word, ...rest], shape: 'answer-yes-no-full' };
}

/**
 * A yes/no question about the fact as it is or as it was made false (by `askTruth`), and its right and wrong answer;
 * null where the fact makes no such question.
 */
export function yesOrNo(right: Fact, wrong: Fact, askTruth: boolean, wording: Wording): [Answer, Answer] | null {
  if (right.kind !== wrong.kind || mentionsOf(wrong).some((mention) => !isRight(mention))) return null;
  const asked = askTruth ? right : wrong;
  const question = questionOf(asked, wording, 'yn');
  if (!question) return null;
  const { kind, subject, object } = question;
  const answer = (yes: boolean): Answer => ({
    prompt: question.prompt,
    pieces: [claimOf(kind, yes ? 'yes' : 'no', { good: yes === askTruth }, subject, object)],
    shape: `answer-yes-no-${asked.kind}`,
  });
  return [answer(askTruth), answer(!askTruth)];
}

type Question = {
  prompt: string;
  kind: 'relation' | 'position' | 'colour' | 'size';
  subject: number[];
  object?: number[];
};

/** Only about what can be looked up whole: nouns and numbers must be right. */
function questionOf(fact: Fact, wording: Wording, key: string): Question | null {
  if (!('subject' in fact) || !isRight(fact.subject)) return null;
  const who = named(fact.subject, wording, `${key}.subject`);
  const Is = isPluralMention(fact.subject) ? 'Are' : 'Is';
  const subject = fact.subject.groups;
  switch (fact.kind) {
    case 'relation':
    case 'compare': {
      if (!isRight(fact.other)) return null;
      const other = named(fact.other, wording, `${key}.other`);
      const object = fact.other.groups;
      const how =
        fact.kind === 'relation' ? directionWords[fact.direction.is] : fact.larger.is ? 'bigger than' : 'smaller than';
      return {
        prompt: `${Is} ${who} ${how} ${other}?`,
        kind: fact.kind === 'relation' ? 'relation' : 'size',
        subject,
        object,
      };
    }
    case 'colour':
      return { prompt: `${Is} ${who} ${fact.colour.is}?`, kind: 'colour', subject };
    case 'size':
      return { prompt: `${Is} ${who} ${fact.size.is}?`, kind: 'size', subject };
    case 'place': {
      const where = wording.pick(`${key}.place`, placeForms[fact.place.is]);
      return { prompt: `${Is} ${who} ${where}${wording.pick(`${key}.of`, ofPicture)}?`, kind: 'position', subject };
    }
    default:
      return null;
  }
}

const isRight = ({ noun, count, colour, size }: Mention) =>
  noun.good && count.good && colour?.good !== false && size?.good !== false;

const requests = [
  'Describe the image.',
  'Describe the picture.',
  'Describe the image in detail.',
  'What do you see?',
  'What is in this picture?',
  'Write a caption.',
  'Caption this image.',
  'What does this picture show?',
  'Please describe this image.',
  "What's in the image?",
  'Describe what you see.',
  'Give a short description.',
  'Describe this scene.',
  'Describe where things are.',
  'Tell me about this picture.',
  'Provide a one-sentence caption for the provided image.',
];

/** A question that any description answers. */
export function generalPrompt(random: () => number): string {
  return pick(random, requests);
}
