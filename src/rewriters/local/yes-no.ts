import { indefiniteArticle } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import type { FlaggedSpan, SpanEdit } from '../../text/flagged-span.js';
import { numberWords } from '../../text/lexicon/numbers.js';
import { leadingCount } from '../../text/noun-phrase.js';
import { polarityHead } from '../../text/polarity.js';
import { findTerms } from '../../text/terms.js';
import type { RewriteRequest } from '../rewriter.js';
import type { Knowledge, SeenObject } from './knowledge.js';
import { sentenceSwaps } from './sentence-swaps.js';

/**
 * Edits of an answer that begins with yes or no: the answer the other way round, with the verb and the article that go
 * with it, then other numbers, colours and places in the same answer. The word alone is never changed, nor the thing that
 * was asked about: that would contradict the question. Null where the sentence is no such answer.
 */
export function yesNoEdits(span: FlaggedSpan, { response }: RewriteRequest, knowledge: Knowledge): SpanEdit[] | null {
  const sentence = response.slice(...span.sentence);
  const truth = /^(\W*(?:(?:that|it)(?:['’]s| is) )?)(true|false|right|wrong|correct|incorrect)(\W*)$/i.exec(sentence);
  if (truth) {
    const turned = truth[1]! + likeCase(opposites[truth[2]!.toLowerCase()]!, truth[2]!) + truth[3]!;
    return [{ span: span.id, replacement: turned, sentence: true }];
  }
  const head = polarityHead.exec(sentence);
  if (!head) return null;
  const turned = otherAnswer(sentence, head, knowledge);
  const edits: SpanEdit[] = turned === null ? [] : [{ span: span.id, replacement: turned, sentence: true }];
  if (span.start < span.sentence[0] + head[0].length) return edits;
  return [...edits, ...sentenceSwaps(response, span, knowledge, ({ kind }) => kind !== 'noun' && kind !== 'negation')];
}

const opposites: Readonly<Record<string, string>> = {
  true: 'false',
  false: 'true',
  right: 'wrong',
  wrong: 'right',
  correct: 'incorrect',
  incorrect: 'correct',
};
const determiner = `(?:an?|some|any|several|many|multiple|${numberWords.slice(1).join('|')}|\\d+)`;
const none = `(?:no|any|an?|zero)`;

function otherAnswer(sentence: string, head: RegExpExecArray, knowledge: Knowledge): string | null {
  const word = head[1]!;
  const yes = /^y/i.test(word);
  const at = head[0].length - word.length;
  const other = sentence.slice(0, at) + likeCase(yes ? 'no' : 'yes', word);
  const clause = sentence.slice(head[0].length);
  if (!/\p{L}/u.test(clause)) return other + clause;
  // of two statements, one may be right
  if (/[;]|\b(?:and|but|while|whereas|which|because|although|however)\b|[.!?]\s+\S.*[.!?]\s+\S/iu.test(clause))
    return null;
  const nouns = findTerms(clause).flatMap((term) => (term.kind === 'noun' ? [term] : []));
  const asked = nouns[0];
  const seen = asked && knowledge.seen.find(({ noun }) => noun === asked.noun);
  const short = pronounOnly.exec(clause);
  if (short) {
    const [, before, verb, , end] = short as unknown as [string, string, string, string, string];
    const many = /^are$/i.test(verb.slice(0, 3));
    return `${other}${before}${yes ? `${many ? 'are' : 'is'}n't any` : many ? 'are some' : 'is one'}${end}`;
  }
  const turned = yes ? negated(clause, seen) : affirmed(clause, asked, seen);
  return turned === null || turned === clause ? null : other + turned;
}

/** `there are some`, `there aren't any`, with nothing named. */
const pronounOnly = /^(\W+there )((?:is|are)(?:n['’]t| not)?)( (?:some|any|one|a few|several))?(\W*)$/iu;
const shows = /\b(shows|contains|depicts|includes|features|has)\b(?!\s+no\b)/i;
const base: Readonly<Record<string, string>> = { has: 'have' };

/** What says that something is there or so, saying that it is not. */
function negated(clause: string, seen: SeenObject | undefined): string | null {
  if (/n['’]t\b|\b(?:not|no|cannot|never|none)\b/i.test(clause)) return null;
  const existence = new RegExp(
    `\\bthere(?:['’]s|(\\s+)(is|are|was|were))(?:\\s+(?:also\\s+)?${determiner})?(?=\\s+\\p{L})`,
    'iu',
  );
  const there = existence.exec(clause);
  if (there) {
    if (seen) return null;
    const verb = there[2] ?? 'is';
    return `${clause.slice(0, there.index)}${there[0].slice(0, 5)} ${verb} no${clause.slice(there.index + there[0].length)}`;
  }
  const some = (text: string) =>
    text.replace(
      new RegExp(`^(\\s+)(?:some|several|many|multiple|${numberWords.slice(2).join('|')}|\\d+)\\b`, 'i'),
      '$1any',
    );
  const sight = /\b(can)(\s+(?:also\s+)?)(see|spot|identify|find)\b|\b(I|we|you)\s+(see)\b/i.exec(clause);
  const showing = sight ? null : shows.exec(clause);
  if (sight || showing) {
    if (seen) return null;
    const match = (sight ?? showing)!;
    const verb = match[0];
    const turned = showing
      ? `does not ${base[verb.toLowerCase()] ?? verb.slice(0, -1)}`
      : match[1]
        ? `cannot ${match[3]}`
        : `${match[4]} do not see`;
    return clause.slice(0, match.index) + turned + some(clause.slice(match.index + verb.length));
  }
  const copula = /\b(is|are|was|were|does|do|can)\b/i.exec(clause);
  if (!copula) return null;
  const end = copula.index + copula[0].length;
  return `${clause.slice(0, end)} not${clause.slice(end)}`;
}

/** What says that something is not there or not so, saying that it is. */
function affirmed(
  clause: string,
  asked: { start: number; end: number; plural: boolean } | undefined,
  seen: SeenObject | undefined,
): string | null {
  const existence = new RegExp(
    `\\b(there)\\s+(?:is|are|was|were)(?:n['’]t|\\s+not)?(?:\\s+${none})?(?=\\s+\\p{L})`,
    'iu',
  );
  const sight = new RegExp(
    `\\b(?:cannot|can['’]?t|can not)\\s+(?:see|spot|find|identify)(?:\\s+${none})?|\\b(?:do(?:es)?\\s+not|don['’]t|doesn['’]t)\\s+(?:see|show|contain|depict|include|have)(?:\\s+${none})?`,
    'iu',
  );
  const negative = (text: string) => /n['’]t\b|\bcan['’]?t\b|\b(?:not|no|zero|cannot)\b/i.test(text);
  const there = existence.exec(clause);
  const look = there ? null : sight.exec(clause);
  const match = there ?? look;
  if (match) {
    if (!negative(match[0]) || !asked || !seen || asked.start < match.index + match[0].length) return null;
    const between = clause.slice(match.index + match[0].length, asked.start);
    const counted = leadingCount(between);
    if (counted) {
      if (counted.count !== seen.count) return null;
      const are = there ? `${there[1]} ${seen.count > 1 ? 'are' : 'is'}` : positive(match[0]);
      return clause.slice(0, match.index) + are + clause.slice(match.index + match[0].length);
    }
    const many = seen.count > 1;
    const name = (many ? seen.noun.plural : seen.noun.singular).replaceAll('-', ' ');
    const first = between.trim() || name;
    const amount = many ? (numberWords[seen.count] ?? String(seen.count)) : indefiniteArticle(first);
    const verb = there ? `${there[1]} ${many ? 'are' : 'is'}` : positive(match[0]);
    return `${clause.slice(0, match.index)}${verb} ${amount}${between}${name}${clause.slice(asked.end)}`;
  }
  const copula = /\b(is|are|was|were|does|do|can)(?:n['’]t|\s+not)\b/i.exec(clause);
  if (!copula) return null;
  return clause.slice(0, copula.index) + copula[1] + clause.slice(copula.index + copula[0].length);
}

function positive(sight: string): string {
  const verb = /(see|spot|find|identify|show|contain|depict|include|have)/i.exec(sight)![0];
  if (/^can/i.test(sight)) return `can ${verb}`;
  return /^does/i.test(sight) ? (/have/i.test(verb) ? 'has' : `${verb}s`) : verb;
}
