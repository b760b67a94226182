import { splitWords } from '../src/text/words.js';
import { wrongSpans, wrongWords } from './agreement.js';
import type { AnnotationRecord } from './formats/record.js';
import { type ItemRecords, toRecord } from './records.js';
import { type Mark, overlaps } from './work.js';

/**
 * One record for what several people said about an answer: the adjudicated one, where there is one; else each word is wrong
 * where more than half say so. A span keeps its ends and its replacement where more than half gave the same. Where half
 * stands against half the record stays `open` and has no labels: somebody must adjudicate.
 */
export function consensusOf({ item, records }: ItemRecords): AnnotationRecord | undefined {
  const judged = records.findLast(({ role, status }) => role === 'adjudicate' && status === 'done');
  if (judged) return judged;
  const votes = records.filter(({ role, status }) => role === 'annotate' && status === 'done');
  const [only] = votes;
  if (!only || votes.length === 1) return only;
  const isMost = (count: number) => count * 2 > votes.length;
  const said = votes.map((vote) => wrongWords(item.response, wrongSpans(vote)));
  const counts = splitWords(item.response).map((word, at) => ({
    ...word,
    count: said.filter((wrong) => wrong[at]).length,
  }));
  const marks: Mark[] = [];
  const all = votes.flatMap(({ spans }) => spans.filter(({ label }) => label === 'hallucinated'));
  for (const { start, end, text, source } of all) {
    const same = all.filter((other) => other.start === start && other.end === end);
    if (!isMost(same.length) || marks.some((mark) => overlaps(mark, { start, end }))) continue;
    const most = <T>(values: readonly (T | undefined)[]) =>
      values.find((value) => value !== undefined && isMost(values.filter((other) => other === value).length));
    const replacement = most(same.map((span) => span.replacement));
    const type = most(same.map((span) => span.type));
    const severity = most(same.map((span) => span.severity));
    marks.push({
      start,
      end,
      text,
      source,
      decision: 'wrong',
      ...(replacement === undefined ? {} : { replacement }),
      ...(type === undefined ? {} : { type }),
      ...(severity === undefined ? {} : { severity }),
    });
  }
  let run: Mark | undefined;
  for (const { start, end, count } of counts) {
    const covered = marks.some((mark) => mark !== run && overlaps(mark, { start, end }));
    if (!isMost(count) || covered) run = undefined;
    else if (run) {
      run.end = end;
      run.text = item.response.slice(run.start, end);
    } else {
      run = { start, end, text: item.response.slice(start, end), source: 'person', decision: 'wrong' };
      marks.push(run);
    }
  }
  marks.sort((a, b) => a.start - b.start);
  const tied = counts.some(({ count }) => count * 2 === votes.length);
  const verdicts = votes.map(({ verdict }) => verdict);
  const verdict = (['good', 'bad'] as const).find((one) => isMost(verdicts.filter((other) => other === one).length));
  return toRecord(
    item,
    { marks, verdict: verdict ?? null, status: tied ? 'open' : 'done' },
    { annotator: 'consensus', role: 'consensus', shown: 'flags' },
  );
}
