import { likeCase } from '../../text/capital.js';
import { asksForTally } from '../../text/claims/answered.js';
import { talliesIn } from '../../text/claims/tallies.js';
import type { FlaggedSpan, SpanEdit } from '../../text/flagged-span.js';
import { numberWords, parseCount } from '../../text/lexicon/numbers.js';
import { spliceEdits } from '../../text/splice.js';
import type { RewriteRequest } from '../rewriter.js';
import type { Knowledge } from './knowledge.js';

const opposites: Readonly<Record<string, string>> = { more: 'fewer', fewer: 'more', less: 'more' };
/** What is seen less surely is not counted. */
const sure = 0.4;

/**
 * Edits of how many things or kinds there are in all, and of which there are more: what was seen, counted. Null where the
 * span holds no such word.
 */
export function tallyEdits(span: FlaggedSpan, request: RewriteRequest, knowledge: Knowledge): SpanEdit[] | null {
  const sentence = request.response.slice(...span.sentence);
  const [from, to] = [span.start - span.sentence[0], span.end - span.sentence[0]];
  const word = /^\W*(more|fewer|less|[a-z]+|\d{1,2})\W*$/i.exec(sentence)?.[1];
  const asked = word === undefined || request.prompt === undefined ? null : asksForTally(request.prompt);
  const tally = talliesIn(sentence).find(({ start, end }) => start < to && from < end);
  const text = tally?.text ?? word;
  if (text === undefined || !(tally || asked || opposites[text.toLowerCase()])) return null;
  const start = tally?.start ?? sentence.indexOf(text);
  const put = (replacement: string): SpanEdit => {
    const said = likeCase(replacement, text);
    if (start === from && text.length === to - from) return { span: span.id, replacement: said };
    const here: FlaggedSpan = { ...span, id: 1, start, end: start + text.length, text, sentence: [0, sentence.length] };
    return {
      span: span.id,
      replacement: spliceEdits(sentence, [here], [{ span: 1, replacement: said }]).text,
      sentence: true,
    };
  };
  const opposite = opposites[text.toLowerCase()];
  if (opposite) return [put(opposite)];
  const seen = knowledge.seen.filter(({ confidence }) => confidence >= sure);
  const isKinds = (tally?.kind ?? asked) === 'kinds';
  const count = isKinds ? seen.length : seen.reduce((sum, one) => sum + one.count, 0);
  if (count === 0 || count === parseCount(text)) return [];
  return [put(/\d/.test(text) ? String(count) : (numberWords[count] ?? String(count)))];
}
