let segmenter: Intl.Segmenter | undefined;

/** The user-perceived characters of a text, in order. */
export function* graphemes(text: string): Generator<{ start: number; end: number }> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { index, segment } of segmenter.segment(text)) yield { start: index, end: index + segment.length };
}

/** Plain text, in which every UTF-16 unit is a grapheme but for CRLF. */
const plain = /^[\t\n\r -~\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u2010-\u2027\u2039\u203a\u20ac]*$/;

/** Whether every character stands for itself, so that no cut between two can split one (CRLF is to be minded still). */
export function isPlain(text: string): boolean {
  return plain.test(text);
}
