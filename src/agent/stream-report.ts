import { randomUUID } from 'node:crypto';
import { addCalls, addUsage, noUsage } from '../models/price.js';
import type { Usage } from '../rewriters/rewriter.js';
import { type Judged, judgedWords } from '../text/content-words.js';
import { splitWords } from '../text/words.js';
import type { AppliedEdit, CorrectionResult, CorrectionStatus, CorrectOptions } from './correction.js';

/** How the reason begins where a scorer does not judge the pictures at all. */
export const scorerAbstained = 'the scorer abstained';

/** A part of a streamed text that was judged at once: a sentence, mostly. */
export interface Piece {
  /** Where it stands in the model's text. */
  start: number;
  end: number;
  /** Where it stands in the corrected text. */
  outputStart: number;
  text: string;
  /** With offsets of the model's text. */
  edits: AppliedEdit[];
  /** Null where it was not judged. */
  result: CorrectionResult | null;
  /** When its last character came, when it was judged, and when it went out: milliseconds since the stream began. */
  arrivedMs: number;
  settledMs: number;
  sentMs?: number;
}

/**
 * The corrected words for a range of the model's text. Ranges that add up to the text give words that add up to the
 * corrected text: new words stand where the words that they replace began.
 */
export function rewriteRange(text: string, pieces: readonly Piece[], start: number, end: number): string {
  let out = '';
  let at = start;
  for (const piece of piecesIn(pieces, start, end)) {
    for (const edit of piece.edits) {
      const owner = edit.start < edit.end || edit.start < piece.end ? edit.start : edit.start - 1;
      if (owner >= end) break;
      if (owner >= start) {
        out += text.slice(at, edit.start) + edit.to;
        at = edit.start;
      }
      at = Math.max(at, Math.min(edit.end, end));
    }
  }
  return out + text.slice(at, end);
}

function piecesIn(pieces: readonly Piece[], start: number, end: number): Piece[] {
  const found: Piece[] = [];
  for (let index = pieces.length - 1; index >= 0; index--) {
    const piece = pieces[index]!;
    if (piece.end <= start) break;
    if (piece.start < end) found.unshift(piece);
  }
  return found;
}

/** What holding a stream back has cost. */
export interface StreamTiming {
  mode: 'sentence' | 'final';
  /** From the start of the stream until the first judged sentence went out, in milliseconds; null where none did. */
  firstSentenceMs: number | null;
  /** Each judged part of the text, with UTF-16 offsets in the corrected text. */
  sentences: {
    start: number;
    end: number;
    /** From the arrival of its last character until it went out, in milliseconds. */
    addedMs: number;
  }[];
}

/** Worst first: the status of a stream is the worst of its sentences'. */
const order: readonly CorrectionStatus[] = [
  'failed',
  'aborted',
  'budget',
  'max-rounds',
  'no-progress',
  'clean',
  'skipped',
];

/** The results of the parts of a text as one result. Rounds keep the offsets of their own `response`. */
export function joinPieces(
  original: string,
  response: string,
  pieces: readonly Piece[],
  about: {
    gaveUp: { status: CorrectionStatus; reason: string } | undefined;
    options: CorrectOptions;
    mode: StreamTiming['mode'];
  },
): { result: CorrectionResult; timing: StreamTiming } {
  const { gaveUp, options, mode } = about;
  const judged = pieces.flatMap((piece) => (piece.result ? [{ piece, report: piece.result.report }] : []));
  const endings = [...judged.map(({ report }) => report), ...(gaveUp ? [gaveUp] : [])].sort(
    (a, b) => order.indexOf(a.status) - order.indexOf(b.status),
  );
  const ending = endings[0] ?? { status: 'skipped' as const, reason: 'the answer is empty' };
  const usage: Usage = { inputTokens: 0, outputTokens: 0 };
  for (const { report } of judged) addUsage(usage, report.usage);
  const asked = noUsage();
  for (const { report } of judged) if (report.asked) addCalls(asked, report.asked);
  const method = judged.find(({ report }) => report.method)?.report.method;
  const bound = judged.find(({ report }) => report.bound)?.report.bound;
  const limits = [...new Set(judged.flatMap(({ report }) => report.limits ?? []))];
  const evidence = judged.find(({ report }) => report.evidence)?.report.evidence;
  const error = judged.find(({ report }) => report.error)?.report.error;
  const result: CorrectionResult = {
    original,
    response,
    status: ending.status,
    report: {
      id: randomUUID(),
      status: ending.status,
      ...(ending.reason === undefined ? {} : { reason: ending.reason }),
      threshold: judged[0]?.report.threshold ?? options.threshold ?? options.scorer.threshold ?? 0.5,
      scorer: judged[0]?.report.scorer ?? options.scorer.name,
      rewriter: options.rewriter.name,
      rounds: judged.flatMap(({ report }) => report.rounds),
      edits: pieces.flatMap((piece): AppliedEdit[] => piece.edits),
      unresolved: judged.flatMap(({ piece, report }) => report.unresolved.map((s) => shiftSpan(s, piece.outputStart))),
      before: judged.flatMap(({ piece, report }) => report.before.map((token) => shiftRange(token, piece.start))),
      after: judged.flatMap(({ piece, report }) => report.after.map((token) => shiftRange(token, piece.outputStart))),
      coverage: coverageOf(pieces),
      judged: judgedIn(pieces),
      ...(limits.length > 0 ? { limits } : {}),
      ...(evidence ? { evidence } : {}),
      usage,
      ...(asked.calls > 0 ? { asked } : {}),
      ...(method === undefined ? {} : { method }),
      ...(bound === undefined ? {} : { bound }),
      durationMs: judged.reduce((sum, { report }) => sum + report.durationMs, 0),
      ...(error ? { error } : {}),
    },
  };
  result.report.unresolved.forEach((span, index) => {
    span.id = index + 1;
  });
  const out = ({ sentMs, settledMs }: Piece) => sentMs ?? settledMs;
  const first = judged[0]?.piece;
  const timing: StreamTiming = {
    mode,
    firstSentenceMs: first ? out(first) : null,
    sentences: judged.map(({ piece }) => ({
      start: piece.outputStart,
      end: piece.outputStart + piece.text.length,
      addedMs: Math.max(0, out(piece) - piece.arrivedMs),
    })),
  };
  return { result, timing };
}

/** Of the words of the parts: those of a part that was not judged are all there. */
function coverageOf(pieces: readonly Piece[]): number {
  let [words, kept] = [0, 0];
  for (const { result, text } of pieces) {
    const count = splitWords(result?.original ?? text).length;
    words += count;
    kept += count * (result?.report.coverage ?? 1);
  }
  return words === 0 ? 1 : kept / words;
}

function judgedIn(pieces: readonly Piece[]): Judged {
  const each = pieces.map(({ result, text }) => result?.report.judged ?? judgedWords(text, []));
  return { words: each.reduce((sum, { words }) => sum + words, 0), of: each.reduce((sum, { of }) => sum + of, 0) };
}

export function shiftRange<T extends { start: number; end: number }>(item: T, by: number): T {
  return { ...item, start: item.start + by, end: item.end + by };
}

export function shiftSpan<T extends { start: number; end: number; sentence: [number, number] }>(
  span: T,
  by: number,
): T {
  return { ...shiftRange(span, by), sentence: [span.sentence[0] + by, span.sentence[1] + by] };
}
