import type { CorrectionReport } from '../agent/correction.js';
import { nothingSpent, type Spent, type TextStream, textStream } from '../agent/text-stream.js';
import { errorMessage } from '../base/errors.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import {
  type CallReading,
  type ChannelName,
  type EventReading,
  type OtherContent,
  whyNoText,
} from '../wire/protocol.js';
import { type AnswerOptions, leafValidation, withholds } from './correct-answers.js';
import { withinCorrection } from './reentrancy.js';
import { type CompactReport, compactReport, untouchedReport } from './report.js';
import { schemaValidator, whyNotStructured } from './structured-answer.js';

/** An answer has no more texts than this; the rest is passed on as it is. */
const mostTexts = 256;

export interface StreamTextOptions {
  id: string;
  reading: CallReading;
  options: AnswerOptions;
  mode: 'sentence' | 'final';
  /** Whether the choices are alternatives to each other (`n` > 1), not parts of one answer. */
  alternatives: boolean;
  signal: AbortSignal;
}

/** The texts of one streamed answer, each corrected by itself within one shared budget. */
export interface StreamTexts {
  /** The text of a channel, opened where it is new; undefined for one too many. */
  open(name: ChannelName, whole?: boolean): Promise<TextStream | undefined>;
  get(channel: string): TextStream | undefined;
  /** Takes in words of a text that is open. One whose end was told too early goes on, to the end of the stream. */
  push(channel: string, words: string): Promise<void>;
  /** Notes what an event says of its choices. */
  note(choices: EventReading['choices']): void;
  /** Runs one of the texts' own calls, marked as a correction. */
  run<T>(work: () => Promise<T>): Promise<T>;
  end(channels: readonly string[] | 'all'): Promise<void>;
  /** Lets everything that is held back go as it is, and judges nothing more. */
  giveUp(status: 'failed' | 'aborted', reason: string): void;
  /** Whether every text is at its end, and whether a word of any is another now. */
  readonly ended: boolean;
  readonly changed: boolean;
  reports(): { answers: CompactReport[]; details: (CorrectionReport | null)[] };
}

export function streamTexts({ id, reading, options, mode, alternatives, signal }: StreamTextOptions): StreamTexts {
  const started = performance.now();
  const texts = new Map<string, { choice: number; text: TextStream; ended: boolean; wentOn: boolean }>();
  const choices = new Map<number, OtherContent | undefined>();
  const spent: Spent = nothingSpent();
  let gaveUp: { status: 'failed' | 'aborted'; reason: string } | undefined;
  let parts: Promise<{ rewriter: Rewriter; satisfies: ((value: unknown) => boolean) | undefined }> | undefined;

  async function prepare() {
    const { rewriter: rewriterOf } = options;
    const about = reading.model === undefined ? {} : { model: reading.model };
    const rewriter = typeof rewriterOf === 'function' ? await rewriterOf(about) : rewriterOf;
    return { rewriter, satisfies: await schemaValidator(reading.schema) };
  }

  /** Stands in for a rewriter that could not be made: it is never asked. */
  const noRewriter: Rewriter = { name: 'none', rewrite: async () => ({ edits: [] }) };

  async function make(whole: boolean): Promise<TextStream> {
    parts ??= withinCorrection(prepare);
    let failure: string | undefined;
    const { rewriter, satisfies } = await parts.catch((error: unknown) => {
      if (withholds(error, options)) throw error;
      failure = errorMessage(error);
      return { rewriter: noRewriter, satisfies: undefined };
    });
    const text = textStream(
      { images: reading.images, signal, ...(reading.prompt === undefined ? {} : { prompt: reading.prompt }) },
      {
        ...options,
        rewriter,
        spent,
        mode: whole ? 'final' : mode,
        structured: reading.structured,
        validateFor: (answer) => leafValidation(options, [{ text: answer }], satisfies).validate,
        guard: (original, corrected) => whyNotStructured(original, corrected, satisfies),
      },
    );
    const why = gaveUp ?? (failure === undefined ? undefined : { status: 'failed' as const, reason: failure });
    if (why) text.giveUp(why.status, why.reason);
    return text;
  }

  const untouched = (choice: number, other: OtherContent | undefined) => {
    const rewriter = typeof options.rewriter === 'function' ? null : options.rewriter.name;
    const about = { id, scorer: options.scorer.name, rewriter, durationMs: performance.now() - started };
    const reason = other ? whyNoText[other] : (gaveUp?.reason ?? 'the answer is empty');
    return untouchedReport({ choice }, other ? 'skipped' : (gaveUp?.status ?? 'skipped'), reason, about);
  };

  /** Choices without a text. Where all is one answer (`alternatives` false), only an answer without any text is one. */
  function othersOf(reported: ReadonlySet<number>): [number, OtherContent | undefined][] {
    const others = [...choices].filter(([choice]) => !reported.has(choice));
    if (alternatives && others.length > 0) return others;
    if (reported.size > 0) return [];
    const kinds = Object.keys(whyNoText) as OtherContent[];
    return [[0, kinds.find((kind) => others.some(([, other]) => other === kind))]];
  }

  return {
    async open({ channel, choice }, whole = false) {
      const known = texts.get(channel);
      if (known || texts.size >= mostTexts) return known?.text;
      const text = await make(whole);
      texts.set(channel, { choice, text, ended: false, wentOn: false });
      return text;
    },
    get: (channel) => texts.get(channel)?.text,
    async push(channel, words) {
      const entry = texts.get(channel);
      if (!entry) return;
      entry.wentOn ||= entry.ended;
      entry.ended = false;
      await entry.text.push(words);
    },
    note(seen) {
      for (const { choice, other } of seen)
        if (choices.get(choice) === undefined && choices.size < mostTexts) choices.set(choice, other);
    },
    run: (work) => withinCorrection(work),
    async end(channels) {
      for (const [channel, entry] of texts) {
        if (entry.ended || (channels !== 'all' && (entry.wentOn || !channels.includes(channel)))) continue;
        entry.ended = true;
        await withinCorrection(() => entry.text.end());
      }
    },
    giveUp(status, reason) {
      gaveUp = { status, reason };
      for (const { text } of texts.values()) text.giveUp(status, reason);
    },
    get ended() {
      return [...texts.values()].every((entry) => entry.ended);
    },
    get changed() {
      return [...texts.values()].some(({ text }) => text.edits.length > 0);
    },
    reports() {
      const answers: CompactReport[] = [];
      const details: (CorrectionReport | null)[] = [];
      const inOrder = [...texts.values()].sort((a, b) => a.choice - b.choice);
      const withText = inOrder.filter(({ text }) => text.received.trim() !== '');
      for (const { choice, text } of withText) {
        const { result, timing } = text.result();
        answers.push({ ...compactReport(id, { choice }, result), stream: timing });
        details.push(result.report);
      }
      const reported = new Set(withText.map(({ choice }) => choice));
      for (const [choice, other] of othersOf(reported)) {
        answers.push(untouched(choice, other));
        details.push(null);
      }
      return { answers, details };
    },
  };
}
