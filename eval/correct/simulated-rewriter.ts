import { pick, seededRandom } from '../../scenes/random.js';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import type { RewriteRequest, Rewriter } from '../../src/rewriters/rewriter.js';
import type { Evidence } from '../../src/scorer/scorer.js';
import { applyEdits, diffWords } from '../../src/text/edits.js';
import type { FlaggedSpan, SpanEdit } from '../../src/text/flagged-span.js';
import { colours } from '../../src/text/lexicon/colours.js';
import { nouns } from '../../src/text/lexicon/nouns.js';
import { spliceEdits } from '../../src/text/splice.js';
import { findTerms } from '../../src/text/terms.js';

/**
 * A rewriter that stands for a model that looks at the picture again and sees each thing rightly with probability
 * `skill`. What it sees rightly it says as the truth has it, and leaves alone where the span is right; of what it does
 * not see it makes a guess of the same kind, wrong or right, and another one when it is asked again. Whether it sees a
 * thing is drawn once for its word and stays so: asking again does not open its eyes.
 *
 * @param truth The answer as it should be.
 * @param skill 0..1
 */
export function simulatedRewriter(truth: string, skill: number, seed: number): Rewriter {
  const guesser = localRewriter();
  return {
    name: `simulated:${skill}`,
    async rewrite(request) {
      const edits: SpanEdit[] = [];
      for (const span of request.spans) {
        const suspect = isWholeSentence(span) ? suspectOf(span, request.response, seed) : span;
        const edit = suspect && (await editOf(suspect, request));
        if (edit) edits.push(suspect === span ? edit : wholeSentence(span, suspect, edit, request.response));
      }
      return { edits };
    },
  };

  async function editOf(span: FlaggedSpan, request: RewriteRequest): Promise<SpanEdit | undefined> {
    const random = seededRandom(seed ^ hashOf(span.text.toLowerCase()));
    if (random() < skill) return rightEdit(span, request, truth);
    const evidence = imagined(seededRandom(seed ^ hashOf(span.text) ^ request.rejected.length));
    const { edits } = await guesser.rewrite({ ...request, evidence, spans: [span] });
    const guesses = edits.filter(({ replacement }) => replacement !== '').slice(0, likely);
    return guesses.length > 0 ? pick(random, guesses) : undefined;
  }
}

/** What it makes up where it does not see: things by chance, of which the local rewriter takes what fits the span. */
function imagined(random: () => number): Evidence[] {
  return Array.from({ length: likely }, () => ({
    kind: 'object' as const,
    label: pick(random, nouns).singular,
    confidence: 1,
    attributes: { colour: pick(random, colours) },
  }));
}

const isWholeSentence = ({ start, end, sentence }: FlaggedSpan) => start === sentence[0] && end >= sentence[1] - 1;

/** Told only that something in a sentence is wrong, it looks again at one of its words, by chance. */
function suspectOf(span: FlaggedSpan, response: string, seed: number): FlaggedSpan | undefined {
  const terms = findTerms(response.slice(span.start, span.end));
  if (terms.length === 0) return undefined;
  const { start, end, text } = pick(seededRandom(seed ^ hashOf(span.text)), terms);
  return { ...span, start: span.start + start, end: span.start + end, text };
}

/** An edit of one word of a sentence as an edit of the sentence. */
function wholeSentence(span: FlaggedSpan, suspect: FlaggedSpan, edit: SpanEdit, response: string): SpanEdit {
  const [start, end] = span.sentence;
  const { text } = spliceEdits(response, [suspect], [edit]);
  return { span: span.id, replacement: text.slice(start, end + text.length - response.length), sentence: true };
}

/** It guesses among so many of the likeliest words. */
const likely = 12;

/** The span as the truth has it, or its sentence where more must change with it; nothing where the span is right. */
function rightEdit(span: FlaggedSpan, { response, rejected }: RewriteRequest, truth: string): SpanEdit | undefined {
  const changes = diffWords(response, truth).filter(
    ({ start, end }) =>
      (start < span.end && span.start < end) || (start === end && start >= span.start && start <= span.end),
  );
  if (changes.length === 0) return undefined;
  const inside = changes.every(({ start, end }) => start >= span.start && end <= span.end);
  const [from, to] = inside ? [span.start, span.end] : span.sentence;
  const local = changes
    .filter(({ start, end }) => start >= from && end <= to)
    .map((edit) => ({ ...edit, start: edit.start - from, end: edit.end - from }));
  const replacement = applyEdits(response.slice(from, to), local);
  if (local.length === 0 || rejected.some((edit) => edit.replacement === replacement)) return undefined;
  return { span: span.id, replacement, ...(inside ? {} : { sentence: true }) };
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
