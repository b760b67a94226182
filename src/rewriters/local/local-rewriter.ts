import { indefiniteArticle, pluralize, singularize } from '../../text/agreement.js';
import type { FlaggedSpan, SpanEdit } from '../../text/flagged-span.js';
import { parseCount } from '../../text/lexicon/numbers.js';
import { throwIfAborted } from '../api-rewriter.js';
import type { RewriteRequest, Rewriter } from '../rewriter.js';
import { alternativesTo, type Context } from './alternatives.js';
import { gatherKnowledge, type Knowledge } from './knowledge.js';
import { maxTerms, sentenceSwaps } from './sentence-swaps.js';
import { findKnownWords, type KnownWord } from './word-kinds.js';

/** At most this many alternatives for one span. */
const limit = 400;

/**
 * A rewriter that needs no network. For each span it proposes words of the same kind (nouns, numbers, colours, sizes,
 * relations) and deletion, likeliest first: alternatives among which the scorer chooses.
 */
export function localRewriter(): Rewriter {
  return {
    name: 'local',
    async rewrite(request) {
      const context: Context = {
        evidence: request.evidence ?? [],
        mentioned: new Set(findKnownWords(request.response).flatMap((word) => (word.noun ? [word.noun] : []))),
      };
      throwIfAborted(request.signal);
      const knowledge = gatherKnowledge(request.response, request.evidence ?? []);
      return { edits: request.spans.flatMap((span) => proposeAll(span, request, context, knowledge)) };
    },
  };
}

/**
 * What the sentence around the span allows, then the plain exchange of words inside it, each edit once: best guess first,
 * the deletion last.
 */
function proposeAll(span: FlaggedSpan, request: RewriteRequest, context: Context, knowledge: Knowledge): SpanEdit[] {
  const sentence = request.response.slice(...span.sentence);
  const tried = new Set(
    request.rejected.filter(({ text }) => text === span.text || text === sentence).map((edit) => edit.replacement),
  );
  const all = [...sentenceSwaps(request.response, span, knowledge), ...proposeEdits(span, request, context)];
  const offered = new Map(all.map((edit) => [`${edit.sentence ?? false}:${edit.replacement}`, edit]));
  offered.delete('false:');
  const edits = [...offered.values()].filter(({ replacement }) => !tried.has(replacement)).slice(0, limit - 1);
  return tried.has('') || !mayBeDeleted(span, sentence) ? edits : [...edits, { span: span.id, replacement: '' }];
}

/** A known word, or an unknown one that stands where a noun does. Other words are not what an answer gets wrong. */
function mayBeDeleted(span: FlaggedSpan, sentence: string): boolean {
  const before = sentence.slice(0, span.start - span.sentence[0]);
  return findKnownWords(span.text).length > 0 || /\b(an?|the|no|\d+|one|two|three|four|five|six)\s+$/i.test(before);
}

function proposeEdits(span: FlaggedSpan, request: RewriteRequest, context: Context): SpanEdit[] {
  const words = findKnownWords(span.text).slice(0, maxTerms);
  const texts = [...changeOne(span.text, words, context), ...changeTwo(span.text, words, context)];
  const tried = new Set(request.rejected.filter((edit) => edit.text === span.text).map((edit) => edit.replacement));
  const edits = [...new Set(texts)]
    .filter((text) => text !== span.text && !tried.has(text))
    .slice(0, limit)
    .map((replacement): SpanEdit => ({ span: span.id, replacement }));
  return [...edits, ...wholeSentence(span, request, tried)];
}

function replaceWord(text: string, word: KnownWord, by: string): string {
  const before = text.slice(0, word.start);
  const after = word.kind === 'count' ? agree(text.slice(word.end), by) : text.slice(word.end);
  const article = /\b(an?)(\s+)$/i.exec(before);
  const lead = article
    ? before.slice(0, article.index) + likeFirst(indefiniteArticle(by), article[1]!) + article[2]
    : before;
  return lead + by + after;
}

/** The noun that follows a count inside the span takes its number. */
function agree(rest: string, count: string): string {
  const many = parseCount(count) !== 1;
  const noun = findKnownWords(rest.slice(0, 80)).find((word) => word.kind === 'noun');
  if (!noun) return rest;
  const form = many ? (noun.plural ? noun.text : pluralize(noun.text)) : singularize(noun.text);
  return rest.slice(0, noun.start) + form + rest.slice(noun.end);
}

function likeFirst(word: string, like: string): string {
  return like.charAt(0) === like.charAt(0).toUpperCase() ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

function changeOne(text: string, words: readonly KnownWord[], context: Context): string[] {
  const lists = words.map((word) => alternativesTo(word, context).map((by) => replaceWord(text, word, by)));
  const longest = Math.max(0, ...lists.map((list) => list.length));
  // in turns, so that a long list of nouns does not crowd out the colours
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => (index < list.length ? [list[index]!] : [])),
  ).flat();
}

function changeTwo(text: string, words: readonly KnownWord[], context: Context): string[] {
  const found: string[] = [];
  for (let i = 0; i < words.length; i++) {
    for (let j = i + 1; j < words.length; j++) {
      const [first, second] = [words[i]!, words[j]!];
      for (const by of alternativesTo(first, context).slice(0, 8)) {
        for (const then of alternativesTo(second, context).slice(0, 8)) {
          // the later word first, so that the earlier one's offsets hold
          found.push(replaceWord(replaceWord(text, second, then), first, by));
          if (found.length >= limit / 2) return found;
        }
      }
    }
  }
  return found;
}

const units = /\b(a )?(pair|couple|group)( of)\b/i;

/** Where the span is inside a phrase that only makes sense whole ("a pair of"), the sentence with that phrase changed. */
function wholeSentence(span: FlaggedSpan, request: RewriteRequest, tried: ReadonlySet<string>): SpanEdit[] {
  const [start, end] = span.sentence;
  const sentence = request.response.slice(start, end);
  const unit = units.exec(sentence);
  if (!unit || !/^(a|pair|couple|group|a pair|a couple|a group)( of)?$/i.test(span.text)) return [];
  const [at, stop] = [start + unit.index, start + unit.index + unit[0].length];
  if (span.start < at || span.end > stop || (span.start === at && /^a (pair|couple|group)( of)?$/i.test(span.text)))
    return [];
  return ['one', 'three', 'four', 'five', 'six']
    .map((count) => sentence.slice(0, unit.index) + count + sentence.slice(unit.index + unit[0].length))
    .filter((text) => !tried.has(text))
    .map((replacement) => ({ span: span.id, replacement, sentence: true }));
}
