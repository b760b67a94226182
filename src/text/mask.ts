import type { FlaggedSpan } from './flagged-span.js';

export interface MaskedText {
  text: string;
  /** What opens a marker, before its number and a colon. */
  open: string;
  close: string;
}

const brackets = [
  ['⟦', '⟧'],
  ['⦃', '⦄'],
  ['⟪', '⟫'],
  ['⁅', '⁆'],
  ['⧼', '⧽'],
] as const;

/**
 * The text with each span inside a numbered marker: `a ⟦1:red cat⟧ sits`. The markers are brackets that do not occur in
 * the text, so no answer can open or close one.
 */
export function maskSpans(text: string, spans: readonly FlaggedSpan[]): MaskedText {
  const [open, close] = freeBrackets(text);
  let masked = '';
  let last = 0;
  for (const span of spans) {
    masked += `${text.slice(last, span.start)}${open}${span.id}:${text.slice(span.start, span.end)}${close}`;
    last = span.end;
  }
  return { text: masked + text.slice(last), open, close };
}

function freeBrackets(text: string): readonly [string, string] {
  const free = brackets.find(([open, close]) => !text.includes(open) && !text.includes(close));
  if (free) return free;
  let longest = 1;
  for (const [run] of text.matchAll(/⟦+|⟧+/g)) longest = Math.max(longest, run.length);
  return [`${'⟦'.repeat(longest + 1)}|`, `|${'⟧'.repeat(longest + 1)}`];
}

/** The text without its markers. */
export function unmask({ text, open, close }: MaskedText): string {
  return text
    .split(open)
    .map((part, index) => (index === 0 ? part : part.replace(/^\d+:/, '')))
    .join('')
    .split(close)
    .join('');
}
