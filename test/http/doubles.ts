import sharp from 'sharp';
import type { RewriteRequest, Rewriter } from '../../src/rewriters/rewriter.js';
import type { ScoreRequest, Scorer } from '../../src/scorer/scorer.js';

/**
 * A test double: a scorer that knows which words are wrong. It stands in for a TLDR where the subject of the test is
 * the wire, not the judgement.
 */
export function wordListScorer(wrong: readonly string[]): Scorer & { seen: ScoreRequest[] } {
  const seen: ScoreRequest[] = [];
  return {
    name: 'word-list',
    seen,
    async score(request) {
      seen.push(request);
      const tokens = [...request.response.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({
        text: match[0],
        start: match.index,
        end: match.index + match[0].length,
        reward: wrong.includes(match[0].toLowerCase()) ? 0.05 : 0.95,
      }));
      return { response: request.response, tokens, scorer: 'word-list' };
    },
  };
}

/** A scorer with a note of each head start that it was given. */
export function preparing(scorer: Scorer, prepare: () => Promise<void> = async () => {}) {
  const seen: { images: unknown[]; signal: AbortSignal | undefined }[] = [];
  const prepared: Scorer = {
    ...scorer,
    prepare(images, signal) {
      seen.push({ images, signal });
      return prepare();
    },
  };
  return { scorer: prepared, seen };
}

/** A test double: a rewriter with a dictionary. */
export function dictionaryRewriter(dictionary: Record<string, string>): Rewriter & { seen: RewriteRequest[] } {
  const seen: RewriteRequest[] = [];
  return {
    name: 'dictionary',
    seen,
    async rewrite(request) {
      seen.push(request);
      const edits = request.spans.flatMap((span) => {
        const replacement = dictionary[span.text.toLowerCase()];
        return replacement === undefined ? [] : [{ span: span.id, replacement }];
      });
      return { edits, usage: { inputTokens: 11, outputTokens: 3 } };
    },
  };
}

export async function pngDataUrl(colour = '#cc2222'): Promise<string> {
  const png = await sharp({ create: { width: 64, height: 48, channels: 3, background: colour } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
