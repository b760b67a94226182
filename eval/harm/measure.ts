import { correct } from '../../src/agent/correct.js';
import type { CorrectionResult } from '../../src/agent/correction.js';
import { errorMessage } from '../../src/base/errors.js';
import { mapInOrder } from '../../src/base/in-order.js';
import type { Rewriter } from '../../src/rewriters/rewriter.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import type { AppliedEdit } from '../../src/text/applied-edit.js';
import { diffWords } from '../../src/text/edits.js';
import { wordRewards } from '../../src/text/words.js';
import type { HarmItem } from './items.js';

/**
 * What became of an answer. A true one is `kept` or `changed`. One with an error comes out `exact` (just right),
 * `removed` (the wrong words, or their sentence, are gone and no other sentence is touched), `wrong` (another text that is not right), or `left` as it was.
 * `failed`: a part failed for good.
 */
export type HarmOutcome = 'kept' | 'changed' | 'exact' | 'removed' | 'wrong' | 'left' | 'failed';

/** Edits as in grammatical error correction: those made that are right, those made that are not, those not made. */
export interface EditCounts {
  right: number;
  spurious: number;
  missed: number;
}

export interface HarmRecord {
  id: string;
  picture: string;
  dress: string;
  family: string;
  error?: string;
  outcome: HarmOutcome;
  /** Of the correction: clean, no-progress, … */
  status: string;
  original: string;
  response: string;
  edits: AppliedEdit[];
  counts: EditCounts;
  /** Words of the answer that the scorer gave a reward, and all of them. */
  judged: { words: number; of: number };
  /** Answers that the scorer was given for this correction, the first reading among them. */
  passes: number;
  failure?: string;
}

export interface HarmRun {
  scorer: Scorer;
  rewriter: Rewriter;
  threshold?: number;
  maxRounds?: number;
  concurrency: number;
  onRecord?: (record: HarmRecord) => void;
}

/** Corrects every item. The records are in the order of the items. */
export async function measureHarm(items: AsyncIterable<HarmItem>, run: HarmRun): Promise<HarmRecord[]> {
  const records: HarmRecord[] = [];
  for await (const record of mapInOrder(items, run.concurrency, (item) => measureItem(item, run))) {
    records.push(record);
    run.onRecord?.(record);
  }
  return records;
}

async function measureItem(item: HarmItem, run: HarmRun): Promise<HarmRecord> {
  const { id, picture, dress, family, error, response, image, prompt } = item;
  const counter = { passes: 0 };
  const about = { id, picture, dress, family, ...(error === undefined ? {} : { error }), original: response };
  try {
    const result = await correct(
      { images: [image], response, ...(prompt === undefined ? {} : { prompt }) },
      {
        scorer: counting(run.scorer, counter),
        rewriter: run.rewriter,
        ...(run.threshold === undefined ? {} : { threshold: run.threshold }),
        ...(run.maxRounds === undefined ? {} : { maxRounds: run.maxRounds }),
      },
    );
    const isFailure = result.status === 'failed';
    return {
      ...about,
      outcome: isFailure ? 'failed' : outcomeOf(item, result.response),
      status: result.status,
      response: result.response,
      edits: diffWords(response, result.response),
      counts: editCounts(item, result.response),
      judged: judgedWords(result),
      passes: counter.passes,
      ...(isFailure ? { failure: result.report.reason ?? 'failed' } : {}),
    };
  } catch (thrown) {
    return {
      ...about,
      outcome: 'failed',
      status: 'failed',
      response,
      edits: [],
      counts: editCounts(item, response),
      judged: { words: 0, of: 0 },
      passes: counter.passes,
      failure: errorMessage(thrown),
    };
  }
}

function counting(scorer: Scorer, counter: { passes: number }): Scorer {
  const { scoreBatch } = scorer;
  return {
    ...scorer,
    score: (request) => {
      counter.passes++;
      return scorer.score(request);
    },
    ...(scoreBatch
      ? {
          scoreBatch: (requests) => {
            counter.passes += requests.length;
            return scoreBatch.call(scorer, requests);
          },
        }
      : {}),
  };
}

/** @see HarmOutcome */
export function outcomeOf({ response, right }: Pick<HarmItem, 'response' | 'right'>, corrected: string): HarmOutcome {
  if (right[0] === response) return corrected === response ? 'kept' : 'changed';
  if (right.some((truth) => onOneLine(truth) === onOneLine(corrected))) return 'exact';
  if (corrected === response) return 'left';
  const edits = diffWords(response, corrected);
  const planted = diffWords(response, right[0]);
  const [start, end] = [planted[0]!.start, planted.at(-1)!.end];
  const goes = edits.some((edit) => edit.start <= start && edit.end >= end && edit.to.trim() === '');
  const first = Math.max(...['.', '!', '?', '\n'].map((mark) => response.lastIndexOf(mark, start - 1))) + 1;
  const last = end + /^[^.!?\n]*[.!?\n]?\s*/.exec(response.slice(end))![0].length;
  const isRemoval =
    goes &&
    edits.every(
      (edit) => isGrammar(edit.from, edit.to) || (edit.to.trim() === '' && edit.start >= first && edit.end <= last),
    );
  return isRemoval ? 'removed' : 'wrong';
}

/** A longer word may begin a new line or paragraph in the dress of the right answer: that is no fault of a corrector. */
const onOneLine = (text: string) => text.replace(/\s+/g, ' ');

const grammar = /^(?:an?|the|is|are|it|and|[.,;:!?\s])*$/i;
/** What a deletion brings with it: an article, a verb's number, a sentence's capital. */
const isGrammar = (from: string, to: string) =>
  (grammar.test(from) && grammar.test(to)) || from.toLowerCase() === to.toLowerCase();

/**
 * Edits made against edits needed, as MaxMatch and ERRANT count them: both are whole-word differences from the answer,
 * an edit is right where its place and its replacement are those of a needed one, and of several right answers the one
 * that fits best counts.
 */
export function editCounts({ response, right }: Pick<HarmItem, 'response' | 'right'>, corrected: string): EditCounts {
  const made = diffWords(response, corrected).map(keyOf);
  const counted = right.map((truth) => {
    const needed = diffWords(response, truth).map(keyOf);
    const hits = made.filter((edit) => needed.includes(edit)).length;
    return { right: hits, spurious: made.length - hits, missed: needed.length - hits };
  });
  const misses = ({ spurious, missed }: EditCounts) => spurious + missed;
  return counted.reduce((best, other) =>
    other.right > best.right || (other.right === best.right && misses(other) < misses(best)) ? other : best,
  );
}

const keyOf = ({ start, end, to }: AppliedEdit) => `${start}:${end}:${to}`;

function judgedWords({ original, report }: CorrectionResult): { words: number; of: number } {
  const words = wordRewards(original, report.before);
  return { words: words.filter(({ reward }) => reward !== null).length, of: words.length };
}
