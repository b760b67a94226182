import type { Caption } from '../scene.js';
import { type Fact, mentionsOf } from './fact.js';
import { capitalise, joinPieces, type Piece } from './pieces.js';
import { tailOf } from './sentences/tail.js';
import { sentenceOf } from './sentences.js';
import type { Wording } from './wording.js';

const openers = ['', '', '', '', '', '', '', '', '', 'Also, ', 'In addition, ', 'Additionally, ', 'Moreover, '];

/** One caption of the facts: sentences of their own, joined with "and", or hung on the sentence before. */
export function describe(facts: readonly Fact[], wording: Wording, prompt: string | undefined): Caption {
  const sentences: Piece[][] = [];
  const shapes: string[] = [];
  let open = false;
  facts.forEach((fact, index) => {
    const before = facts[index - 1];
    const tail = before ? tailOf(fact, before, wording, `t${index}`) : null;
    if (tail && wording.chance(`hang${index}`, 0.5)) {
      sentences.push([...sentences.pop()!, ...tail.pieces]);
      shapes.push(tail.shape);
      open = false;
      return;
    }
    const sentence = sentenceOf(fact, wording, `s${index}`);
    const joined = open && !sentence.whole && wording.chance(`join${index}`, 0.3);
    if (joined) {
      sentences.push([...sentences.pop()!, glue(fact, before, wording, `glue${index}`), ...sentence.pieces]);
      shapes.push(`+${sentence.shape}`);
    } else {
      const opener = index > 0 && !sentence.whole ? wording.pick(`opener${index}`, openers) : '';
      sentences.push([opener, ...sentence.pieces]);
      shapes.push(`${opener}${sentence.shape}`);
    }
    open = !sentence.whole && !joined;
  });
  return finisher(wording)(sentences, shapes, prompt);
}

/** Capitals and full stops; now and then without them. */
export function finisher(wording: Wording) {
  const lower = wording.chance('lower', 0.08);
  const end = wording.pick('end', ['.', '.', '.', '.', '.', '.', '.', '.', '.', '.', '.', '.', '', '', '!']);
  return (sentences: readonly Piece[][], shapes: string[], prompt: string | undefined): Caption => {
    const pieces = sentences.flatMap((sentence, index): Piece[] => {
      const first = lower && index === 0 ? sentence : capitalise(trimmed(sentence));
      return [...(index ? [' '] : []), ...first, index === sentences.length - 1 && sentences.length === 1 ? end : '.'];
    });
    return { ...joinPieces(pieces), shapes, ...(prompt === undefined ? {} : { prompt }) };
  };
}

function trimmed(pieces: readonly Piece[]): Piece[] {
  const [first, ...rest] = pieces;
  return typeof first === 'string' && first.trim() === '' ? trimmed(rest) : [...pieces];
}

/** "and", or between facts about different things "while". */
function glue(fact: Fact, before: Fact | undefined, wording: Wording, key: string): string {
  const [now, then] = [mentionsOf(fact)[0], before && mentionsOf(before)[0]];
  const other = now && then && now.groups.join() !== then.groups.join();
  const [same, different] = wording.pick(key, [
    [' and ', ' and '],
    [', and ', ', and '],
    ['; ', '; '],
    [', and ', ' while '],
    [' and ', ', while '],
    [', and ', ', whereas '],
  ] as const);
  return other ? different : same;
}
