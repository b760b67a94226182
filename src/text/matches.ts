/**
 * What `text.matchAll(pattern)` finds, of a pattern with the g flag, without the copy of it that `matchAll` makes first: of
 * one of 10 kB, as some lists of words are, that takes twenty times as long as the search in a sentence.
 */
export function matches(text: string, pattern: RegExp): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    found.push(match);
    // an empty match does not go on by itself
    if (match[0] === '')
      pattern.lastIndex += /[uv]/.test(pattern.flags) && text.codePointAt(match.index)! > 0xffff ? 2 : 1;
  }
  return found;
}
