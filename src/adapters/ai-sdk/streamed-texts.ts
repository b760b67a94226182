import { randomUUID } from 'node:crypto';
import type { TextStream } from '../../agent/text-stream.js';
import { errorMessage } from '../../base/errors.js';
import { whyNotJudged, withholds } from '../../http/correct-answers.js';
import { type CompactReport, untouchedReport, withoutKeys } from '../../http/report.js';
import { streamTexts } from '../../http/stream-texts.js';
import { whyNoText } from './answers.js';
import type { CallSettings } from './call-settings.js';
import type { StreamPart } from './contract.js';

/** The texts of one streamed answer by the ids of their parts. What each method hands out may go on to the reader. */
export interface StreamedTexts {
  /** To be told of every part, in order. */
  note(part: StreamPart): void;
  push(id: string, delta: string): Promise<string>;
  end(id: string): Promise<string>;
  /**
   * What is held back of every text. `pause`: the answer goes on with something else; `end`: it is at its end;
   * `break`: the model's stream failed, and half a JSON text is no text to correct.
   */
  release(why: 'pause' | 'end' | 'break'): Promise<{ id: string; delta: string }[]>;
  /** Notes that the words handed out are with the reader. */
  sent(id: string): void;
  edits(id: string): TextStream['edits'];
  /** The reports of all texts, announced as well. */
  report(): CompactReport[];
}

/** Parts that take a place of their own in the answer. */
const placed =
  /^(?:text-start|reasoning-start|reasoning-file|tool-call|tool-result|tool-approval-request|file|source|custom)$/;

/** @throws (from `push`, `end`, `release`) what must reach the caller in place of the answer. */
export function streamedTexts(settings: CallSettings, signal: AbortSignal): StreamedTexts {
  const { options, mode } = settings;
  const started = performance.now();
  const id = randomUUID();
  const reading = settings.reading();
  const notJudged = whyNotJudged(reading);
  const texts = streamTexts({
    id,
    reading,
    options,
    mode: mode === 'final' ? 'final' : 'sentence',
    alternatives: false,
    signal,
  });
  const choices = new Map<string, number>();
  const types: string[] = [];
  let finish = 'other';

  /** Runs a step of one text; a failure that need not reach the caller lets the words go on as they are. */
  async function step(text: TextStream | undefined, take: (text: TextStream) => Promise<string>): Promise<string> {
    if (text === undefined) return '';
    try {
      return await texts.run(() => take(text));
    } catch (error) {
      if (withholds(error, options)) throw error;
      return text.giveUp('failed', errorMessage(error));
    }
  }

  async function releaseOne(text: TextStream, why: 'pause' | 'end' | 'break'): Promise<string> {
    if (why === 'pause') return text.pause();
    const halfJson = why === 'break' && (reading.structured || /^\s*(?:[[{]|```)/.test(text.received));
    return halfJson ? text.giveUp('failed', 'the stream broke off inside a JSON text') : text.end();
  }

  function reports() {
    const made = texts.reports();
    if (notJudged === undefined && made.details.some((report) => report !== null)) {
      return { reports: made.answers, details: made.details };
    }
    const rewriter = typeof options.rewriter === 'function' ? null : options.rewriter.name;
    const about = { id, scorer: options.scorer.name, rewriter, durationMs: performance.now() - started };
    const reason = notJudged ?? whyNoText(types, finish);
    const untouched = (notJudged === undefined || choices.size === 0 ? [0] : [...choices.values()]).map((choice) =>
      untouchedReport({ choice }, 'skipped', reason, about),
    );
    return { reports: untouched, details: untouched.map(() => null) };
  }

  return {
    note(part) {
      if (placed.test(part.type)) types.push(part.type);
      if (part.type === 'text-start') choices.set(part.id ?? '', types.length - 1);
      if (part.type === 'finish') finish = part.finishReason?.unified ?? finish;
    },
    async push(block, delta) {
      if (notJudged !== undefined) return delta;
      if (!choices.has(block)) choices.set(block, choices.size);
      const text = await texts.open({ channel: block, choice: choices.get(block)! });
      return text === undefined ? delta : step(text, (one) => one.push(delta));
    },
    end: (block) => step(texts.get(block), (text) => text.end()),
    async release(why) {
      const held: { id: string; delta: string }[] = [];
      for (const block of choices.keys()) {
        const text = texts.get(block);
        held.push({ id: block, delta: await step(text, (one) => releaseOne(one, why)) });
      }
      return held.filter(({ delta }) => delta !== '');
    },
    sent(block) {
      const text = texts.get(block);
      text?.sent(text.settled);
    },
    edits: (block) => texts.get(block)?.edits ?? [],
    report() {
      const { reports: answers, details } = withoutKeys(reports(), settings.headers);
      settings.announce({ id, answers, details });
      return answers;
    },
  };
}
