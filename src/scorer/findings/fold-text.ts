/** A text in the form in which spellings are compared, and where each of its characters came from. */
export interface FoldedText {
  text: string;
  /** For each UTF-16 unit of `text`, where its source begins and ends in the original. */
  starts: number[];
  ends: number[];
}

const quotes = /[‘’‚‛′`´]/u;
const doubleQuotes = /[“”„‟″«»]/u;
const dashes = /[‐‑‒–—―−]/u;

/** Lower case, one space for white space, plain quotes and hyphens. */
export function foldText(original: string): FoldedText {
  const out: FoldedText = { text: '', starts: [], ends: [] };
  let offset = 0;
  for (const character of original) {
    const end = offset + character.length;
    const folded = foldCharacter(character);
    if (folded === ' ' && out.text.endsWith(' ')) {
      out.ends[out.ends.length - 1] = end;
    } else {
      out.text += folded;
      for (let i = 0; i < folded.length; i++) {
        out.starts.push(offset);
        out.ends.push(end);
      }
    }
    offset = end;
  }
  return out;
}

function foldCharacter(character: string): string {
  if (/\s/u.test(character)) return ' ';
  if (quotes.test(character)) return "'";
  if (doubleQuotes.test(character)) return '"';
  if (dashes.test(character)) return '-';
  return character.toLowerCase();
}
