import { DetectiveError } from '../base/errors.js';
import type { ImageInput } from '../image/image-input.js';
import { correct } from './correct.js';
import type {
  AppliedEdit,
  Budget,
  CorrectionEvent,
  CorrectionResult,
  CorrectionStatus,
  CorrectOptions,
} from './correction.js';
import {
  joinPieces,
  type Piece,
  rewriteRange,
  type StreamTiming,
  scorerAbstained,
  shiftRange,
  shiftSpan,
} from './stream-report.js';

export type { StreamTiming } from './stream-report.js';

/**
 * How a stream is corrected. `sentence`: each sentence is held back until it has been judged and corrected, then sent.
 * `final`: the whole text is held back and corrected at its end. `off`: nothing is done.
 */
export type StreamMode = 'sentence' | 'final' | 'off';

export interface TextStreamOptions extends CorrectOptions {
  /** Default `sentence`. A text that begins like JSON or a fence, or that `structured` says is JSON, is held whole. */
  mode?: 'sentence' | 'final';
  structured?: boolean;
  /** For a text held whole: what `validate` is for it. */
  validateFor?: (text: string) => CorrectOptions['validate'];
  /** What has been used of the budget, where several texts share it. */
  spent?: Spent;
  /** Why a corrected text must not go out; then the model's own does, with status `failed`. */
  guard?: (original: string, corrected: string) => string | undefined;
}

/** Use of a budget: rewriter tokens, US dollars, and milliseconds of correction. */
export interface Spent {
  tokens: number;
  cost: number;
  timeMs: number;
}

/** One text that is corrected while it comes in. Offsets are UTF-16, of the model's text. */
export interface TextStream {
  /** Takes in the next words of the model. Resolves, once what is complete has been judged, with what may be sent now. */
  push(delta: string): Promise<string>;
  /** Judges what is held back as it is: the text breaks off here for something else, and may go on later. */
  pause(): Promise<string>;
  /** Judges what is held back: the text is at its end. */
  end(): Promise<string>;
  /** From now on nothing is judged; what is held back may be sent as the model gave it. */
  giveUp(status: 'skipped' | 'failed' | 'aborted', reason: string): string;
  /** The model's text so far. */
  readonly received: string;
  /** How much of it has been judged and may be sent. */
  readonly settled: number;
  /** The corrected words that stand for a part of the settled text. The parts of a text add up to the corrected text. */
  rewritten(start: number, end: number): string;
  /** Every change so far, in order. */
  readonly edits: readonly AppliedEdit[];
  /** Notes that the text is with the client up to an offset, for the delays in the report. */
  sent(upTo: number): void;
  /** What was done so far, as if the text was one answer. `timing` is in milliseconds since the stream was made. */
  result(): { result: CorrectionResult; timing: StreamTiming };
}

/** A text is judged no further. */
const longestText = 1 << 20;
/** Behind so many characters the report holds no rewards and rounds any more: they take a hundred times a text's room. */
const detailed = 1 << 15;
/** What a sentence, or what stands in its place, can end or begin with. */
const endOfSentence = /[^\p{L}\p{M}\p{N} ,'’-]/u;
/** So many characters without such a mark end none. */
const aWhile = 64;
/** Longer than this only code and reasoning are held, and text without a space. */
const longSentence = 2000;
/** After so many sentences in a row on which a part failed for good, it is not asked again. */
const failuresInARow = 2;

/**
 * Corrects a text while it is being written. What has been handed out is never taken back: it is the fixed context
 * (`preceding`) in which the next sentence is judged. The budget is that of the whole text.
 *
 * @throws (from `push`, `pause`, `end`) what `correct` throws: with `failClosed`, `onUnresolved: 'throw'`, bad arguments.
 */
export function textStream(
  request: { images: ImageInput[]; prompt?: string; signal?: AbortSignal },
  options: TextStreamOptions,
): TextStream {
  const { mode = 'sentence', structured = false, validateFor, guard, spent = nothingSpent(), ...rest } = options;
  const born = performance.now();
  const now = () => performance.now() - born;
  const pieces: Piece[] = [];
  const arrivals: { end: number; at: number }[] = [];
  let received = '';
  let settled = 0;
  let output = '';
  let gaveUp: { status: CorrectionStatus; reason: string } | undefined;
  let failures = 0;
  let whole = mode === 'final' || structured;
  let opened = false;
  let askedAt = 0;

  /** Whether the words that are held may be whole sentences now. To look costs as much as they are long. */
  function mayComplete(delta: string): boolean {
    const held = received.length - settled;
    const since = received.length - Math.max(askedAt, settled);
    if (held > longSentence) return since >= held / 32;
    return since >= aWhile || endOfSentence.test(received.slice(-(delta.length + aWhile)));
  }

  const handOut = (end: number, piece: Omit<Piece, 'start' | 'end' | 'outputStart' | 'arrivedMs' | 'settledMs'>) => {
    const arrival = arrivals.find((one) => one.end >= end);
    while (arrivals.length > 0 && arrivals[0]!.end < end) arrivals.shift();
    pieces.push({
      ...piece,
      start: settled,
      end,
      outputStart: output.length,
      arrivedMs: arrival?.at ?? now(),
      settledMs: now(),
    });
    settled = end;
    output += piece.text;
    return piece.text;
  };
  const asItIs = (end: number) => handOut(end, { text: received.slice(settled, end), edits: [], result: null });

  async function settle(end: number): Promise<string> {
    if (end <= settled) return '';
    const original = received.slice(settled, end);
    if (gaveUp || !/[\p{L}\p{N}]/u.test(original)) return asItIs(end);
    if (end > longestText) {
      const reason = `the text is longer than ${longestText} characters`;
      if (options.failClosed) throw new DetectiveError('bad-input', `${reason}: it is not judged any further`);
      gaveUp = { status: 'failed', reason };
      return asItIs(end);
    }
    const [from, outputFrom] = [settled, output.length];
    const budget = remaining(options.budget, spent);
    const validate = validateFor?.(original) ?? options.validate;
    const result = await correct(
      {
        images: request.images,
        response: original,
        ...(request.prompt === undefined ? {} : { prompt: request.prompt }),
        ...(output === '' ? {} : { preceding: output }),
        ...(request.signal ? { signal: request.signal } : {}),
      },
      {
        ...rest,
        ...(budget ? { budget } : {}),
        ...(validate ? { validate } : {}),
        onEvent: (event) => forward(event, outputFrom),
      },
    );
    spend(spent, result);
    const broken = guard?.(original, result.response);
    if (broken !== undefined) {
      result.status = 'failed';
      Object.assign(result.report, { status: 'failed', reason: broken, edits: [], after: result.report.before });
      result.response = original;
    }
    stopIfUseless(result);
    if (from > detailed) dropDetails(result);
    const edits = result.report.edits.map((edit) => ({ ...edit, start: edit.start + from, end: edit.end + from }));
    return handOut(end, { text: result.response, edits, result });
  }

  /** A scorer that abstains, or an abort, says something about all that follows; one odd sentence does not. */
  function stopIfUseless({ status, report }: CorrectionResult): void {
    failures = status === 'failed' ? failures + 1 : 0;
    const foregone = status === 'skipped' && (report.reason ?? '').startsWith(scorerAbstained);
    if (foregone || status === 'aborted' || failures >= failuresInARow)
      gaveUp = { status, reason: report.reason ?? status };
  }

  function forward(event: CorrectionEvent, shift: number): void {
    if (event.type === 'done') return;
    options.onEvent?.(shifted(event, shift));
  }

  return {
    async push(delta) {
      if (delta === '') return '';
      received += delta;
      arrivals.push({ end: received.length, at: now() });
      if (gaveUp) return settle(received.length);
      if (!opened && /\S/.test(received)) {
        opened = true;
        whole ||= /^\s*(?:[[{]|```)/.test(received);
      }
      if (whole || !mayComplete(delta)) return '';
      askedAt = received.length;
      const { completeLength } = await import('../text/view/complete-length.js');
      return settle(settled + completeLength(received.slice(settled)));
    },
    pause: () => (whole && !gaveUp ? Promise.resolve('') : settle(received.length)),
    end: () => settle(received.length),
    giveUp(status, reason) {
      gaveUp ??= { status, reason };
      return settled < received.length ? asItIs(received.length) : '';
    },
    get received() {
      return received;
    },
    get settled() {
      return settled;
    },
    rewritten: (start, end) => rewriteRange(received, pieces, start, end),
    get edits() {
      return pieces.flatMap((piece) => piece.edits);
    },
    sent(upTo) {
      for (let index = pieces.length - 1; index >= 0; index--) {
        const piece = pieces[index]!;
        if (piece.sentMs !== undefined) return;
        if (piece.end <= upTo) piece.sentMs = now();
      }
    },
    result() {
      return joinPieces(received.slice(0, settled), output, pieces, { gaveUp, options, mode });
    },
  };
}

function dropDetails({ report }: CorrectionResult): void {
  const limits = new Set(report.limits).add(`rewards and rounds are reported for the first ${detailed} characters`);
  Object.assign(report, { rounds: [], before: [], after: [], limits: [...limits] });
}

export const nothingSpent = (): Spent => ({ tokens: 0, cost: 0, timeMs: 0 });

function spend(spent: Spent, { report }: CorrectionResult): void {
  spent.tokens += report.usage.inputTokens + report.usage.outputTokens;
  spent.cost += report.usage.cost ?? 0;
  spent.timeMs += report.durationMs;
}

function remaining(budget: Budget | undefined, spent: Spent): Budget | undefined {
  if (!budget) return undefined;
  const { tokens, cost, timeMs } = budget;
  return {
    ...(tokens === undefined ? {} : { tokens: Math.max(0, tokens - spent.tokens) }),
    ...(cost === undefined ? {} : { cost: Math.max(0, cost - spent.cost) }),
    ...(timeMs === undefined ? {} : { timeMs: Math.max(0, timeMs - spent.timeMs) }),
  };
}

/** The event with its offsets in the whole corrected text. */
function shifted(event: CorrectionEvent, by: number): CorrectionEvent {
  if (event.type === 'scored') return { ...event, tokens: event.tokens.map((token) => shiftRange(token, by)) };
  if (event.type === 'flagged') return { ...event, spans: event.spans.map((span) => shiftSpan(span, by)) };
  const moves = event.type === 'accepted' || event.type === 'reverted';
  return moves ? { ...event, span: shiftSpan(event.span, by) } : event;
}
