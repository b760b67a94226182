import { pick } from '../random.js';
import type { Scene } from '../scene.js';
import type { Fact, Mention } from './facts.js';
import { isPluralMention, nounForm, nounPhrase } from './noun-phrase.js';
import { joinPieces, type Piece } from './pieces.js';
import { sentenceOf } from './sentences.js';
import type { Wording } from './wording.js';

export interface Answer {
  prompt: string;
  pieces: Piece[];
  shape: string;
}

const plain = (pieces: readonly Piece[]) => joinPieces(pieces).text;

/** The fact as the answer to a question about it; null where no natural question fits. */
export function answerOf(fact: Fact, wording: Wording, key: string): Answer | null {
  const w = <T>(name: string, options: readonly T[]) => wording.pick(`${key}.${name}`, options);
  const named = (mention: Mention): string => {
    const { count, ...rest } = mention;
    return plain(nounPhrase({ ...rest, count, as: 'definite' }, wording, `${key}.q`));
  };
  const full = (shape: string, prompt: string): Answer => {
    const sentence = sentenceOf(fact, wording, key);
    return { prompt, pieces: sentence.pieces, shape: `answer-${shape}-${sentence.shape}` };
  };
  switch (fact.kind) {
    case 'exists': {
      const [only, more] = fact.mentions;
      if (!only || more || only.size || only.qualified)
        return w('describe', [
          null,
          full(
            'what',
            w('ask', [
              'What do you see?',
              'What is in the picture?',
              'What can be seen here?',
              'What does the image show?',
            ]),
          ),
        ]);
      if (!only.noun.good || (only.colour && !only.colour.good)) {
        return {
          prompt: w('what', ['What do you see?', 'What is in the picture?', 'What is shown?']),
          pieces: nounPhrase(only, wording, key),
          shape: 'answer-what-short',
        };
      }
      const plural = nounForm(only.noun.is, true, wording, `${key}.noun`);
      const colour = only.colour ? `${only.colour.is} ` : '';
      const prompt = w('count', [
        `How many ${colour}${plural} are there?`,
        `How many ${colour}${plural} are in the picture?`,
        `How many ${colour}${plural} can you see?`,
        `Count the ${colour}${plural}.`,
      ]);
      const phrase = nounPhrase(only, wording, key);
      const counted = phrase.findIndex((piece) => typeof piece !== 'string' && piece.kind === 'count');
      if (counted < 0) return null;
      const number = phrase[counted] as Exclude<Piece, string>;
      if (number.text === 'a' || number.text === 'an' || /pair|couple|group/.test(number.text))
        number.text = only.count.is === 1 ? 'one' : String(only.count.is);
      const form = w('short', ['short', 'full', 'there', 'there', 'I']);
      const be = only.count.is === 1 ? 'there is ' : 'there are ';
      const pieces: Piece[] =
        form === 'short'
          ? [number]
          : form === 'full'
            ? [be, number]
            : form === 'I'
              ? ['I count ', number]
              : [be, ...nounPhrase(only, wording, key)];
      return { prompt, pieces, shape: `answer-count-${form}` };
    }
    case 'absent': {
      const noun = nounForm(fact.noun.is, false, wording, `${key}.noun`);
      const article = /^[aeiou]/.test(noun) ? 'an' : 'a';
      const subject = fact.group === null ? [] : [fact.group];
      const prompt = w('is', [
        `Is there ${article} ${noun}?`,
        `Is there ${article} ${noun} in the picture?`,
        `Can you see ${article} ${noun}?`,
      ]);
      const good = fact.no.is ? fact.no.good : fact.noun.good;
      const word: Piece = { text: fact.no.is ? 'no' : 'yes', kind: 'existence', good, subject };
      if (w('short', [true, false, false])) return { prompt, pieces: [word], shape: 'answer-yes-no' };
      const rest: Piece[] = fact.no.is
        ? [', there is ', { text: 'no', kind: 'existence', good, subject }, ` ${noun}`]
        : [`, there is ${article} `, { text: noun, kind: 'object', good: fact.noun.good, subject }];
      return { prompt, pieces: [word, ...rest], shape: 'answer-yes-no-full' };
    }
    case 'colour': {
      const plural = isPluralMention(fact.subject);
      const prompt = w('what', [
        `What colour ${plural ? 'are' : 'is'} ${named(fact.subject)}?`,
        `What color ${plural ? 'are' : 'is'} ${named(fact.subject)}?`,
        `Which colour ${plural ? 'do' : 'does'} ${named(fact.subject)} have?`,
      ]);
      if (!fact.subject.noun.good) return null;
      const claim: Piece = {
        text: fact.colour.is,
        kind: 'colour',
        good: fact.colour.good,
        subject: fact.subject.groups,
      };
      const short = w('short', [true, false, false]);
      return {
        prompt,
        pieces: short ? [claim] : [plural ? 'they are ' : 'it is ', claim],
        shape: `answer-colour-${short}`,
      };
    }
    case 'ground':
      return {
        prompt: w('what', ['What colour is the background?', 'What is the background color?']),
        pieces: [
          w('be', ['', 'it is ', 'the background is ']),
          { text: fact.colour.is, kind: 'ground', good: fact.colour.good, subject: [] },
        ],
        shape: 'answer-ground',
      };
    case 'relation': {
      if (fact.subject.as === 'pronoun' || fact.other.as === 'pronoun') return null;
      if (w('where', [true, false])) {
        if (!fact.subject.noun.good) return null;
        return full('where', `Where ${isPluralMention(fact.subject) ? 'are' : 'is'} ${named(fact.subject)}?`);
      }
      if (!fact.direction.good || !fact.other.noun.good) return null;
      const direction = { left: 'to the left of', right: 'to the right of', above: 'above', below: 'below' }[
        fact.direction.is
      ];
      return {
        prompt: `What is ${direction} ${named({ ...fact.other, count: fact.other.count })}?`,
        pieces: nounPhrase(fact.subject, wording, `${key}.subject`),
        shape: 'answer-what-relation',
      };
    }
    case 'place':
      return fact.subject.noun.good && fact.subject.as !== 'pronoun'
        ? full('where-place', `Where ${isPluralMention(fact.subject) ? 'are' : 'is'} ${named(fact.subject)}?`)
        : null;
    default:
      return null;
  }
}

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
];

/** A question that any description answers. */
export function generalPrompt(_scene: Scene, random: () => number): string {
  return pick(random, requests);
}
