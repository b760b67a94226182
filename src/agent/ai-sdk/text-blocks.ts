import { errorMessage } from '../../errors.js';
import type { CorrectionReport } from '../correction.js';
import { type CompactReport, compactReport, untouchedReport } from '../http/compact-report.js';
import { whyNotJudged, withholds } from '../http/correct-answers.js';
import type { CallReading } from '../http/protocol.js';
import { withinCorrection } from '../http/reentrancy.js';
import { schemaValidator, whyNotStructured } from '../http/structured-answer.js';
import { type TextStream, textStream } from '../text-stream.js';
import { whyNoText } from './answers.js';
import type { CallSettings } from './call-settings.js';

/** A text of the stream, under the id that the model gave it. */
interface TextBlock {
  /** Its place among the parts of the answer, as `generateText` would number them. */
  choice: number;
  text: TextStream;
}

/** The texts of one streamed answer, each corrected by itself. */
export interface TextBlocks {
  open(id: string, choice: number): Promise<void>;
  /** What may go on now. An id that was never opened is not ours: its words go on as they are. */
  push(id: string, delta: string): Promise<string>;
  end(id: string): Promise<string>;
  /** What is held back of every text, by id: the answer goes on with something else, or breaks off. */
  pauseAll(): Promise<{ id: string; delta: string }[]>;
  /** Notes that the words handed out are with the reader. */
  sent(id: string): void;
  edits(id: string): TextStream['edits'];
  reports(about: { id: string; types: readonly string[]; finish: string }): {
    reports: CompactReport[];
    details: (CorrectionReport | null)[];
  };
}

/** @throws (from every method that hands out words) what must reach the caller in place of the answer. */
export function textBlocks(
  reading: CallReading,
  settings: CallSettings,
  json: boolean,
  signal: AbortSignal,
): TextBlocks {
  const { rewriter: rewriterOf, ...options } = settings.options;
  const mode = settings.mode === 'final' ? 'final' : 'sentence';
  const notJudged = whyNotJudged(reading);
  const blocks = new Map<string, TextBlock>();
  let failed: string | undefined;

  /** Runs a step of one text; a failure that need not reach the caller lets the words go on as they are. */
  async function step(block: TextBlock | undefined, take: (text: TextStream) => Promise<string>): Promise<string> {
    if (block === undefined) return '';
    try {
      return await withinCorrection(() => take(block.text));
    } catch (error) {
      if (withholds(error, options)) throw error;
      return block.text.giveUp('failed', errorMessage(error));
    }
  }

  return {
    async open(id, choice) {
      if (notJudged !== undefined || failed !== undefined) return;
      try {
        const rewriter = typeof rewriterOf === 'function' ? await rewriterOf({ model: reading.model! }) : rewriterOf;
        const satisfies = await schemaValidator(reading.schema);
        const text = textStream(
          { images: reading.images, ...(reading.prompt === undefined ? {} : { prompt: reading.prompt }), signal },
          {
            ...options,
            rewriter,
            mode,
            structured: json,
            validateFor: (original) => {
              const { validate } = options;
              if (satisfies === undefined || !satisfies(tryParse(original))) return validate;
              return (value) => satisfies(value) && (validate?.(value) ?? true);
            },
            guard: (original, corrected) => whyNotStructured(original, corrected, satisfies),
          },
        );
        blocks.set(id, { choice, text });
      } catch (error) {
        if (withholds(error, options)) throw error;
        failed = errorMessage(error);
      }
    },
    async push(id, delta) {
      const block = blocks.get(id);
      return block === undefined ? delta : step(block, (text) => text.push(delta));
    },
    end: (id) => step(blocks.get(id), (text) => text.end()),
    async pauseAll() {
      const held: { id: string; delta: string }[] = [];
      for (const [id, block] of blocks) held.push({ id, delta: await step(block, (text) => text.pause()) });
      return held.filter(({ delta }) => delta !== '');
    },
    sent(id) {
      const text = blocks.get(id)?.text;
      text?.sent(text.settled);
    },
    edits: (id) => blocks.get(id)?.text.edits ?? [],
    reports({ id, types, finish }) {
      const texts = [...blocks.values()].filter(({ text }) => text.received.trim() !== '');
      if (texts.length === 0) {
        const named = typeof rewriterOf === 'function' ? null : rewriterOf.name;
        const about = { id, scorer: options.scorer.name, rewriter: named, durationMs: 0 };
        const reason = failed ?? notJudged ?? whyNoText(types, finish);
        const status = failed === undefined ? 'skipped' : 'failed';
        return { reports: [untouchedReport({ choice: 0 }, status, reason, about)], details: [null] };
      }
      const done = texts.map(({ choice, text }) => ({ choice, ...text.result() }));
      return {
        reports: done.map(({ choice, result, timing }) => ({ ...compactReport(id, { choice }, result), timing })),
        details: done.map(({ result }) => result.report),
      };
    },
  };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
