import type { FlaggedSpan } from '../text/flagged-span.js';
import { type SplicedText, spliceEdits } from '../text/splice.js';

/** The text with every span that is still flagged deleted, with the articles and conjunctions that hang on it. */
export function deleteSpans(text: string, spans: readonly FlaggedSpan[]): SplicedText {
  return spliceEdits(
    text,
    spans,
    spans.map((span) => ({ span: span.id, replacement: '' })),
  );
}

/** The text with `possibly` before the noun phrase of every span that is still flagged. */
export function hedgeSpans(text: string, spans: readonly FlaggedSpan[]): SplicedText {
  const edits = spans.map((span) => {
    const lead =
      /(?:\b(?:an?|the|one|two|three|four|five|six|\d+)\s+)?(?:(?:small|large|big|tiny|little|red|green|blue|yellow|purple|orange|pink|brown|black|white|gr[ae]y)\s+)*$/iu.exec(
        text.slice(span.sentence[0], span.start),
      )?.[0] ?? '';
    const start = span.start - lead.length;
    const words = text.slice(start, span.end);
    const atStart = start === span.sentence[0];
    const hedged = atStart ? `Possibly ${words.charAt(0).toLowerCase()}${words.slice(1)}` : `possibly ${words}`;
    return { start, end: span.end, from: words, to: hedged };
  });
  const disjoint = edits.filter((edit, index) => index === 0 || edit.start >= edits[index - 1]!.end);
  let out = '';
  let last = 0;
  for (const edit of disjoint) {
    out += text.slice(last, edit.start) + edit.to;
    last = edit.end;
  }
  return { text: out + text.slice(last), edits: disjoint, toOriginal: (offset) => offset };
}
